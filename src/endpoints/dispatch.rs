//! From a path to what is there, and what a whole surface shares.

use http::{Method, Response, StatusCode, header};

use super::{
    below, discovery,
    edge::{Edge, IncomingRequest, Payload, misconfigured, own},
    reply::{self, Reply},
};
use crate::{
    config::Mount,
    mcp::{cross_origin, mcp_header::PROTOCOL_VERSION, media_type},
    mount_path::MountPath,
    oauth::trust::MetadataForm,
    pages::{self, WelcomeView},
    ports::{Outage, World},
    routes::{Endpoint, OwnerRoute, Route},
    steps::Step,
};

/// The methods of the endpoints that take a form or a document.
const FORM_METHODS: &str = "POST, OPTIONS";

impl<W: World> Edge<'_, W> {
    /// Hands a request over to what is at its path.
    pub(super) async fn dispatch(
        &self,
        request: IncomingRequest<W::Body>,
    ) -> Response<Payload<W::Body>> {
        let config = self.config;
        if let Some(problem) = config.loop_at(&request.url) {
            return own(misconfigured(&request.headers, &[problem], self.random));
        }
        if is_preflight_of_a_document(&request) {
            let none = async |_| Ok(reply::not_found());
            return own(self.for_everybody(request, discovery::METHODS, none).await);
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
            _ if !self.offers(&route) => reply::not_found(),
            Route::ServerMetadata { mount } => {
                self.metadata(mount, MetadataForm::OauthServer, request)
                    .await
            }
            Route::OpenidMetadata { mount } => {
                self.metadata(mount, MetadataForm::OpenidProvider, request)
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
            Route::KeySet => {
                self.for_everybody(request, discovery::METHODS, async |_| self.key_set().await)
                    .await
            }
            Route::Discover(mount) => {
                self.for_everybody(request, discovery::METHODS, async |_| {
                    let is_first = config.first_mount().path == *mount;
                    Ok(below::discover(config.mount(mount), is_first))
                })
                .await
            }
            Route::Auth(mount) => {
                self.for_everybody(request, below::AUTH_METHODS, async |request| {
                    self.auth(config.mount(mount), &request.headers).await
                })
                .await
            }
            Route::Endpoint(endpoint) => self.endpoint(endpoint, None, request).await,
            Route::MountEndpoint { mount, endpoint } => {
                self.endpoint(endpoint, Some(mount), request).await
            }
            Route::Owner(page) => self.page(self.owner_route(page, request).await),
        };
        own(reply)
    }

    /// Whether there is such a thing here: where tokens are another issuer's, this edge has no
    /// pages, and no endpoint that could make one; where they are its own, it is no `OpenID`
    /// provider.
    fn offers(&self, route: &Route<'_>) -> bool {
        match route {
            Route::Endpoint(_) | Route::Owner(_) => self.config.issues_tokens(),
            Route::KeySet => self.config.signs(),
            Route::MountEndpoint { mount, .. } => self.config.mount(mount).is_owners(),
            Route::Auth(_)
            | Route::Discover(_)
            | Route::Mount(_)
            | Route::NotFound
            | Route::ResourceMetadata { .. }
            | Route::Root
            | Route::ServerMetadata { .. } => true,
            Route::OpenidMetadata { mount } => !self.config.mount(mount).is_owners(),
        }
    }

    /// Whether a path is none of the edge's as it is spelled.
    fn may_be_sites(&self, route: &Route<'_>) -> bool {
        match route {
            Route::NotFound | Route::Root => true,
            Route::Endpoint(_) | Route::Owner(_) => !self.offers(route),
            Route::Auth(_)
            | Route::Discover(_)
            | Route::KeySet
            | Route::Mount(_)
            | Route::MountEndpoint { .. }
            | Route::OpenidMetadata { .. }
            | Route::ResourceMetadata { .. }
            | Route::ServerMetadata { .. } => false,
        }
    }

    async fn metadata(
        &self,
        mount: &MountPath,
        form: MetadataForm,
        request: IncomingRequest<W::Body>,
    ) -> Reply {
        self.for_everybody(request, discovery::METHODS, async |_| {
            self.world.log(&self.line(Step::Discovery).at(mount));
            Ok(discovery::server_metadata(self, self.config.mount(mount), form).await)
        })
        .await
    }

    /// An endpoint, at its own path or below a mount. There a client that names no resource means
    /// that mount.
    async fn endpoint(
        &self,
        endpoint: Endpoint,
        mount: Option<&MountPath>,
        mut request: IncomingRequest<W::Body>,
    ) -> Reply {
        if endpoint == Endpoint::Authorize {
            let mut named = request.url.query_pairs();
            let is_named = named.any(|(name, value)| name == "resource" && !value.is_empty());
            if let Some(mount) = mount.filter(|_| !is_named) {
                let resource = self.issuer.url(mount.as_str());
                let mut query = request.url.query_pairs_mut();
                query.append_pair("resource", &resource);
            }
            return self.page(self.authorize(request).await);
        }
        self.for_everybody(request, FORM_METHODS, async |request| match endpoint {
            Endpoint::Authorize => self.authorize(request).await,
            Endpoint::Register => self.register(mount, request).await,
            Endpoint::Revoke => self.revoke(request).await,
            Endpoint::Token => self.token(request).await,
        })
        .await
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
                self.report(&outage);
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
            self.report(&outage);
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
        let html = pages::welcome(&WelcomeView {
            server: &self.config.name,
            resources: &self.resource_urls(|_| true),
            is_open: self.config.is_open(),
            has_owner: self.config.issues_tokens(),
        });
        reply::page(StatusCode::OK, html)
    }

    /// The URLs of the mounts of some kind.
    pub(super) fn resource_urls(&self, of_kind: impl Fn(&Mount) -> bool) -> Vec<String> {
        let mounts = self.config.mounts.iter().filter(|mount| of_kind(mount));
        let urls = mounts.map(|mount| self.issuer.url(mount.path.as_str()));
        urls.collect()
    }
}

/// Whether a browser asks if it may ask for a document, wherever clients look for one. It may, so
/// that its page can read that there is none.
fn is_preflight_of_a_document<B>(request: &IncomingRequest<B>) -> bool {
    request.method == Method::OPTIONS
        && request.url.path().contains("/.well-known/")
        && request
            .headers
            .contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
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
                || headers.contains_key(PROTOCOL_VERSION)
        }
        _ => true,
    }
}
