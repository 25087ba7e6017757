//! The issuer: one string, the same in every document, parameter and token (AS-06).

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;

/// The origin that the edge is reached at, such as `https://mcp.example.com`: without a path and
/// without a slash at its end.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Issuer(String);

impl Issuer {
    /// An issuer from the text of a web origin.
    pub fn new(origin: impl Into<String>) -> Self {
        Self(origin.into())
    }

    /// The string that is published.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The absolute URL of a path at the edge.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.0)
    }

    /// Whether it is reached by plain http, as only a loopback name may be.
    pub fn is_plain_http(&self) -> bool {
        self.0.starts_with("http:")
    }

    /// Whether both have the same host and port, whatever the scheme.
    pub fn same_host(&self, other: &Self) -> bool {
        let host = |issuer: &str| issuer.split_once("://").map(|(_, host)| host.to_owned());
        host(&self.0) == host(&other.0)
    }

    /// Whether a URL is at the same host and port.
    pub fn is_at(&self, url: &Url) -> bool {
        Url::parse(&self.0).is_ok_and(|own| {
            own.host_str() == url.host_str()
                && own.port_or_known_default() == url.port_or_known_default()
        })
    }

    /// The same host by https.
    #[must_use]
    pub fn secured(&self) -> Self {
        Self(self.0.replacen("http:", "https:", 1))
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether a URL's host is this machine: `localhost`, `127.0.0.0/8` or `::1`.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
