//! Clients, and the identifier that is its own registration.

use serde::{Deserialize, Serialize};

use super::{client_name, redirect_uri::RedirectUri};
use crate::{
    issuer::Issuer,
    keys::{Keys, Kind, Purpose, Sealable},
    secret::{Digest, Secret, base64url},
    time::Timestamp,
};

/// What a client registered: the content of its sealed `client_id`. Nothing else remembers it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Registration {
    /// The name that it gave itself; may be empty.
    #[serde(rename = "n")]
    pub name: String,
    /// Where it may be answered.
    #[serde(rename = "r")]
    pub redirect_uris: Vec<RedirectUri>,
    /// How it authenticates at the token endpoint.
    #[serde(rename = "a")]
    pub authentication: AuthenticationMethod,
    /// Whether it uses refresh tokens.
    #[serde(rename = "f")]
    pub refreshes: bool,
    /// When it registered.
    #[serde(rename = "t")]
    pub issued_at: Timestamp,
}

impl Sealable for Registration {
    const KIND: Kind = Kind::ClientId;
}

/// `token_endpoint_auth_method` (RFC 7591 §2).
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum AuthenticationMethod {
    /// `none`: a public client.
    #[serde(rename = "n")]
    None,
    /// `client_secret_basic`.
    #[serde(rename = "b")]
    ClientSecretBasic,
    /// `client_secret_post`.
    #[serde(rename = "p")]
    ClientSecretPost,
    /// The client did not say. RFC 7591 makes that `client_secret_basic`, but such clients are
    /// seen to post their secret, so either is fine.
    #[serde(rename = "e")]
    EitherSecret,
}

impl AuthenticationMethod {
    /// The name that the registration answer gives.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic | Self::EitherSecret => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
        }
    }

    /// Whether the client has a secret.
    pub const fn has_secret(self) -> bool {
        match self {
            Self::None => false,
            Self::ClientSecretBasic | Self::ClientSecretPost | Self::EitherSecret => true,
        }
    }
}

/// A client that this edge knows, because it can open its identifier.
#[derive(Clone, Debug)]
pub struct Client {
    /// The `client_id`, as the client sends it.
    pub id: String,
    /// What it registered.
    pub registration: Registration,
}

/// What a `client_id` turns out to be.
#[derive(Clone, Debug)]
pub enum Identified {
    /// A client that registered here.
    Registered(Client),
    /// The URL of a client metadata document; nothing is known of it without fetching.
    MetadataDocument,
    /// Not ours: forged, damaged, or sealed with a key that is no longer accepted.
    Unknown,
}

impl Client {
    /// Finds out what a `client_id` is; without storage.
    pub fn identify(client_id: &str, keys: &Keys, issuer: &Issuer) -> Identified {
        if client_id.starts_with("https://") {
            return Identified::MetadataDocument;
        }
        match keys.open(issuer, client_id) {
            Some(registration) => Identified::Registered(Self {
                id: client_id.to_owned(),
                registration,
            }),
            None => Identified::Unknown,
        }
    }

    /// The digest that storage, tokens and logs know it by.
    pub fn digest(&self) -> Digest {
        Digest::of(self.id.as_bytes())
    }

    /// What it calls itself, if anything. Nothing stands in for it: a host that the answer does
    /// not go to would be a name that the client chose unseen. The identifier may be older than
    /// the list of what is not seen.
    pub fn name(&self) -> Option<String> {
        let name = client_name::visible(&self.registration.name);
        (!name.is_empty()).then_some(name)
    }

    /// The digest of its secret, when it has one: what a grant keeps of it.
    pub fn secret_digest(&self, keys: &Keys) -> Option<Digest> {
        let method = self.registration.authentication;
        method
            .has_secret()
            .then(|| client_secret(&self.id, keys).digest())
    }
}

/// The secret of a client, derived from its identifier with the key that sealed it: there is
/// nothing to store and nothing to lose.
pub fn client_secret(client_id: &str, keys: &Keys) -> Secret {
    let mac = keys.mac_beside(client_id, Purpose::ClientSecret, &[client_id]);
    Secret::new(base64url(mac.as_bytes()))
}

/// Whether it is that client's secret; in constant time.
pub fn is_client_secret(client_id: &str, secret: &Secret, keys: &Keys) -> bool {
    client_secret(client_id, keys).digest() == secret.digest()
}
