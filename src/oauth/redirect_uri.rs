//! Redirect URIs: which may be registered, and which request matches a registered one.

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use super::receiver::{Loopback, Receiver};

/// The longest name of a host (RFC 1035 §2.3.4). What people are shown must fit into the register.
const LONGEST_HOST: usize = 253;

/// A redirect URI as its client wrote it, of a shape that is safe to redirect to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct RedirectUri(String);

impl RedirectUri {
    /// Parses a URI: https, http to a loopback name, or a private-use scheme from the list
    /// (AS-27); absolute, without a fragment and without credentials, at most 512 characters, 253
    /// of them the host.
    pub fn parse(text: &str, schemes: &RedirectSchemes) -> Option<Self> {
        if text.len() > 512 || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let url = Url::parse(text).ok()?;
        if text.contains(['#', '\\']) || !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        let allowed = match url.scheme() {
            // A parser mends `https:host`; a browser would read it as relative to our own page.
            "https" => {
                text.starts_with("https://")
                    && url.host().is_some_and(|host| is_spelled_plainly(&host))
            }
            "http" => Loopback::parse(text).is_some(),
            _ => schemes.allow(&url),
        };
        let fits = shown_host(&url).len() <= LONGEST_HOST;
        (allowed && fits).then(|| Self(text.to_owned()))
    }

    /// The URI as it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host that a person is shown: where the answer goes.
    pub fn host(&self) -> String {
        shown_host(&self.url())
    }

    /// Who takes the answer.
    pub fn receiver(&self) -> Receiver {
        Receiver::of(&self.url())
    }

    fn url(&self) -> Url {
        Url::parse(&self.0).expect("a redirect URI was parsed before")
    }
}

fn shown_host(url: &Url) -> String {
    match url.scheme() {
        "https" | "http" => url.host_str().unwrap_or_default().to_owned(),
        scheme => format!("{scheme}:"),
    }
}

/// A requested redirect URI that its client registered: the only kind that is ever redirected to.
///
/// ```compile_fail
/// use gatelodge::oauth::redirect_uri::{RedirectUri, RegisteredRedirectUri};
/// fn forge(unproven: RedirectUri) -> RegisteredRedirectUri {
///     RegisteredRedirectUri(unproven)
/// }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RegisteredRedirectUri(RedirectUri);

impl RegisteredRedirectUri {
    /// Proves a requested URI against the registered ones: equal as text (AS-25), or equal but for
    /// the port when it is a loopback one (AS-26).
    pub fn registered_in(
        registered: &[RedirectUri],
        requested: &str,
        schemes: &RedirectSchemes,
    ) -> Option<Self> {
        let requested = RedirectUri::parse(requested, schemes)?;
        let matches = |own: &RedirectUri| {
            own == &requested
                || Loopback::parse(&own.0)
                    .is_some_and(|own| Loopback::parse(&requested.0) == Some(own))
        };
        registered.iter().any(matches).then_some(Self(requested))
    }

    /// The URI.
    pub const fn uri(&self) -> &RedirectUri {
        &self.0
    }
}

/// The owner is to read it: letters, digits, hyphens and dots, so that it looks like nothing else.
fn is_spelled_plainly(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')),
        Host::Ipv4(_) => true,
        Host::Ipv6(_) => false,
    }
}

/// The private-use redirects that may be registered.
#[derive(Clone, Debug)]
pub struct RedirectSchemes(Vec<PrivateUse>);

impl RedirectSchemes {
    /// The built-in list of known clients, and the operator's own.
    pub fn built_in_and(more: Vec<PrivateUse>) -> Self {
        let mut schemes = vec![PrivateUse {
            scheme: "cursor".into(),
            authority: Some("anysphere.cursor-mcp".into()),
        }];
        schemes.extend(more);
        Self(schemes)
    }

    fn allow(&self, url: &Url) -> bool {
        self.0.iter().any(|private| {
            private.scheme == url.scheme()
                && private
                    .authority
                    .as_deref()
                    .is_none_or(|authority| url.host_str() == Some(authority))
        })
    }
}

/// A private-use scheme, whole or for one authority (RFC 8252 §7.1).
#[derive(Clone, Debug)]
pub struct PrivateUse {
    scheme: String,
    authority: Option<String>,
}

