//! How a schedule is played: one step after the other, each of which chooses among what is possible
//! then, and after each what must hold.

use std::rc::Rc;

use gatelodge::{
    oauth::grant::GrantId,
    owner::register::{AlarmStep, attend},
};

use super::{
    aftermath,
    client::Client,
    coverage::Coverage,
    families::one_branch,
    network::{Failure, Fate, Operation, Pending, lasting},
    owner::Owner,
    registered::{BROWSER, CLIENTS},
    schedule::{Schedule, Step, Who},
    storage::Storage,
    thief::{intrude, misbehave, steal},
    universe::{Isolate, SKEW, Universe},
    world::Visit,
};

/// No alarm is late by so much.
const HOURS: u64 = 3_600;
/// Longer than anything is on its way, or believed at the edge.
pub(crate) const SETTLED: u64 = 61;
/// More than any schedule has grants.
const MOST_ALARMS: u32 = 1_000;

/// Everybody, in one universe.
pub(crate) struct Play {
    pub(crate) universe: Rc<Universe>,
    pub(crate) clients: Vec<Rc<Client>>,
    pub(crate) owner: Rc<Owner>,
}

/// What came of a schedule.
pub(crate) struct Outcome {
    pub(crate) violation: Option<String>,
    pub(crate) coverage: Coverage,
    pub(crate) journal: String,
}

impl Play {
    /// Plays a schedule, and then sees whether all can be mended.
    pub(crate) fn play(schedule: &Schedule, keeps_journal: bool) -> Outcome {
        let universe = Universe::new(schedule.skews, keeps_journal);
        let owner = Owner::new(universe.clone(), BROWSER.clone());
        let clients = CLIENTS.iter();
        let clients = clients.map(|client| Client::new(client, universe.clone(), owner.clone()));
        let play = Self {
            clients: clients.collect(),
            owner,
            universe,
        };
        for step in &schedule.steps {
            play.step(*step);
            if play.universe.violation().is_some() {
                break;
            }
        }
        if play.universe.violation().is_none() {
            aftermath::mend(&play);
        }
        play.universe.end();
        Outcome {
            violation: play.universe.violation(),
            coverage: play.universe.coverage.take(),
            journal: play.universe.journal(),
        }
    }

    fn step(&self, step: Step) {
        let universe = &self.universe;
        match step {
            Step::Begin { who, what, place } => self.begin(who, what, place),
            Step::Calm => quiet(universe),
            Step::Carry { which, fate } => carry(universe, which, fate),
            Step::Forget(which) => {
                universe.saw("step: an isolate forgets");
                universe.tell(|| format!("isolate {} forgets", which % 6));
                universe.forget(which);
            }
            Step::Leave(which) => {
                if universe.leave(which) {
                    universe.saw("step: somebody goes away");
                }
            }
            Step::Pass(seconds) => pass(universe, seconds),
            Step::Refresh(location) => {
                let mut key_value = universe.storage.key_value.borrow_mut();
                key_value.refresh(location % 3);
            }
            Step::Ring(which) => {
                let due = universe.storage.due(universe.now());
                if !due.is_empty() {
                    ring(universe, due[which % due.len()].clone());
                }
            }
        }
        universe.go_on();
    }

    fn begin(&self, who: Who, what: usize, place: usize) {
        let universe = &self.universe;
        match who {
            Who::Client(which) => self.clients[which % self.clients.len()].act(what, place),
            Who::Misbehaving => misbehave(universe, what, place),
            Who::Owner => self.owner.act(what, place),
            Who::Stranger => intrude(universe, what, place),
            Who::Thief => steal(universe, what, place),
        }
    }
}

/// Carries an operation out, or delivers an answer, or neither.
fn carry(universe: &Rc<Universe>, which: usize, fate: Fate) {
    let Some(pending) = universe.network.take(which) else {
        return;
    };
    carry_out(universe, pending, fate);
    universe.go_on();
}

fn carry_out(universe: &Rc<Universe>, mut pending: Pending, fate: Fate) {
    let (asker, now) = (pending.asker, universe.now());
    let was_carried_out = pending.operation.is_none();
    let is_lost = matches!(fate, Fate::Lost | Fate::Moved);
    universe.tell(|| {
        let what = pending
            .operation
            .as_ref()
            .map_or("answer".to_owned(), Operation::name);
        format!("{asker}: {what}: {fate:?}")
    });
    universe.saw(match (fate, was_carried_out) {
        (_, true) => "step: an answer comes later",
        (Fate::Answered, _) => "step: answered",
        (Fate::Delayed, _) => "step: delayed",
        (Fate::Lost, _) => "step: lost before",
        (Fate::Moved, _) => "step: a Ledger is moved",
        (Fate::Unanswered, _) => "step: lost after",
        (Fate::Unheard, _) => "step: the client hears no answer",
    });
    let failure = match (fate, &pending.operation) {
        (Fate::Moved, Some(operation)) if operation.is_of_ledger() => Failure::Passing,
        _ => lasting("lost"),
    };
    let answer = match pending.operation.take() {
        Some(_) if is_lost => Err(failure),
        Some(operation) => {
            let (answer, obeyed) = universe.storage.carry_out(operation, pending.location, now);
            if matches!(answer, Err(Failure::TooOld)) {
                universe.saw("ask: too old");
            }
            if let Some(obeyed) = obeyed {
                let grant = obeyed.grant.clone();
                let mut watch = universe.watch.borrow_mut();
                let checked = watch.obeyed(asker, obeyed, now, &mut universe.coverage.borrow_mut());
                drop(watch);
                if let Err(violation) = checked {
                    universe.violate(violation);
                }
                look_at(universe, &grant);
            }
            if fate == Fate::Delayed {
                return universe.network.delay(pending, answer);
            }
            if fate == Fate::Unanswered {
                Err(failure)
            } else {
                answer
            }
        }
        None => pending.answer().expect("it was carried out"),
    };
    if answer.is_err() {
        universe.watch.borrow_mut().failed(asker);
    }
    if fate == Fate::Unheard {
        universe.unheard.borrow_mut().push(asker);
    }
    pending.deliver(answer);
}

