//! Rows of the register expire, unless their grant lives: then they are entered anew in time.

use gatelodge::{
    ledger::duty::LISTED,
    owner::register::{AlarmStep, attend},
    time::Lifetime,
};
use pollster::block_on;

use crate::support::{Answer, Browser, Client, Gate, Port};

const DAY: u64 = 24 * 60 * 60;

fn lists_a_client(page: &Answer) -> bool {
    page.text().contains("Test Client")
}

/// The alarm of the only grant's Ledger, when its row is due.
fn list_anew(gate: &Gate) {
    let record = gate.world.only_grant();
    let step = block_on(attend(&record, &gate.world, gate.now()));
    assert!(matches!(step, AlarmStep::NoteListing), "{step:?}");
    gate.world.save(&record.listed(gate.now()));
}

#[test]
fn a_client_that_stays_for_years_stays_listed() {
    let gate = Gate::new();
    let mut connection = Client::register(&gate).connect(&gate);
    for _ in 0..10 {
        gate.pass(60 * DAY);
        connection = connection.refresh(&gate);
        assert_eq!(connection.call(&gate), 200);
        let due = gate.world.only_grant().wakes_at();
        if due <= gate.now() {
            list_anew(&gate);
        }
        assert!(gate.now() < gate.world.only_grant().wakes_at());
        let mut owner = Browser::of_owner(&gate);
        assert!(lists_a_client(&owner.get(&gate, "/gatelodge")));
    }
}

#[test]
fn a_row_is_entered_as_it_was_approved() {
    let gate = Gate::new();
    let mut connection = Client::register(&gate).connect(&gate);
    assert_eq!(connection.call(&gate), 200);
    connection = connection.refresh(&gate);
    let before = gate.world.dump();
    gate.pass(80 * DAY);
    connection.refresh(&gate);
    gate.pass(10 * DAY);
    list_anew(&gate);
    let rows = gate.world.storage.rows.borrow();
    let (_, row) = rows
        .iter()
        .find(|(key, _)| key.starts_with("grant/"))
        .unwrap();
    assert!(before.contains(&format!("{:?}", row.text)), "{}", row.text);
    assert_eq!(row.expires_at, gate.now().plus(LISTED));
}

#[test]
fn a_client_that_stays_is_recognised() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut connection = client.connect(&gate);
    assert_eq!(connection.call(&gate), 200);
    for _ in 0..2 {
        gate.pass(60 * DAY);
        connection = connection.refresh(&gate);
        if gate.world.only_grant().wakes_at() <= gate.now() {
            list_anew(&gate);
        }
    }
    let question = Browser::of_owner(&gate).get(&gate, &client.authorization_url(&[]));
    assert!(
        question.text().contains("You have let this app in before"),
        "{}",
        question.text()
    );
}

/// The Ledger fails after the row was written: nobody sees it, and it does not stay.
#[test]
fn a_row_without_a_grant_is_not_shown_and_expires() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let page = owner.get(&gate, &client.authorization_url(&[]));
    gate.world.fail(Port::Open);
    assert_eq!(owner.decide(&gate, &page, "approve").status, 503);
    gate.world.recover();
    assert!(!lists_a_client(&owner.get(&gate, "/gatelodge")));
    let rows = gate.world.storage.rows.borrow();
    assert_eq!(rows.len(), 2);
    assert!(
        rows.values()
            .all(|row| row.expires_at == gate.now().plus(LISTED))
    );
}

/// Somebody who approves twice, or whose answer was lost, is led back to the question.
#[test]
fn what_was_approved_before_leads_to_the_question_again() {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let page = owner.get(&gate, &client.authorization_url(&[]));
    assert_eq!(owner.decide(&gate, &page, "approve").status, 303);
    let again = owner.decide(&gate, &page, "approve");
    assert_eq!(again.status, 409);
    let address = again.text();
    let address = address.split("href=\"").nth(1).unwrap();
    let address = address.split('"').next().unwrap().replace("&amp;", "&");
    let page = owner.get(&gate, &address);
    let answer = owner.decide(&gate, &page, "approve");
    assert_eq!(answer.status, 303);
}

/// The register may be away when a row is due, or when a grant is dead.
#[test]
fn an_alarm_whose_register_is_away_tries_again_in_an_hour() {
    let gate = Gate::with(&[("REFRESH_TOKEN_SECONDS", "31536000")]);
    Client::register(&gate).connect(&gate).call(&gate);
    let record = gate.world.only_grant();
    for (days, down) in [(90, Port::Put), (366, Port::Delete)] {
        let now = record.opened_at.plus(Lifetime::from_days(days));
        gate.world.fail(down);
        let step = block_on(attend(&record, &gate.world, now));
        let AlarmStep::Sleep(until, Some(_)) = step else {
            panic!("{step:?}");
        };
        assert_eq!(until, now.plus(Lifetime::from_hours(1)));
        gate.world.recover();
    }
    let dead = record.opened_at.plus(Lifetime::from_days(366));
    let step = block_on(attend(&record, &gate.world, dead));
    assert!(matches!(step, AlarmStep::Delete), "{step:?}");
    assert!(gate.world.storage.rows.borrow().is_empty());
}
