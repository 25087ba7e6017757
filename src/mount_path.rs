//! The path of a mount: the name of a protected resource within the edge.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The path of a mount, such as `/mcp`: it starts with a slash and does not end with one.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct MountPath(String);

impl MountPath {
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
