//! What is none of the edge's, where a `SITE` is set.

use http::{HeaderMap, Method, Response, StatusCode};
use serde_json::json;

use super::{
    edge::{Edge, IncomingRequest, Payload},
    mcp::Answer,
    reply::{self, Caching, Reply},
};
use crate::{
    config::Site,
    pages::Message,
    ports::{HomeRequest, Outage, Upload, World},
    site::{
        head,
        path::{PathOwner, judge},
    },
};

impl<W: World> Edge<'_, W> {
    /// Sends a request to the site as it came, but for what is the edge's own.
    pub(super) async fn site(
        &self,
        site: &Site,
        request: IncomingRequest<W::Body>,
    ) -> Result<Answer<W>, Reply> {
        match judge(request.url.path(), self.config.guarded(site)) {
            PathOwner::Edge if self.config.is_open() => return Err(reply::open_not_found()),
            PathOwner::Edge => return Err(reply::not_found()),
            PathOwner::Malformed => return Err(malformed()),
            PathOwner::Site => {}
        }
        let IncomingRequest {
            method,
            url,
            headers,
            body,
        } = request;
        if matches!(method, Method::CONNECT | Method::TRACE) {
            return Err(reply::method_not_allowed(
                "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS",
            ));
        }
        if self.config.issues_tokens() && is_service_worker(&headers) {
            return Err(service_worker());
        }
        let upload = match method {
            Method::GET | Method::HEAD => Upload::Nothing,
            _ => Upload::Whole(body),
        };
        let sent = head::request(&headers, &self.issuer);
        let there = site.at(&url);
        let answer = self.world.send(HomeRequest {
            method: &method,
            url: &there,
            binding: None,
            headers: &sent,
            upload,
            patience: self.config.wire.origin_patience,
        });
        let answer = answer.await;
        let answer = answer.map_err(|outage| self.away(&outage))?;
        // The platform sends no other status on.
        if !(200..600).contains(&answer.status().as_u16()) {
            return Err(self.away(&Outage::new("the site answers with a status that is none")));
        }
        let (parts, body) = answer.into_parts();
        let mut answer = Response::new(Payload::Home(body));
        *answer.status_mut() = parts.status;
        *answer.headers_mut() = head::answer(&parts.headers, site.url(), &self.issuer);
        Ok(answer)
    }

    fn away(&self, outage: &Outage) -> Reply {
        self.report(outage);
        let message = Message {
            title: "Not now",
            text: "The server that has this page cannot be reached.",
            link: None,
        };
        reply::message(StatusCode::BAD_GATEWAY, &self.config.name, &message)
    }
}

/// A page of the site's that went on working for the browser would see the owner's pages.
fn is_service_worker(headers: &HeaderMap) -> bool {
    headers
        .get("service-worker")
        .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"script"))
}

fn service_worker() -> Reply {
    let description = "No service worker can be installed at this address.";
    let body = json!({"error": "invalid_request", "error_description": description});
    reply::json(StatusCode::FORBIDDEN, Caching::Never, &body)
}

fn malformed() -> Reply {
    let description = "The path hides a separator, a dot segment or a control character.";
    let body = json!({"error": "invalid_request", "error_description": description});
    reply::json(StatusCode::BAD_REQUEST, Caching::Never, &body)
}
