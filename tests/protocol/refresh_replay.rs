//! A proven replay of a refresh token is refused, counted, and ends the grant unless its owner has
//! decided otherwise (AS-89).

use gatelodge::ledger::record::{GrantState, RevocationCause};

use crate::support::{Browser, Client, Connection, Gate};

/// Ways in which an old refresh token is proven to be old; each gives the token to replay and the
/// newest tokens.
type Story = fn(&Gate) -> (Connection, Connection);

const STORIES: [(&str, Story); 4] = [
    ("two generations back, at once", |gate| {
        let first = Client::register(gate).connect(gate);
        let second = first.refresh(gate);
        (first, second.refresh(gate))
    }),
    ("the successor's access token was used", |gate| {
        let first = Client::register(gate).connect(gate);
        let second = first.refresh(gate);
        assert_eq!(second.call(gate), 200);
        gate.pass(120);
        (first, second)
    }),
    ("the successor's refresh token was used", |gate| {
        let first = Client::register(gate).connect(gate);
        let third = first.refresh(gate).refresh(gate);
        gate.pass(120);
        (first, third)
    }),
    ("the predecessor of a void generation", |gate| {
        let first = Client::register(gate).connect(gate);
        let second = first.refresh(gate);
        second.refresh(gate);
        gate.pass(120);
        let fourth = second.refresh(gate);
        (first, fourth)
    }),
];

#[test]
fn a_proven_replay_ends_the_grant() {
    for (story, tell) in STORIES {
        let gate = Gate::new();
        let (old, newest) = tell(&gate);
        assert_eq!(
            old.try_refresh(&gate).refusal(),
            (400, "invalid_grant".into()),
            "{story}"
        );
        let record = gate.world.only_grant();
        assert_eq!(record.replays, 1, "{story}");
        let GrantState::Revoked { cause, .. } = record.state else {
            panic!("{story}: {record:?}");
        };
        assert_eq!(cause, RevocationCause::RefreshTokenReplayed, "{story}");
        gate.pass(30);
        assert_eq!(newest.call(&gate), 401, "{story}");
        assert_eq!(newest.try_refresh(&gate).status, 400, "{story}");
        assert_eq!(gate.world.only_grant().replays, 1, "{story}: over is over");
    }
}

#[test]
fn refuse_only_counts() {
    for (story, tell) in STORIES {
        let gate = Gate::with(&[("REFRESH_REUSE", "refuse")]);
        let (old, newest) = tell(&gate);
        for replays in 1..=3 {
            let answer = old.try_refresh(&gate);
            assert_eq!(answer.refusal(), (400, "invalid_grant".into()), "{story}");
            assert_eq!(gate.world.only_grant().replays, replays, "{story}");
        }
        assert_eq!(newest.call(&gate), 200, "{story}");
        assert_eq!(newest.refresh(&gate).call(&gate), 200, "{story}");
    }
}

/// A thief has no client's secret, or another client: what he sends proves nothing.
#[test]
fn a_replay_by_somebody_else_ends_nothing() {
    let gate = Gate::new();
    let client = Client::register_with_secret(&gate);
    let first = client.connect(&gate);
    let third = first.refresh(&gate).refresh(&gate);
    let thieves = [
        Client::register(&gate),
        Client {
            secret: None,
            ..client.clone()
        },
        Client {
            secret: Some("A".repeat(43)),
            ..client.clone()
        },
    ];
    for thief in thieves {
        let stolen = Connection {
            client: thief,
            ..first.clone()
        };
        let status = stolen.try_refresh(&gate).status;
        assert!(matches!(status, 400 | 401), "{status}");
        assert_eq!(gate.world.only_grant().replays, 0);
    }
    assert_eq!(third.refresh(&gate).call(&gate), 200);
}

#[test]
fn the_owner_sees_replays() {
    let gate = Gate::new();
    let first = Client::register(&gate).connect(&gate);
    first.refresh(&gate).refresh(&gate);
    first.try_refresh(&gate);
    let page = Browser::of_owner(&gate).get(&gate, "/gatelodge").text();
    assert!(page.contains("an old token was used again"), "{page}");
    assert!(
        page.contains("<dt>Old tokens used again</dt><dd>once</dd>"),
        "{page}"
    );
}

#[test]
fn the_window_is_what_the_owner_has_set() {
    let gate = Gate::with(&[("REFRESH_REPLAY_SECONDS", "30")]);
    let first = Client::register(&gate).connect(&gate);
    let second = first.refresh(&gate);
    assert_eq!(second.call(&gate), 200);
    gate.pass(29);
    assert_eq!(first.refresh(&gate).access, second.access);
    gate.pass(1);
    assert_eq!(first.try_refresh(&gate).status, 400);
}

/// A client that loses every answer, with the least sensible lifetimes: its record stays small, and
/// it is let in all the same.
#[test]
fn lost_answers_never_fill_the_ledger() {
    let gate = Gate::with(&[
        ("ACCESS_TOKEN_SECONDS", "2592000"),
        ("REFRESH_REPLAY_SECONDS", "1"),
    ]);
    let first = Client::register(&gate).connect(&gate);
    let mut last = first.clone();
    for _ in 0..600 {
        last = first.refresh(&gate);
        gate.pass(1);
        assert!(gate.world.dump().len() < 32 * 1024);
    }
    assert_eq!(last.call(&gate), 200);
    assert_eq!(last.try_refresh(&gate).status, 200);
}

/// What is on its way when the window ends does not take away what was just given again.
#[test]
fn a_reply_that_was_just_given_again_is_not_replaced() {
    let gate = Gate::new();
    let first = Client::register(&gate).connect(&gate);
    let second = first.refresh(&gate);
    gate.pass(119);
    assert_eq!(first.refresh(&gate).refresh, second.refresh);
    gate.pass(29);
    assert_eq!(first.refresh(&gate).refresh, second.refresh);
    gate.pass(1);
    let third = first.refresh(&gate);
    assert_ne!(third.refresh, second.refresh, "never prolonged again");
    assert_eq!(third.call(&gate), 200);
}
