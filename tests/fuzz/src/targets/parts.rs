//! Bytes as the parts of a message, so that a corpus can be read and written by people.

use gatelodge::{
    issuer::Issuer,
    keys::{Keys, MasterKey},
    mount_path::MountPath,
    oauth::{
        grant::{AccessToken, Generation, GrantId},
        scope::ScopeSet,
    },
    resource_server::principal::{Passage, UnadmittedToken},
    secret::Digest,
    time::Timestamp,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::support::world::Seeded;

pub(super) const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

/// The first line, and what follows it.
pub(super) fn line(data: &[u8]) -> (&[u8], &[u8]) {
    match data.iter().position(|byte| *byte == b'\n') {
        Some(end) => (&data[..end], &data[end + 1..]),
        None => (data, &[]),
    }
}

/// The first line as text, and what follows it.
pub(super) fn text_line(data: &[u8]) -> (String, &[u8]) {
    let (line, rest) = line(data);
    (String::from_utf8_lossy(line).into_owned(), rest)
}

/// Lines of `name: value` up to an empty one, and what follows it. What cannot be a header is
/// passed over, as no platform hands it on.
pub(super) fn head(data: &[u8]) -> (HeaderMap, &[u8]) {
    let (mut headers, mut rest) = (HeaderMap::new(), data);
    while !rest.is_empty() {
        let (line, after) = line(rest);
        rest = after;
        if line.is_empty() {
            break;
        }
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let (name, value) = (parts.next(), parts.next().unwrap_or_default());
        let name = HeaderName::from_bytes(name.unwrap_or_default());
        if let (Ok(name), Ok(value)) = (name, HeaderValue::from_bytes(value.trim_ascii())) {
            headers.append(name, value);
        }
    }
    (headers, rest)
}

pub(super) fn issuer() -> Issuer {
    Issuer::new("https://mcp.example.com")
}

pub(super) fn keys() -> Keys {
    let master = |byte| MasterKey::from_bytes([byte; 32]);
    Keys::derive(&master(3), Some(&master(4)))
}

pub(super) fn grant() -> GrantId {
    GrantId::parse("abcdefghijklmnopqrstuv").expect("a name of that shape")
}

pub(super) fn access_token() -> AccessToken {
    AccessToken {
        grant: grant(),
        generation: Generation::FIRST,
        mount: MountPath::default(),
        client: Digest::of(b"client"),
        scope: ScopeSet::default_scopes(),
        expires_at: Timestamp::from_unix_seconds(NOW.unix_seconds() + 1),
    }
}

/// A caller, admitted as every caller is.
pub(super) fn passage(keys: &Keys) -> Passage {
    let (issuer, mount) = (issuer(), MountPath::default());
    let sealed = keys.seal(&issuer, &access_token(), &Seeded::new(1));
    let token = UnadmittedToken::open(&sealed, &mount, (keys, &issuer), NOW);
    Passage::Granted(token.expect("it was just made").admitted())
}
