//! A client that behaves well: it connects, calls, refreshes when it is time, asks again for what it
//! has lost, and may have two processes that share its tokens.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use super::{
    errand::Errand,
    held::Held,
    owner::{Owner, Press},
    registered::{Registered, call},
    universe::{Lost, SKEW, Universe},
};
use crate::support::Answer;

/// A client is elsewhere for what is below, and else where it mostly is.
const AWAY: usize = 16;
/// When a client refreshes.
const HALF_LIFE: u64 = 450;
/// `CODE_SECONDS` and `REFRESH_TOKEN_SECONDS`.
const CODE_LIFE: u64 = 60;
const REFRESH_LIFE: u64 = 90 * 86_400;

pub(crate) struct Client {
    pub(crate) registered: &'static Registered,
    universe: Rc<Universe>,
    owner: Rc<Owner>,
    held: RefCell<Option<Held>>,
    /// The access token before, which some clients revoke.
    old: RefCell<Option<String>>,
    connecting: Cell<bool>,
    refreshing: Cell<u32>,
    needs_refresh: Cell<bool>,
}

impl Client {
    pub(crate) fn new(
        registered: &'static Registered,
        universe: Rc<Universe>,
        owner: Rc<Owner>,
    ) -> Rc<Self> {
        Rc::new(Self {
            registered,
            universe,
            owner,
            held: RefCell::default(),
            old: RefCell::default(),
            connecting: Cell::new(false),
            refreshing: Cell::new(0),
            needs_refresh: Cell::new(false),
        })
    }

    pub(crate) fn held(&self) -> Option<Held> {
        self.held.borrow().clone()
    }

    /// Begins what is due, or something that a client does.
    pub(crate) fn act(self: &Rc<Self>, what: usize, place: usize) {
        let universe = &self.universe;
        let place = if what < AWAY { place } else { 0 };
        let client = self.clone();
        let Some(held) = self.held() else {
            let press = if what % 4 == 3 {
                Press::Twice
            } else {
                Press::Once
            };
            if !self.connecting.replace(true) {
                universe.begin(async move { client.connect(place + what, place, press).await });
            }
            return;
        };
        if self.is_due(&held) && self.refreshing.get() == 0 && !what.is_multiple_of(4) {
            if what % 4 == 3 {
                universe.saw("client: two processes refresh");
                let other = self.clone();
                let held = held.clone();
                self.refreshing.set(self.refreshing.get() + 1);
                universe.begin(async move { other.refresh(held, place + 1).await });
            }
            self.refreshing.set(self.refreshing.get() + 1);
            universe.begin(async move { client.refresh(held, place).await });
            return;
        }
        match what % 16 {
            15 => universe.begin(async move { client.revoke(held, place).await }),
            14 => universe.begin(async move { client.revoke_old(place).await }),
            _ => universe.begin(async move { client.call(held, place).await }),
        }
    }

    /// Refreshes, due or not.
    pub(crate) async fn refresh_now(&self, place: usize) {
        if let Some(held) = self.held() {
            self.refreshing.set(self.refreshing.get() + 1);
            self.refresh(held, place).await;
        }
    }

    /// Whether what it holds is good, as far as it knows.
    pub(crate) const fn is_well(&self) -> bool {
        !self.needs_refresh.get()
    }

    /// Forgets its tokens.
    pub(crate) fn forget(&self) {
        self.held.take();
        self.old.take();
        self.needs_refresh.set(false);
    }

    fn is_due(&self, held: &Held) -> bool {
        let is_old = self.universe.now() >= held.since + HALF_LIFE;
        held.refresh.is_some() && (is_old || held.is_uncertain || self.needs_refresh.get())
    }

    /// The owner lets it in, it redeems the code; a code whose answer was lost is tried once more.
    pub(crate) async fn connect(&self, at_owner: usize, place: usize, press: Press) {
        let approved = self.owner.approve(self.registered, at_owner, press).await;
        if let Some((code, asked_at)) = approved {
            let codes = &self.universe.codes;
            codes.borrow_mut().push((code.clone(), self.registered));
            self.redeem(&code, asked_at + CODE_LIFE, place).await;
        }
        self.connecting.set(false);
    }

    async fn redeem(&self, code: &str, too_late: u64, place: usize) {
        let universe = &self.universe;
        let grant = universe.grant_of_code(code);
        for attempt in 0..2 {
            if attempt == 1 {
                universe.saw("client: tries a code again");
                universe
                    .watch
                    .borrow_mut()
                    .life(&grant)
                    .forgive("it was redeemed twice");
            }
            let errand = Errand::Redeem { stolen: false };
            let asked_at = universe.now();
            let sent = universe.send(place, self.registered.redemption(code), errand);
            match sent.await {
                Ok(answer) if answer.status == 200 => {
                    universe.saw("client: connects");
                    return self.hold(&answer, asked_at);
                }
                Ok(answer) if answer.status == 400 => {
                    let excuse = universe.watch.borrow_mut().life(&grant).excuse;
                    if attempt == 0 && excuse.is_none() && universe.now() + SKEW < too_late {
                        universe.violate(format!(
                            "nobody is locked out: a new code: {}",
                            answer.text()
                        ));
                    }
                    return universe.saw("client: a code is refused");
                }
                Ok(answer) if answer.status != 503 => {
                    return universe.violate(format!(
                        "nobody is locked out: a code gets {}",
                        answer.status
                    ));
                }
                Ok(_) | Err(Lost) => {}
            }
        }
    }

