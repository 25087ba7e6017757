//! Settings that are lists: a JSON list of strings, or words with spaces between them.

use url::Url;

use super::settings::Settings;
use crate::oauth::redirect_uri::{PrivateUse, RedirectSchemes};

impl Settings<'_> {
    /// The entries of a list; none when the key is unset, or is no list (which is recorded).
    pub(super) fn list(&mut self, key: &str) -> Option<Vec<String>> {
        let text = self.text(key)?;
        if !text.starts_with('[') {
            return Some(text.split_whitespace().map(str::to_owned).collect());
        }
        let entries = serde_json::from_slice(text.as_bytes()).ok();
        if entries.is_none() {
            self.problem(
                key,
                "must be a JSON list of strings, or words with spaces between them.",
            );
        }
        entries
    }

    pub(super) fn allowed_origins(&mut self) -> Vec<String> {
        const KEY: &str = "ALLOWED_ORIGINS";
        let entries = self.list(KEY).unwrap_or_default();
        let origins: Option<Vec<_>> = entries.iter().map(|entry| web_origin(entry)).collect();
        origins.unwrap_or_else(|| {
            self.problem(
                KEY,
                "must be a list of web origins, for example [\"https://app.example.com\"].",
            );
            Vec::new()
        })
    }

    pub(super) fn redirect_schemes(&mut self) -> RedirectSchemes {
        const KEY: &str = "REDIRECT_SCHEMES";
        let entries = self.list(KEY).unwrap_or_default();
        let schemes: Option<Vec<_>> = entries
            .iter()
            .map(|entry| PrivateUse::parse(entry))
            .collect();
        let schemes = schemes.unwrap_or_else(|| {
            self.problem(
                KEY,
                "must be a list of private-use schemes of applications that you trust, for example [\"com.example.app\", \"example://callback\"].",
            );
            Vec::new()
        });
        RedirectSchemes::built_in_and(schemes)
    }
}

fn web_origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    let tuple = matches!(url.scheme(), "http" | "https") && url.username().is_empty();
    (bare && tuple).then(|| url.origin().ascii_serialization())
}
