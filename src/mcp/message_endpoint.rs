//! The legacy pair of HTTP and SSE (MCP 2024-11-05): a stream whose first event says where messages
//! are posted. That place is at home, so the client is given one at the edge that stands for it.

use url::{Url, form_urlencoded};

use crate::{
    keys::{Keys, Purpose},
    mount_path::MountPath,
    resource_server::principal::Passage,
    secret::{base64url, from_base64url},
};

/// The parameter of the mount's URL that stands for the place at home.
const PARAMETER: &str = "endpoint";
/// Bytes of the MAC that travel: 96 bits.
const TAG: usize = 12;

/// The `endpoint` event in the beginning of a stream.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EndpointEvent {
    /// Where it begins.
    pub start: usize,
    /// Where what follows begins.
    pub end: usize,
    /// The place that it names.
    pub data: String,
}

impl EndpointEvent {
    /// Finds the first one whose end has come. Lines may end as the format allows.
    pub fn find(stream: &[u8]) -> Option<Self> {
        // A mark of the byte order may stand before the first line.
        let mut position = if stream.starts_with("\u{feff}".as_bytes()) {
            3
        } else {
            0
        };
        let mut start = position;
        let (mut is_endpoint, mut data) = (false, Vec::new());
        loop {
            let (line, next) = line(stream, position)?;
            position = next;
            match field(line) {
                (b"event", value) => is_endpoint = value == b"endpoint",
                (b"data", value) => data.extend([value, b"\n"].concat()),
                _ => {}
            }
            if !line.is_empty() {
                continue;
            }
            // An event without data is none, and each line of data ends but the last.
            if is_endpoint && data.pop().is_some() {
                let data = String::from_utf8_lossy(&data).into_owned();
                let end = position;
                return Some(Self { start, end, data });
            }
            (start, is_endpoint, data) = (position, false, Vec::new());
        }
    }
}

/// The line at a position and where the next one begins; none when its end has not come.
fn line(stream: &[u8], position: usize) -> Option<(&[u8], usize)> {
    let rest = stream.get(position..)?;
    let length = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'))?;
    let terminator = match rest[length..] {
        [b'\r', b'\n', ..] => 2,
        // The other half may be on its way.
        [b'\r'] => return None,
        _ => 1,
    };
    Some((&rest[..length], position + length + terminator))
}

/// The name and the value of a line; a line without a colon is a name.
fn field(line: &[u8]) -> (&[u8], &[u8]) {
    let mut parts = line.splitn(2, |byte| *byte == b':');
    let name = parts.next().unwrap_or_default();
    let value = parts.next().unwrap_or_default();
    (name, value.strip_prefix(b" ").unwrap_or(value))
}

/// The event that the client gets in its place; none when the place is not at the origin itself.
pub fn at_edge(
    place: &str,
    origin: &Url,
    mount: &MountPath,
    passage: &Passage,
    keys: &Keys,
) -> Option<String> {
    let url = origin.join(place).ok()?;
    let bare = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
    if url.origin() != origin.origin() || !bare {
        return None;
    }
    let place = &url[url::Position::BeforePath..];
    let mac = keys.mac(Purpose::MessageEndpoint, &parts(place, mount, passage));
    let (place, tag) = (
        base64url(place.as_bytes()),
        base64url(&mac.as_bytes()[..TAG]),
    );
    Some(format!(
        "event: endpoint\ndata: {mount}?{PARAMETER}={place}.{tag}\n\n"
    ))
}

/// The place at home that the query of a message stands for; none when it was not given to this
/// caller on this mount.
pub fn at_home(
    query: &str,
    origin: &Url,
    mount: &MountPath,
    passage: &Passage,
    keys: &Keys,
) -> Option<Url> {
    let mut parameters = form_urlencoded::parse(query.as_bytes());
    let (_, value) = parameters.find(|(name, _)| name == PARAMETER)?;
    let (place, tag) = value.split_once('.')?;
    let place = String::from_utf8(from_base64url(place)?).ok()?;
    let tag = from_base64url(tag)?;
    let parts = parts(&place, mount, passage);
    let own = keys.verifies_prefix(Purpose::MessageEndpoint, &parts, &tag, TAG);
    // Not joined: a path may begin with two slashes, and a host would be read after them.
    let at_origin = &origin[..url::Position::BeforePath];
    own.then(|| Url::parse(&format!("{at_origin}{place}")).ok())
        .flatten()
        .filter(|url| url.origin() == origin.origin())
}

