//! The owner's browser: it keeps cookies and fills in forms.

use super::{
    exchange::{Answer, Request},
    gate::{Gate, PASSWORD},
};

#[derive(Clone, Default)]
pub(crate) struct Browser {
    cookies: Vec<(String, String)>,
}

impl Browser {
    /// A browser that the owner has signed in with.
    pub(crate) fn of_owner(gate: &Gate) -> Self {
        let mut browser = Self::default();
        let page = browser.get(gate, "/gatelodge");
        let answer = browser.sign_in(gate, &page, PASSWORD);
        assert_eq!(answer.status, 303, "the password is right");
        browser
    }

    pub(crate) fn get(&mut self, gate: &Gate, target: &str) -> Answer {
        self.send(gate, Request::get(target))
    }

    pub(crate) fn sign_in(&mut self, gate: &Gate, page: &Answer, password: &str) -> Answer {
        let ticket = ticket(page);
        let fields = [("ticket", ticket.as_str()), ("password", password)];
        self.submit(gate, "/gatelodge/sign-in", &fields)
    }

    /// Answers the question of a consent page.
    pub(crate) fn decide(&mut self, gate: &Gate, page: &Answer, decision: &str) -> Answer {
        let ticket = ticket(page);
        let fields = [("ticket", ticket.as_str()), ("decision", decision)];
        self.submit(gate, "/authorize", &fields)
    }

    /// Sends a form of ours from our own page.
    pub(crate) fn submit(&mut self, gate: &Gate, path: &str, fields: &[(&str, &str)]) -> Answer {
        let form = Request::post(path).form(fields);
        self.send(gate, form.header("sec-fetch-site", "same-origin"))
    }

    /// Sends any request with the cookies.
    pub(crate) fn send(&mut self, gate: &Gate, request: Request) -> Answer {
        let answer = gate.send(self.with_cookies(request));
        self.take_cookies(&answer);
        answer
    }

    pub(crate) fn with_cookies(&self, request: Request) -> Request {
        if self.cookies.is_empty() {
            return request;
        }
        let pairs: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        request.header("cookie", &pairs.join("; "))
    }

    pub(crate) fn take_cookies(&mut self, answer: &Answer) {
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("a cookie is text");
            let pair = cookie.split(';').next().expect("a pair");
            let (name, value) = pair.split_once('=').expect("a name and a value");
            self.cookies.retain(|(own, _)| own != name);
            self.cookies.push((name.to_owned(), value.to_owned()));
        }
    }
}

/// The ticket of the first form of a page.
pub(crate) fn ticket(page: &Answer) -> String {
    assert!(page.is_page(), "{page:?}");
    field(&page.text(), "ticket").expect("the page has a form")
}

/// The value of the first field of this name.
pub(crate) fn field(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
    rest.split('"').next().map(str::to_owned)
}
