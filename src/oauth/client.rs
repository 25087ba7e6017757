//! Clients, and the identifier that is its own registration.

use serde::{Deserialize, Serialize};

use super::{
    client_id_url::ClientIdUrl, client_name, credential::Credential, redirect_uri::RedirectUri,
};
use crate::{
    issuer::Issuer,
    keys::{Keys, Kind, Purpose, Sealable},
    secret::{Digest, Secret, base64url},
    time::Timestamp,
};

/// What a client says of itself: the content of a sealed `client_id`, which nothing else
/// remembers; or what its metadata document, or the owner, says.
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
    /// When it registered, or was read.
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
    /// `private_key_jwt`: a signature by the client's own key (AS-56).
    #[serde(rename = "k")]
    PrivateKeyJwt,
}

impl AuthenticationMethod {
    /// The name that the registration answer gives.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::ClientSecretBasic | Self::EitherSecret => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::PrivateKeyJwt => "private_key_jwt",
        }
    }

    /// Whether the client has a secret.
    pub const fn has_secret(self) -> bool {
        match self {
            Self::None | Self::PrivateKeyJwt => false,
            Self::ClientSecretBasic | Self::ClientSecretPost | Self::EitherSecret => true,
        }
    }
}

/// A client that this edge knows.
#[derive(Clone, Debug)]
pub struct Client {
    /// The `client_id`, as the client sends it.
    pub id: String,
    /// What is known of it.
    pub registration: Registration,
    /// How it is known.
    pub source: ClientSource,
}

/// How a client is known.
#[derive(Clone, Copy, Debug)]
pub enum ClientSource {
    /// By the operator, who says what it has to show.
    Configured(Credential),
    /// By the document at the address that is its identifier.
    Document,
    /// By its identifier, which is its registration; its secret is derived from that.
    Registered,
}

/// What clients are recognised by.
#[derive(Clone, Copy)]
pub struct Recognition<'a> {
    /// The keys that identifiers were sealed with.
    pub keys: &'a Keys,
    /// The issuer that they were sealed for.
    pub issuer: &'a Issuer,
    /// The clients that the operator has registered himself.
    pub configured: &'a [Client],
}

/// What a `client_id` turns out to be.
#[derive(Clone, Debug)]
pub enum Identified {
    /// The address of a client metadata document; nothing is known of it without fetching.
    Document(ClientIdUrl),
    /// A client that is known here.
    Known(Client),
    /// Not ours: forged, damaged, or sealed with a key that is no longer accepted.
    Unknown,
    /// A URL that cannot be the address of a client metadata document (AS-50).
    WrongUrl,
}

impl Client {
    /// Finds out what a `client_id` is; without storage.
    pub fn identify(client_id: &str, by: &Recognition<'_>) -> Identified {
        if let Some(own) = by.configured.iter().find(|own| own.id == client_id) {
            return Identified::Known(own.clone());
        }
        if ClientIdUrl::is_meant(client_id) {
            return ClientIdUrl::parse(client_id, by.issuer)
                .map_or(Identified::WrongUrl, Identified::Document);
        }
        match by.keys.open(by.issuer, client_id) {
            Some(registration) => Identified::Known(Self {
                id: client_id.to_owned(),
                registration,
                source: ClientSource::Registered,
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

    /// The client of a document that was fetched before.
    pub fn described(url: &ClientIdUrl, registration: Registration) -> Self {
        Self {
            id: url.as_str().to_owned(),
            registration,
            source: ClientSource::Document,
        }
    }

    /// The host whose word it is what the client says of itself, when that is known (AS-42).
    pub fn described_by(&self) -> Option<&str> {
        match self.source {
            ClientSource::Document => self.id.strip_prefix("https://")?.split(['/', ':']).next(),
            ClientSource::Configured(_) | ClientSource::Registered => None,
        }
    }

    /// What its document says, for the page that asks about it: of its redirect URIs, the one that
    /// the answer goes to. None when the identifier says it all.
    pub fn as_shown(&self, redirect_uri: &RedirectUri) -> Option<Registration> {
        match self.source {
            ClientSource::Document => Some(Registration {
                redirect_uris: vec![redirect_uri.clone()],
                ..self.registration.clone()
            }),
            ClientSource::Configured(_) | ClientSource::Registered => None,
        }
    }

    /// What a request must show to be from it: what a grant keeps of it.
    pub fn credential(&self, keys: &Keys) -> Credential {
        if let ClientSource::Configured(credential) = self.source {
            return credential;
        }
        match self.registration.authentication {
            AuthenticationMethod::None => Credential::Nothing,
            AuthenticationMethod::PrivateKeyJwt => Credential::Key,
            AuthenticationMethod::ClientSecretBasic
            | AuthenticationMethod::ClientSecretPost
            | AuthenticationMethod::EitherSecret => {
                Credential::Secret(client_secret(&self.id, keys).digest())
            }
        }
    }
}

/// The secret of a client, derived from its identifier with the key that sealed it: there is
/// nothing to store and nothing to lose.
pub fn client_secret(client_id: &str, keys: &Keys) -> Secret {
    let mac = keys.mac_beside(client_id, Purpose::ClientSecret, &[client_id]);
    Secret::new(base64url(mac.as_bytes()))
}
