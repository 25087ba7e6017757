//! Workers KV: one store, which each location sees through a cache that is up to a minute old.

use std::collections::BTreeMap;

use super::network::{Done, Failure, lasting};

/// How long a location believes what it has looked up, found or not.
const STALE: u64 = 60;

#[derive(Default)]
pub(crate) struct KeyValueStore {
    entries: BTreeMap<String, Entry>,
    /// When each key was written.
    written: BTreeMap<String, u64>,
    found: BTreeMap<(usize, String), (u64, Option<String>)>,
    listed: BTreeMap<(usize, String), Listed>,
}

/// What was listed then.
struct Listed {
    at: u64,
    rows: Vec<(String, String)>,
}

struct Entry {
    row: String,
    expires_at: u64,
}

impl KeyValueStore {
    pub(crate) fn get(&mut self, location: usize, key: &str, now: u64) -> Done {
        let seen = (location, key.to_owned());
        if let Some((at, found)) = self.found.get(&seen)
            && now < at + STALE
        {
            return Done::Found(found.clone());
        }
        let found = self.entry(key, now).map(|entry| entry.row.clone());
        self.found.insert(seen, (now, found.clone()));
        Done::Found(found)
    }

    pub(crate) fn list(&mut self, location: usize, prefix: &str, most: usize, now: u64) -> Done {
        let seen = (location, prefix.to_owned());
        let fresh = || {
            let entries = self.entries.iter();
            let entries =
                entries.filter(|(key, entry)| key.starts_with(prefix) && now < entry.expires_at);
            entries
                .map(|(key, entry)| (key.clone(), entry.row.clone()))
                .collect::<Vec<_>>()
        };
        let mut listed = match self.listed.get(&seen) {
            Some(Listed { at, rows }) if now < at + STALE => rows.clone(),
            _ => {
                let rows = fresh();
                let listed = Listed {
                    at: now,
                    rows: rows.clone(),
                };
                self.listed.insert(seen, listed);
                rows
            }
        };
        let more = listed.len() > most;
        listed.truncate(most);
        Done::Listed(listed, more)
    }

    pub(crate) fn put(
        &mut self,
        key: &str,
        row: String,
        expires_at: u64,
        now: u64,
    ) -> Result<Done, Failure> {
        self.write(key, now)?;
        self.entries
            .insert(key.to_owned(), Entry { row, expires_at });
        Ok(Done::Nothing)
    }

    pub(crate) fn delete(&mut self, key: &str, now: u64) -> Result<Done, Failure> {
        self.write(key, now)?;
        self.entries.remove(key);
        Ok(Done::Nothing)
    }

    /// From now on a location sees what there is.
    pub(crate) fn refresh(&mut self, location: usize) {
        self.found.retain(|(seen, _), _| *seen != location);
        self.listed.retain(|(seen, _), _| *seen != location);
    }

    /// What has not expired.
    pub(crate) fn keys(&self, now: u64) -> Vec<String> {
        let entries = self.entries.iter();
        let left = entries.filter(|(_, entry)| now < entry.expires_at);
        left.map(|(key, _)| key.clone()).collect()
    }

    /// When the last of all that is stored expires.
    pub(crate) fn expires_at(&self) -> u64 {
        let all = self.entries.values().map(|entry| entry.expires_at);
        all.max().unwrap_or_default()
    }

    fn entry(&self, key: &str, now: u64) -> Option<&Entry> {
        self.entries.get(key).filter(|entry| now < entry.expires_at)
    }

    /// One write in a second.
    fn write(&mut self, key: &str, now: u64) -> Result<(), Failure> {
        if self.written.insert(key.to_owned(), now) == Some(now) {
            return Err(lasting("429: too many writes of this key"));
        }
        Ok(())
    }
}
