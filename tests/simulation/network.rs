//! The network between the edge and its storage: an operation waits there until the schedule lets
//! it happen, and so does its answer.

use std::{
    cell::{Cell, RefCell},
    future::poll_fn,
    rc::{Rc, Weak},
    task::Poll,
};

use gatelodge::{
    ledger::{
        command::PATIENCE,
        sign_in::{SignInAttempt, SignInVerdict},
    },
    oauth::grant::GrantId,
    ports::Outage,
    time::Timestamp,
};

/// What is longer on its way than this never arrives.
const LONGEST_WAY: u64 = 60;

/// The number of a request, or of the work of an alarm: who asks.
pub(crate) type Asker = usize;

/// What is asked of storage.
#[derive(Clone)]
pub(crate) enum Operation {
    /// A command to the Ledger of a grant, as the text that is sent.
    Ask {
        grant: GrantId,
        command: String,
        now: Timestamp,
    },
    Delete(String),
    Get(String),
    List {
        prefix: String,
        most: usize,
    },
    Put {
        key: String,
        row: String,
        expires_at: Timestamp,
    },
    SignIn {
        attempt: SignInAttempt,
        now: Timestamp,
    },
}

impl Operation {
    pub(crate) const fn is_of_ledger(&self) -> bool {
        matches!(self, Self::Ask { .. } | Self::SignIn { .. })
    }

    /// For the journal.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Ask { command, .. } => {
                let name = command.split('"').nth(1).unwrap_or_default();
                format!("ask the Ledger to {name}")
            }
            Self::Delete(key) => format!("delete {key}"),
            Self::Get(key) => format!("get {key}"),
            Self::List { prefix, .. } => format!("list {prefix}"),
            Self::Put { key, .. } => format!("put {key}"),
            Self::SignIn { .. } => "sign in".to_owned(),
        }
    }
}

/// What storage answers.
pub(crate) enum Done {
    /// What a Ledger said, as the text that is sent.
    Answered(String),
    Found(Option<String>),
    Listed(Vec<(String, String)>, bool),
    Nothing,
    Verdict(SignInVerdict),
}

/// What becomes of an operation on its way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Fate {
    /// It is carried out, and the answer arrives.
    Answered,
    /// It is carried out, and the answer arrives when it is chosen again.
    Delayed,
    /// It is carried out, the answer arrives, and the answer to the client that waits for it is
    /// lost.
    Unheard,
    /// It is carried out, and the answer is lost.
    Unanswered,
    /// It is lost.
    Lost,
    /// It is lost because the Ledger is being moved, and the platform says so.
    Moved,
}

/// Why no answer comes.
pub(crate) enum Failure {
    /// The platform says that it would answer now.
    Passing,
    Lasting(Outage),
    /// It has come so late that the Ledger does not obey it.
    TooOld,
}

type Answer = Result<Done, Failure>;
type Slot = RefCell<Option<Answer>>;

/// An operation on its way, or its answer.
pub(crate) struct Pending {
    pub(crate) asker: Asker,
    pub(crate) location: usize,
    /// None when it was carried out.
    pub(crate) operation: Option<Operation>,
    answer: Option<Answer>,
    sent_at: u64,
    slot: Weak<Slot>,
}

#[derive(Default)]
pub(crate) struct Network {
    pub(crate) pending: RefCell<Vec<Pending>>,
    pub(crate) sent: Cell<usize>,
}

impl Network {
    /// Sends an operation, and waits for its answer.
    pub(crate) async fn ask(
        &self,
        (asker, location): (Asker, usize),
        operation: Operation,
        now: u64,
    ) -> Answer {
        let slot = Rc::<Slot>::default();
        self.sent.set(self.sent.get() + 1);
        self.pending.borrow_mut().push(Pending {
            asker,
            location,
            operation: Some(operation),
            answer: None,
            sent_at: now,
            slot: Rc::downgrade(&slot),
        });
        poll_fn(|_| slot.take().map_or(Poll::Pending, Poll::Ready)).await
    }

    /// How much is on its way.
    pub(crate) fn len(&self) -> usize {
        self.pending.borrow().len()
    }

    /// Takes an operation, or an answer, off its way.
    pub(crate) fn take(&self, which: usize) -> Option<Pending> {
        let mut pending = self.pending.borrow_mut();
        (!pending.is_empty()).then(|| {
            let index = which % pending.len();
            pending.remove(index)
        })
    }

    /// Puts an answer on its way.
    pub(crate) fn delay(&self, mut carried_out: Pending, answer: Answer) {
        carried_out.answer = Some(answer);
        self.pending.borrow_mut().push(carried_out);
    }

    /// Nobody waits for ever: who has waited too long goes on, and what is on its way for too long
    /// is gone. Returns who went on.
    pub(crate) fn give_up(&self, now: u64) -> Vec<Asker> {
        let mut gone_on = Vec::new();
        self.pending.borrow_mut().retain(|pending| {
            if now > pending.sent_at + PATIENCE.seconds() && pending.is_awaited() {
                gone_on.push(pending.asker);
                pending.deliver(Err(lasting("it takes too long")));
            }
            now <= pending.sent_at + LONGEST_WAY
        });
        gone_on
    }
}

impl Pending {
    /// The answer, when the operation was carried out before.
    pub(crate) fn answer(&mut self) -> Option<Answer> {
        self.answer.take()
    }

    /// Whether somebody still waits for it.
    pub(crate) fn is_awaited(&self) -> bool {
        self.slot
            .upgrade()
            .is_some_and(|slot| slot.borrow().is_none())
    }

    /// Brings the answer, if anybody still waits for it.
    pub(crate) fn deliver(&self, answer: Answer) {
        if let Some(slot) = self.slot.upgrade() {
            slot.borrow_mut().get_or_insert(answer);
        }
    }
}

impl From<Failure> for Outage {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Lasting(outage) => outage,
            Failure::TooOld => Outage::new("the command is too old"),
            Failure::Passing => Self::new("the Ledger is being moved"),
        }
    }
}

pub(crate) fn lasting(cause: &str) -> Failure {
    Failure::Lasting(Outage::new(cause))
}
