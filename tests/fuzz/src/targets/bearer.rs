use gatelodge::{
    mount_path::MountPath,
    resource_server::{bearer::Credentials, principal::UnadmittedToken},
};
use http::header;

use super::parts;

/// The head of a call: two tokens are never one, and none that the fuzzer spells is good.
pub(super) fn bearer(data: &[u8]) {
    let (headers, _) = parts::head(data);
    let values: Vec<_> = headers.get_all(header::AUTHORIZATION).iter().collect();
    match Credentials::read(&headers) {
        Credentials::None => assert!(values.len() <= 1),
        Credentials::Several => {
            let joined = values.iter().any(|value| value.as_bytes().contains(&b','));
            assert!(values.len() > 1 || joined);
        }
        Credentials::Bearer(token) => {
            assert_eq!(values.len(), 1);
            let text = token.expose();
            assert!(!text.contains(',') && text.trim() == text);
            let sent = String::from_utf8_lossy(values[0].as_bytes()).into_owned();
            assert!(
                sent.get(..7)
                    .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer "))
            );
            assert!(sent.ends_with(text));
            let (keys, issuer) = (parts::keys(), parts::issuer());
            let mount = MountPath::default();
            let opened = UnadmittedToken::open(&token, &mount, (&keys, &issuer), parts::NOW);
            assert!(opened.is_err());
        }
    }
}
