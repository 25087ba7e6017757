//! A grant under any sequence of refreshes, uses and revocations: it has one live branch, or it is
//! over.

use std::collections::BTreeSet;

use gatelodge::{
    config::RefreshReuse,
    keys::ReplyKey,
    ledger::{
        admission::{Admission, admit},
        minting::{Mint, Tokens},
        record::{GrantRecord, GrantState},
        redemption::redeem,
        revocation::{Revocation, Revoker, revoke},
        rotation::{ReplayPolicy, Rotation, rotate},
    },
    oauth::{credential::Credential, grant::Generation},
    secret::Digest,
    time::{Lifetime, Timestamp},
};
use proptest::{collection::vec, prelude::*};

use crate::grants::{START, WINDOW, client, opened, redemption, with_mint};

/// An event in the life of a grant; an index chooses among the generations that were issued.
#[derive(Clone, Copy, Debug)]
enum Event {
    Pass(u64),
    Refresh(usize),
    RevokeAccess(usize),
    Use(usize),
}

/// How far back from the newest generation.
fn back() -> impl Strategy<Value = usize> {
    prop_oneof![6 => Just(0_usize), 5 => Just(1), 1 => 2_usize..5]
}

fn events() -> impl Strategy<Value = Vec<Event>> {
    let event = prop_oneof![
        3 => prop::sample::select(vec![1_u64, 20, 60, 119, 120, 3_600]).prop_map(Event::Pass),
        6 => back().prop_map(Event::Refresh),
        1 => back().prop_map(Event::RevokeAccess),
        3 => back().prop_map(Event::Use),
    ];
    vec(event, 0..40)
}

/// What a reader of the rules expects; generations are counted from 0.
#[derive(Default)]
struct Expected {
    replaced: Option<(usize, Timestamp)>,
    /// Until when the reply is given again at least, because it was given again in the window.
    again_until: Option<Timestamp>,
    newest_seen: bool,
    void: BTreeSet<usize>,
    revoked_up_to: Option<usize>,
    over: bool,
    replays: u32,
}

struct Run<'a> {
    mint: &'a Mint<'a>,
    policy: ReplayPolicy,
    now: Timestamp,
    record: GrantRecord,
    issued: Vec<(Generation, Tokens)>,
    expected: Expected,
}

