//! A mount: one path of the edge, one resource, one origin at home.

use std::borrow::Cow;

use http::HeaderMap;
use url::Url;

use crate::{
    issuer::{is_loopback, same_host},
    mount_path::MountPath,
    oauth::{scope::ScopeSet, trust::Trust},
};

/// One protected resource and the home server behind it.
pub struct Mount {
    /// The path at the edge.
    pub path: MountPath,
    /// The MCP endpoint at home.
    pub origin: OriginUrl,
    /// The key that names it: `ORIGIN`, or `MOUNTS` for an origin of the mount's own.
    pub(super) origin_key: &'static str,
    /// The binding of the platform that leads there, with the key that names it; none for the public
    /// network.
    pub(super) binding: Option<(&'static str, String)>,
    /// What the edge adds to each request to the origin, such as its credential.
    pub origin_headers: HeaderMap,
    /// Who may call.
    pub auth: Auth,
    /// What an unauthenticated GET gets.
    pub probe: Probe,
    /// What it speaks.
    pub transport: Transport,
    /// All that can be granted for it, and the default. For tokens of another issuer's: all that
    /// a call needs.
    pub scopes: ScopeSet,
}

impl Mount {
    /// The binding of the platform that leads to the origin; none for the public network.
    pub fn binding(&self) -> Option<&str> {
        self.binding.as_ref().map(|(_, name)| name.as_str())
    }

    /// The same, after the key that names it.
    pub(super) fn named_binding(&self) -> Option<(&'static str, &str)> {
        let binding = self.binding.as_ref();
        binding.map(|(key, name)| (*key, name.as_str()))
    }

    /// Whether a call to the origin would come to this URL: the same host and port, by whatever
    /// scheme, and no binding that leads elsewhere.
    pub(super) fn loops_to(&self, edge: &Url) -> bool {
        self.binding.is_none() && self.origin.is_at(edge)
    }

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

/// How clients and a mount's origin talk (MCP transports).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Transport {
    /// Streamable HTTP: one endpoint.
    StreamableHttp,
    /// The legacy pair of HTTP and SSE: a stream, and a place to post messages to.
    Sse,
}

/// What an unauthenticated GET of a mount gets.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Probe {
    /// The challenge, as every other method.
    Challenge,
    /// A stream that says that there is an MCP server, and that it wants a token.
    Stream,
}

/// The URL of an MCP endpoint at home: http or https, with a path, without query or fragment. Both
/// spellings of its end are kept, because servers answer at one of them only.
#[derive(Clone, Debug)]
pub struct OriginUrl {
    as_configured: Url,
    other_slash: Url,
}

/// Which spelling of its own endpoint an origin answers at, as far as is known.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum LearnedSlash {
    /// The configured one.
    #[default]
    AsConfigured,
    /// The configured one with, or without, a slash at its end.
    Other,
}

impl LearnedSlash {
    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::AsConfigured => Self::Other,
            Self::Other => Self::AsConfigured,
        }
    }
}

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
        let path = url.path();
        let other = path
            .strip_suffix('/')
            .map_or_else(|| format!("{path}/"), str::to_owned);
        let mut other_slash = url.clone();
        other_slash.set_path(&other);
        Some(Self {
            as_configured: url,
            other_slash,
        })
    }

    /// The URL of a request to the origin, with the query that goes along.
    pub fn url(&self, slash: LearnedSlash, query: Option<&str>) -> Cow<'_, Url> {
        let url = match slash {
            LearnedSlash::AsConfigured => &self.as_configured,
            LearnedSlash::Other => &self.other_slash,
        };
        let Some(query) = query else {
            return Cow::Borrowed(url);
        };
        let mut url = url.clone();
        url.set_query(Some(query));
        Cow::Owned(url)
    }

    /// The URL as it is configured, with the mount's path where it had none.
    pub fn as_str(&self) -> &str {
        self.as_configured.as_str()
    }

    /// The path of the endpoint.
    pub fn path(&self) -> &str {
        self.as_configured.path()
    }

    /// Whether the origin has the same host and port as a URL of the edge itself, by whatever
    /// scheme.
    pub fn is_at(&self, edge: &Url) -> bool {
        same_host(edge, &self.as_configured)
    }

    /// Whether it is plain http to another machine.
    pub(super) fn is_exposed_http(&self) -> bool {
        self.as_configured.scheme() == "http" && !is_loopback(&self.as_configured)
    }
}
