//! The path of a mount: the name of a protected resource within the edge.

use std::fmt;

use serde::{Deserialize, Serialize};

/// First segments that no mount can have: they are the edge's own.
const RESERVED: [&str; 7] = [
    ".well-known",
    "authorize",
    "gatelodge",
    "oauth",
    "register",
    "revoke",
    "token",
];

/// The path of a mount, such as `/mcp`: it starts with a slash and does not end with one.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct MountPath(String);

impl MountPath {
    /// Parses a path of plain segments, at most 128 characters, that is not one of the edge's own.
    pub fn parse(text: &str) -> Option<Self> {
        let path = text.strip_suffix('/').unwrap_or(text);
        let mut segments = path.strip_prefix('/')?.split('/');
        let plain = |segment: &str| {
            !segment.is_empty()
                && !segment.bytes().all(|byte| byte == b'.')
                && segment.bytes().all(|byte| {
                    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
                })
        };
        let own = segments
            .clone()
            .next()
            .is_some_and(|first| RESERVED.contains(&first));
        let proper = path.len() <= 128 && !own && segments.all(plain);
        proper.then(|| Self(path.to_owned()))
    }

    /// Whether one of the two paths is below the other.
    pub fn overlaps(&self, other: &Self) -> bool {
        let below = |path: &str, root: &str| {
            path.strip_prefix(root)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        below(&self.0, &other.0) || below(&other.0, &self.0)
    }

    /// The path as it is spelled in URLs.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for MountPath {
    fn default() -> Self {
        Self("/mcp".into())
    }
}

impl fmt::Display for MountPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_plain_and_not_the_edges_own() {
        for (text, expected) in [
            ("/mcp", Some("/mcp")),
            ("/mcp/", Some("/mcp")),
            ("/notes/v1.2/mcp", Some("/notes/v1.2/mcp")),
            ("mcp", None),
            ("/", None),
            ("", None),
            ("/mcp//", None),
            ("/a/../b", None),
            ("/a%2fb", None),
            ("/a?b", None),
            ("/token", None),
            ("/oauth/x", None),
            ("/.well-known/x", None),
        ] {
            let parsed = MountPath::parse(text);
            assert_eq!(parsed.as_ref().map(MountPath::as_str), expected, "{text}");
        }
    }

    #[test]
    fn a_path_below_another_overlaps_it() {
        let path = |text| MountPath::parse(text).unwrap();
        assert!(path("/mcp").overlaps(&path("/mcp/x")));
        assert!(path("/mcp/x").overlaps(&path("/mcp")));
        assert!(!path("/mcp").overlaps(&path("/mcpx")));
    }
}
