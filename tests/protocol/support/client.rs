//! An MCP client: it registers, sends the owner's browser, redeems, refreshes and calls.

use gatelodge::secret::Digest;
use serde_json::{Value, json};
use url::Url;

use super::{
    browser::Browser,
    exchange::{Answer, Request, only},
    gate::{Gate, ISSUER},
};

pub(crate) const REDIRECT_URI: &str = "https://client.example/callback";
const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters";

#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
    pub(crate) verifier: String,
}

/// The tokens of one generation.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Client {
    /// A public client.
    pub(crate) fn register(gate: &Gate) -> Self {
        Self::register_as(
            gate,
            &json!({
                "redirect_uris": [REDIRECT_URI],
                "client_name": "Test Client",
                "token_endpoint_auth_method": "none",
            }),
        )
    }

    /// A client that posts its secret.
    pub(crate) fn register_with_secret(gate: &Gate) -> Self {
        Self::register_as(
            gate,
            &json!({
                "redirect_uris": [REDIRECT_URI],
                "token_endpoint_auth_method": "client_secret_post",
            }),
        )
    }

    pub(crate) fn register_as(gate: &Gate, metadata: &Value) -> Self {
        let answer = gate.send(Request::post("/register").json(metadata));
        assert_eq!(answer.status, 201, "{answer:?}");
        let json = answer.json();
        Self {
            id: answer.field("client_id"),
            secret: json["client_secret"].as_str().map(str::to_owned),
            verifier: VERIFIER.to_owned(),
        }
    }

    pub(crate) fn challenge(&self) -> String {
        Digest::of(self.verifier.as_bytes()).to_base64url()
    }

    /// The URL that the owner's browser is sent to; an empty value leaves a parameter out.
    pub(crate) fn authorization_url(&self, changes: &[(&str, &str)]) -> String {
        let challenge = self.challenge();
        let mut parameters = vec![
            ("response_type", "code"),
            ("client_id", self.id.as_str()),
            ("redirect_uri", REDIRECT_URI),
            ("state", "state-1"),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ];
        for (name, value) in changes {
            parameters.retain(|(own, _)| own != name);
            if !value.is_empty() {
                parameters.push((name, value));
            }
        }
        let mut url = Url::parse(&format!("{ISSUER}/authorize")).expect("a URL");
        url.query_pairs_mut().extend_pairs(parameters);
        url.into()
    }

    /// The code that the owner's approval brings.
    pub(crate) fn authorize(&self, gate: &Gate, browser: &mut Browser) -> String {
        let page = browser.get(gate, &self.authorization_url(&[]));
        assert_eq!(page.status, 200, "{page:?}");
        let answer = browser.decide(gate, &page, "approve");
        let callback = answer.callback(REDIRECT_URI);
        only(&callback, "code").expect("a code").to_owned()
    }

    /// Everything up to the first tokens.
    pub(crate) fn connect(&self, gate: &Gate) -> Connection {
        let code = self.authorize(gate, &mut Browser::of_owner(gate));
        self.connection(&self.redeem(gate, &code))
    }

    /// The same, at this mount.
    pub(crate) fn connect_to(&self, gate: &Gate, mount: &str) -> Connection {
        let resource = format!("{ISSUER}{mount}");
        let url = self.authorization_url(&[("resource", &resource)]);
        let mut browser = Browser::of_owner(gate);
        let page = browser.get(gate, &url);
        let callback = browser
            .decide(gate, &page, "approve")
            .callback(REDIRECT_URI);
        let code = only(&callback, "code").expect("a code").to_owned();
        self.connection(&self.redeem(gate, &code))
    }

    pub(crate) fn connection(&self, answer: &Answer) -> Connection {
        assert_eq!(answer.status, 200, "{answer:?}");
        Connection {
            client: self.clone(),
            access: answer.field("access_token"),
            refresh: answer.field("refresh_token"),
        }
    }

    pub(crate) fn redeem(&self, gate: &Gate, code: &str) -> Answer {
        self.ask(gate, &self.redemption(code))
    }

    pub(crate) fn redemption<'a>(&'a self, code: &'a str) -> Vec<(&'a str, &'a str)> {
        vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", self.verifier.as_str()),
        ]
    }

    /// Sends a token request, authenticated as the client registered.
    pub(crate) fn ask(&self, gate: &Gate, fields: &[(&str, &str)]) -> Answer {
        gate.send(Request::post("/token").form(&self.authenticated(fields)))
    }

    pub(crate) fn authenticated<'a>(
        &'a self,
        fields: &[(&'a str, &'a str)],
    ) -> Vec<(&'a str, &'a str)> {
        let mut fields = fields.to_vec();
        fields.push(("client_id", self.id.as_str()));
        if let Some(secret) = &self.secret {
            fields.push(("client_secret", secret));
        }
        fields
    }
}

impl Connection {
    pub(crate) fn try_refresh(&self, gate: &Gate) -> Answer {
        self.client.ask(gate, &self.refreshing())
    }

    /// The next generation.
    pub(crate) fn refresh(&self, gate: &Gate) -> Self {
        self.client.connection(&self.try_refresh(gate))
    }

    pub(crate) fn refreshing(&self) -> Vec<(&str, &str)> {
        vec![
            ("grant_type", "refresh_token"),
            ("refresh_token", self.refresh.as_str()),
        ]
    }

    /// The status of a call with the access token.
    pub(crate) fn call(&self, gate: &Gate) -> u16 {
        call(gate, &self.access).status
    }

    pub(crate) fn revoke(&self, gate: &Gate, token: &str) -> Answer {
        let fields = self.client.authenticated(&[("token", token)]);
        gate.send(Request::post("/revoke").form(&fields))
    }
}

/// A call to the mount with a token.
pub(crate) fn call(gate: &Gate, token: &str) -> Answer {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    gate.send(Request::post("/mcp").json(&body).bearer(token))
}