    /// Calls with what it holds.
    pub(crate) async fn call(&self, held: Held, place: usize) {
        let universe = &self.universe;
        let token = held.access.clone();
        let errand = Errand::Call {
            token: token.clone(),
            stolen: false,
        };
        let Ok(answer) = universe.send(place, call(&token), errand).await else {
            return;
        };
        match answer.status {
            200 => universe.saw("client: calls"),
            401 => {
                universe.saw("client: must refresh");
                let excuse = universe.watch.borrow().excuse(&token);
                let is_good = universe.now() + SKEW < held.good_until;
                if is_good && excuse.is_none() {
                    universe.violate("nobody is locked out: a good access token gets 401".into());
                }
                self.needs_refresh.set(true);
                if held.refresh.is_none() {
                    self.drop_held(&held);
                }
            }
            503 => {}
            status => universe.violate(format!("nobody is locked out: a call gets {status}")),
        }
    }

    /// Refreshes what it holds.
    pub(crate) async fn refresh(&self, held: Held, place: usize) {
        let universe = &self.universe;
        let Some(token) = held.refresh.clone() else {
            return;
        };
        if held.is_uncertain {
            universe.saw("client: asks again for what it lost");
        }
        let asked_at = held.shown_at.unwrap_or_else(|| universe.now());
        self.note(&held, |held| held.shown_at = Some(asked_at));
        let errand = Errand::Refresh {
            token: token.clone(),
            stolen: false,
        };
        let answer = universe
            .send(place, self.registered.refresh(&token), errand)
            .await;
        self.refreshing.set(self.refreshing.get() - 1);
        match answer {
            Ok(answer) if answer.status == 200 => {
                universe.saw("client: refreshes");
                self.hold(&answer, asked_at);
            }
            Ok(answer) if matches!(answer.status, 429 | 503) => {
                self.note(&held, |held| held.is_uncertain = true);
            }
            Err(Lost) => self.note(&held, |held| held.is_uncertain = true),
            Ok(answer) => {
                let excuse = universe.watch.borrow().excuse(&token);
                let is_good = universe.now() + SKEW < held.refresh_good_until;
                if is_good && excuse.is_none() {
                    let (status, text) = (answer.status, answer.text());
                    universe.violate(format!(
                        "nobody is locked out: a refresh gets {status} {text}"
                    ));
                }
                universe.saw("client: must sign in anew");
                self.drop_held(&held);
            }
        }
    }

    /// Ends its grant; a client that gets no answer does not know, and goes on.
    async fn revoke(&self, held: Held, place: usize) {
        let token = held.refresh.as_ref().unwrap_or(&held.access);
        let request = self.registered.form("/revoke", &[("token", token)]);
        let answer = self.universe.send(place, request, Errand::Revoke).await;
        if answer.is_ok_and(|answer| answer.status == 200) {
            self.universe.saw("client: revokes");
            if held.refresh.is_some() && self.universe.may_refresh(token) {
                let violation = "a revocation that is answered is done: the grant lives";
                self.universe.violate(violation.to_owned());
            }
            self.drop_held(&held);
            self.try_out(&held.access, place).await;
        }
    }

    /// Looks whether a token is over; whoever watches tells whether it must be.
    async fn try_out(&self, token: &str, place: usize) {
        let errand = Errand::Call {
            token: token.to_owned(),
            stolen: false,
        };
        let _ = self.universe.send(place, call(token), errand).await;
    }

    async fn revoke_old(&self, place: usize) {
        let Some(token) = self.old.take() else {
            return;
        };
        self.universe.saw("client: revokes its old access token");
        let request = self.registered.form("/revoke", &[("token", &token)]);
        let _ = self.universe.send(place, request, Errand::Revoke).await;
        self.try_out(&token, place).await;
    }

    /// Keeps the tokens of an answer to what was first asked then.
    fn hold(&self, answer: &Answer, asked_at: u64) {
        let json = answer.json();
        let now = self.universe.now();
        let access = answer.field("access_token");
        let mut held = self.held.borrow_mut();
        if held.as_ref().is_some_and(|held| held.access == access) {
            return;
        }
        let before = held.replace(Held {
            access,
            refresh: json["refresh_token"].as_str().map(str::to_owned),
            since: now,
            good_until: now + json["expires_in"].as_u64().unwrap_or_default(),
            refresh_good_until: asked_at + REFRESH_LIFE,
            shown_at: None,
            is_uncertain: false,
        });
        *self.old.borrow_mut() = before.map(|before| before.access);
        self.needs_refresh.set(false);
    }

    /// Notes something about tokens, if they are still the newest.
    fn note(&self, held: &Held, note: impl FnOnce(&mut Held)) {
        if let Some(own) = self.held.borrow_mut().as_mut()
            && own.access == held.access
        {
            note(own);
        }
    }

    fn drop_held(&self, held: &Held) {
        let mut own = self.held.borrow_mut();
        if own.as_ref().is_some_and(|own| own.access == held.access) {
            *own = None;
            self.old.take();
            self.needs_refresh.set(false);
        }
    }
}
