//! `PUBLIC_URL`.

use url::Url;

use super::settings::Settings;
use crate::{
    issuer::{Issuer, is_loopback},
    mount_path::MountPath,
};

impl Settings<'_> {
    /// The issuer, when it is set. People paste what they type into their client, so a slash or
    /// the mount's path at the end is cut.
    pub(super) fn public_url(&mut self, mounts: &[&MountPath]) -> Option<Issuer> {
        const KEY: &str = "PUBLIC_URL";
        let text = self.text(KEY)?;
        let issuer = parse(text, mounts);
        if issuer.is_none() {
            self.problem(
                KEY,
                "must be the https address of this Worker without a path, for example https://mcp.example.com.",
            );
        }
        issuer
    }
}

fn parse(text: &str, mounts: &[&MountPath]) -> Option<Issuer> {
    let url = Url::parse(text).ok()?;
    let path = url.path().trim_end_matches('/');
    let bare = (path.is_empty() || mounts.iter().any(|mount| mount.as_str() == path))
        && url.query().is_none()
        && url.fragment().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    let safe = url.scheme() == "https" || (url.scheme() == "http" && is_loopback(&url));
    (bare && safe).then(|| Issuer::new(url.origin().ascii_serialization()))
}
