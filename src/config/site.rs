//! `SITE` and `SITE_TRUSTED`: where paths go that are none of the edge's.

use url::Url;

use super::{Mount, Transport, settings::Settings};
use crate::issuer::{is_loopback, same_host};

const KEY: &str = "SITE";

/// The server beside the mounts.
#[derive(Clone, Debug)]
pub struct Site(Url);

impl Site {
    /// Its address: http or https, host and port, nothing more.
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The address there of a path and query at the edge.
    pub fn at(&self, url: &Url) -> Url {
        let mut there = self.0.clone();
        there.set_path(url.path());
        there.set_query(url.query());
        there
    }

    /// The path of a mount's origin, when it is at the same host: it must not be reached from here.
    pub fn guarded_path<'a>(&self, mount: &'a Mount) -> Option<&'a str> {
        mount.origin.is_at(&self.0).then(|| mount.origin.path())
    }
}

impl Settings<'_> {
    /// The site, if there is one and nothing is wrong with it.
    pub(super) fn site(&mut self, mounts: &[Mount], edge: Option<&Url>) -> Option<Site> {
        let trusted = self.switch("SITE_TRUSTED", false);
        let text = self.text(KEY)?;
        let url = Url::parse(text).ok().filter(|url| {
            let bare = url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none();
            bare && matches!(url.scheme(), "http" | "https")
        });
        let Some(url) = url else {
            self.problem(
                KEY,
                "must be the http or https address of a server, without a path, for example https://wiki.example.net.",
            );
            return None;
        };
        if edge.is_some_and(|edge| same_host(edge, &url)) {
            self.problem(KEY, LOOP);
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            self.warning(
                KEY,
                "is plain http: whoever is on the way between Cloudflare and that server can read and change every page. Use https or a tunnel.",
            );
        }
        let posts_there =
            |mount: &Mount| mount.transport == Transport::Sse && mount.origin.is_at(&url);
        if mounts.iter().any(posts_there) {
            self.problem(
                KEY,
                "is at the host and port of a mount with transport sse, whose messages could then be posted around the gate. Give one of them another port.",
            );
        }
        let shares = |mount: &Mount| mount.origin.is_at(&url) && mount.origin_headers.is_empty();
        if mounts.iter().any(shares) {
            self.warning(
                KEY,
                "is at the host and port of an origin. Its path is kept back, but a server may have other paths that lead to the same place. Let the MCP server accept only calls with a header of yours (ORIGIN_HEADERS), or give it another port.",
            );
        }
        if !trusted && mounts.iter().any(Mount::is_owners) {
            self.problem(
                KEY,
                "would share a web origin with the page that asks for your password: its pages could act in your name. Use a host of its own for the site, or set SITE_TRUSTED = true if nobody but you can write there.",
            );
        }
        Some(Site(url))
    }
}

/// What is wrong with a site that is the edge itself.
pub(super) const LOOP: &str = "is the address of this Worker itself. Give the address of the server that has the other pages.";
