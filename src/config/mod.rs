//! Configuration: parsed once from strings; every later use is infallible.

mod external;
mod key_material;
mod lists;
mod mount;
mod mounts;
mod origin_headers;
mod settings;
mod urls;

use std::collections::BTreeMap;

pub use mount::{Auth, Mount, OriginUrl, Probe};
pub use settings::Problem;

use crate::{
    issuer::Issuer,
    keys::Keys,
    mount_path::MountPath,
    oauth::{redirect_uri::RedirectSchemes, scope::ScopeSet},
    secret::Secret,
    time::Lifetime,
};
use settings::Settings;

/// Everything that a user decides about the edge.
pub struct Config {
    /// `NAME`: what pages and `resource_name` call the server.
    pub name: String,
    /// `PUBLIC_URL`: the issuer. Without it, the origin of each request is.
    pub public_url: Option<Issuer>,
    /// The protected resources; the first is the one that a bare host means.
    pub mounts: Vec<Mount>,
    /// `ALLOWED_ORIGINS`: web origins besides the built-in ones.
    pub allowed_origins: Vec<String>,
    /// `REDIRECT_SCHEMES`: private-use redirects, the built-in ones included.
    pub redirect_schemes: RedirectSchemes,
    /// `REGISTRATION`: whether strangers may register clients.
    pub registration: bool,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// `REFRESH_REUSE`: what a proven replay of a refresh token does.
    pub refresh_reuse: RefreshReuse,
    /// All keys, derived from `GATELODGE_KEY`.
    pub keys: Keys,
    /// `OWNER_PASSWORD`.
    pub password: Secret,
    /// What works, but deserves a second look.
    pub warnings: Vec<Problem>,
}

/// How long things live.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lifetimes {
    /// `ACCESS_TOKEN_SECONDS`.
    pub access_token: Lifetime,
    /// `REFRESH_TOKEN_SECONDS`, counted anew from each use.
    pub refresh_token: Lifetime,
    /// `CODE_SECONDS`.
    pub code: Lifetime,
    /// `REFRESH_REPLAY_SECONDS`: how long a client may ask again for a reply that it lost.
    pub refresh_replay: Lifetime,
    /// `GRANT_CACHE_SECONDS`: how long a grant's status may be believed, so the revocation bound.
    pub grant_cache: Lifetime,
}

/// What a proven replay of a refresh token does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RefreshReuse {
    /// The replay is refused and the grant lives on.
    Refuse,
    /// The replay is refused and the grant is revoked.
    Revoke,
}

impl Config {
    /// Every key that the edge knows.
    pub const KEYS: [&'static str; 18] = [
        "ORIGIN",
        "NAME",
        "PUBLIC_URL",
        "MOUNTS",
        "SCOPES",
        "ALLOWED_ORIGINS",
        "REDIRECT_SCHEMES",
        "REGISTRATION",
        "ACCESS_TOKEN_SECONDS",
        "REFRESH_TOKEN_SECONDS",
        "CODE_SECONDS",
        "REFRESH_REPLAY_SECONDS",
        "GRANT_CACHE_SECONDS",
        "REFRESH_REUSE",
        "GATELODGE_KEY",
        "GATELODGE_KEY_PREVIOUS",
        "OWNER_PASSWORD",
        "ORIGIN_HEADERS",
    ];

    /// Parses the environment.
    ///
    /// # Errors
    ///
    /// All mistakes at once, each with the key that it is about; never a value.
    pub fn parse(environment: &BTreeMap<String, String>) -> Result<Self, Vec<Problem>> {
        let mut settings = Settings::new(environment);
        settings.refuse_unknown(&Self::KEYS);

        let name = settings.name();
        let scopes = settings.scopes();
        let mounts = settings.mounts(&scopes);
        let paths = mounts.iter().flatten().map(|mount| &mount.path);
        let public_url = settings.public_url(&paths.collect::<Vec<_>>());
        let allowed_origins = settings.allowed_origins();
        let redirect_schemes = settings.redirect_schemes();
        let registration = settings.switch("REGISTRATION", true);
        let lifetimes = settings.lifetimes();
        let refresh_reuse = settings.refresh_reuse();
        let key = settings.master_key("GATELODGE_KEY");
        let previous = settings.previous_master_key("GATELODGE_KEY_PREVIOUS");
        let password = settings.password();

        if let (Some(issuer), Some(mounts)) = (&public_url, &mounts)
            && let Some(Problem { key, problem }) = loop_of(mounts, issuer)
        {
            settings.problem(&key, problem);
        }
        let warnings = settings.finish()?;
        let (Some(mounts), Some(key), Some(password)) = (mounts, key, password) else {
            return Err(vec![Problem::new("ORIGIN", "is required.")]);
        };
        Ok(Self {
            name,
            public_url,
            mounts,
            allowed_origins,
            redirect_schemes,
            registration,
            lifetimes,
            refresh_reuse,
            keys: Keys::derive(&key, previous.as_ref()),
            password,
            warnings,
        })
    }

    /// What is wrong with answering at this issuer: an origin that is the edge itself would be
    /// called for ever, and so would an external issuer.
    pub fn loop_at(&self, issuer: &Issuer) -> Option<Problem> {
        loop_of(&self.mounts, issuer)
    }

    /// Whether this edge is anybody's authorization server.
    pub fn issues_tokens(&self) -> bool {
        self.mounts.iter().any(Mount::is_owners)
    }

    /// Whether everybody may call: then the edge issues nothing and asks for nothing.
    pub fn is_open(&self) -> bool {
        self.mounts.iter().all(|mount| mount.auth == Auth::Open)
    }

    /// All scopes that can be granted here for any mount.
    pub fn all_scopes(&self) -> ScopeSet {
        let owners = self.mounts.iter().filter(|mount| mount.is_owners());
        ScopeSet::union(owners.map(|mount| &mount.scopes))
    }

    /// The mount at this path; routes only find paths of mounts.
    pub fn mount(&self, path: &MountPath) -> &Mount {
        let found = self.mounts.iter().find(|mount| mount.path == *path);
        found.unwrap_or_else(|| self.first_mount())
    }

    /// The mount that a bare host means.
    pub fn first_mount(&self) -> &Mount {
        &self.mounts[0]
    }
}

fn loop_of(mounts: &[Mount], edge: &Issuer) -> Option<Problem> {
    if mounts.iter().any(|mount| mount.origin.is_at(edge)) {
        return Some(Problem::new("ORIGIN", LOOP));
    }
    let issues_itself = |mount: &Mount| match &mount.auth {
        Auth::External(trust) => trust.issuer.is_at(edge),
        Auth::Open | Auth::Owner => false,
    };
    mounts
        .iter()
        .any(issues_itself)
        .then(|| Problem::new("MOUNTS", SELF_ISSUER))
}

const SELF_ISSUER: &str = "has the address of this Worker itself as an external issuer. Give the address of the authorization server, or leave auth at owner.";
const LOOP: &str = "is the address of this Worker itself. Give the address of your MCP server at home, for example https://home.example.net:8383/mcp.";

#[cfg(test)]
mod tests;
