//! Which client an authorization request names, and the page for one that names none (AS-21).

use http::StatusCode;

use super::{
    edge::Edge,
    record::Words,
    reply::{self, Reply},
};
use crate::{
    oauth::{
        authorization_request::UntrustedRequest,
        client::{Client, Identified, Recognition},
        client_id_url::ClientIdUrl,
        form::Parameters,
    },
    pages::Message,
    ports::World,
};

/// The client of a request, as far as the request itself tells.
pub(super) enum Named {
    /// Its document tells the rest, once it is fetched.
    Described(ClientIdUrl),
    /// It is known here.
    Known(Client),
}

impl<W: World> Edge<'_, W> {
    /// Finds the client; without storage and without fetching.
    pub(super) fn named(&self, parameters: &Parameters) -> Result<Named, UntrustedRequest> {
        let client_id = parameters.one("client_id").ok().flatten();
        let client_id = client_id.ok_or(UntrustedRequest::ClientIdMissing)?;
        match Client::identify(client_id, &self.recognition()) {
            Identified::Document(url) => Ok(Named::Described(url)),
            Identified::Known(client) => Ok(Named::Known(client)),
            Identified::Unknown => Err(UntrustedRequest::ClientUnknown),
            Identified::WrongUrl => Err(UntrustedRequest::ClientUrl),
        }
    }

    /// What clients are recognised by.
    pub(super) fn recognition(&self) -> Recognition<'_> {
        Recognition {
            keys: &self.config.keys,
            issuer: &self.issuer,
            configured: &self.config.clients,
        }
    }

    /// The page for a request that has no way back.
    pub(super) fn untrusted(&self, untrusted: UntrustedRequest) -> Reply {
        let text = match untrusted {
            UntrustedRequest::ClientIdMissing => {
                "The request does not say which app it is from. Start again from your app."
            }
            UntrustedRequest::ClientUnknown => {
                "This server does not know the app that sent you here. Remove the server from your app and add it again, so that the app introduces itself anew."
            }
            UntrustedRequest::ClientUrl => {
                "The app that sent you here introduces itself by a web address that cannot be one: it must be https, on a public host, and have a path."
            }
            UntrustedRequest::RedirectUriMismatch => {
                "The request asks for an answer at an address that its app did not register. Remove the server from your app and add it again."
            }
            UntrustedRequest::TooLong => "The request is longer than any proper one.",
        };
        let message = Message {
            title: "This request cannot be trusted",
            text,
            link: None,
        };
        let mut reply = reply::message(StatusCode::BAD_REQUEST, &self.config.name, &message);
        reply.extensions_mut().insert(Words(text));
        reply
    }
}