impl Run<'_> {
    fn rotation(&self, index: usize) -> Rotation {
        let (generation, tokens) = &self.issued[index];
        Rotation {
            generation: *generation,
            reply_key: ReplyKey::of(tokens.refresh_token.as_ref().unwrap().expose()),
            client: client(),
            credential: Credential::Secret(Digest::of(b"secret")),
            mount: None,
            scope: None,
        }
    }

    fn happens(&mut self, event: Event) -> Result<(), TestCaseError> {
        let newest = self.issued.len() - 1;
        match event {
            Event::Pass(seconds) => self.now = self.now.plus(Lifetime::from_seconds(seconds)),
            Event::Refresh(back) => self.refresh(newest.saturating_sub(back))?,
            Event::RevokeAccess(back) => {
                let index = newest.saturating_sub(back);
                let generation = self.issued[index].0;
                let by = Revoker {
                    client: None,
                    credential: Credential::Secret(Digest::of(b"secret")),
                };
                let revocation = Revocation::AccessToken { generation, by };
                self.record = revoke(self.record.clone(), &revocation, self.now).unwrap();
                self.expected.revoked_up_to = self.expected.revoked_up_to.max(Some(index));
                self.expected.newest_seen |= index == newest;
            }
            Event::Use(back) => {
                let index = newest.saturating_sub(back);
                let (changed, admission) = admit(self.record.clone(), self.issued[index].0);
                let admitted = admission != Admission::Refused;
                self.record = changed.unwrap_or_else(|| self.record.clone());
                self.expected.newest_seen |= admitted && index == newest;
            }
        }
        Ok(())
    }

    fn refresh(&mut self, index: usize) -> Result<(), TestCaseError> {
        let newest = self.issued.len() - 1;
        let attempt = self.rotation(index);
        let (after, outcome) = rotate(
            self.record.clone(),
            &attempt,
            self.mint,
            self.policy,
            self.now,
        );
        let expected = &mut self.expected;
        let replaced = expected.replaced.filter(|(replaced, _)| *replaced == index);
        let first = replaced.is_some_and(|(_, at)| self.now < at.plus(WINDOW));
        let again = expected.again_until.is_some_and(|until| self.now < until);
        let in_window = first || (replaced.is_some() && again && !expected.newest_seen);
        let lost = replaced.is_some() && !in_window && !expected.newest_seen;
        if expected.over {
            prop_assert!(outcome.is_err());
            prop_assert_eq!(&after, &self.record, "over is over");
        } else if index == newest || lost {
            let tokens = outcome.unwrap();
            for (_, earlier) in &self.issued {
                prop_assert_ne!(tokens.access_token.expose(), earlier.access_token.expose());
            }
            if lost {
                expected.void.insert(newest);
            }
            expected.replaced = Some((index, self.now));
            expected.again_until = None;
            expected.newest_seen = false;
            self.issued.push((self.issued[newest].0.next(), tokens));
        } else if in_window {
            let tokens = outcome.unwrap();
            if first {
                expected.again_until = Some(self.now.plus(WINDOW.part(4)));
            }
            let same = &self.issued[newest].1;
            prop_assert_eq!(tokens.access_token.expose(), same.access_token.expose());
        } else {
            prop_assert!(outcome.is_err());
            expected.replays += 1;
            expected.over = self.policy.reuse == RefreshReuse::Revoke;
        }
        self.record = after;
        Ok(())
    }

    /// What holds after every event; the rules are pure, so they can be asked without effect.
    fn holds(&self) -> Result<(), TestCaseError> {
        let expected = &self.expected;
        let over = matches!(self.record.state, GrantState::Revoked { .. });
        prop_assert_eq!(over, expected.over);
        prop_assert_eq!(self.record.replays, expected.replays);
        let mut branches = 0;
        for (index, (generation, _)) in self.issued.iter().enumerate() {
            let (_, admission) = admit(self.record.clone(), *generation);
            let revoked = expected
                .revoked_up_to
                .is_some_and(|highest| index <= highest);
            let good = !expected.over && !revoked && !expected.void.contains(&index);
            prop_assert_eq!(
                admission != Admission::Refused,
                good,
                "generation {}",
                index
            );
            let attempt = self.rotation(index);
            let (next, outcome) = rotate(
                self.record.clone(),
                &attempt,
                self.mint,
                self.policy,
                self.now,
            );
            if outcome.is_ok() && next.state != self.record.state {
                let newest = index == self.issued.len() - 1;
                let before = expected
                    .replaced
                    .is_some_and(|(replaced, _)| replaced == index);
                prop_assert!(newest || before, "generation {} is alive", index);
                branches += usize::from(newest);
            }
        }
        prop_assert_eq!(
            branches,
            usize::from(!expected.over),
            "live refresh branches"
        );
        Ok(())
    }
}

proptest! {
    #![proptest_config(crate::cases(120))]

    #[test]
    fn a_grant_has_one_live_branch_or_is_over(events in events(), revoke in any::<bool>()) {
        with_mint(|mint| {
            let (record, tokens) = redeem(opened(), &redemption(), mint, START);
            let reuse = if revoke { RefreshReuse::Revoke } else { RefreshReuse::Refuse };
            let mut run = Run {
                mint,
                policy: ReplayPolicy { window: WINDOW, reuse },
                now: START,
                record,
                issued: vec![(Generation::FIRST, tokens.unwrap())],
                expected: Expected::default(),
            };
            for event in events {
                run.happens(event)?;
                run.holds()?;
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}
