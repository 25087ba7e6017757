//! Client identifiers that are the address of a client metadata document.

use url::Url;

use super::public_url::PublicUrl;
use crate::issuer::Issuer;

/// A `client_id` that is a URL (AS-50): the address of the document that describes the client.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientIdUrl(PublicUrl);

impl ClientIdUrl {
    /// Parses an identifier: a public https address with a path.
    pub fn parse(text: &str, issuer: &Issuer) -> Option<Self> {
        let url = PublicUrl::parse(text, issuer)?;
        (url.url().path() != "/").then_some(Self(url))
    }

    /// Whether a `client_id` means to be a URL, good or bad. No other kind has such characters.
    pub fn is_meant(client_id: &str) -> bool {
        client_id.contains("://")
    }

    /// The identifier, as its client sends it.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Where the document is.
    pub const fn url(&self) -> &Url {
        self.0.url()
    }

    /// Whose word the document is (AS-42).
    pub fn host(&self) -> &str {
        self.0.host()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_public_https_address_with_a_path_names_a_client() {
        let issuer = Issuer::new("https://mcp.example.com");
        let long = format!("https://a.example/{}", "x".repeat(495));
        for (client_id, expected) in [
            ("https://a.example/client.json", true),
            ("https://a.example:8443/c", true),
            ("https://a.example/c?version=1", true),
            ("https://a.example/c/", true),
            ("https://xn--bcher-kva.example/c", true),
            ("https://a.example", false),
            ("https://a.example/", false),
            ("https://a.example/?c", false),
            ("http://a.example/c", false),
            ("HTTPS://a.example/c", false),
            ("ftp://a.example/c", false),
            ("https:a.example/c", false),
            ("https:///a.example/c", false),
            ("https://u:p@a.example/c", false),
            ("https://u@a.example/c", false),
            ("https://@a.example/c", false),
            ("https://a.example/c#f", false),
            ("https://a.example/c#", false),
            ("https://a.example/../c", false),
            ("https://a.example/./c", false),
            ("https://a.example/b/%2e%2E/c", false),
            ("https://a.example\\c", false),
            ("https://a.example/a b", false),
            ("https://a.example/\u{fc}", false),
            (" https://a.example/c", false),
            ("https://a.example/c\n", false),
            ("https://A.example/c", false),
            ("https://a.example:443/c", false),
            ("https://b\u{fc}cher.example/c", false),
            ("https://a_b.example/c", false),
            ("https://*.example/c", false),
            ("https://169.254.169.254/c", false),
            ("https://8.8.8.8/c", false),
            ("https://[::1]/c", false),
            ("https://[::ffff:10.0.0.1]/c", false),
            ("https://[2001:db8::1]/c", false),
            ("https://0x7f000001/c", false),
            ("https://2130706433/c", false),
            ("https://127.1/c", false),
            ("https://0177.0.0.1/c", false),
            ("https://1.2.3.4.5/c", false),
            ("https://localhost/c", false),
            ("https://localhost./c", false),
            ("https://a.localhost/c", false),
            ("https://router/c", false),
            ("https://nas.local/c", false),
            ("https://metadata.google.internal/c", false),
            ("https://nas.lan/c", false),
            ("https://nas.home.arpa/c", false),
            ("https://hidden.onion/c", false),
            ("https://a.example./c", false),
            ("https://.example/c", false),
            ("https://a..example/c", false),
            ("https://mcp.example.com/c", false),
            ("https://mcp.example.com:8443/c", false),
            (long.as_str(), false),
            ("https://", false),
            ("", false),
        ] {
            let parsed = ClientIdUrl::parse(client_id, &issuer);
            assert_eq!(parsed.is_some(), expected, "{client_id}");
            if let Some(parsed) = parsed {
                assert_eq!(parsed.as_str(), client_id);
            }
        }
    }

    #[test]
    fn the_longest_is_512_characters() {
        let issuer = Issuer::new("https://mcp.example.com");
        let longest = format!("https://a.example/{}", "x".repeat(494));
        assert_eq!(longest.len(), 512);
        assert!(ClientIdUrl::parse(&longest, &issuer).is_some());
    }
}
