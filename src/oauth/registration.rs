//! Dynamic client registration (RFC 7591).

use serde::Serialize;
use serde_json::Value;

use super::{
    client::Registration,
    client_metadata::{
        AUTHORIZATION_CODE, REFRESH_TOKEN, authentication, client_name, grant_types,
        metadata_error, redirect_uris, response_types, text,
    },
    error::ErrorAnswer,
    redirect_uri::{RedirectSchemes, RedirectUri},
    scope::ScopeSet,
};
use crate::{secret::Secret, time::Timestamp};

/// A registration as it was asked for, and what the answer repeats of it.
#[derive(Clone, Debug)]
pub struct RegistrationRequest {
    /// What the identifier will hold.
    pub registration: Registration,
    grant_types: Vec<String>,
    application_type: Option<String>,
    scope: Option<String>,
}

/// What limits a registration.
pub struct RegistrationTerms<'a> {
    /// The private-use redirects that may be registered.
    pub schemes: &'a RedirectSchemes,
    /// When it is.
    pub now: Timestamp,
}

/// The answer to a registration (RFC 7591 §3.2.1): what was kept of the request, defaults included.
#[derive(Clone, Debug, Serialize)]
pub struct RegistrationAnswer {
    client_id: String,
    client_id_issued_at: Timestamp,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// 0: it never expires. Required beside a secret.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret_expires_at: Option<u64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    client_name: String,
    redirect_uris: Vec<RedirectUri>,
    token_endpoint_auth_method: &'static str,
    grant_types: Vec<String>,
    response_types: [&'static str; 1],
    scope: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    application_type: Option<String>,
}

const MOST_REDIRECT_URIS: usize = 10;
/// Longer identifiers do not fit everywhere that they are sent.
pub const LONGEST_CLIENT_ID: usize = 1_500;

impl RegistrationRequest {
    /// Reads the body of a request. Members that are not known are ignored; empty strings and
    /// nulls are members that are not there.
    ///
    /// # Errors
    ///
    /// `invalid_redirect_uri` when no usable redirect URI is left; `invalid_client_metadata` for
    /// the rest.
    pub fn parse(body: &[u8], terms: &RegistrationTerms<'_>) -> Result<Self, ErrorAnswer> {
        let Ok(Value::Object(metadata)) = serde_json::from_slice(body) else {
            return Err(metadata_error(
                "The body must be a JSON object of client metadata.",
            ));
        };
        let listed = metadata.get("redirect_uris").and_then(Value::as_array);
        if listed.is_some_and(|listed| listed.len() > MOST_REDIRECT_URIS) {
            return Err(metadata_error(
                "At most 10 redirect_uris can be registered.",
            ));
        }
        let redirect_uris = redirect_uris(&metadata, terms.schemes)?;
        let name = client_name(&metadata)?;
        let authentication = authentication(&metadata)?;
        let grant_types = grant_types(&metadata)?;
        response_types(&metadata)?;
        let application_type = text(&metadata, "application_type")?
            .filter(|kind| matches!(*kind, "native" | "web"))
            .map(str::to_owned);
        let refreshes = grant_types
            .as_ref()
            .is_none_or(|types| types.iter().any(|kind| kind == REFRESH_TOKEN));
        Ok(Self {
            registration: Registration {
                name,
                redirect_uris,
                authentication,
                refreshes,
                issued_at: terms.now,
            },
            grant_types: grant_types
                .unwrap_or_else(|| vec![AUTHORIZATION_CODE.into(), REFRESH_TOKEN.into()]),
            application_type,
            scope: text(&metadata, "scope")?.map(str::to_owned),
        })
    }

