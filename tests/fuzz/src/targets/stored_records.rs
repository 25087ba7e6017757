use std::fmt::Debug;

use gatelodge::{
    config::RefreshReuse,
    keys::ReplyKey,
    ledger::{
        admission::admit,
        assertion::SpentAssertion,
        record::{GrantRecord, RevocationCause},
        rotation::{ReplayPolicy, Rotation, rotate},
        sign_in::{GlobalRecord, SignInAttempt, Source, SourceRecord, Throttle},
        summary::GrantSummary,
    },
    oauth::grant::Generation,
    owner::register::{GrantRow, RowName},
    secret::Digest,
    time::Lifetime,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{parts, support::Gate};

/// JSON as a stored record: what is read is written the same, and no rule that is applied to it
/// fails or wakes what is dead.
pub(super) fn stored_records(data: &[u8]) {
    if let Ok(name) = std::str::from_utf8(data)
        && let Some(row) = RowName::parse(name)
    {
        assert_eq!(RowName::parse(&row.to_string()), Some(row));
    }
    same_again::<GrantRow>(data);
    same_again::<SpentAssertion>(data);
    same_again::<SignInAttempt>(data);
    let source = same_again::<SourceRecord>(data);
    let global = same_again::<GlobalRecord>(data);
    if source.is_some() || global.is_some() {
        let throttle = Throttle {
            source: source.unwrap_or_default(),
            global: global.unwrap_or_default(),
        };
        sign_in(&throttle);
    }
    if let Some(record) = same_again::<GrantRecord>(data) {
        grant(&record);
    }
}

/// The value, if it is one.
fn same_again<T: Debug + DeserializeOwned + Serialize>(data: &[u8]) -> Option<T> {
    let value: T = serde_json::from_slice(data).ok()?;
    let written = serde_json::to_string(&value).expect("a record is plain data");
    let read: T = serde_json::from_str(&written).expect("what is written is read");
    let rewritten = serde_json::to_string(&read).expect("a record is plain data");
    assert_eq!(rewritten, written);
    assert_eq!(format!("{read:?}"), format!("{value:?}"));
    Some(value)
}

fn sign_in(throttle: &Throttle) {
    let digest = Digest::of(b"somebody");
    for from in [Source::Browser(digest), Source::Network(digest)] {
        for right in [true, false] {
            let attempt = SignInAttempt { from, right };
            let _ = throttle.clone().attempt(&attempt, parts::NOW);
        }
    }
}

fn grant(record: &GrantRecord) {
    let now = parts::NOW;
    assert!(record.wakes_at() <= record.dies_at());
    let alive = record.clone().alive(now);
    assert_eq!(alive.is_some(), now < record.dies_at());
    let silent = record.clone().silent();
    assert_eq!(silent.clone().silent(), silent);
    assert_eq!(silent.dies_at(), record.dies_at());
    let over = record.clone().revoked(RevocationCause::Client, now);
    assert_eq!(over.clone().revoked(RevocationCause::Client, now), over);
    assert!(over.is_recent(Generation::FIRST) <= record.is_recent(Generation::FIRST));
    let _ = GrantSummary::from(record);
    let (changed, _) = admit(record.clone(), Generation::FIRST);
    assert!(changed.is_none_or(|changed| changed.id == record.id));
    rotated(record);
}

fn rotated(record: &GrantRecord) {
    let gate = Gate::new();
    let attempt = Rotation {
        generation: Generation::FIRST,
        reply_key: ReplyKey::of("a refresh token"),
        client: record.authorization.client.id,
        credential: record.authorization.client.credential,
        mount: None,
        scope: None,
    };
    let policy = ReplayPolicy {
        window: Lifetime::from_minutes(2),
        reuse: RefreshReuse::Revoke,
    };
    let mint = gate.world.mint();
    let (after, outcome) = rotate(record.clone(), &attempt, &mint, policy, parts::NOW);
    assert_eq!(after.id, record.id);
    if outcome.is_ok() {
        assert!(after.dies_at() > parts::NOW);
    }
}