/// Whether a grant is as it must be.
fn look_at(universe: &Universe, grant: &GrantId) {
    let Some(record) = universe.storage.record(grant) else {
        return;
    };
    let now = Storage::time_of(grant, universe.now());
    let Some(record) = record.alive(now) else {
        return;
    };
    let mut watch = universe.watch.borrow_mut();
    if let Err(violation) = one_branch(&record, watch.life(grant), universe.config, now) {
        universe.violate(violation);
    }
}

/// Time passes, and nobody waits for ever. An alarm may be late, but not by hours.
pub(crate) fn pass(universe: &Rc<Universe>, seconds: u64) {
    universe.saw("step: time passes");
    universe.tell(|| format!("{seconds} s pass"));
    if seconds < HOURS {
        wait(universe, universe.now() + seconds);
        return;
    }
    let end = universe.now() + seconds;
    wait(universe, universe.now() + SETTLED);
    ring_until(universe, end);
    wait(universe, end);
}

/// Alarms go off, each when it is due, for as long as nothing else is to happen.
pub(crate) fn ring_until(universe: &Rc<Universe>, end: u64) {
    for _ in 0..MOST_ALARMS {
        let due = universe.storage.due(universe.now());
        for grant in &due {
            ring(universe, grant.clone());
            quiet(universe);
        }
        if due.is_empty() {
            match universe.storage.next_alarm() {
                Some(next) if next < end => universe.clock.set(universe.now().max(next) + SKEW),
                Some(_) | None => return,
            }
        }
    }
    universe.violate("alarms come to an end: they do not".to_owned());
}

fn wait(universe: &Rc<Universe>, until: u64) {
    universe.clock.set(until.max(universe.now()));
    for asker in universe.network.give_up(universe.now()) {
        universe.watch.borrow_mut().failed(asker);
    }
    universe.go_on();
    let ledgers = universe.storage.ledgers.borrow();
    let grants: Vec<_> = ledgers
        .values()
        .map(|ledger| ledger.record.id.clone())
        .collect();
    drop(ledgers);
    for grant in grants {
        look_at(universe, &grant);
    }
}

/// Everything that is on its way arrives.
pub(crate) fn quiet(universe: &Rc<Universe>) {
    universe.go_on();
    while universe.network.len() > 0 {
        carry(universe, 0, Fate::Answered);
    }
}

/// Somebody does something, and nothing else happens.
pub(crate) fn quietly(universe: &Rc<Universe>, task: impl Future<Output = ()> + 'static) {
    universe.begin(task);
    quiet(universe);
    assert!(!universe.is_busy(), "all that was begun is done");
}

/// The alarm of a grant goes off.
pub(crate) fn ring(universe: &Rc<Universe>, grant: GrantId) {
    let number = universe.number();
    universe.tell(|| format!("{number}: the alarm of {}", grant.as_str()));
    universe.storage.wake_at(&grant, None);
    let ringing = look_after(universe.clone(), grant.clone(), number);
    universe.ring(grant, number, ringing);
    universe.go_on();
}

/// What the alarm of a grant does in its Ledger.
async fn look_after(universe: Rc<Universe>, grant: GrantId, number: usize) {
    let storage = &universe.storage;
    let now = Storage::time_of(&grant, universe.now());
    let Some(record) = storage.record(&grant) else {
        return;
    };
    let isolate = Rc::new(Isolate::of_ledger(&grant));
    let register = Visit::new(universe.clone(), isolate, number);
    match attend(&record, &register, now).await {
        AlarmStep::Delete => {
            universe.saw("alarm: a grant is deleted");
            storage.ledgers.borrow_mut().remove(grant.as_str());
        }
        AlarmStep::NoteListing => {
            universe.saw("alarm: a row is entered anew");
            if let Some(record) = storage.record(&grant) {
                storage.save(record.listed(now));
            }
        }
        AlarmStep::NoteSilence => {
            universe.saw("alarm: a client is silent");
            storage.save(record.silent());
        }
        AlarmStep::Sleep(until, outage) => {
            if outage.is_some() {
                universe.saw("alarm: the register is away");
            }
            storage.wake_at(&grant, Some(until));
        }
    }
}
