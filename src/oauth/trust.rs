//! An authorization server that is not this edge, and whose tokens it takes all the same.

use url::Url;

use crate::issuer::{is_loopback, same_host};

/// What makes a token of somebody else's good for a mount.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Trust {
    /// Who must have issued it.
    pub issuer: TrustedIssuer,
    /// For whom it must be: one of these (RS-25).
    pub audiences: Vec<String>,
}

/// The identifier of another authorization server, letter by letter as that server writes it, for
/// so it is compared (RFC 8414 §3.3, RFC 9068 §4).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TrustedIssuer {
    text: String,
    url: Url,
}

/// Which description of an authorization server is meant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MetadataForm {
    /// `oauth-authorization-server` (RFC 8414).
    OauthServer,
    /// `openid-configuration` (OIDC Discovery §4).
    OpenidProvider,
}

impl TrustedIssuer {
    /// Takes an https URL without query, fragment or password; http only on this machine.
    pub fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let bare = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
            && text
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && byte != b'"');
        let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
        (bare && safe).then(|| Self {
            text: text.to_owned(),
            url,
        })
    }

    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it has the same host and port as a URL of the edge itself.
    pub fn is_at(&self, edge: &Url) -> bool {
        same_host(edge, &self.url)
    }

    /// Where its description may be, the likely place first: the well-known name stands between
    /// host and path (RFC 8414 §3.1); OIDC puts it after the path.
    pub fn metadata_urls(&self, form: MetadataForm) -> Vec<Url> {
        let path = self.url.path().trim_end_matches('/');
        let paths = match form {
            MetadataForm::OauthServer => {
                vec![format!("/.well-known/oauth-authorization-server{path}")]
            }
            MetadataForm::OpenidProvider if path.is_empty() => {
                vec!["/.well-known/openid-configuration".to_owned()]
            }
            MetadataForm::OpenidProvider => vec![
                format!("{path}/.well-known/openid-configuration"),
                format!("/.well-known/openid-configuration{path}"),
            ],
        };
        let at = |path: &String| {
            let mut url = self.url.clone();
            url.set_path(path);
            url
        };
        paths.iter().map(at).collect()
    }

    /// The address of a document of the issuer's, such as its `jwks_uri`: https at any host, for
    /// large issuers keep their keys elsewhere; http only at the issuer's own origin.
    pub fn document_url(&self, text: &str) -> Option<Url> {
        let url = Url::parse(text).ok()?;
        let plain = url.username().is_empty() && url.password().is_none();
        let own = url.origin() == self.url.origin();
        (plain && (url.scheme() == "https" || own)).then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_an_https_url_and_stays_as_it_is_written() {
        for text in [
            "https://auth.example",
            "https://auth.example/",
            "https://AUTH.example/Tenant/",
            "http://localhost:9000",
            "http://127.0.0.1:9000/realms/home",
        ] {
            let issuer = TrustedIssuer::parse(text);
            assert_eq!(issuer.as_ref().map(TrustedIssuer::as_str), Some(text));
        }
        for text in [
            "",
            "auth.example",
            "http://auth.example",
            "ftp://auth.example",
            "https://auth.example?tenant=a",
            "https://auth.example#a",
            "https://user:password@auth.example",
            "https://auth.example/a b",
            " https://auth.example",
            "https://auth.example/\"",
        ] {
            assert_eq!(TrustedIssuer::parse(text), None, "{text}");
        }
    }

    #[test]
    fn its_description_is_where_the_standards_put_it() {
        let urls = |issuer, form| {
            let urls = TrustedIssuer::parse(issuer).unwrap().metadata_urls(form);
            urls.into_iter().map(String::from).collect::<Vec<_>>()
        };
        for (issuer, server, provider) in [
            (
                "https://a.example",
                "https://a.example/.well-known/oauth-authorization-server",
                vec!["https://a.example/.well-known/openid-configuration"],
            ),
            (
                "https://a.example/",
                "https://a.example/.well-known/oauth-authorization-server",
                vec!["https://a.example/.well-known/openid-configuration"],
            ),
            (
                "https://a.example/t/",
                "https://a.example/.well-known/oauth-authorization-server/t",
                vec![
                    "https://a.example/t/.well-known/openid-configuration",
                    "https://a.example/.well-known/openid-configuration/t",
                ],
            ),
        ] {
            assert_eq!(urls(issuer, MetadataForm::OauthServer), [server]);
            assert_eq!(urls(issuer, MetadataForm::OpenidProvider), provider);
        }
    }

    #[test]
    fn its_keys_are_at_an_https_address() {
        let (public, local) = (
            TrustedIssuer::parse("https://a.example").unwrap(),
            TrustedIssuer::parse("http://localhost:9000").unwrap(),
        );
        for (issuer, text, taken) in [
            (&public, "https://a.example/keys", true),
            (&public, "https://keys.example/a?b=c", true),
            (&public, "http://a.example/keys", false),
            (&public, "http://localhost/keys", false),
            (&public, "https://a:b@a.example/keys", false),
            (&public, "/keys", false),
            (&public, "data:application/json,{}", false),
            (&local, "http://localhost:9000/keys", true),
            (&local, "http://localhost:9001/keys", false),
            (&local, "https://keys.example", true),
        ] {
            assert_eq!(issuer.document_url(text).is_some(), taken, "{text}");
        }
    }
}
