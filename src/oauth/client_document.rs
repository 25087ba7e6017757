//! Client ID Metadata Documents: what a client says of itself at the address that is its
//! identifier. Whose word it is, is proven by where it was fetched from; nothing else is.

use serde_json::{Map, Value};

use super::{
    client::{AuthenticationMethod, Client, Registration},
    client_id_url::ClientIdUrl,
    client_metadata::{
        REFRESH_TOKEN, client_name, grant_types, redirect_uris, response_types, text, texts,
    },
    error::ErrorAnswer,
    public_url::PublicUrl,
    redirect_uri::RedirectSchemes,
};
use crate::{issuer::Issuer, jose::KeySet, time::Timestamp};

/// The largest document (AS-59): 5 KB.
pub const LARGEST: usize = 5 * 1024;

/// A document that was fetched from its client's own address, and is fit for use.
#[derive(Clone, Debug)]
pub struct ClientDocument {
    /// The client that it describes.
    pub client: Client,
    /// The keys that the client signs with.
    pub keys: ClientKeys,
}

/// Where the keys of a client are (RFC 7591 §2).
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ClientKeys {
    /// At an address.
    At(PublicUrl),
    /// In the document.
    Listed(KeySet),
    /// The client has none.
    None,
}

/// What a document is judged by.
pub struct DocumentTerms<'a> {
    /// The issuer that the client wants to use.
    pub issuer: &'a Issuer,
    /// The private-use redirects that may be answered.
    pub schemes: &'a RedirectSchemes,
    /// When it is.
    pub now: Timestamp,
}

/// Why a document is not fit for use.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DocumentFault {
    /// The client has to sign, and its keys are missing, or said twice, or where no keys can be.
    Keys,
    /// One of its members is not what the standard says.
    Metadata(ErrorAnswer),
    /// It authenticates in no way that is possible here.
    Method,
    /// It does not say what the client is called (AS-53).
    Nameless,
    /// It is no JSON object.
    NotAnObject,
    /// It is the document of another identifier (AS-52).
    OtherClient,
    /// It publishes a secret, or wants to use one (AS-55).
    Secret,
}

impl From<ErrorAnswer> for DocumentFault {
    fn from(answer: ErrorAnswer) -> Self {
        Self::Metadata(answer)
    }
}

impl ClientDocument {
    /// Reads the document that was fetched from `url`.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong with it.
    pub fn parse(
        body: &[u8],
        url: &ClientIdUrl,
        terms: &DocumentTerms<'_>,
    ) -> Result<Self, DocumentFault> {
        let Ok(Value::Object(metadata)) = serde_json::from_slice(body) else {
            return Err(DocumentFault::NotAnObject);
        };
        if metadata.get("client_id").and_then(Value::as_str) != Some(url.as_str()) {
            return Err(DocumentFault::OtherClient);
        }
        if ["client_secret", "client_secret_expires_at"]
            .iter()
            .any(|secret| metadata.contains_key(*secret))
        {
            return Err(DocumentFault::Secret);
        }
        let name = client_name(&metadata)?;
        if name.is_empty() {
            return Err(DocumentFault::Nameless);
        }
        let redirect_uris = redirect_uris(&metadata, terms.schemes)?;
        let authentication = authentication(&metadata)?;
        let keys = keys(&metadata, terms.issuer)?;
        if authentication == AuthenticationMethod::PrivateKeyJwt && keys == ClientKeys::None {
            return Err(DocumentFault::Keys);
        }
        response_types(&metadata)?;
        let refreshes = grant_types(&metadata)?
            .is_none_or(|types| types.iter().any(|kind| kind == REFRESH_TOKEN));
        Ok(Self {
            client: Client::described(
                url,
                Registration {
                    name,
                    redirect_uris,
                    authentication,
                    refreshes,
                    issued_at: terms.now,
                },
            ),
            keys,
        })
    }
}

/// How the client authenticates: all that it says counts, in the standard's member and in the list
/// that some documents have beside it. Who offers `none` may come without a signature; without a
/// word that is so too (AS-55).
fn authentication(metadata: &Map<String, Value>) -> Result<AuthenticationMethod, DocumentFault> {
    let one = text(metadata, "token_endpoint_auth_method")?;
    if one.is_some_and(|method| method.starts_with("client_secret")) {
        return Err(DocumentFault::Secret);
    }
    let listed = texts(metadata, "token_endpoint_auth_methods_supported")?;
    let offered: Vec<_> = listed.into_iter().flatten().chain(one).collect();
    if offered.is_empty() || offered.contains(&"none") {
        Ok(AuthenticationMethod::None)
    } else if offered.contains(&"private_key_jwt") {
        Ok(AuthenticationMethod::PrivateKeyJwt)
    } else {
        Err(DocumentFault::Method)
    }
}

fn keys(metadata: &Map<String, Value>, issuer: &Issuer) -> Result<ClientKeys, DocumentFault> {
    let listed = metadata.get("jwks").filter(|listed| !listed.is_null());
    match (listed, text(metadata, "jwks_uri")?) {
        (None, None) => Ok(ClientKeys::None),
        (None, Some(uri)) => PublicUrl::parse(uri, issuer)
            .map(ClientKeys::At)
            .ok_or(DocumentFault::Keys),
        (Some(listed), None) if has_private_parts(listed) => Err(DocumentFault::Secret),
        (Some(listed), None) => KeySet::parse(listed.to_string().as_bytes())
            .map(ClientKeys::Listed)
            .ok_or(DocumentFault::Keys),
        (Some(_), Some(_)) => Err(DocumentFault::Keys),
    }
}

/// Whether any key of a set has members that only its owner may know (RFC 7518 §6).
fn has_private_parts(set: &Value) -> bool {
    let keys = set.get("keys").and_then(Value::as_array);
    let private = |key: &Value| {
        ["d", "dp", "dq", "k", "oth", "p", "q", "qi"]
            .iter()
            .any(|part| key.get(part).is_some())
    };
    keys.is_some_and(|keys| keys.iter().any(private))
}
