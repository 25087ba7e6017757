use gatelodge::{
    issuer::Issuer,
    owner::cookies::CookieKind,
    routes::{OWN, OWNER, WELL_KNOWN},
};

use super::{
    requests::{is_proper, read},
    support::{Gate, ISSUER},
};

const SITE: &str = "wiki.example.net";

/// A whole request of a stranger where a site is beside the mounts: what goes there goes nowhere
/// else, on none of the edge's paths, and with nothing of the edge's.
pub(super) fn site_requests(data: &[u8]) {
    let gate = Gate::with(&[
        ("SITE", "https://wiki.example.net"),
        ("SITE_TRUSTED", "true"),
        ("PUBLIC_URL", "https://mcp.example.com"),
    ]);
    let Some(request) = read(data, &[]) else {
        return;
    };
    let answer = gate.send(request);
    assert_eq!(gate.world.storage_operations(), 0);
    let sent = gate.world.home.got();
    if sent.is_empty() {
        return is_proper(&answer);
    }
    let [sent] = sent.as_slice() else {
        panic!("{sent:?}");
    };
    assert!(answer.from_home);
    assert_eq!(sent.url.host_str(), Some(SITE));
    let path = sent.url.path().to_ascii_lowercase();
    for guarded in ["/mcp", WELL_KNOWN, OWNER].into_iter().chain(OWN) {
        let below = |rest: &str| rest.is_empty() || rest.starts_with('/');
        assert!(!path.strip_prefix(guarded).is_some_and(below), "{path}");
    }
    for kind in [CookieKind::Browser, CookieKind::Session] {
        let issuer = Issuer::new(ISSUER);
        assert!(kind.read(&sent.headers, &issuer).is_none());
    }
    assert!(!sent.headers.contains_key("cf-connecting-ip"));
}
