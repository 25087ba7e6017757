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

    /// Whether a URL is at its host and port, by whatever scheme.
    pub fn is_at(&self, url: &Url) -> bool {
        let Some((_, own)) = self.0.split_once("://") else {
            return false;
        };
        match (url.host_str(), url.port()) {
            (Some(host), None) => own == host,
            (Some(host), Some(port)) => own
                .strip_prefix(host)
                .and_then(|rest| rest.strip_prefix(':'))
                .is_some_and(|own| own.parse() == Ok(port)),
            (None, _) => false,
        }
    }

    /// The issuer as a URL; none when it is none, which configuration does not let happen.
    pub fn to_url(&self) -> Option<Url> {
        Url::parse(&self.0).ok()
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Whether two URLs are at the same host and port, by whatever scheme. A name is the same with a dot
/// at its end.
pub fn same_host(one: &Url, other: &Url) -> bool {
    fn name(url: &Url) -> Option<&str> {
        url.host_str().map(|host| host.trim_end_matches('.'))
    }
    name(one) == name(other) && one.port() == other.port()
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
