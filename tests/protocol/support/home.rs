//! The home server: it records what it gets and answers as it was told.

use std::cell::{Cell, RefCell};

use bytes::Bytes;
use gatelodge::ports::{HomeRequest, Upload};
use http::{HeaderMap, Method, Response};
use url::Url;

/// How a body went home.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Carried {
    Held(Bytes),
    Nothing,
    Stream(Bytes),
}

/// A request that the home server got.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) binding: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Carried,
}

type Behaviour = Box<dyn Fn(&Sent) -> Response<Bytes>>;

pub(crate) struct TestHome {
    got: RefCell<Vec<Sent>>,
    behaviour: RefCell<Behaviour>,
    answered: Cell<usize>,
}

pub(crate) const HOME_ANSWER: &str = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#;

impl Default for TestHome {
    fn default() -> Self {
        Self {
            got: RefCell::default(),
            behaviour: RefCell::new(Box::new(|_| json_answer(200, HOME_ANSWER))),
            answered: Cell::new(0),
        }
    }
}

impl TestHome {
    /// From now on the home server answers like this.
    pub(crate) fn behave(&self, behaviour: impl Fn(&Sent) -> Response<Bytes> + 'static) {
        *self.behaviour.borrow_mut() = Box::new(behaviour);
    }

    /// From now on it answers with a stream of events.
    pub(crate) fn streams(&self) {
        self.behave(|_| {
            Response::builder()
                .header("content-type", "text/event-stream")
                .body(Bytes::from_static(b"data: 1\n\n"))
                .expect("a proper answer")
        });
    }

    /// What it got since it was asked last.
    pub(crate) fn got(&self) -> Vec<Sent> {
        self.got.take()
    }

    pub(super) fn answer(&self, request: HomeRequest<'_, Bytes, Bytes>) -> Response<Bytes> {
        let sent = Sent {
            method: request.method.clone(),
            url: request.url.clone(),
            binding: request.binding.map(str::to_owned),
            headers: request.headers.clone(),
            body: match request.upload {
                Upload::Held(bytes) => Carried::Held(bytes),
                Upload::Nothing => Carried::Nothing,
                Upload::Stream { body, .. } | Upload::Whole(body) => Carried::Stream(body),
            },
        };
        self.answered.set(self.answered.get() + 1);
        let answer = self.behaviour.borrow()(&sent);
        self.got.borrow_mut().push(sent);
        answer
    }
}

/// A JSON answer of the home server.
pub(crate) fn json_answer(status: u16, body: &'static str) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header("content-type", "application/json")
        .body(Bytes::from_static(body.as_bytes()))
        .expect("a proper answer")
}

/// A redirect of the home server.
pub(crate) fn redirect(status: u16, location: &str) -> Response<Bytes> {
    Response::builder()
        .status(status)
        .header("location", location)
        .body(Bytes::new())
        .expect("a proper answer")
}
