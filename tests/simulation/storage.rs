//! All that is stored: the Ledgers, each strong and with a clock of its own, and the register's
//! store.

use std::{cell::RefCell, collections::BTreeMap};

use gatelodge::{
    config::Config,
    ledger::{
        command::{GrantAnswer, GrantCommand, TooOld, obey},
        record::GrantRecord,
        sign_in::{GlobalRecord, SignInAttempt, Source, SourceRecord, Throttle},
    },
    oauth::grant::GrantId,
    time::Timestamp,
};

use super::{
    key_value::KeyValueStore,
    network::{Done, Failure, Operation},
};
use crate::support::world::Seeded;

/// The Ledger of one grant.
pub(crate) struct Ledger {
    pub(crate) record: GrantRecord,
    pub(crate) alarm: Option<Timestamp>,
}

/// What a Ledger has just done.
pub(crate) struct Obeyed {
    pub(crate) grant: GrantId,
    pub(crate) command: GrantCommand,
    pub(crate) before: Option<GrantRecord>,
    pub(crate) after: Option<GrantRecord>,
    pub(crate) answer: GrantAnswer,
}

pub(crate) struct Storage {
    pub(crate) ledgers: RefCell<BTreeMap<String, Ledger>>,
    pub(crate) key_value: RefCell<KeyValueStore>,
    sources: RefCell<Vec<(Source, SourceRecord)>>,
    all_networks: RefCell<GlobalRecord>,
    config: &'static Config,
    random: Seeded,
}

impl Storage {
    pub(crate) fn new(config: &'static Config) -> Self {
        Self {
            ledgers: RefCell::default(),
            key_value: RefCell::default(),
            sources: RefCell::default(),
            all_networks: RefCell::default(),
            config,
            random: Seeded::new(11),
        }
    }

    /// Carries out an operation from a location at the true time. Tells of a Ledger what it did.
    pub(crate) fn carry_out(
        &self,
        operation: Operation,
        location: usize,
        now: u64,
    ) -> (Result<Done, Failure>, Option<Obeyed>) {
        let mut key_value = self.key_value.borrow_mut();
        let done = match operation {
            Operation::Ask {
                grant,
                command,
                now: sent,
            } => {
                let Ok(obeyed) = self.obey(grant, &command, sent, now) else {
                    return (Err(Failure::TooOld), None);
                };
                let answer =
                    serde_json::to_string(&obeyed.answer).expect("an answer is plain data");
                return (Ok(Done::Answered(answer)), Some(obeyed));
            }
            Operation::Delete(key) => key_value.delete(&key, now),
            Operation::Get(key) => Ok(key_value.get(location, &key, now)),
            Operation::List { prefix, most } => Ok(key_value.list(location, &prefix, most, now)),
            Operation::Put {
                key,
                row,
                expires_at,
            } => key_value.put(&key, row, expires_at.unix_seconds(), now),
            Operation::SignIn { attempt, now: sent } => {
                Ok(self.sign_in(&attempt, sent.max(Timestamp::from_unix_seconds(now))))
            }
        };
        (done, None)
    }

    /// What time it is for the Ledger of a grant.
    pub(crate) fn time_of(grant: &GrantId, now: u64) -> Timestamp {
        let skew = u64::from(grant.as_str().as_bytes()[0] % 5);
        Timestamp::from_unix_seconds(now + skew - 2)
    }

    pub(crate) fn record(&self, grant: &GrantId) -> Option<GrantRecord> {
        let ledgers = self.ledgers.borrow();
        let ledger = ledgers.get(grant.as_str())?;
        Some(ledger.record.clone())
    }

    pub(crate) fn save(&self, record: GrantRecord) {
        let name = record.id.as_str().to_owned();
        let alarm = Some(record.wakes_at());
        let ledger = Ledger { record, alarm };
        self.ledgers.borrow_mut().insert(name, ledger);
    }

    pub(crate) fn wake_at(&self, grant: &GrantId, instant: Option<Timestamp>) {
        if let Some(ledger) = self.ledgers.borrow_mut().get_mut(grant.as_str()) {
            ledger.alarm = instant;
        }
    }

    /// The grants whose alarm is due.
    pub(crate) fn due(&self, now: u64) -> Vec<GrantId> {
        let ledgers = self.ledgers.borrow();
        let due = ledgers.values().filter(|ledger| {
            let own = Self::time_of(&ledger.record.id, now);
            ledger.alarm.is_some_and(|alarm| alarm <= own)
        });
        due.map(|ledger| ledger.record.id.clone()).collect()
    }

    /// When the next alarm is due, by the clock of its Ledger.
    pub(crate) fn next_alarm(&self) -> Option<u64> {
        let ledgers = self.ledgers.borrow();
        let alarms = ledgers.values().filter_map(|ledger| ledger.alarm);
        alarms.map(Timestamp::unix_seconds).min()
    }

    fn obey(
        &self,
        grant: GrantId,
        command: &str,
        sent: Timestamp,
        now: u64,
    ) -> Result<Obeyed, TooOld> {
        let read = || serde_json::from_str(command).expect("a command is what was sent");
        let times = (sent, Self::time_of(&grant, now));
        let before = self.record(&grant);
        let obeyed = obey(before.clone(), read(), self.config, &self.random, times);
        let (changed, answer) = obeyed?;
        let after = changed.or_else(|| before.clone());
        if let Some(record) = after.clone().filter(|_| after != before) {
            self.save(record);
        }
        Ok(Obeyed {
            grant,
            command: read(),
            before,
            after,
            answer,
        })
    }

    fn sign_in(&self, attempt: &SignInAttempt, now: Timestamp) -> Done {
        let mut sources = self.sources.borrow_mut();
        let known = sources
            .iter()
            .position(|(source, _)| *source == attempt.from);
        let throttle = Throttle {
            source: known
                .map(|index| sources[index].1.clone())
                .unwrap_or_default(),
            global: self.all_networks.borrow().clone(),
        };
        let (changed, verdict) = throttle.attempt(attempt, now);
        if let Some(Throttle { source, global }) = changed {
            sources.retain(|(source, _)| *source != attempt.from);
            sources.push((attempt.from, source));
            *self.all_networks.borrow_mut() = global;
        }
        Done::Verdict(verdict)
    }
}
