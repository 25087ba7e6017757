//! The keys of the gate. They are asked for again when one is named that is not known, at most
//! every 5 seconds however many strangers name some, and forgotten after 10 minutes.

use std::{
    error::Error,
    sync::{PoisonError, RwLock},
    time::{Duration, Instant},
};

use jsonwebtoken::{DecodingKey, jwk::JwkSet};
use tokio::{sync::Mutex, task::spawn_blocking};
use ureq::Agent;

const BETWEEN: Duration = Duration::from_secs(5);
const GOOD_FOR: Duration = Duration::from_secs(600);

pub struct Keys {
    agent: Agent,
    url: String,
    known: RwLock<Option<(JwkSet, Instant)>>,
    asked: Mutex<Option<Instant>>,
}

impl Keys {
    pub fn of(url: String) -> Self {
        let config = Agent::config_builder().timeout_global(Some(BETWEEN));
        Self {
            agent: config.build().new_agent(),
            url,
            known: RwLock::new(None),
            asked: Mutex::new(None),
        }
    }

    pub async fn find(
        &self,
        kid: &str,
    ) -> Result<Option<DecodingKey>, Box<dyn Error + Send + Sync>> {
        if let Some(key) = self.known(kid) {
            return Ok(Some(key));
        }
        // Whoever waits here finds what the one before has brought.
        let mut asked = self.asked.lock().await;
        if self.known(kid).is_none() && asked.is_none_or(|then| then.elapsed() >= BETWEEN) {
            *asked = Some(Instant::now());
            let request = self.agent.get(&self.url);
            let set = spawn_blocking(|| request.call()?.body_mut().read_json()).await??;
            let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
            *known = Some((set, Instant::now()));
        }
        Ok(self.known(kid))
    }

    fn known(&self, kid: &str) -> Option<DecodingKey> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner);
        let (set, since) = known.as_ref()?;
        let jwk = set.find(kid).filter(|_| since.elapsed() < GOOD_FOR)?;
        DecodingKey::from_jwk(jwk).ok()
    }
}