/// Whether the query of a message names a place at all.
pub fn is_named(query: &str) -> bool {
    form_urlencoded::parse(query.as_bytes()).any(|(name, _)| name == PARAMETER)
}

fn parts<'a>(place: &'a str, mount: &'a MountPath, passage: &'a Passage) -> [&'a str; 3] {
    let holder = passage.holder().map_or("", |(_, holder)| holder);
    [mount.as_str(), holder, place]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::MasterKey;

    #[test]
    fn the_event_is_found_once_it_is_whole() {
        let data = |stream: &str| EndpointEvent::find(stream.as_bytes()).map(|event| event.data);
        for stream in [
            "event: endpoint\ndata: /m?s=1\n\n",
            "event: endpoint\r\ndata: /m?s=1\r\n\r\n",
            "event: endpoint\rdata: /m?s=1\r\rx",
            "\u{feff}event: endpoint\ndata: /m?s=1\n\n",
            "data:/m?s=1\nevent:endpoint\n\nevent: message\ndata: {}\n\n",
            ": a comment\n\nid: 7\nevent: message\ndata: {}\n\nevent: endpoint\ndata: /m?s=1\n\n",
            "event: endpoint\n\nevent: endpoint\nevent\ndata: /a\n\nevent: endpoint\ndata: /m?s=1\n\n",
        ] {
            assert_eq!(data(stream).as_deref(), Some("/m?s=1"), "{stream:?}");
        }
        let lines = "event: endpoint\ndata: /m\ndata: ?s=1\n\n";
        assert_eq!(data(lines).as_deref(), Some("/m\n?s=1"));
        for stream in [
            "",
            "event: endpoint\n",
            "event: endpoint\n\n",
            "event: endpoint\nevent\ndata: /m\n\n",
            "event: endpoint\ndata: /m\n",
            "event: endpoint\r\ndata: /m\r\n\r",
            "event: message\ndata: /m\n\n",
            "event: endpoints\ndata: /m\n\n",
        ] {
            assert_eq!(data(stream), None, "{stream:?}");
        }
        let stream = b": first\n\nevent: endpoint\ndata: /m\n\nrest";
        let event = EndpointEvent::find(stream).unwrap();
        assert_eq!(&stream[..event.start], b": first\n\n");
        assert_eq!(&stream[event.end..], b"rest");
    }

    #[test]
    fn a_place_at_home_is_for_its_caller_and_mount() {
        let keys = Keys::derive(&MasterKey::from_bytes([1; 32]), None);
        let origin = Url::parse("https://home.example:8383/sse").unwrap();
        let (mount, other) = (
            MountPath::parse("/sse").unwrap(),
            MountPath::parse("/other").unwrap(),
        );
        let open = Passage::Open;
        for (place, there) in [
            (
                "/messages/?session_id=a",
                "https://home.example:8383/messages/?session_id=a",
            ),
            ("messages?s=%20", "https://home.example:8383/messages?s=%20"),
            ("https://home.example:8383/m", "https://home.example:8383/m"),
            (
                "https://home.example:8383//m?s=a",
                "https://home.example:8383//m?s=a",
            ),
            (
                "/.//u@home.example:8383/m",
                "https://home.example:8383//u@home.example:8383/m",
            ),
        ] {
            let event = at_edge(place, &origin, &mount, &open, &keys).unwrap();
            let query = event
                .strip_prefix("event: endpoint\ndata: /sse?")
                .and_then(|rest| rest.strip_suffix("\n\n"))
                .unwrap();
            assert!(is_named(query));
            let home = |query: &str, mount| at_home(query, &origin, mount, &open, &keys);
            assert_eq!(home(query, &mount).unwrap().as_str(), there);
            assert_eq!(home(query, &other), None);
            assert_eq!(home(&query[..query.len() - 1], &mount), None);
            assert_eq!(
                home(&query.replace("endpoint=", "endpoint=AA"), &mount),
                None
            );
        }
        for elsewhere in [
            "https://evil.example/m",
            "http://home.example:8383/m",
            "https://home.example/m",
            "//evil.example/m",
            "https://u@home.example:8383/m",
            "/m#fragment",
        ] {
            assert_eq!(
                at_edge(elsewhere, &origin, &mount, &open, &keys),
                None,
                "{elsewhere}"
            );
        }
        assert!(!is_named("") && !is_named("session_id=a"));
        for forged in [
            "endpoint=",
            "endpoint=.",
            "endpoint=x.y",
            "endpoint=L20.AAAA",
        ] {
            assert_eq!(
                at_home(forged, &origin, &mount, &open, &keys),
                None,
                "{forged}"
            );
        }
    }
}
