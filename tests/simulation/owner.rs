//! The owner, with one browser that may be anywhere: signs in, approves, sometimes twice, and
//! revokes.

use std::{cell::RefCell, rc::Rc};

use futures_util::future::join;
use gatelodge::owner::register::RowName;

use super::{
    errand::Errand,
    registered::Registered,
    universe::{Lost, Universe},
};
use crate::support::{
    Answer, Browser, PASSWORD, REDIRECT_URI, Request,
    browser::{field, ticket},
    exchange::only,
};

pub(crate) struct Owner {
    universe: Rc<Universe>,
    browser: RefCell<Browser>,
    /// Forms that were sent; a browser can be made to send them again.
    sent: RefCell<Vec<String>>,
}

/// How the owner presses a button.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Press {
    Once,
    /// The browser shows the answer to the last one only.
    Twice,
}

impl Owner {
    pub(crate) fn new(universe: Rc<Universe>, browser: Browser) -> Rc<Self> {
        Rc::new(Self {
            universe,
            browser: RefCell::new(browser),
            sent: RefCell::default(),
        })
    }

    pub(crate) fn browser(&self) -> Browser {
        self.browser.borrow().clone()
    }

    /// Begins something at a place.
    pub(crate) fn act(self: &Rc<Self>, what: usize, place: usize) {
        let owner = self.clone();
        match what % 8 {
            0 => self
                .universe
                .begin(async move { owner.approve_again(place).await }),
            1 => self
                .universe
                .begin(async move { owner.revoke_all(place).await }),
            2 => self.universe.begin(async move {
                owner.open(place, "/gatelodge").await;
            }),
            which => {
                let revoking = async move { owner.revoke_one(place, which).await };
                self.universe.begin(revoking);
            }
        }
    }

    /// Opens a page, after signing in if that is asked for. None when the world failed, or when the
    /// form was not taken, as with two tabs that sign in at once.
    pub(crate) async fn open(&self, place: usize, target: &str) -> Option<Answer> {
        for _ in 0..2 {
            let page = self
                .send(place, Request::get(target), Errand::Ordinary)
                .await
                .ok()?;
            if page.status != 200 {
                return None;
            }
            if !page.text().contains("name=\"password\"") {
                return Some(page);
            }
            self.universe.saw("owner: signs in");
            let fields = [("ticket", ticket(&page)), ("password", PASSWORD.to_owned())];
            let path = "/gatelodge/sign-in";
            let answer = self
                .submit(place, path, &fields, Errand::Ordinary)
                .await
                .ok()?;
            if answer.status != 303 {
                return None;
            }
        }
        None
    }

    /// Lets a client in. The code and when it was asked for, unless something failed.
    pub(crate) async fn approve(
        &self,
        client: &Registered,
        place: usize,
        press: Press,
    ) -> Option<(String, u64)> {
        let page = self.open(place, &client.authorization()).await?;
        let ticket = ticket(&page);
        let asked_at = self.universe.now();
        let answer = match press {
            Press::Once => self.decide(place, &ticket).await.ok()?,
            Press::Twice => {
                let first = self.decide(place, &ticket);
                join(first, self.decide(place, &ticket)).await.1.ok()?
            }
        };
        match answer.status {
            303 => {
                self.universe.saw("owner: approves");
                let callback = answer.callback(REDIRECT_URI);
                only(&callback, "code").map(|code| (code.to_owned(), asked_at))
            }
            409 if self.has_sent_again(&ticket) => {
                self.universe.saw("owner: has approved before");
                None
            }
            // The session ended, or another tab began one, while the page was shown.
            400 | 403 | 503 => None,
            status => {
                self.universe
                    .violate(format!("an approval is taken: {status}"));
                None
            }
        }
    }

    fn has_sent_again(&self, ticket: &str) -> bool {
        let sent = self.sent.borrow();
        sent.iter().filter(|sent| *sent == ticket).count() > 1
    }

    async fn decide(&self, place: usize, ticket: &str) -> Result<Answer, Lost> {
        self.sent.borrow_mut().push(ticket.to_owned());
        let fields = [
            ("ticket", ticket.to_owned()),
            ("decision", "approve".to_owned()),
        ];
        self.submit(place, "/authorize", &fields, Errand::Ordinary)
            .await
    }

    /// The browser sends an old form again.
    async fn approve_again(&self, place: usize) {
        let Some(ticket) = self.sent.borrow().last().cloned() else {
            return;
        };
        if let Ok(answer) = self.decide(place, &ticket).await {
            self.universe.saw(match answer.status {
                303 => "owner: approves by an old form that was lost",
                409 => "owner: has approved before",
                _ => "owner: an old form is not taken",
            });
        }
    }

    async fn revoke_one(&self, place: usize, which: usize) {
        let Some(page) = self.open(place, "/gatelodge").await else {
            return;
        };
        let html = page.text();
        let rows: Vec<_> = html
            .match_indices("name=\"grant\"")
            .filter_map(|(index, _)| field(&html[index..], "grant"))
            .collect();
        if rows.is_empty() {
            return self.universe.saw("owner: nothing is listed");
        }
        let row = rows[which % rows.len()].clone();
        let grant = RowName::parse(&row).expect("a row has a name").grant;
        let was_alive = self.universe.is_alive(&grant);
        let fields = [("ticket", ticket(&page)), ("grant", row)];
        let path = "/gatelodge/revoke";
        let answer = self.submit(place, path, &fields, Errand::Revoke).await;
        let is_done = answer.is_ok_and(|answer| answer.status == 303);
        if is_done && was_alive && self.universe.is_alive(&grant) {
            let violation = "a revocation that is answered is done: the grant lives";
            self.universe.violate(violation.to_owned());
        }
    }

    async fn revoke_all(&self, place: usize) {
        let Some(page) = self.open(place, "/gatelodge").await else {
            return;
        };
        if !page.text().contains("name=\"all\"") {
            return;
        }
        self.universe.saw("owner: revokes all");
        let fields = [("ticket", ticket(&page)), ("all", "yes".to_owned())];
        let path = "/gatelodge/revoke-all";
        let _ = self.submit(place, path, &fields, Errand::Revoke).await;
    }

    async fn submit(
        &self,
        place: usize,
        path: &str,
        fields: &[(&str, String)],
        errand: Errand,
    ) -> Result<Answer, Lost> {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let form = Request::post(path).form(&fields);
        let form = form.header("sec-fetch-site", "same-origin");
        self.send(place, form, errand).await
    }

    async fn send(&self, place: usize, request: Request, errand: Errand) -> Result<Answer, Lost> {
        let request = self.browser.borrow().with_cookies(request);
        let answer = self.universe.send(place, request, errand).await?;
        self.browser.borrow_mut().take_cookies(&answer);
        Ok(answer)
    }
}
