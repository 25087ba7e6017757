//! The way in: from a request to the endpoint that answers it.

use std::{
    borrow::Cow,
    cell::{Cell, OnceCell},
};

use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};
use serde_json::json;
use url::Url;

use super::{
    address::issuer_of,
    record,
    reply::{self, Caching, Reply},
    watch::Watch,
};
use crate::{
    config::{Config, Mount, Problem},
    issuer::Issuer,
    keys::Keys,
    mcp::{cross_origin, media_type},
    oauth::resource::Resource,
    owner::session::Visitor,
    pages,
    ports::World,
    secret::{Random, random_name},
    time::{Lifetime, Timestamp},
};

/// A request, as the platform gives it.
pub struct IncomingRequest<B> {
    /// Its method.
    pub method: Method,
    /// The whole URL.
    pub url: Url,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body, unread.
    pub body: B,
}

/// The body of an answer.
pub enum Payload<B> {
    /// The origin's, as it streams.
    Home(B),
    /// The origin's events, as they stream, while their reader stays admitted.
    Events(B, Option<Watch>),
    /// The edge's own.
    Own(Vec<u8>),
    /// The events of [`crate::mcp::probe`], for as long as the caller stays.
    Probe,
}

/// The edge, for the time of one request.
pub struct Edge<'a, W> {
    /// What the user decided.
    pub config: &'a Config,
    /// The issuer that the request was sent to.
    pub issuer: Cow<'a, Issuer>,
    /// When it is.
    instant: Cell<Timestamp>,
    /// What the log and an error call the request, once something does.
    pub(super) request_id: OnceCell<String>,
    /// Where bits come from.
    pub random: &'a dyn Random,
    /// Storage, platform and home.
    pub world: &'a W,
}

/// An answer to every request while the configuration is wrong. It is shown to everybody, so a key
/// that is none of ours, which may be anything that was put in the wrong place, is not named.
pub fn misconfigured(headers: &HeaderMap, problems: &[Problem], random: &dyn Random) -> Reply {
    let shown = |problem: &Problem| {
        if Config::KEYS.contains(&problem.key.as_str()) {
            problem.clone()
        } else {
            Problem::new("A key", problem.problem.clone())
        }
    };
    let problems = problems.iter().map(shown).collect::<Vec<_>>();
    let mut reply = if media_type::accepts(headers, "text/html") {
        reply::page(
            StatusCode::SERVICE_UNAVAILABLE,
            pages::configuration(&problems),
        )
    } else {
        let body = json!({
            "error": "server_error",
            "error_description": "The configuration of this server is not right yet.",
            "problems": problems,
        });
        let mut reply = reply::json(StatusCode::SERVICE_UNAVAILABLE, Caching::Never, &body);
        cross_origin::allow_all(reply.headers_mut());
        reply
    };
    reply::retry_after(&mut reply, Lifetime::from_minutes(1));
    record::name(reply.headers_mut(), &random_name(random));
    reply
}

impl<'a, W: World> Edge<'a, W> {
    /// Answers one request. When the world fails, the answer says so, in the form of its surface.
    pub async fn answer(
        config: &'a Config,
        world: &'a W,
        random: &'a dyn Random,
        request: IncomingRequest<W::Body>,
    ) -> Response<Payload<W::Body>> {
        let head_only = request.method == Method::HEAD;
        let mut answer = match issuer_of(config, &request) {
            Ok(issuer) => {
                let edge = Edge {
                    config,
                    issuer,
                    instant: Cell::new(world.now()),
                    request_id: OnceCell::new(),
                    random,
                    world,
                };
                let mut answer = edge.dispatch(request).await;
                if record::is_wanted(&answer) {
                    record::put(&mut answer, world, edge.request_id());
                }
                insist_on_https(&edge.issuer, answer.headers_mut());
                answer
            }
            Err(refused) => {
                let mut answer = own(refused.reply(&request));
                record::put(&mut answer, world, &random_name(random));
                answer
            }
        };
        if let (true, Payload::Own(body)) = (head_only, answer.body_mut()) {
            body.clear();
        }
        answer
    }

    /// The instant that the request is judged by: when it came, or when the last byte of its body
    /// did, so that nobody chooses an earlier one by sending slowly.
    pub(super) const fn now(&self) -> Timestamp {
        self.instant.get()
    }

    /// The body has come.
    pub(super) fn body_came(&self) {
        self.instant.set(self.world.now());
    }

    /// The resources that tokens of this edge can be for.
    pub(super) fn resources(&self) -> Vec<Resource<'a>> {
        let resource = |mount: &'a Mount| Resource {
            path: &mount.path,
            scopes: &mount.scopes,
        };
        let mounts = self.config.mounts.iter();
        mounts
            .filter(|mount| mount.is_owners())
            .map(resource)
            .collect()
    }

    /// The keys, with the issuer that they seal for.
    pub(super) fn seals(&self) -> (&'a Keys, &Issuer) {
        (&self.config.keys, &self.issuer)
    }

    /// Who a request comes from.
    pub(super) fn visitor(&self, headers: &HeaderMap) -> Visitor {
        let Config { keys, password, .. } = self.config;
        Visitor::of(headers, &self.issuer, keys, password, self.now())
    }
}

/// Tells browsers to come by https for the next year (RFC 6797 §6.1).
pub(super) fn insist_on_https(issuer: &Issuer, headers: &mut HeaderMap) {
    if !issuer.is_plain_http() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
}

/// An answer of the edge's own, as one that might also have come from home.
pub(super) fn own<B>(reply: Reply) -> Response<Payload<B>> {
    reply.map(Payload::Own)
}
