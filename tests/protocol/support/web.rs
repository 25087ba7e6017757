//! Other people's servers: one answer for each address, and a count of who was asked.

use std::{cell::RefCell, collections::BTreeMap};

use bytes::Bytes;
use gatelodge::{
    ports::{Document, FetchLimits, NotFetched},
    time::Lifetime,
};
use url::Url;

/// Every address that is not given an answer cannot be reached.
#[derive(Default)]
pub(crate) struct TestWeb {
    answers: RefCell<BTreeMap<String, Result<Document, NotFetched>>>,
    asked: RefCell<Vec<String>>,
}

impl TestWeb {
    /// From now on this address answers so.
    pub(crate) fn answer(&self, url: &str, answer: Result<&str, NotFetched>) {
        self.put(url, answer.map(|text| document(text, None)));
    }

    /// From now on this address answers so, and says how many seconds that may be kept.
    pub(crate) fn answer_for(&self, url: &str, text: &str, seconds: u64) {
        let max_age = Lifetime::from_seconds(seconds);
        self.put(url, Ok(document(text, Some(max_age))));
    }

    /// The addresses that were asked, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }

    pub(super) fn fetch(&self, url: &Url, limits: FetchLimits) -> Result<Document, NotFetched> {
        self.asked.borrow_mut().push(url.to_string());
        let answers = self.answers.borrow();
        let answer = answers.get(url.as_str()).cloned();
        let document = answer.unwrap_or(Err(NotFetched::Unreachable))?;
        if document.body.len() > limits.size {
            return Err(NotFetched::TooLarge);
        }
        Ok(document)
    }

    fn put(&self, url: &str, answer: Result<Document, NotFetched>) {
        self.answers.borrow_mut().insert(url.to_owned(), answer);
    }
}

fn document(text: &str, max_age: Option<Lifetime>) -> Document {
    Document {
        body: Bytes::copy_from_slice(text.as_bytes()),
        max_age,
    }
}
