//! What a client may say of itself (RFC 7591 §2), member by member.

use serde_json::{Map, Value};

use super::{
    client::AuthenticationMethod,
    client_name,
    error::{ErrorAnswer, ErrorCode},
    redirect_uri::{RedirectSchemes, RedirectUri},
};

const LONGEST_NAME: usize = 80;
pub(super) const AUTHORIZATION_CODE: &str = "authorization_code";
pub(super) const REFRESH_TOKEN: &str = "refresh_token";

pub(super) const fn metadata_error(description: &'static str) -> ErrorAnswer {
    ErrorAnswer::new(ErrorCode::InvalidClientMetadata, description)
}

const fn redirect_error(description: &'static str) -> ErrorAnswer {
    ErrorAnswer::new(ErrorCode::InvalidRedirectUri, description)
}

/// The name that it gives itself, as far as it can be seen; empty when it gives none.
pub(super) fn client_name(metadata: &Map<String, Value>) -> Result<String, ErrorAnswer> {
    let name = client_name::visible(text(metadata, "client_name")?.unwrap_or_default());
    if name.chars().count() > LONGEST_NAME {
        return Err(metadata_error(
            "The client_name may have at most 80 characters.",
        ));
    }
    Ok(name)
}

pub(super) fn redirect_uris(
    metadata: &Map<String, Value>,
    schemes: &RedirectSchemes,
) -> Result<Vec<RedirectUri>, ErrorAnswer> {
    let Some(Value::Array(entries)) = metadata.get("redirect_uris") else {
        return Err(redirect_error("The redirect_uris must be a list of URIs."));
    };
    let mut kept = Vec::new();
    for uri in entries.iter().filter_map(Value::as_str) {
        if let Some(uri) = RedirectUri::parse(uri, schemes)
            && !kept.contains(&uri)
        {
            kept.push(uri);
        }
    }
    if kept.is_empty() {
        return Err(redirect_error(
            "None of the redirect_uris is usable: they must be https, or http to localhost, 127.0.0.1 or [::1].",
        ));
    }
    Ok(kept)
}

pub(super) fn authentication(
    metadata: &Map<String, Value>,
) -> Result<AuthenticationMethod, ErrorAnswer> {
    match text(metadata, "token_endpoint_auth_method")? {
        None => Ok(AuthenticationMethod::EitherSecret),
        Some("none") => Ok(AuthenticationMethod::None),
        Some("client_secret_basic") => Ok(AuthenticationMethod::ClientSecretBasic),
        Some("client_secret_post") => Ok(AuthenticationMethod::ClientSecretPost),
        Some(_) => Err(metadata_error(
            "The token_endpoint_auth_method must be none, client_secret_basic or client_secret_post.",
        )),
    }
}

/// The grant types that exist here; none when the client did not say.
pub(super) fn grant_types(
    metadata: &Map<String, Value>,
) -> Result<Option<Vec<String>>, ErrorAnswer> {
    let Some(entries) = texts(metadata, "grant_types")? else {
        return Ok(None);
    };
    if !entries.contains(&AUTHORIZATION_CODE) {
        return Err(metadata_error(
            "The grant_types must include authorization_code.",
        ));
    }
    let kept = [AUTHORIZATION_CODE, REFRESH_TOKEN].into_iter();
    let kept = kept
        .filter(|kind| entries.contains(kind))
        .map(str::to_owned);
    Ok(Some(kept.collect()))
}

pub(super) fn response_types(metadata: &Map<String, Value>) -> Result<(), ErrorAnswer> {
    match texts(metadata, "response_types")? {
        Some(entries) if !entries.contains(&"code") => {
            Err(metadata_error("The response_types must include code."))
        }
        _ => Ok(()),
    }
}

pub(super) fn text<'a>(
    metadata: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<&'a str>, ErrorAnswer> {
    match metadata.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(_) => Err(metadata_error("A member that must be a string is not one.")),
    }
}

pub(super) fn texts<'a>(
    metadata: &'a Map<String, Value>,
    name: &str,
) -> Result<Option<Vec<&'a str>>, ErrorAnswer> {
    const WRONG: ErrorAnswer =
        metadata_error("A member that must be a list of strings is not one.");
    match metadata.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(entries)) if entries.is_empty() => Ok(None),
        Some(Value::Array(entries)) => {
            let texts: Option<Vec<_>> = entries.iter().map(Value::as_str).collect();
            texts.map(Some).ok_or(WRONG)
        }
        Some(_) => Err(WRONG),
    }
}
