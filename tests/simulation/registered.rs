//! What every schedule begins with: clients that have registered, and the owner's browser. They are
//! made once, by the endpoints themselves.

use std::{rc::Rc, sync::LazyLock};

use gatelodge::secret::Digest;
use serde_json::{Value, json};

use super::{
    errand::Errand,
    owner::Owner,
    play::quietly,
    universe::{SKEW, Universe},
};
use crate::support::{Browser, REDIRECT_URI, Request};

/// A client, as it has registered.
pub(crate) struct Registered {
    pub(crate) id: String,
    pub(crate) secret: Option<String>,
    pub(crate) verifier: String,
}

/// A public client, one with a secret, and one that does not refresh.
pub(crate) static CLIENTS: LazyLock<[Registered; 3]> = LazyLock::new(|| {
    [
        registered(1, &json!({"token_endpoint_auth_method": "none"})),
        registered(
            2,
            &json!({"token_endpoint_auth_method": "client_secret_post"}),
        ),
        registered(
            3,
            &json!({"token_endpoint_auth_method": "none", "grant_types": ["authorization_code"]}),
        ),
    ]
});

/// A browser that the owner has signed in with.
pub(crate) static BROWSER: LazyLock<Browser> = LazyLock::new(|| {
    let universe = Universe::new([SKEW / 2; 3], false);
    let owner = Owner::new(universe.clone(), Browser::default());
    let signing_in = owner.clone();
    quietly(&universe, async move {
        let page = signing_in.open(0, "/gatelodge").await;
        assert!(page.is_some(), "the owner signs in");
    });
    owner.browser()
});

fn registered(number: u64, terms: &Value) -> Registered {
    let universe = Universe::new([SKEW / 2; 3], false);
    let mut metadata = json!({"redirect_uris": [REDIRECT_URI]});
    metadata["client_name"] = json!(format!("Client {number}"));
    for (name, term) in terms.as_object().into_iter().flatten() {
        metadata[name] = term.clone();
    }
    let answer = Rc::new(std::cell::RefCell::new(None));
    let (asking, got) = (universe.clone(), answer.clone());
    quietly(&universe, async move {
        let request = Request::post("/register").json(&metadata);
        *got.borrow_mut() = asking.send(0, request, Errand::Anonymous).await.ok();
    });
    let answer = answer.take().expect("it is answered");
    Registered {
        id: answer.field("client_id"),
        secret: answer.json()["client_secret"].as_str().map(str::to_owned),
        verifier: format!("{number}-verifier-of-at-least-forty-three-characters"),
    }
}

impl Registered {
    pub(crate) fn challenge(&self) -> String {
        Digest::of(self.verifier.as_bytes()).to_base64url()
    }

    /// The address that the owner's browser is sent to.
    pub(crate) fn authorization(&self) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.id)
            .append_pair("redirect_uri", REDIRECT_URI)
            .append_pair("state", "state-1")
            .append_pair("code_challenge", &self.challenge())
            .append_pair("code_challenge_method", "S256")
            .append_pair("resource", "https://mcp.example.com/mcp")
            .finish();
        format!("/authorize?{query}")
    }

    /// A request to the token endpoint or the one for revocation.
    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> Request {
        let mut fields = fields.to_vec();
        fields.push(("client_id", &self.id));
        if let Some(secret) = &self.secret {
            fields.push(("client_secret", secret));
        }
        Request::post(path).form(&fields)
    }

    pub(crate) fn redemption(&self, code: &str) -> Request {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT_URI),
            ("code_verifier", &self.verifier),
        ];
        self.form("/token", &fields)
    }

    pub(crate) fn refresh(&self, token: &str) -> Request {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", token)];
        self.form("/token", &fields)
    }
}

/// A call with an access token.
pub(crate) fn call(token: &str) -> Request {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/list"});
    Request::post("/mcp").json(&body).bearer(token)
}
