//! The way in: from a request to the endpoint that answers it.

use std::cell::Cell;

use http::{HeaderMap, Method, Response, StatusCode, header};
use serde_json::json;
use url::Url;

use super::{
    below, discovery,
    reply::{self, Caching, Reply},
};
use crate::{
    config::{Config, Mount, Problem},
    issuer::{Issuer, is_loopback},
    keys::Keys,
    mcp::cross_origin,
    mount_path::MountPath,
    oauth::{resource::Resource, trust::MetadataForm},
    owner::session::Visitor,
    pages,
    ports::{Outage, World},
    routes::{Endpoint, OwnerRoute, Route},
    secret::Random,
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
    pub issuer: Issuer,
    /// When it is.
    instant: Cell<Timestamp>,
    /// Where bits come from.
    pub random: &'a dyn Random,
    /// Storage, platform and home.
    pub world: &'a W,
}

/// An answer to every request while the configuration is wrong.
pub fn misconfigured(headers: &HeaderMap, problems: &[Problem]) -> Reply {
    let accept = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok());
    let mut reply = if accept.is_some_and(|accept| accept.contains("text/html")) {
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
        let issuer = match issuer_of(config, &request.url) {
            Ok(issuer) => issuer,
            Err(Misdirected) => return own(misdirected()),
        };
        if let Some(problem) = config.loop_at(&issuer) {
            return own(misconfigured(&request.headers, &[problem]));
        }
        let edge = Edge {
            config,
            issuer,
            instant: Cell::new(world.now()),
            random,
            world,
        };
        edge.dispatch(request).await
    }

    async fn dispatch(&self, request: IncomingRequest<W::Body>) -> Response<Payload<W::Body>> {
        let path = request.url.path().to_owned();
        let head_only = request.method == Method::HEAD;
        let config = self.config;
        let route = Route::find(&path, &self.mounts());
        let mut reply = match route {
            Route::Mount { mount, typed } => {
                return self.mcp(config.mount(mount), &typed, request).await;
            }
            Route::Root if wants_mcp(&request) => {
                return self.mcp(config.first_mount(), &path, request).await;
            }
            Route::Root => self.welcome(),
            _ if config.is_open() => reply::open_not_found(),
            Route::NotFound => reply::not_found(),
            _ if !self.offers(&route) => reply::not_found(),
            Route::ServerMetadata { mount } => {
                let form = MetadataForm::OauthServer;
                discovery::server_metadata(self, config.mount(mount), form, &request).await
            }
            Route::OpenidMetadata { mount } => {
                let form = MetadataForm::OpenidProvider;
                discovery::server_metadata(self, config.mount(mount), form, &request).await
            }
            Route::ResourceMetadata { mount, resource } => {
                let (method, headers) = (&request.method, &request.headers);
                discovery::resource_metadata(self, config.mount(mount), &resource, method, headers)
            }
            Route::Discover(mount) => below::discover(config.mount(mount), &request),
            Route::Auth(mount) => self.json_answer(self.auth(config.mount(mount), &request).await),
            Route::Endpoint(endpoint) | Route::MountEndpoint { endpoint, .. } => {
                self.endpoint(endpoint, request).await
            }
            Route::Owner(page) => self.page(self.owner_route(page, request).await),
        };
        if head_only {
            reply.body_mut().clear();
        }
        own(reply)
    }

    /// Whether there is such a thing here: where tokens are another issuer's, this edge has no
    /// endpoint that could make one.
    fn offers(&self, route: &Route<'_>) -> bool {
        match route {
            Route::Endpoint(_) | Route::Owner(_) => self.config.issues_tokens(),
            Route::MountEndpoint { mount, .. } => self.config.mount(mount).is_owners(),
            Route::Auth(_)
            | Route::Discover(_)
            | Route::Mount { .. }
            | Route::NotFound
            | Route::OpenidMetadata { .. }
            | Route::ResourceMetadata { .. }
            | Route::Root
            | Route::ServerMetadata { .. } => true,
        }
    }

    async fn endpoint(&self, endpoint: Endpoint, request: IncomingRequest<W::Body>) -> Reply {
        match endpoint {
            Endpoint::Authorize => self.page(self.authorize(request).await),
            Endpoint::Register => self.json_answer(self.register(request).await),
            Endpoint::Revoke => self.json_answer(self.revoke(request).await),
            Endpoint::Token => self.json_answer(self.token(request).await),
        }
    }

    /// An answer for a person; when the world fails, a page that says so.
    fn page(&self, answer: Result<Reply, Outage>) -> Reply {
        answer.unwrap_or_else(|outage| {
            self.world.report(&outage);
            reply::unavailable_page(&self.config.name)
        })
    }

    /// An answer for a program; when the world fails, an error that it can read.
    fn json_answer(&self, answer: Result<Reply, Outage>) -> Reply {
        answer.unwrap_or_else(|outage| {
            self.world.report(&outage);
            let mut reply = reply::unavailable();
            cross_origin::allow_all(reply.headers_mut());
            reply
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

    /// The paths of the mounts; the first is what a bare host means.
    pub(super) fn mounts(&self) -> Vec<&'a MountPath> {
        self.config.mounts.iter().map(|mount| &mount.path).collect()
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
    pub(super) const fn seals(&self) -> (&'a Keys, &Issuer) {
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
    let accept = request.headers.get(header::ACCEPT);
    let accept = accept.map(|accept| String::from_utf8_lossy(accept.as_bytes()));
    let accepts = |media| accept.as_ref().is_some_and(|accept| accept.contains(media));
    match request.method {
        Method::HEAD => !accepts("text/html"),
        Method::GET => {
            accept.is_none()
                || accepts("text/event-stream")
                || accepts("application/json")
                || request.headers.contains_key("mcp-protocol-version")
        }
        _ => true,
    }
}

/// An answer of the edge's own, as one that might also have come from home.
pub(super) fn own<B>(reply: Reply) -> Response<Payload<B>> {
    reply.map(Payload::Own)
}

/// The request was sent to a name that is not the issuer's.
struct Misdirected;

/// The issuer is the configured one, or else the origin of the request; never plain http but on
/// this machine.
fn issuer_of(config: &Config, url: &Url) -> Result<Issuer, Misdirected> {
    let asked = Issuer::new(url.origin().ascii_serialization());
    match &config.public_url {
        Some(issuer) if asked.same_host(issuer) => Ok(issuer.clone()),
        Some(_) => Err(Misdirected),
        None if asked.is_plain_http() && !is_loopback(url) => Ok(asked.secured()),
        None => Ok(asked),
    }
}

fn misdirected() -> Reply {
    let mut reply = reply::json(
        StatusCode::MISDIRECTED_REQUEST,
        Caching::Never,
        &json!({
            "error": "invalid_request",
            "error_description": "This server has another address; its owner has set it as PUBLIC_URL.",
        }),
    );
    cross_origin::allow_all(reply.headers_mut());
    reply
}
