//! A mount: one path of the edge, one resource, one origin at home.

use http::HeaderMap;
use url::Url;

use crate::{
    issuer::{Issuer, is_loopback},
    mount_path::MountPath,
    oauth::{scope::ScopeSet, trust::Trust},
};

/// One protected resource and the home server behind it.
pub struct Mount {
    /// The path at the edge.
    pub path: MountPath,
    /// The MCP endpoint at home.
    pub origin: OriginUrl,
    /// What the edge adds to each request to the origin, such as its credential.
    pub origin_headers: HeaderMap,
    /// Who may call.
    pub auth: Auth,
    /// What an unauthenticated GET gets.
    pub probe: Probe,
    /// All that can be granted for it, and the default. For tokens of another issuer's: all that
    /// a call needs.
    pub scopes: ScopeSet,
}

impl Mount {
    /// Whether this edge is the authorization server of it.
    pub fn is_owners(&self) -> bool {
        match self.auth {
            Auth::Owner => true,
            Auth::External(_) | Auth::Open => false,
        }
    }
}

/// Who may call a mount.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Auth {
    /// Whoever has a token of another issuer's: the edge issues none for it.
    External(Trust),
    /// Everybody.
    Open,
    /// Clients that the owner has let in: this edge issues their tokens.
    Owner,
}

/// What an unauthenticated GET of a mount gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Probe {
    /// The challenge, as every other method.
    Challenge,
    /// A stream that says that there is an MCP server, and that it wants a token.
    Stream,
}

/// The URL of an MCP endpoint at home: http or https, with a path, without query or fragment.
#[derive(Clone, Debug)]
pub struct OriginUrl(Url);

impl OriginUrl {
    /// Parses `ORIGIN`. Without a path it gets the mount's.
    pub fn parse(text: &str, mount: &MountPath) -> Option<Self> {
        let mut url = Url::parse(text).ok()?;
        let plain = url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        if !matches!(url.scheme(), "http" | "https") || !plain {
            return None;
        }
        if url.path() == "/" {
            url.set_path(mount.as_str());
        }
        Some(Self(url))
    }

    /// The URL of a request to the origin, with the query that goes along.
    pub fn with_query(&self, query: Option<&str>) -> Url {
        let mut url = self.0.clone();
        url.set_query(query);
        url
    }

    /// The same endpoint with, or without, a slash at its end.
    #[must_use]
    pub fn other_slash(&self) -> Self {
        let path = self.0.path();
        let other = path
            .strip_suffix('/')
            .map_or_else(|| format!("{path}/"), str::to_owned);
        let mut url = self.0.clone();
        url.set_path(&other);
        Self(url)
    }

    /// Whether the origin has the same host and port as the edge itself.
    pub fn is_at(&self, issuer: &Issuer) -> bool {
        issuer.is_at(&self.0)
    }

    /// Whether it is plain http to another machine.
    pub(super) fn is_exposed_http(&self) -> bool {
        self.0.scheme() == "http" && !is_loopback(&self.0)
    }
}
