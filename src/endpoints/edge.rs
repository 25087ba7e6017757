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
    below, discovery,
    reply::{self, Caching, Reply},
};
use crate::{
    config::{Config, Mount, Problem},
    issuer::Issuer,
    keys::Keys,
    mcp::{cross_origin, media_type},
    oauth::resource::Resource,
    owner::session::Visitor,
    pages,
    ports::{Outage, World},
    routes::{Endpoint, OwnerRoute, Route},
    secret::Random,
    steps::Step,
    time::Timestamp,
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
    pub(super) name: OnceCell<String>,
    /// Where bits come from.
    pub random: &'a dyn Random,
    /// Storage, platform and home.
    pub world: &'a W,
}

/// The methods of the endpoints that take a form or a document.
const FORM_METHODS: &str = "POST, OPTIONS";

/// An answer to every request while the configuration is wrong.
pub fn misconfigured(headers: &HeaderMap, problems: &[Problem]) -> Reply {
    let mut reply = if media_type::accepts(headers, "text/html") {
        reply::page(
            StatusCode::SERVICE_UNAVAILABLE,
            pages::configuration(problems),
            None,
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
    reply::retry_after(&mut reply, crate::time::Lifetime::from_minutes(1));
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
                    name: OnceCell::new(),
                    random,
                    world,
                };
                let mut answer = edge.dispatch(request).await;
                edge.put_on_record(&mut answer);
                if !edge.issuer.is_plain_http() {
                    let year = HeaderValue::from_static("max-age=31536000");
                    let headers = answer.headers_mut();
                    headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
                }
                answer
            }
            Err(refused) => own(refused.reply(&request)),
        };
        if let (true, Payload::Own(body)) = (head_only, answer.body_mut()) {
            body.clear();
        }
        answer
    }

    async fn dispatch(&self, request: IncomingRequest<W::Body>) -> Response<Payload<W::Body>> {
        let config = self.config;
        if let Some(problem) = config.loop_at(&request.url) {
            return own(misconfigured(&request.headers, &[problem]));
        }
        let paths = config.mounts.iter().map(|mount| &mount.path);
        let route = Route::find(request.url.path(), paths);
        if let Some(site) = config.site.as_ref().filter(|_| self.may_be_sites(&route)) {
            return self.site(site, request).await.unwrap_or_else(own);
        }
        let reply = match route {
            Route::Mount(mount) => return self.mcp(config.mount(mount), request).await,
            Route::Root if wants_mcp(&request) => {
                return self.mcp(config.first_mount(), request).await;
            }
            Route::Root => self.welcome(),
            _ if config.is_open() => reply::open_not_found(),
            Route::NotFound => reply::not_found(),
            Route::ServerMetadata { mount } => {
                self.for_everybody(request, discovery::METHODS, async |_| {
                    self.world.log(&self.line(Step::Discovery).at(mount));
                    Ok(discovery::server_metadata(self))
                })
                .await
            }
            Route::ResourceMetadata { mount, resource } => {
                self.for_everybody(request, discovery::METHODS, async |_| {
                    self.world.log(&self.line(Step::Discovery).at(mount));
                    let mount = config.mount(mount);
                    Ok(discovery::resource_metadata(self, mount, &resource))
                })
                .await
            }
            Route::Discover(mount) => {
                self.for_everybody(request, discovery::METHODS, async |_| {
                    Ok(below::discover(config.mount(mount)))
                })
                .await
            }
            Route::Auth(mount) => {
                self.for_everybody(request, below::AUTH_METHODS, async |request| {
                    self.auth(config.mount(mount), &request.headers).await
                })
                .await
            }
            Route::Endpoint(Endpoint::Authorize) => self.page(self.authorize(request).await),
            Route::Endpoint(Endpoint::Register) => {
                self.for_everybody(request, FORM_METHODS, async |request| {
                    self.register(request).await
                })
                .await
            }
            Route::Endpoint(Endpoint::Revoke) => {
                self.for_everybody(request, FORM_METHODS, async |request| {
                    self.revoke(request).await
                })
                .await
            }
            Route::Endpoint(Endpoint::Token) => {
                self.for_everybody(request, FORM_METHODS, async |request| {
                    self.token(request).await
                })
                .await
            }
            Route::Owner(page) => self.page(self.owner_route(page, request).await),
        };
        own(reply)
    }

    /// Whether a path is none of the edge's as it is spelled. Where nobody signs in, the edge has
    /// no pages and issues no tokens.
    fn may_be_sites(&self, route: &Route<'_>) -> bool {
        match route {
            Route::NotFound | Route::Root => true,
            Route::Endpoint(_) | Route::Owner(_) => !self.config.has_owner(),
            Route::Auth(_)
            | Route::Discover(_)
            | Route::Mount(_)
            | Route::ResourceMetadata { .. }
            | Route::ServerMetadata { .. } => false,
        }
    }

    /// An answer that any page may read: its methods, preflight, CORS, and what a program can read
    /// when the world fails.
    async fn for_everybody(
        &self,
        request: IncomingRequest<W::Body>,
        methods: &'static str,
        answer: impl AsyncFnOnce(IncomingRequest<W::Body>) -> Result<Reply, Outage>,
    ) -> Reply {
        let is_offered = methods
            .split(", ")
            .any(|method| method == request.method.as_str());
        let mut reply = if request.method == Method::OPTIONS {
            reply::preflight(&request.headers, methods)
        } else if is_offered {
            answer(request).await.unwrap_or_else(|outage| {
                self.world.report(&outage);
                reply::unavailable()
            })
        } else {
            reply::method_not_allowed(methods)
        };
        cross_origin::allow_all(reply.headers_mut());
        reply
    }

    /// An answer for a person; when the world fails, a page that says so.
    fn page(&self, answer: Result<Reply, Outage>) -> Reply {
        answer.unwrap_or_else(|outage| {
            self.world.report(&outage);
            reply::unavailable_page(&self.config.name)
        })
    }

    async fn owner_route(
        &self,
        route: OwnerRoute,
        request: IncomingRequest<W::Body>,
    ) -> Result<Reply, Outage> {
        match route {
            OwnerRoute::Page => self.owner(&request).await,
            OwnerRoute::RevokeAll => self.revoke_all(request).await,
            OwnerRoute::RevokeGrant => self.revoke_grant(request).await,
            OwnerRoute::SignIn => self.sign_in(request).await,
            OwnerRoute::SignOut => self.sign_out(request).await,
        }
    }

    /// The page of the bare host, for people.
    fn welcome(&self) -> Reply {
        let resource = self.issuer.url(self.config.first_mount().path.as_str());
        let html = pages::welcome(&self.config.name, &resource);
        reply::page(StatusCode::OK, html, None)
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

    /// The resources that tokens can be for.
    pub(super) fn resources(&self) -> Vec<Resource<'a>> {
        let resource = |mount: &'a Mount| Resource {
            path: &mount.path,
            scopes: &mount.scopes,
        };
        self.config.mounts.iter().map(resource).collect()
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

/// Whether a request to the bare host is an MCP client's, not a person's. Some clients ask with
/// HEAD, some for nothing in particular but with their protocol's version; a browser asks for HTML.
fn wants_mcp<B>(request: &IncomingRequest<B>) -> bool {
    let headers = &request.headers;
    match request.method {
        Method::HEAD => !media_type::accepts(headers, "text/html"),
        Method::GET => {
            !headers.contains_key(header::ACCEPT)
                || media_type::accepts(headers, "text/event-stream")
                || media_type::accepts(headers, "application/json")
                || headers.contains_key("mcp-protocol-version")
        }
        _ => true,
    }
}

/// An answer of the edge's own, as one that might also have come from home.
pub(super) fn own<B>(reply: Reply) -> Response<Payload<B>> {
    reply.map(Payload::Own)
}
