//! Other people's servers: one answer for each address, and a count of who was asked.

use std::{cell::RefCell, collections::BTreeMap};

use bytes::Bytes;
use gatelodge::ports::{FetchLimits, NotFetched};
use url::Url;

/// Every address that is not given an answer cannot be reached.
#[derive(Default)]
pub(crate) struct TestWeb {
    answers: RefCell<BTreeMap<String, Result<Bytes, NotFetched>>>,
    asked: RefCell<Vec<String>>,
}

impl TestWeb {
    /// From now on this address answers so.
    pub(crate) fn answer(&self, url: &str, answer: Result<&str, NotFetched>) {
        let answer = answer.map(|text| Bytes::copy_from_slice(text.as_bytes()));
        self.answers.borrow_mut().insert(url.to_owned(), answer);
    }

    /// The addresses that were asked, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.borrow().clone()
    }

    pub(super) fn fetch(&self, url: &Url, limits: FetchLimits) -> Result<Bytes, NotFetched> {
        self.asked.borrow_mut().push(url.to_string());
        let answers = self.answers.borrow();
        let answer = answers.get(url.as_str()).cloned();
        let bytes = answer.unwrap_or(Err(NotFetched::Unreachable))?;
        if bytes.len() > limits.size {
            return Err(NotFetched::TooLarge);
        }
        Ok(bytes)
    }
}
