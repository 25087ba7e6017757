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

/// Where standards put what is to be found; nothing below it is anybody's but the edge's.
pub const WELL_KNOWN: &str = "/.well-known";
/// The paths of the authorization server, each with all below it.
pub const OWN: [&str; 5] = [AUTHORIZE, OAUTH, REGISTER, REVOKE, TOKEN];

const RESOURCE_METADATA: &str = "/.well-known/oauth-protected-resource";
/// The metadata of the authorization server, at the root.
pub const SERVER_METADATA: &str = "/.well-known/oauth-authorization-server";
/// The keys that home verifies the edge's assertions with.
pub const KEY_SET: &str = "/.well-known/jwks.json";
const OPENID_METADATA: &str = "/.well-known/openid-configuration";
/// Some clients look for the endpoints of the authorization server below this.
const OAUTH: &str = "/oauth";

/// What a path is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Route<'a> {
    /// The metadata of the authorization server of a mount (RFC 8414).
    ServerMetadata {
        /// Which mount; the first, when the path names none.
        mount: &'a MountPath,
    },
    /// The metadata of an `OpenID` provider (OIDC Discovery §4). This edge is none, but the issuer
    /// of a mount may be.
    OpenidMetadata {
        /// Which mount; the first, when the path names none.
        mount: &'a MountPath,
    },
    /// The metadata of a mount (RFC 9728).
    ResourceMetadata {
        /// Which mount; the first, when the path names none.
        mount: &'a MountPath,
        /// The path of the resource that was asked for, as it was spelled.
        resource: String,
    },
    /// [`KEY_SET`] (RFC 7517).
    KeySet,
    /// An endpoint of the authorization server, at its own path or at an alias.
    Endpoint(Endpoint),
    /// An endpoint of the authorization server of a mount, at an alias below that mount.
    MountEndpoint {
        /// Which mount.
        mount: &'a MountPath,
        /// Which endpoint.
        endpoint: Endpoint,
    },
    /// A page or form of the owner's.
    Owner(OwnerRoute),
    /// A mount, with or without a slash at its end.
    Mount(&'a MountPath),
    /// "Is this bearer good?", below a mount.
    Auth(&'a MountPath),
    /// What the server is, in short, below a mount.
    Discover(&'a MountPath),
    /// The bare host: people type it without the path of a mount.
    Root,
    /// Nothing of the edge's.
    NotFound,
}

/// An endpoint of the authorization server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Endpoint {
    /// [`AUTHORIZE`].
    Authorize,
    /// [`REGISTER`].
    Register,
    /// [`REVOKE`].
    Revoke,
    /// [`TOKEN`].
    Token,
}

impl Endpoint {
    fn named(path: &str) -> Option<Self> {
        match path {
            AUTHORIZE => Some(Self::Authorize),
            REGISTER => Some(Self::Register),
            REVOKE => Some(Self::Revoke),
            TOKEN => Some(Self::Token),
            _ => None,
        }
    }
}

/// A page or form of the owner's.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OwnerRoute {
    /// [`OWNER`].
    Page,
    /// [`REVOKE_ALL`].
    RevokeAll,
    /// [`REVOKE_GRANT`].
    RevokeGrant,
    /// [`SIGN_IN`].
    SignIn,
    /// [`SIGN_OUT`].
    SignOut,
}

impl OwnerRoute {
    fn named(path: &str) -> Option<Self> {
        match path {
            OWNER => Some(Self::Page),
            REVOKE_ALL => Some(Self::RevokeAll),
            REVOKE_GRANT => Some(Self::RevokeGrant),
            SIGN_IN => Some(Self::SignIn),
            SIGN_OUT => Some(Self::SignOut),
            _ => None,
        }
    }
}

impl<'a> Route<'a> {
    /// What a path is, among these mounts. Every path may have one slash at its end.
    pub fn find(typed: &str, mounts: impl Iterator<Item = &'a MountPath> + Clone) -> Self {
        if typed == "/" {
            return Self::Root;
        }
        let path = typed.strip_suffix('/').unwrap_or(typed);
        if let Some(suffix) = path.strip_prefix(RESOURCE_METADATA) {
            let asked = typed.strip_prefix(RESOURCE_METADATA).unwrap_or_default();
            return Self::resource_metadata(suffix, asked, mounts);
        }
        if let Some(suffix) = path.strip_prefix(SERVER_METADATA) {
            let mount = mount_or_first(suffix, mounts);
            return mount.map_or(Self::NotFound, |mount| Self::ServerMetadata { mount });
        }
        if let Some(suffix) = path.strip_prefix(OPENID_METADATA) {
            let mount = mount_or_first(suffix, mounts);
            return mount.map_or(Self::NotFound, |mount| Self::OpenidMetadata { mount });
        }
        if path == KEY_SET {
            return Self::KeySet;
        }
        let mut beginnings = mounts;
        let below = |mount: &'a MountPath| match path.strip_prefix(mount.as_str())? {
            "" => Some(Self::Mount(mount)),
            rest => rest.starts_with('/').then(|| Self::below(mount, rest)),
        };
        if let Some(route) = beginnings.find_map(below) {
            return route;
        }
        let bare = path
            .strip_prefix(OAUTH)
            .filter(|rest| rest.starts_with('/'))
            .unwrap_or(path);
        Endpoint::named(bare)
            .map(Self::Endpoint)
            .or_else(|| OwnerRoute::named(path).map(Self::Owner))
            .unwrap_or(Self::NotFound)
    }

    /// `resource` is the URL that was asked for, so that a client finds what it typed (RS-07).
    fn resource_metadata(
        suffix: &str,
        asked: &str,
        mounts: impl Iterator<Item = &'a MountPath>,
    ) -> Self {
        let Some(mount) = mount_or_first(suffix, mounts) else {
            return Self::NotFound;
        };
        let resource = if suffix.is_empty() { "/" } else { asked }.to_owned();
        Self::ResourceMetadata { mount, resource }
    }

    /// What is below a mount; `rest` begins with a slash.
    fn below(mount: &'a MountPath, rest: &str) -> Self {
        let alias = |endpoint| Self::MountEndpoint { mount, endpoint };
        match rest {
            RESOURCE_METADATA => Self::ResourceMetadata {
                mount,
                resource: mount.to_string(),
            },
            OPENID_METADATA => Self::OpenidMetadata { mount },
            SERVER_METADATA => Self::ServerMetadata { mount },
            "/auth" => Self::Auth(mount),
            "/clients" => alias(Endpoint::Register),
            "/discover" => Self::Discover(mount),
            _ => Endpoint::named(rest).map_or(Self::NotFound, alias),
        }
    }
}

/// The path of the metadata that describes the resource at `resource` (RFC 9728 §3.1); that of a
/// bare host has no slash at its end.
pub fn resource_metadata_path(resource: &str) -> String {
    let suffix = if resource == "/" { "" } else { resource };
    format!("{RESOURCE_METADATA}{suffix}")
}

fn mount_or_first<'a>(
    suffix: &str,
    mut mounts: impl Iterator<Item = &'a MountPath>,
) -> Option<&'a MountPath> {
    mounts.find(|mount| suffix.is_empty() || mount.as_str() == suffix)
}

#[cfg(test)]
mod tests;