    /// The answer, once the identifier is sealed and its secret derived.
    ///
    /// # Errors
    ///
    /// `invalid_client_metadata` when the identifier would be too long to be sent everywhere.
    pub fn answer(
        self,
        client_id: String,
        secret: Option<&Secret>,
        scopes: &ScopeSet,
    ) -> Result<RegistrationAnswer, ErrorAnswer> {
        if client_id.len() > LONGEST_CLIENT_ID {
            return Err(metadata_error(
                "The metadata is too long: register fewer or shorter redirect URIs.",
            ));
        }
        Ok(RegistrationAnswer {
            client_id,
            client_id_issued_at: self.registration.issued_at,
            client_secret: secret.map(|secret| secret.expose().to_owned()),
            client_secret_expires_at: secret.map(|_| 0),
            client_name: self.registration.name,
            redirect_uris: self.registration.redirect_uris,
            token_endpoint_auth_method: self.registration.authentication.as_str(),
            grant_types: self.grant_types,
            response_types: ["code"],
            scope: scopes.granted(self.scope.as_deref()).to_string(),
            application_type: self.application_type,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::error::ErrorCode;

    fn parse(body: &str) -> Result<RegistrationRequest, ErrorCode> {
        let schemes = RedirectSchemes::built_in_and(Vec::new());
        let terms = RegistrationTerms {
            schemes: &schemes,
            now: Timestamp::from_unix_seconds(7),
        };
        RegistrationRequest::parse(body.as_bytes(), &terms).map_err(|answer| answer.error)
    }

    #[test]
    fn a_client_that_says_nothing_gets_the_defaults_of_the_standard() {
        let request = parse(r#"{"redirect_uris":["https://a.example/cb"]}"#).unwrap();
        let secret = Secret::new("s".into());
        let answer = request
            .answer("id".into(), Some(&secret), &ScopeSet::default_scopes())
            .unwrap();
        assert_eq!(
            serde_json::to_value(answer).unwrap(),
            serde_json::json!({
                "client_id": "id",
                "client_id_issued_at": 7,
                "client_secret": "s",
                "client_secret_expires_at": 0,
                "redirect_uris": ["https://a.example/cb"],
                "token_endpoint_auth_method": "client_secret_basic",
                "grant_types": ["authorization_code", "refresh_token"],
                "response_types": ["code"],
                "scope": "mcp",
            })
        );
    }

    #[test]
    fn one_bad_uri_among_good_ones_is_passed_over() {
        let request = parse(
            r#"{"redirect_uris":["cursor://anysphere.cursor-mcp/oauth/callback","evil://x","http://localhost:8787/callback", 7],
                "client_name":"Cursor","client_uri":"","logo_uri":null,"software_id":{},"token_endpoint_auth_method":"none"}"#,
        )
        .unwrap();
        let kept: Vec<_> = request
            .registration
            .redirect_uris
            .iter()
            .map(RedirectUri::as_str)
            .collect();
        assert_eq!(
            kept,
            [
                "cursor://anysphere.cursor-mcp/oauth/callback",
                "http://localhost:8787/callback"
            ]
        );
    }

    #[test]
    fn mistakes_have_the_code_of_the_standard() {
        use ErrorCode::{InvalidClientMetadata, InvalidRedirectUri};
        let long_name = format!(
            r#"{{"redirect_uris":["https://a/b"],"client_name":"{}"}}"#,
            "x".repeat(81)
        );
        let many = format!(
            r#"{{"redirect_uris":[{}"https://a/b"]}}"#,
            r#""https://a/b","#.repeat(10)
        );
        for (body, expected) in [
            ("", InvalidClientMetadata),
            ("[]", InvalidClientMetadata),
            ("{", InvalidClientMetadata),
            ("{}", InvalidRedirectUri),
            (r#"{"redirect_uris":"https://a/b"}"#, InvalidRedirectUri),
            (r#"{"redirect_uris":[]}"#, InvalidRedirectUri),
            (
                r#"{"redirect_uris":["http://a.example/b"]}"#,
                InvalidRedirectUri,
            ),
            (
                r#"{"redirect_uris":["https://a/b"],"client_name":7}"#,
                InvalidClientMetadata,
            ),
            (
                r#"{"redirect_uris":["https://a/b"],"grant_types":["implicit"]}"#,
                InvalidClientMetadata,
            ),
            (
                r#"{"redirect_uris":["https://a/b"],"grant_types":"x"}"#,
                InvalidClientMetadata,
            ),
            (
                r#"{"redirect_uris":["https://a/b"],"response_types":["token"]}"#,
                InvalidClientMetadata,
            ),
            (
                r#"{"redirect_uris":["https://a/b"],"token_endpoint_auth_method":"x"}"#,
                InvalidClientMetadata,
            ),
            (long_name.as_str(), InvalidClientMetadata),
            (many.as_str(), InvalidClientMetadata),
        ] {
            assert_eq!(parse(body).err(), Some(expected), "{body}");
        }
    }

    #[test]
    fn refresh_tokens_are_for_who_lists_them_or_says_nothing() {
        for (types, expected) in [
            ("", true),
            (r#","grant_types":[]"#, true),
            (r#","grant_types":["authorization_code"]"#, false),
            (
                r#","grant_types":["authorization_code","refresh_token"]"#,
                true,
            ),
        ] {
            let body = format!(r#"{{"redirect_uris":["https://a/b"]{types}}}"#);
            assert_eq!(
                parse(&body).unwrap().registration.refreshes,
                expected,
                "{types}"
            );
        }
    }
}
