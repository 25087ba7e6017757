//! Everything there is in one schedule, and how it goes on: requests and people are futures that
//! are polled whenever something has happened.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    pin::Pin,
    rc::Rc,
    sync::LazyLock,
    task::{Context, Poll},
};

use futures_util::task::noop_waker_ref;
use gatelodge::{
    config::Config,
    endpoints::Edge,
    issuer::Issuer,
    ledger::record::GrantState,
    oauth::grant::{AuthorizationCode, GrantId},
    ports::IsolateMemory,
    time::Timestamp,
};

use super::{
    coverage::Coverage,
    errand::Errand,
    network::{Asker, Network},
    registered::Registered,
    storage::Storage,
    watch::Watch,
    world::Visit,
};
use crate::support::{
    ISSUER,
    exchange::{Answer, Request},
    gate::config,
    world::Seeded,
};

pub(crate) const LOCATIONS: usize = 3;
const ISOLATES: usize = 2 * LOCATIONS;
/// When every schedule begins.
pub(crate) const START: u64 = 1_800_000_000;
/// The furthest that two clocks at the edge are apart.
pub(crate) const SKEW: u64 = 6;

/// Access tokens live shortly, so that much happens in a schedule.
pub(crate) static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let mounts = r#"[{"path": "/mcp"}, {"path": "/other"}]"#;
    config(&[("MOUNTS", mounts), ("ACCESS_TOKEN_SECONDS", "900")])
});

/// A process of the platform that answers requests, at one location.
pub(crate) struct Isolate {
    pub(crate) location: usize,
    pub(crate) memory: IsolateMemory,
}

/// A request that is being answered.
struct Flight {
    number: Asker,
    future: Pin<Box<dyn Future<Output = Answer>>>,
    reply: Rc<Cell<Option<Result<Answer, Lost>>>>,
    errand: Errand,
    began: Began,
}

/// Where and when a request began.
#[derive(Clone)]
pub(crate) struct Began {
    pub(crate) at: u64,
    pub(crate) isolate: Rc<Isolate>,
}

/// What somebody does, or an alarm.
struct Task {
    number: Asker,
    alarm: Option<GrantId>,
    future: Pin<Box<dyn Future<Output = ()>>>,
}

/// No answer will come.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lost;

pub(crate) struct Universe {
    pub(crate) config: &'static Config,
    pub(crate) clock: Cell<u64>,
    pub(crate) skews: [u64; LOCATIONS],
    pub(crate) network: Network,
    pub(crate) storage: Storage,
    pub(crate) random: Seeded,
    pub(crate) watch: RefCell<Watch>,
    pub(crate) coverage: RefCell<Coverage>,
    /// The codes that came to a client.
    pub(crate) codes: RefCell<Vec<(String, &'static Registered)>>,
    /// Requests whose answer will not be heard.
    pub(crate) unheard: RefCell<Vec<Asker>>,
    isolates: RefCell<Vec<Rc<Isolate>>>,
    flights: RefCell<Vec<Flight>>,
    tasks: RefCell<Vec<Task>>,
    numbers: Cell<Asker>,
    journal: Option<RefCell<Vec<String>>>,
    violation: RefCell<Option<String>>,
}

impl Universe {
    pub(crate) fn new(skews: [u64; LOCATIONS], keeps_journal: bool) -> Rc<Self> {
        let config = &*CONFIG;
        let isolates = (0..ISOLATES).map(Isolate::new).map(Rc::new).collect();
        Rc::new(Self {
            config,
            clock: Cell::new(START),
            skews,
            network: Network::default(),
            storage: Storage::new(config),
            random: Seeded::new(7),
            watch: RefCell::default(),
            coverage: RefCell::default(),
            codes: RefCell::default(),
            unheard: RefCell::default(),
            isolates: RefCell::new(isolates),
            flights: RefCell::default(),
            tasks: RefCell::default(),
            numbers: Cell::new(0),
            journal: keeps_journal.then(RefCell::default),
            violation: RefCell::default(),
        })
    }

