//! A mount: one path of the edge, one resource, one origin at home.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use url::Url;

use super::settings::Settings;
use crate::{issuer::Issuer, mount_path::MountPath};

/// One protected resource and the home server behind it.
pub struct Mount {
    /// The path at the edge.
    pub path: MountPath,
    /// The MCP endpoint at home.
    pub origin: OriginUrl,
    /// `ORIGIN_HEADERS`: what the edge adds to each request to the origin, such as its credential.
    pub origin_headers: HeaderMap,
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
        let port = self.0.port_or_known_default();
        Url::parse(issuer.as_str()).is_ok_and(|edge| {
            edge.host_str() == self.0.host_str() && edge.port_or_known_default() == port
        })
    }

    fn is_exposed_http(&self) -> bool {
        self.0.scheme() == "http" && !is_loopback(&self.0)
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

impl Settings<'_> {
    pub(super) fn mount(&mut self, path: MountPath) -> Option<Mount> {
        const KEY: &str = "ORIGIN";
        let origin = self
            .text(KEY)
            .and_then(|text| OriginUrl::parse(text, &path));
        let origin_headers = self.origin_headers(&path);
        let Some(origin) = origin else {
            self.problem(
                KEY,
                "must be the http or https URL of your MCP server, without a query, for example https://home.example.net:8383/mcp.",
            );
            return None;
        };
        if origin.is_exposed_http() {
            self.warning(
                KEY,
                "is plain http: whoever is on the way between Cloudflare and your home can read and change every call. Use https or a tunnel.",
            );
        }
        Some(Mount {
            path,
            origin,
            origin_headers,
        })
    }

    fn origin_headers(&mut self, path: &MountPath) -> HeaderMap {
        const KEY: &str = "ORIGIN_HEADERS";
        const HELP: &str = "must be JSON: for each mount the headers that its origin gets, for example {\"/mcp\": {\"X-Api-Key\": \"…\"}}.";
        let Some(text) = self.text(KEY) else {
            return HeaderMap::new();
        };
        let Ok(serde_json::Value::Object(mounts)) = serde_json::from_str(text) else {
            self.problem(KEY, HELP);
            return HeaderMap::new();
        };
        let mut parsed = HeaderMap::new();
        for (mount, headers) in &mounts {
            if mount != path.as_str() {
                self.problem(
                    KEY,
                    format!("names a mount that does not exist; the mount is {path}."),
                );
            }
            let Some(headers) = headers.as_object() else {
                self.problem(KEY, HELP);
                continue;
            };
            for (name, value) in headers {
                match (origin_header_name(name), value.as_str().map(HeaderValue::from_str)) {
                    (Some(name), Some(Ok(mut value))) => {
                        value.set_sensitive(true);
                        parsed.insert(name, value);
                    }
                    _ => self.problem(
                        KEY,
                        "has a header whose name or value cannot be sent; names such as Host or Content-Length are the connection's own.",
                    ),
                }
            }
        }
        parsed
    }
}

fn origin_header_name(text: &str) -> Option<HeaderName> {
    let name = HeaderName::from_bytes(text.as_bytes()).ok()?;
    let connection = [
        header::CONNECTION,
        header::CONTENT_LENGTH,
        header::HOST,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
    ];
    (!connection.contains(&name)).then_some(name)
}
