//! Proof for home: the edge's signature on each call, and the keys to verify it with.

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use url::Url;

use super::{
    edge::Edge,
    reply::{self, Caching, Reply},
};
use crate::{
    config::{AssertionMode, Mount},
    mcp::assertion::{ASSERTION, Assertion, Caller},
    ports::{Outage, World},
    secret::base64url,
};

impl<W: World> Edge<'_, W> {
    /// Puts an assertion about this request into its head, where home wants one.
    pub(super) async fn assert(
        &self,
        headers: &mut HeaderMap,
        caller: &Caller<'_>,
        mount: &Mount,
        request: (&Method, &Url),
    ) -> Result<(), Outage> {
        let mode = self.config.wire.assertion;
        if mode == AssertionMode::Off {
            return Ok(());
        }
        let origin = mount.origin.as_str();
        // Not when the call came: it may go home a second time, to another slash.
        let (now, random) = (self.world.now(), self.random);
        let assertion = Assertion::new(caller, request, origin, &self.issuer, now, random);
        let jwt = self.signed(&assertion).await?;
        let (name, text) = match mode {
            AssertionMode::Bearer => (header::AUTHORIZATION, format!("Bearer {jwt}")),
            AssertionMode::Header | AssertionMode::Off => (ASSERTION, jwt),
        };
        let mut value = HeaderValue::try_from(text).expect("a JWT is visible ASCII");
        value.set_sensitive(true);
        headers.insert(name, value);
        Ok(())
    }

    async fn signed(&self, assertion: &Assertion<'_>) -> Result<String, Outage> {
        let key = self.config.keys.signing_key();
        let known = &self.world.memory().assertion_header;
        let header = if let Some(header) = known.get() {
            header
        } else {
            let header = self.world.public_key(key).await?.jwt_header();
            known.get_or_init(|| header)
        };
        let mut jwt = assertion.message(header);
        let signature = self.world.sign(key, jwt.as_bytes()).await?;
        jwt.push('.');
        jwt.push_str(&base64url(&signature));
        Ok(jwt)
    }

    /// The keys that home verifies assertions with (RFC 7517 §5): also the one before, which may
    /// have signed what is on its way.
    pub(super) async fn key_set(&self) -> Result<Reply, Outage> {
        let mut keys = Vec::new();
        for key in self.config.keys.signing_keys() {
            keys.push(self.world.public_key(key).await?.to_jwk());
        }
        let document = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
        Ok(reply::json_text(
            StatusCode::OK,
            Caching::Public,
            document.into(),
        ))
    }
}
