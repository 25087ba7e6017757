//! The clients' documents that an isolate remembers: only those that were fit for use (AS-60).

use super::client_document::ClientDocument;
use crate::{
    jose::KeySet,
    time::{Lifetime, Timestamp},
};

/// Documents by the address that they came from.
#[derive(Debug, Default)]
pub struct DocumentCache(Vec<Remembered>);

#[derive(Debug)]
struct Remembered {
    document: ClientDocument,
    /// The keys that are not in the document but at an address that it names.
    keys: Option<(KeySet, Timestamp)>,
    asked_at: Timestamp,
    until: Timestamp,
}

/// More clients than any home has.
const MOST: usize = 32;
/// The life of a consent page: what a client's own headers forbid to keep is kept as long.
const SHORTEST: Lifetime = Lifetime::from_minutes(10);
/// Between two fetches for the sake of new keys.
const PAUSE: Lifetime = Lifetime::from_minutes(1);
/// How long keys are believed.
const KEYS: Lifetime = Lifetime::from_hours(1);
const LONGEST: Lifetime = Lifetime::from_hours(24);

impl DocumentCache {
    /// The document of a client, while it may be used.
    pub fn find(&self, client_id: &str, now: Timestamp) -> Option<ClientDocument> {
        let own = |known: &&Remembered| known.document.client.id == client_id;
        let found = self.0.iter().find(own)?;
        (found.until > now).then(|| found.document.clone())
    }

    /// Remembers a document for as long as its headers say, within bounds.
    pub fn remember(
        &mut self,
        document: ClientDocument,
        max_age: Option<Lifetime>,
        now: Timestamp,
    ) {
        let id = &document.client.id;
        self.0
            .retain(|known| known.until > now && known.document.client.id != *id);
        if self.0.len() >= MOST {
            self.0.remove(0);
        }
        let lifetime = max_age.unwrap_or(SHORTEST).clamp(SHORTEST, LONGEST);
        let until = now.plus(lifetime);
        self.0.push(Remembered {
            document,
            keys: None,
            asked_at: now,
            until,
        });
    }

    /// The keys at the address that a client's document names, while they may be used.
    pub fn keys(&self, client_id: &str, now: Timestamp) -> Option<KeySet> {
        let own = |known: &&Remembered| known.document.client.id == client_id;
        let (keys, until) = self.0.iter().find(own)?.keys.as_ref()?;
        (now < *until).then(|| keys.clone())
    }

    /// Remembers them for an hour: one that is withdrawn must not be good for much longer.
    pub fn learn_keys(&mut self, client_id: &str, keys: KeySet, now: Timestamp) {
        if let Some(known) = self.known(client_id) {
            known.keys = Some((keys, now.plus(KEYS)));
        }
    }

    /// Whether a document may be fetched anew before its time; then that is noted.
    pub fn may_renew(&mut self, client_id: &str, now: Timestamp) -> bool {
        let Some(known) = self.known(client_id) else {
            return false;
        };
        let due = known.asked_at.plus(PAUSE) <= now;
        if due {
            known.asked_at = now;
        }
        due
    }

    fn known(&mut self, client_id: &str) -> Option<&mut Remembered> {
        let own = |known: &&mut Remembered| known.document.client.id == client_id;
        self.0.iter_mut().find(own)
    }
}