    /// The true time.
    pub(crate) fn now(&self) -> u64 {
        self.clock.get()
    }

    /// What time it is at a location.
    pub(crate) fn time_at(&self, location: usize) -> Timestamp {
        Timestamp::from_unix_seconds(self.now() + self.skews[location] - SKEW / 2)
    }

    /// The answer to a request, unless it gets lost.
    pub(crate) async fn send(
        self: &Rc<Self>,
        place: usize,
        request: Request,
        errand: Errand,
    ) -> Result<Answer, Lost> {
        let isolate = self.isolates.borrow()[place % ISOLATES].clone();
        let began = Began {
            at: self.now(),
            isolate: isolate.clone(),
        };
        let number = self.number();
        self.watch.borrow_mut().sends(number, &errand);
        self.tell(|| format!("{number}: {errand:?} at isolate {}", place % ISOLATES));
        let visit = Visit::new(self.clone(), isolate, number);
        let future = Box::pin(async move {
            let Visit { universe, .. } = &visit;
            let answer = Edge::answer(universe.config, &visit, &universe.random, request.into());
            answer.await.into()
        });
        let reply = Rc::new(Cell::new(None));
        self.flights.borrow_mut().push(Flight {
            number,
            future,
            reply: reply.clone(),
            errand,
            began,
        });
        poll_fn(|_| reply.take().map_or(Poll::Pending, Poll::Ready)).await
    }

    pub(crate) fn grant_of_code(&self, code: &str) -> GrantId {
        let opened: Option<AuthorizationCode> = self.config.keys.open(&Issuer::new(ISSUER), code);
        opened.expect("the code is ours").grant
    }

    /// Whether the grant of a token is alive, and nobody but its client has been at it.
    pub(crate) fn may_refresh(&self, token: &str) -> bool {
        let watch = self.watch.borrow();
        let Some((grant, _)) = watch.issued.get(token) else {
            return false;
        };
        self.is_alive(grant) && watch.excuse(token).is_none()
    }

    /// Whether a grant has tokens that are good.
    pub(crate) fn is_alive(&self, grant: &GrantId) -> bool {
        let latest = Timestamp::from_unix_seconds(self.now() + SKEW);
        let record = self.storage.record(grant);
        record
            .and_then(|record| record.alive(latest))
            .is_some_and(|record| matches!(record.state, GrantState::Active(_)))
    }

    /// Somebody begins to do something.
    pub(crate) fn begin(&self, task: impl Future<Output = ()> + 'static) {
        self.push(None, self.number(), Box::pin(task));
    }

    /// The alarm of a grant goes off.
    pub(crate) fn ring(
        &self,
        grant: GrantId,
        number: Asker,
        task: impl Future<Output = ()> + 'static,
    ) {
        self.push(Some(grant), number, Box::pin(task));
    }

    fn push(
        &self,
        alarm: Option<GrantId>,
        number: Asker,
        future: Pin<Box<dyn Future<Output = ()>>>,
    ) {
        self.tasks.borrow_mut().push(Task {
            number,
            alarm,
            future,
        });
    }

    pub(crate) fn number(&self) -> Asker {
        let number = self.numbers.get() + 1;
        self.numbers.set(number);
        number
    }

    /// Whether somebody is still doing something.
    pub(crate) fn is_busy(&self) -> bool {
        !self.tasks.borrow().is_empty()
    }

