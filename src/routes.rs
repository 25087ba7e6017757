//! Every path of the edge, spelled once: routing and metadata both read it here.

use crate::mount_path::MountPath;

/// The authorization endpoint.
pub const AUTHORIZE: &str = "/authorize";
/// The token endpoint.
pub const TOKEN: &str = "/token";
/// The registration endpoint.
pub const REGISTER: &str = "/register";
/// The revocation endpoint.
pub const REVOKE: &str = "/revoke";
/// The owner's page.
pub const OWNER: &str = "/gatelodge";
/// Where the sign-in form is sent.
pub const SIGN_IN: &str = "/gatelodge/sign-in";
/// Where the sign-out form is sent.
pub const SIGN_OUT: &str = "/gatelodge/sign-out";
/// Where the form that revokes one grant is sent.
pub const REVOKE_GRANT: &str = "/gatelodge/revoke";
/// Where the form that revokes all grants is sent.
pub const REVOKE_ALL: &str = "/gatelodge/revoke-all";

const RESOURCE_METADATA: &str = "/.well-known/oauth-protected-resource";
const SERVER_METADATA: &str = "/.well-known/oauth-authorization-server";

/// What a path is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Route<'a> {
    /// The authorization server metadata (RFC 8414).
    ServerMetadata,
    /// The metadata of a mount (RFC 9728), as the resource whose URL ends in `resource`.
    ResourceMetadata {
        /// The path of the resource that was asked for, as it was spelled.
        resource: String,
    },
    /// [`AUTHORIZE`].
    Authorize,
    /// [`TOKEN`].
    Token,
    /// [`REGISTER`].
    Register,
    /// [`REVOKE`].
    Revoke,
    /// [`OWNER`].
    Owner,
    /// [`SIGN_IN`].
    SignIn,
    /// [`SIGN_OUT`].
    SignOut,
    /// [`REVOKE_GRANT`].
    RevokeGrant,
    /// [`REVOKE_ALL`].
    RevokeAll,
    /// A mount, at the path that was typed, so that the challenge can echo it.
    Mount {
        /// Which.
        mount: &'a MountPath,
        /// The path: the mount's, with or without a slash at its end.
        typed: String,
    },
    /// The bare host: people type it without the path of a mount.
    Root,
    /// Nothing of the edge's.
    NotFound,
}

impl<'a> Route<'a> {
    /// What a path is, among these mounts. Every path may have one slash at its end.
    pub fn find(path: &str, mounts: &[&'a MountPath]) -> Self {
        if let Some(suffix) = path.strip_prefix(RESOURCE_METADATA) {
            return resource_metadata(suffix, mounts);
        }
        if let Some(suffix) = path.strip_prefix(SERVER_METADATA) {
            return if suffix.is_empty() || mount_at(suffix, mounts).is_some() || suffix == "/" {
                Self::ServerMetadata
            } else {
                Self::NotFound
            };
        }
        if let Some(mount) = mount_at(path, mounts) {
            let typed = path.to_owned();
            return Self::Mount { mount, typed };
        }
        if path == "/" {
            return Self::Root;
        }
        match path.strip_suffix('/').unwrap_or(path) {
            AUTHORIZE => Self::Authorize,
            TOKEN => Self::Token,
            REGISTER => Self::Register,
            REVOKE => Self::Revoke,
            OWNER => Self::Owner,
            SIGN_IN => Self::SignIn,
            SIGN_OUT => Self::SignOut,
            REVOKE_GRANT => Self::RevokeGrant,
            REVOKE_ALL => Self::RevokeAll,
            _ => Self::NotFound,
        }
    }
}

/// The path of the metadata that describes the resource at `resource` (RFC 9728 §3.1); that of a
/// bare host has no slash at its end.
pub fn resource_metadata_path(resource: &str) -> String {
    let suffix = if resource == "/" { "" } else { resource };
    format!("{RESOURCE_METADATA}{suffix}")
}

/// `resource` is the URL that was asked for, so that a client finds what it typed (RS-07).
fn resource_metadata<'a>(suffix: &str, mounts: &[&'a MountPath]) -> Route<'a> {
    let resource = match suffix {
        "" | "/" => "/",
        _ if mount_at(suffix, mounts).is_some() => suffix,
        _ => return Route::NotFound,
    };
    Route::ResourceMetadata {
        resource: resource.to_owned(),
    }
}

fn mount_at<'a>(path: &str, mounts: &[&'a MountPath]) -> Option<&'a MountPath> {
    let bare = path.strip_suffix('/').unwrap_or(path);
    mounts.iter().find(|mount| mount.as_str() == bare).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mount_is_its_exact_path_with_or_without_a_slash() {
        let mount = MountPath::default();
        let find = |path: &str| Route::find(path, &[&mount]);
        for typed in ["/mcp", "/mcp/"] {
            let (mount, typed) = (&mount, typed.to_owned());
            assert_eq!(find(&typed.clone()), Route::Mount { mount, typed });
        }
        assert_eq!(find("/"), Route::Root);
        for path in [
            "/mcp//",
            "//mcp",
            "/MCP",
            "/mcp/tools",
            "/mcpx",
            "/%6dcp",
            "/mcp%2f",
        ] {
            assert_eq!(find(path), Route::NotFound, "{path}");
        }
    }

    #[test]
    fn metadata_is_at_the_root_and_at_the_suffixed_path() {
        let mount = MountPath::default();
        let find = |path: &str| Route::find(path, &[&mount]);
        let resource = |resource: &str| Route::ResourceMetadata {
            resource: resource.into(),
        };
        for (path, expected) in [
            ("/.well-known/oauth-protected-resource", resource("/")),
            ("/.well-known/oauth-protected-resource/", resource("/")),
            (
                "/.well-known/oauth-protected-resource/mcp",
                resource("/mcp"),
            ),
            (
                "/.well-known/oauth-protected-resource/mcp/",
                resource("/mcp/"),
            ),
            ("/.well-known/oauth-protected-resource/x", Route::NotFound),
            ("/.well-known/oauth-protected-resourcemcp", Route::NotFound),
            (
                "/.well-known/oauth-authorization-server",
                Route::ServerMetadata,
            ),
            (
                "/.well-known/oauth-authorization-server/",
                Route::ServerMetadata,
            ),
            (
                "/.well-known/oauth-authorization-server/mcp",
                Route::ServerMetadata,
            ),
            (
                "/.well-known/oauth-authorization-server/mcp/",
                Route::ServerMetadata,
            ),
            ("/.well-known/oauth-authorization-server/x", Route::NotFound),
            ("/.well-known/openid-configuration", Route::NotFound),
            ("/token/", Route::Token),
            ("/gatelodge", Route::Owner),
        ] {
            assert_eq!(find(path), expected, "{path}");
        }
    }
}
