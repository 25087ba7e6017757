//! Addresses that strangers name and the edge asks: https, on public hosts only (AS-58).

use url::{Host, Url};

use crate::issuer::Issuer;

/// An address in the public web. The platform refuses what a name resolves to when that is no
/// public address; this refuses the names that can be known to be none.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicUrl(Url);

const LONGEST: usize = 512;

/// Names below which nothing is public (RFC 6761, RFC 6762, RFC 7686, RFC 8375, and custom).
const PRIVATE_DOMAINS: [&str; 13] = [
    "alt",
    "arpa",
    "corp",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "private",
];

impl PublicUrl {
    /// Parses an address: https, a DNS name with a dot in it, no credentials, no fragment, at most
    /// 512 characters, and spelled as every parser spells it, so that no two of them can read it
    /// differently. It is not at the edge's own host, which would be asked for ever.
    pub fn parse(text: &str, issuer: &Issuer) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let url = Url::parse(text).ok()?;
        let own = Url::parse(issuer.as_str()).ok()?;
        let public = url.scheme() == "https"
            && url.as_str() == text
            && url.username().is_empty()
            && url.password().is_none()
            && url.fragment().is_none()
            && matches!(url.host(), Some(Host::Domain(name)) if is_public(name))
            && url.host() != own.host();
        public.then_some(Self(url))
    }

    /// The address.
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// Its host.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }
}

fn is_public(name: &str) -> bool {
    let letters = |label: &str| {
        let mut bytes = label.bytes();
        !label.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let Some((_, top)) = name.rsplit_once('.') else {
        return false;
    };
    name.split('.').all(letters) && !PRIVATE_DOMAINS.contains(&top)
}
