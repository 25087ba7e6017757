//! The way back to a client: the only thing that can redirect.

use url::form_urlencoded;

use super::{error::ErrorAnswer, redirect_uri::RegisteredRedirectUri};
use crate::{issuer::Issuer, secret::Secret};

/// A proven redirect URI with what every authorization response carries: `state`, verbatim, and
/// `iss` (AS-30, AS-31).
#[derive(Clone, Debug)]
pub struct Callback {
    redirect_uri: RegisteredRedirectUri,
    state: Option<String>,
    issuer: Issuer,
}

impl Callback {
    /// The way back for one request.
    pub const fn new(
        redirect_uri: RegisteredRedirectUri,
        state: Option<String>,
        issuer: Issuer,
    ) -> Self {
        Self {
            redirect_uri,
            state,
            issuer,
        }
    }

    /// The URI that the request was proven for.
    pub const fn redirect_uri(&self) -> &RegisteredRedirectUri {
        &self.redirect_uri
    }

    /// The location that brings the code (RFC 6749 §4.1.2).
    pub fn with_code(&self, code: &Secret) -> String {
        self.location(&[("code", code.expose())])
    }

    /// The location that brings an error (RFC 6749 §4.1.2.1).
    pub fn with_error(&self, error: ErrorAnswer) -> String {
        self.location(&[
            ("error", error.error.as_str()),
            ("error_description", error.error_description),
        ])
    }

    fn location(&self, parameters: &[(&str, &str)]) -> String {
        let uri = self.redirect_uri.uri().as_str();
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(parameters);
        if let Some(state) = &self.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", self.issuer.as_str());
        let joint = match uri.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) => "&",
        };
        format!("{uri}{joint}{}", query.finish())
    }
}
