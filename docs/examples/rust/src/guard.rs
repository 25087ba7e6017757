//! Who may call: whoever shows an assertion of the gate that is for this very request.

use std::{
    collections::HashMap,
    error::Error,
    fmt::{self, Display, Formatter},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    extract::{Request, State},
    http::{StatusCode, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header, get_current_timestamp};
use serde::Deserialize;

use crate::keys::Keys;

/// More calls than this within a minute are refused, so that what is remembered has a bound.
const MOST_USED: usize = 10_000;

#[derive(Clone, Deserialize)]
pub struct Caller {
    sub: String,
    client_id: Option<String>,
    exp: u64,
    jti: String,
    htm: String,
    htu: String,
}

impl Display for Caller {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let client = self.client_id.as_deref().unwrap_or("unknown");
        write!(f, "{}, client {client}", self.sub)
    }
}

pub struct Guard {
    keys: Keys,
    validation: Validation,
    origin: String,
    /// The identifiers that were used, and until when each of them must not come again.
    used: Mutex<HashMap<String, u64>>,
}

impl Guard {
    /// `origin` is the beginning of the URL that the gate calls, up to the path.
    pub fn new(issuer: &str, audience: &str, origin: String) -> Self {
        let mut validation = Validation::new(Algorithm::ES256);
        validation.set_issuer(&[issuer]);
        validation.set_audience(&[audience]);
        // Without this line one that names no issuer, or no audience, is good.
        validation.set_required_spec_claims(&["aud", "exp", "iss"]);
        validation.leeway = 0;
        Self {
            keys: Keys::of(format!("{issuer}/.well-known/jwks.json")),
            validation,
            origin,
            used: Mutex::default(),
        }
    }

    async fn caller(&self, request: &Parts) -> Result<Caller, Box<dyn Error + Send + Sync>> {
        let assertion = request.headers.get("gatelodge-assertion");
        let assertion = assertion.ok_or("there is no assertion")?.to_str()?;
        let kid = decode_header(assertion)?.kid.ok_or("it names no key")?;
        let key = self.keys.find(&kid).await?.ok_or("its key is not known")?;
        let caller = decode::<Caller>(assertion, &key, &self.validation)?.claims;
        if caller.htm != request.method.as_str() {
            return Err("the assertion is for another method".into());
        }
        if caller.htu != format!("{}{}", self.origin, request.uri.path()) {
            return Err("the assertion is for another URL".into());
        }
        self.use_once(&caller)?;
        Ok(caller)
    }

    fn use_once(&self, caller: &Caller) -> Result<(), &'static str> {
        let now = get_current_timestamp();
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, end| *end >= now);
        // What has ended since it was verified may have been forgotten just now.
        if used.contains_key(&caller.jti) || caller.exp < now {
            return Err("the assertion was used before, or is over");
        }
        if used.len() >= MOST_USED {
            return Err("too many calls within a minute");
        }
        used.insert(caller.jti.clone(), caller.exp);
        Ok(())
    }
}

/// Lets a request through, with its caller, or refuses it before its body is read.
pub async fn only_the_gate(
    State(guard): State<Arc<Guard>>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    match guard.caller(&parts).await {
        Ok(caller) => {
            parts.extensions.insert(caller);
            next.run(Request::from_parts(parts, body)).await
        }
        Err(reason) => {
            eprintln!("refused: {reason}");
            let sentence = "Only the gate may call this server.\n";
            (StatusCode::UNAUTHORIZED, sentence).into_response()
        }
    }
}