    /// Polls everything until nothing goes on by itself.
    pub(crate) fn go_on(self: &Rc<Self>) {
        let mut context = Context::from_waker(noop_waker_ref());
        loop {
            let before = (self.numbers.get(), self.network.sent.get());
            let mut landed = false;
            for mut flight in self.flights.take() {
                match flight.future.as_mut().poll(&mut context) {
                    Poll::Pending => self.flights.borrow_mut().push(flight),
                    Poll::Ready(answer) => {
                        landed = true;
                        self.land(&flight, answer);
                    }
                }
            }
            for mut task in self.tasks.take() {
                match task.future.as_mut().poll(&mut context) {
                    Poll::Pending => self.tasks.borrow_mut().push(task),
                    Poll::Ready(()) => landed = true,
                }
            }
            if !landed && before == (self.numbers.get(), self.network.sent.get()) {
                return;
            }
        }
    }

    fn land(&self, flight: &Flight, answer: Answer) {
        let number = flight.number;
        self.tell(|| format!("{number}: answered {}", answer.status));
        let watch = &mut self.watch.borrow_mut();
        let moment = (self.now(), self.numbers.get());
        let checked = watch.answered(number, &flight.errand, &flight.began, &answer, moment);
        if let Err(violation) = checked {
            self.violate(violation);
        }
        let is_unheard = self.unheard.borrow().contains(&number);
        flight
            .reply
            .set(Some(if is_unheard { Err(Lost) } else { Ok(answer) }));
    }

    /// A client goes away, or an alarm is interrupted; the platform repeats that one.
    pub(crate) fn leave(&self, which: usize) -> bool {
        let mut flights = self.flights.borrow_mut();
        let mut tasks = self.tasks.borrow_mut();
        let alarms: Vec<_> = (0..tasks.len())
            .filter(|index| tasks[*index].alarm.is_some())
            .collect();
        let all = flights.len() + alarms.len();
        if all == 0 {
            return false;
        }
        match (which % all).checked_sub(flights.len()) {
            None => {
                let gone = flights.remove(which % all);
                self.tell(|| format!("{}: the client goes away", gone.number));
                gone.reply.set(Some(Err(Lost)));
            }
            Some(alarm) => {
                let gone = tasks.remove(alarms[alarm]);
                self.tell(|| format!("{}: the alarm is interrupted", gone.number));
                let grant = gone.alarm.expect("it is an alarm");
                let again = Storage::time_of(&grant, self.now() + 2);
                self.storage.wake_at(&grant, Some(again));
            }
        }
        true
    }

    /// An isolate ends, and another one begins in its place.
    pub(crate) fn forget(&self, which: usize) {
        let index = which % ISOLATES;
        self.isolates.borrow_mut()[index] = Rc::new(Isolate::new(index));
    }

    /// Ends it all, so that what holds the universe is let go.
    pub(crate) fn end(&self) {
        self.flights.borrow_mut().clear();
        self.tasks.borrow_mut().clear();
    }

    /// Something happened that must not.
    pub(crate) fn violate(&self, violation: String) {
        self.violation.borrow_mut().get_or_insert(violation);
    }

    /// The first thing that happened and must not.
    pub(crate) fn violation(&self) -> Option<String> {
        self.violation.borrow().clone()
    }

    pub(crate) fn saw(&self, event: &'static str) {
        self.coverage.borrow_mut().saw(event);
    }

    pub(crate) fn tell(&self, line: impl FnOnce() -> String) {
        if let Some(journal) = &self.journal {
            let seconds = self.now() - START;
            journal
                .borrow_mut()
                .push(format!("{seconds:>6} s  {}", line()));
        }
    }

    /// What happened, for who looks for the cause of a violation.
    pub(crate) fn journal(&self) -> String {
        let lines = self.journal.as_ref().map(RefCell::take);
        lines.unwrap_or_default().join("\n")
    }
}

impl Isolate {
    fn new(index: usize) -> Self {
        Self {
            location: index % LOCATIONS,
            memory: IsolateMemory::default(),
        }
    }

    /// Where a Ledger is, which sees the register from there.
    pub(crate) fn of_ledger(grant: &GrantId) -> Self {
        Self::new(usize::from(grant.as_str().as_bytes()[1]))
    }
}
