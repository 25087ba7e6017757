use gatelodge::oauth::{
    receiver::Receiver,
    redirect_uri::{PrivateUse, RedirectSchemes, RedirectUri, RegisteredRedirectUri},
};
use url::Url;

use super::parts;

/// Schemes that a browser acts on itself.
const BROWSERS: [&str; 8] = [
    "about",
    "blob",
    "data",
    "file",
    "ftp",
    "javascript",
    "vbscript",
    "ws",
];

/// Three lines: a registered URI, a requested one, and a scheme of the operator's. A kept URI is
/// https, loopback http or a listed scheme, leads where a person is shown that it leads, and
/// matches itself and other ports of a loopback at most.
pub(super) fn redirect_uris(data: &[u8]) {
    let (registered, rest) = parts::text_line(data);
    let (requested, rest) = parts::text_line(rest);
    let schemes = RedirectSchemes::built_in_and(Vec::new());
    let kept = RedirectUri::parse(&registered, &schemes);
    if let Some(uri) = &kept {
        assert_eq!(uri.as_str(), registered);
        assert!(registered.len() <= 512);
        is_shown_as_it_leads(uri);
        let own =
            RegisteredRedirectUri::registered_in(std::slice::from_ref(uri), &registered, &schemes);
        assert_eq!(own.as_ref().map(RegisteredRedirectUri::uri), Some(uri));
        let proven =
            RegisteredRedirectUri::registered_in(std::slice::from_ref(uri), &requested, &schemes);
        if proven.is_some() && requested != registered {
            let without_port = |text: &str| {
                let mut url = Url::parse(text).expect("what matches is a URL");
                assert_eq!(url.scheme(), "http");
                url.set_port(None).expect("http has ports");
                url
            };
            assert_eq!(without_port(&registered), without_port(&requested));
        }
    }
    let (operators, _) = parts::text_line(rest);
    if let Some(private) = PrivateUse::parse(&operators) {
        let more = RedirectSchemes::built_in_and(vec![private]);
        if let Some(uri) = RedirectUri::parse(&registered, &more) {
            let url = Url::parse(uri.as_str()).expect("it was parsed before");
            assert!(!BROWSERS.contains(&url.scheme()), "{registered}");
            assert!(url.username().is_empty() && url.fragment().is_none());
            let built_in = matches!(url.scheme(), "http" | "https" | "cursor");
            assert!(kept.is_none() || built_in);
        }
    }
}

/// What a person is shown and where a browser at our own page goes are one and the same, and the
/// host is spelled in letters that cannot be misread.
fn is_shown_as_it_leads(uri: &RedirectUri) {
    let here = Url::parse("https://mcp.example.com/authorize").expect("our own page");
    let there = here.join(uri.as_str()).expect("it was parsed before");
    match there.scheme() {
        "https" => assert_eq!(there.host_str(), Some(uri.host().as_str())),
        "http" => {
            assert_eq!(there.host_str(), Some(uri.host().as_str()));
            assert_eq!(uri.receiver(), Receiver::ThisComputer);
        }
        "cursor" => {
            assert_eq!(there.host_str(), Some("anysphere.cursor-mcp"));
            assert_eq!(uri.host(), "cursor:");
        }
        scheme => panic!("{scheme} is not listed"),
    }
    assert!(there.username().is_empty() && there.password().is_none());
    assert!(there.fragment().is_none());
    let host = uri.host();
    let spelled = |byte: u8| byte.is_ascii_alphanumeric() || b"[:].-+".contains(&byte);
    assert!(host.bytes().all(spelled), "{host}");
}
