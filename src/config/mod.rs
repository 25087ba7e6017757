//! Configuration: parsed once from strings; every later use is infallible.

mod clients;
mod external;
mod key_material;
mod lists;
mod mount;
mod mounts;
mod origin_headers;
mod settings;
mod site;
mod urls;
mod wire;

use std::collections::BTreeMap;

pub use mount::{Auth, LearnedSlash, Mount, OriginUrl, Probe, Transport};
pub use settings::Problem;
pub use site::Site;
pub use wire::{AssertionMode, Wire};

use crate::{
    issuer::{Issuer, same_host},
    keys::Keys,
    mount_path::MountPath,
    oauth::{client::Client, redirect_uri::RedirectSchemes, scope::ScopeSet},
    routes::{OWN, OWNER, WELL_KNOWN},
    secret::Secret,
    time::Lifetime,
};
use settings::Settings;
use url::Url;

/// Everything that a user decides about the edge.
pub struct Config {
    /// `NAME`: what pages and `resource_name` call the server.
    pub name: String,
    /// `PUBLIC_URL`: the issuer. Without it, the origin of each request is.
    pub public_url: Option<Issuer>,
    /// The protected resources; the first is the one that a bare host means.
    pub mounts: Vec<Mount>,
    /// `SITE`: where paths go that are none of the edge's.
    pub site: Option<Site>,
    /// `ALLOWED_ORIGINS`: web origins besides the built-in ones.
    pub allowed_origins: Vec<String>,
    /// `REDIRECT_SCHEMES`: private-use redirects, the built-in ones included.
    pub redirect_schemes: RedirectSchemes,
    /// `REGISTRATION`: whether strangers may register clients.
    pub registration: bool,
    /// `CLIENTS`: the clients that the operator has registered himself.
    pub clients: Vec<Client>,
    /// How long things live.
    pub lifetimes: Lifetimes,
    /// How calls go home, and how answers come back.
    pub wire: Wire,
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
    pub const KEYS: [&'static str; 26] = [
        "ORIGIN",
        "NAME",
        "PUBLIC_URL",
        "MOUNTS",
        "SCOPES",
        "SITE",
        "SITE_TRUSTED",
        "ALLOWED_ORIGINS",
        "REDIRECT_SCHEMES",
        "REGISTRATION",
        "CLIENTS",
        "ACCESS_TOKEN_SECONDS",
        "REFRESH_TOKEN_SECONDS",
        "CODE_SECONDS",
        "REFRESH_REPLAY_SECONDS",
        "GRANT_CACHE_SECONDS",
        "REFRESH_REUSE",
        "ORIGIN_BINDING",
        "ORIGIN_SECONDS",
        "ASSERTION",
        "HEARTBEAT_SECONDS",
        "EARLY_STREAM_SECONDS",
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
        let clients = settings.clients(&redirect_schemes);
        let lifetimes = settings.lifetimes();
        let wire = settings.wire();
        settings.refuse_two_credentials(wire, mounts.as_deref().unwrap_or_default());
        let refresh_reuse = settings.refresh_reuse();
        let key = settings.master_key("GATELODGE_KEY");
        let previous = settings.previous_master_key("GATELODGE_KEY_PREVIOUS");
        let password = settings.password();

        let edge = public_url.as_ref().and_then(Issuer::to_url);
        if let (Some(edge), Some(mounts)) = (&edge, &mounts)
            && let Some(Problem { key, problem }) = mounts::looping(mounts, edge)
        {
            settings.problem(&key, problem);
        }
        let site = settings.site(mounts.as_deref().unwrap_or_default(), edge.as_ref());
        let warnings = settings.finish()?;
        let reported = "what could not be read was reported";
        let (mounts, key, password) = (
            mounts.expect(reported),
            key.expect(reported),
            password.expect(reported),
        );
        Ok(Self {
            name,
            public_url,
            mounts,
            site,
            allowed_origins,
            redirect_schemes,
            registration,
            clients,
            lifetimes,
            wire,
            refresh_reuse,
            keys: Keys::derive(&key, previous.as_ref()),
            password,
            warnings,
        })
    }

    /// What is wrong with answering at this URL: an origin that is the edge itself would be called
    /// for ever, and so would an external issuer or a site. With `PUBLIC_URL` set, that was looked
    /// at before.
    pub fn loop_at(&self, url: &Url) -> Option<Problem> {
        match self.public_url {
            Some(_) => None,
            None => mounts::looping(&self.mounts, url).or_else(|| {
                let site = self.site.as_ref()?;
                same_host(site.url(), url).then(|| Problem::new("SITE", site::LOOP))
            }),
        }
    }

    /// Whether this edge is anybody's authorization server: then it has pages and issues tokens.
    pub fn issues_tokens(&self) -> bool {
        self.mounts.iter().any(Mount::is_owners)
    }

    /// The paths that must not be reached at the site, each with all below it.
    pub fn guarded<'a>(&'a self, site: &'a Site) -> impl Iterator<Item = &'a str> {
        let mounts = self.mounts.iter();
        let origins = mounts.clone().filter_map(|mount| site.guarded_path(mount));
        let own = if self.issues_tokens() {
            OWN.as_slice()
        } else {
            &[]
        };
        mounts
            .map(|mount| mount.path.as_str())
            .chain([WELL_KNOWN, OWNER])
            .chain(own.iter().copied())
            .chain(origins)
    }

    /// Whether home is shown, by a signature, that calls come from here.
    pub fn signs(&self) -> bool {
        self.wire.assertion != AssertionMode::Off && !self.is_open()
    }

    /// The platform's bindings that lead home, each with the key that names it.
    pub fn bindings(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.mounts.iter().filter_map(Mount::named_binding)
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

#[cfg(test)]
mod tests;
