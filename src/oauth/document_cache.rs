//! The clients' documents that an isolate remembers: only those that were fit for use (AS-60).

use super::client_document::ClientDocument;
use crate::time::{Lifetime, Timestamp};

/// Documents by the address that they came from.
#[derive(Debug, Default)]
pub struct DocumentCache(Vec<Remembered>);

#[derive(Debug)]
struct Remembered {
    document: ClientDocument,
    until: Timestamp,
}

/// More clients than any home has.
const MOST: usize = 32;
/// The life of a consent page: what a client's own headers forbid to keep is kept as long.
const SHORTEST: Lifetime = Lifetime::from_minutes(10);
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
        self.0.push(Remembered { document, until });
    }
}
