//! A model of the world: several locations whose isolates forget, a register that is stale, Ledgers
//! that are strong, clocks that differ and a network that loses what it carries, around the real
//! endpoints. Clients, the owner, thieves and strangers do what they do in it, in any order, and
//! what is promised must hold after each step.
//!
//! A failure names its seed. To see it again: `PROPTEST_RNG_SEED=<seed> cargo test --test simulation
//! <name of the test>`. `PROPTEST_CASES=<number>` plays more schedules, and `-- --nocapture` shows
//! what they covered.

mod aftermath;
mod client;
mod coverage;
mod errand;
mod families;
mod held;
mod key_value;
mod life;
mod network;
mod owner;
mod play;
mod registered;
mod runner;
mod schedule;
mod storage;
#[path = "../protocol/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "the parties have more to them than this test needs"
)]
mod support;
mod thief;
mod universe;
mod watch;
mod world;

use coverage::REPLACED;
use runner::hold;
use schedule::Cast;

/// Only lag, loss, clocks and forgetfulness: nobody who behaves well is shut out.
#[test]
fn lag_and_loss_lock_nobody_out() {
    let cast = Cast {
        owner: 0,
        thief: 0,
        misbehaving: 1,
        faults: 30,
    };
    let events = ["redeem: a second time", "rotate: other resource", REPLACED];
    hold("lag_and_loss_lock_nobody_out", cast, &events);
}

/// Copied tokens and codes: the two holders do not go on side by side.
#[test]
fn a_thief_is_shut_out() {
    let cast = Cast {
        owner: 1,
        thief: 6,
        misbehaving: 2,
        faults: 15,
    };
    let events = [
        "rotate: (c) a replay",
        "thief: calls",
        "thief: redeems",
        "thief: refreshes",
        "thief: revokes",
    ];
    hold("a_thief_is_shut_out", cast, &events);
}

/// Approvals and revocations at any place, in any order: what is over is over, everywhere.
#[test]
fn what_the_owner_ends_is_over() {
    let cast = Cast {
        owner: 6,
        thief: 0,
        misbehaving: 0,
        faults: 20,
    };
    let events = [
        "after: a revoked token is tried",
        "open: the name is taken",
        "owner: has approved before",
        "owner: revokes all",
        "revoke: by the owner",
    ];
    hold("what_the_owner_ends_is_over", cast, &events);
}

#[test]
fn everybody_at_once() {
    let cast = Cast {
        owner: 2,
        thief: 2,
        misbehaving: 2,
        faults: 25,
    };
    let events = [
        "redeem: a second time",
        "redeem: other redirect URI",
        "redeem: other resource",
        "revoke: by the owner",
        "rotate: other resource",
    ];
    hold("everybody_at_once", cast, &events);
}