impl PrivateUse {
    /// Parses `com.example.app` or `example://authority`. Schemes that a browser acts on itself are
    /// refused.
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, authority) = match text.split_once("://") {
            Some((scheme, authority)) => (scheme, Some(authority.trim_end_matches('/'))),
            None => (text.trim_end_matches(':'), None),
        };
        let scheme = scheme.to_ascii_lowercase();
        let url = Url::parse(&format!("{scheme}://{}", authority.unwrap_or("a"))).ok()?;
        let named = url.scheme() == scheme && authority != Some("");
        let forbidden = [
            "about",
            "blob",
            "data",
            "file",
            "filesystem",
            "ftp",
            "http",
            "https",
            "javascript",
            "vbscript",
            "view-source",
            "ws",
            "wss",
        ];
        (named && !forbidden.contains(&scheme.as_str())).then(|| Self {
            scheme,
            authority: authority.map(str::to_owned),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(registered: &str, requested: &str) -> bool {
        let schemes = RedirectSchemes::built_in_and(Vec::new());
        let registered: Vec<_> = RedirectUri::parse(registered, &schemes)
            .into_iter()
            .collect();
        assert!(!registered.is_empty());
        RegisteredRedirectUri::registered_in(&registered, requested, &schemes).is_some()
    }

    #[test]
    fn the_matcher_matrix_holds() {
        for (registered, requested, expected) in [
            ("https://c/cb", "https://c/cb", true),
            ("https://c/cb", "https://c/cb/", false),
            ("https://c/cb", "https://c/cb?x=1", false),
            ("https://c/cb", "https://C/cb", false),
            ("https://c/cb", "https://c:443/cb", false),
            ("https://c/cb", "https://c/cb%2F..", false),
            ("https://c/cb", "https://c/cb#f", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:51004/cb", true),
            (
                "http://127.0.0.1:3000/cb",
                "http://127.0.0.1:51004/cb",
                true,
            ),
            (
                "http://127.0.0.1:3000/cb",
                "http://127.0.0.1:51004/other",
                false,
            ),
            (
                "http://127.0.0.1:3000/cb",
                "http://localhost:51004/cb",
                false,
            ),
            ("http://localhost/cb", "http://localhost:3118/cb", true),
            ("http://[::1]/cb", "http://[::1]:9/cb", true),
            ("http://127.0.0.1/cb", "https://127.0.0.1:1/cb", false),
            ("https://c/cb", "https://c:1337/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1.evil.com/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1@evil/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:1@evil/cb", false),
            ("http://localhost/cb", "http://localhost.evil.com/cb", false),
            ("http://localhost/cb", "http://localhost:1/cb#frag", false),
        ] {
            assert_eq!(
                matches(registered, requested),
                expected,
                "{registered} {requested}"
            );
        }
    }

    #[test]
    fn only_safe_shapes_can_be_registered() {
        let schemes =
            RedirectSchemes::built_in_and(vec![PrivateUse::parse("com.example.app").unwrap()]);
        for (uri, expected) in [
            ("https://claude.ai/api/mcp/auth_callback", true),
            ("cursor://anysphere.cursor-mcp/oauth/callback", true),
            ("cursor://evil/oauth/callback", false),
            ("com.example.app:/callback", true),
            ("com.example.other:/callback", false),
            ("http://example.com/cb", false),
            ("https://u:p@example.com/cb", false),
            ("https://a_b.example.com/cb", false),
            ("https://*.example.com/cb", false),
            ("https://[2001:db8::1]/cb", false),
            ("https://example.com/cb#", false),
            ("https:example.com/cb", false),
            ("https:/example.com/cb", false),
            ("https:\\\\example.com/cb", false),
            ("https://example.com\\cb", false),
            ("https://example.com/c b", false),
            ("javascript:alert(1)", false),
            ("data:text/html,x", false),
            ("/callback", false),
            ("", false),
        ] {
            assert_eq!(
                RedirectUri::parse(uri, &schemes).is_some(),
                expected,
                "{uri}"
            );
        }
        for scheme in ["javascript", "https", "DATA", "file", "a b", "", "://x"] {
            assert!(PrivateUse::parse(scheme).is_none(), "{scheme}");
        }
    }

    #[test]
    fn a_host_is_no_longer_than_a_name_can_be() {
        let schemes = RedirectSchemes::built_in_and(Vec::new());
        let label = "a".repeat(49);
        for (length, expected) in [(253, true), (254, false)] {
            let mut host = [label.as_str(); 5].join(".") + "." + &"b".repeat(63);
            host.truncate(length);
            host += &"b".repeat(length - host.len());
            let uri = format!("https://{host}/cb");
            assert_eq!(RedirectUri::parse(&uri, &schemes).is_some(), expected);
        }
    }
}
