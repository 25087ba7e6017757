//! Many schedules, and what they covered.

use std::{
    cell::{Cell, RefCell},
    env,
};

use gatelodge::secret::{Random as _, SystemRandom};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

use super::{
    coverage::{Coverage, REPEATED},
    play::Play,
    schedule::Cast,
};

/// How many schedules each test plays.
const SCHEDULES: u32 = 2_600;

/// What must happen in each of them; else the check is empty.
const ALWAYS: [&str; 30] = [
    "admit: first use",
    "after: a client connects anew",
    "after: a client goes on",
    "alarm: a client is silent",
    "alarm: a grant is deleted",
    "alarm: a row is entered anew",
    "alarm: the register is away",
    "ask: too old",
    "client: a code is refused",
    "client: asks again for what it lost",
    "client: calls",
    "client: must refresh",
    "client: revokes",
    "client: revokes its old access token",
    "client: tries a code again",
    "client: two processes refresh",
    "owner: signs in",
    "revoke: an access token",
    "revoke: by the client",
    "rotate",
    "rotate: gone",
    REPEATED,
    "step: a Ledger is moved",
    "step: an answer comes later",
    "step: an isolate forgets",
    "step: lost after",
    "step: lost before",
    "step: somebody goes away",
    "step: the client hears no answer",
    "stranger",
];

/// Plays many schedules of a cast. These events must happen in them, too.
pub(crate) fn hold(test: &str, cast: Cast, events: &[&'static str]) {
    let asked_for = Config::default();
    let seed = match asked_for.rng_seed {
        RngSeed::Fixed(seed) => seed,
        RngSeed::Random => random_seed(),
    };
    let cases = match env::var_os("PROPTEST_CASES") {
        Some(_) => asked_for.cases,
        None => SCHEDULES,
    };
    let config = Config {
        cases,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(seed),
        ..asked_for
    };
    let (covered, played) = (RefCell::new(Coverage::default()), Cell::new(0_u32));
    let outcome = TestRunner::new(config).run(&cast.schedules(), |schedule| {
        let outcome = Play::play(&schedule, false);
        covered.borrow_mut().add(outcome.coverage);
        played.set(played.get() + 1);
        outcome
            .violation
            .map_or(Ok(()), |violation| Err(TestCaseError::fail(violation)))
    });
    let played = played.get();
    match outcome {
        Ok(()) => {}
        Err(TestError::Fail(reason, schedule)) => {
            let journal = Play::play(&schedule, true).journal;
            panic!(
                "{reason}\n\n{schedule:#?}\n\n{journal}\n\nAfter {played} schedules. Again: \
                 PROPTEST_RNG_SEED={seed} cargo test --test simulation {test}"
            );
        }
        Err(TestError::Abort(reason)) => panic!("{reason}"),
    }
    let covered = covered.into_inner();
    eprintln!(
        "{test}: {played} schedules, seed {seed}\n{}",
        covered.report()
    );
    if cases < SCHEDULES {
        return;
    }
    for event in ALWAYS.iter().chain(events) {
        let count = covered.count(event);
        assert!(
            count > 0,
            "the check is empty: in {played} schedules never: {event} (seed {seed})"
        );
    }
}

fn random_seed() -> u64 {
    let mut bytes = [0; 8];
    SystemRandom.fill(&mut bytes);
    u64::from_be_bytes(bytes)
}
