//! The registration endpoint (RFC 7591). It stores nothing: the answer *is* the registration.

use http::StatusCode;

use super::{
    edge::{Edge, IncomingRequest},
    reply::{self, Caching, Reply},
};
use crate::{
    mount_path::MountPath,
    oauth::{
        client::client_secret,
        registration::{RegistrationRequest, RegistrationTerms},
    },
    ports::{Outage, World},
    secret::Digest,
    steps::Step,
};

impl<W: World> Edge<'_, W> {
    /// Registers a client.
    pub(super) async fn register(
        &self,
        mount: Option<&MountPath>,
        request: IncomingRequest<W::Body>,
    ) -> Result<Reply, Outage> {
        if !self.config.registration {
            return Ok(reply::not_found());
        }
        Ok(match self.json(request).await? {
            Ok(read) => self.registered(mount, &read.body),
            Err(reply) => reply,
        })
    }

    fn registered(&self, mount: Option<&MountPath>, body: &[u8]) -> Reply {
        let config = self.config;
        let terms = RegistrationTerms {
            schemes: &config.redirect_schemes,
            now: self.now(),
        };
        let request = match RegistrationRequest::parse(body, &terms) {
            Ok(request) => request,
            Err(error) => return reply::error(error),
        };
        let (keys, issuer) = self.seals();
        let sealed = keys.seal(issuer, &request.registration, self.random);
        let client_id = sealed.expose().to_owned();
        let method = request.registration.authentication;
        let secret = method.has_secret().then(|| client_secret(&client_id, keys));
        let digest = Digest::of(client_id.as_bytes());
        match request.answer(client_id, secret.as_ref(), &config.all_scopes()) {
            Ok(answer) => {
                let mut line = self.line(Step::Registered).by(digest);
                line.mount = mount;
                self.world.log(&line);
                reply::json(StatusCode::CREATED, Caching::Never, &answer)
            }
            Err(error) => reply::error(error),
        }
    }
}
