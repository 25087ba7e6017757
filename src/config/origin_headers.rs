//! `ORIGIN_HEADERS`: what origins get with each request.

use std::collections::BTreeMap;

use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde_json::Value;

use super::settings::Settings;
use crate::mount_path::MountPath;

const KEY: &str = "ORIGIN_HEADERS";

/// The headers of each mount.
#[derive(Default)]
pub(super) struct OriginHeaders(BTreeMap<String, HeaderMap>);

impl OriginHeaders {
    pub(super) fn of(&self, path: &MountPath) -> HeaderMap {
        self.0.get(path.as_str()).cloned().unwrap_or_default()
    }

    pub(super) fn mounts(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl Settings<'_> {
    pub(super) fn origin_headers(&mut self) -> OriginHeaders {
        const HELP: &str = "must be JSON: for each mount the headers that its origin gets, for example {\"/mcp\": {\"X-Api-Key\": \"…\"}}.";
        let Some(text) = self.text(KEY) else {
            return OriginHeaders::default();
        };
        let parsed: Option<BTreeMap<String, BTreeMap<String, Value>>> =
            serde_json::from_slice(text.as_bytes()).ok();
        let Some(mounts) = parsed else {
            self.problem(KEY, HELP);
            return OriginHeaders::default();
        };
        let headers = mounts
            .into_iter()
            .map(|(mount, headers)| (mount, self.headers(&headers)));
        OriginHeaders(headers.collect())
    }

    fn headers(&mut self, entries: &BTreeMap<String, Value>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in entries {
            match (origin_header_name(name), value.as_str().map(HeaderValue::from_str)) {
                (Some(name), Some(Ok(mut value))) => {
                    value.set_sensitive(true);
                    headers.insert(name, value);
                }
                _ => self.problem(
                    KEY,
                    "has a header whose name or value cannot be sent; names such as Host or Content-Length are the connection's own, and those that begin with Gatelodge- the gate's.",
                ),
            }
        }
        headers
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
    let is_ours = name.as_str().starts_with("gatelodge-");
    (!is_ours && !connection.contains(&name)).then_some(name)
}
