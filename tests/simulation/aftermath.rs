//! After a schedule nothing fails any more. Then all can be mended, and in the end nothing is left.

use std::rc::Rc;

use gatelodge::{ledger::record::GrantState, owner::register::RowName};

use super::{
    client::Client,
    errand::Errand,
    owner::Press,
    play::{Play, SETTLED, pass, quiet, quietly, ring_until},
    registered::call,
    storage::Storage,
    universe::{SKEW, Universe},
};

pub(crate) fn mend(play: &Play) {
    let universe = &play.universe;
    universe.tell(|| "from here on nothing fails".to_owned());
    quiet(universe);
    pass(universe, SETTLED);
    what_is_over_stays_over(universe);
    what_lives_is_listed(universe);
    for client in &play.clients {
        can_go_on(play, client);
    }
    bury(universe);
}

/// The tokens of every grant whose revocation was answered, everywhere.
fn what_is_over_stays_over(universe: &Rc<Universe>) {
    let watch = universe.watch.borrow();
    let over = watch.lives.values().filter(|life| life.over.is_some());
    let tokens: Vec<_> = over
        .filter_map(|life| life.access_tokens.last())
        .map(|(_, token)| token.clone())
        .collect();
    drop(watch);
    for token in tokens {
        for place in 0..3 {
            universe.saw("after: a revoked token is tried");
            let (sender, token) = (universe.clone(), token.clone());
            let errand = Errand::Call {
                token: token.clone(),
                stolen: true,
            };
            quietly(universe, async move {
                let _ = sender.send(place, call(&token), errand).await;
            });
        }
    }
}

/// The owner can revoke every grant that is alive, since its row is there.
fn what_lives_is_listed(universe: &Universe) {
    let rows = universe.storage.key_value.borrow().keys(universe.now());
    for ledger in universe.storage.ledgers.borrow().values() {
        let row = format!("grant/{}", RowName::from(&ledger.record));
        let is_alive = matches!(ledger.record.state, GrantState::Active(_));
        let now = Storage::time_of(&ledger.record.id, universe.now());
        if is_alive && now < ledger.record.dies_at() && !rows.contains(&row) {
            universe.violate(format!("what lives is listed: {row} is not"));
        }
    }
}

/// A client that has tokens can use them, unless there is a reason; who has none can connect, in
/// one sign-in.
fn can_go_on(play: &Play, client: &Rc<Client>) {
    let universe = &play.universe;
    if client.held().is_some_and(|held| held.refresh.is_some()) {
        universe.saw("after: a client goes on");
        quietly(universe, {
            let client = client.clone();
            async move { client.refresh_now(1).await }
        });
    }
    for attempt in 0..2 {
        if let Some(held) = client.held() {
            for place in 0..3 {
                let (client, held) = (client.clone(), held.clone());
                quietly(universe, async move { client.call(held, place).await });
            }
        }
        if client.held().is_some() && client.is_well() {
            return;
        }
        if attempt == 0 {
            universe.saw("after: a client connects anew");
            client.forget();
            let client = client.clone();
            quietly(
                universe,
                async move { client.connect(2, 0, Press::Once).await },
            );
        }
    }
    universe.violate("after all a client can connect: it cannot".into());
}

/// Time passes until nothing more is to happen.
fn bury(universe: &Rc<Universe>) {
    while let Some(next) = universe.storage.next_alarm() {
        what_lives_is_listed(universe);
        if next > universe.now() + LONGEST_ROW {
            return universe.violate("in the end nothing is left: an alarm is far away".into());
        }
        ring_until(universe, next + SKEW);
        if universe.violation().is_some() {
            return;
        }
    }
    let ledgers = universe.storage.ledgers.borrow().len();
    if ledgers > 0 {
        universe.violate(format!("in the end nothing is left: {ledgers} records"));
    }
    let key_value = universe.storage.key_value.borrow();
    let left = key_value.keys(universe.now());
    if !left.is_empty() {
        universe.saw("after: rows wait for their expiry");
    }
    let expiry = key_value.expires_at();
    if expiry > universe.now() + LONGEST_ROW {
        universe.violate(format!(
            "in the end nothing is left: {left:?} does not expire"
        ));
    }
}

/// `docs/storage.md` promises that rows expire.
const LONGEST_ROW: u64 = 101 * 86_400;
