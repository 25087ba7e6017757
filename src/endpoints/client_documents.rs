//! Clients that are described by a document of their own: fetched once, and only for the owner or
//! for who holds a code or token of ours (AS-51).

use http::StatusCode;

use super::{
    edge::Edge,
    record::Words,
    reply::{self, Reply},
};
use crate::{
    oauth::{
        client_document::{ClientDocument, DocumentFault, DocumentTerms, LARGEST},
        client_id_url::ClientIdUrl,
    },
    pages::Message,
    ports::{FetchLimits, NotFetched, World},
    secret::Digest,
    time::Lifetime,
};

/// Clients give up on us after ten seconds.
const PATIENCE: Lifetime = Lifetime::from_seconds(3);

/// Why a client that names itself by an address remains unknown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Undescribed {
    Faulty(DocumentFault),
    NotFetched(NotFetched),
}

impl<W: World> Edge<'_, W> {
    /// The document of a client: as this isolate remembers it, or fetched. What is not fit for use
    /// is not remembered (AS-60).
    pub(super) async fn client_document(
        &self,
        url: &ClientIdUrl,
    ) -> Result<ClientDocument, Undescribed> {
        let documents = &self.world.memory().documents;
        let remembered = documents.borrow().find(url.as_str(), self.now());
        if let Some(document) = remembered {
            return Ok(document);
        }
        self.fetch_client_document(url).await
    }

    /// The document of a client, fetched.
    pub(super) async fn fetch_client_document(
        &self,
        url: &ClientIdUrl,
    ) -> Result<ClientDocument, Undescribed> {
        let limits = FetchLimits {
            size: LARGEST,
            patience: PATIENCE,
        };
        let fetched = self.world.fetch_document(url.url(), limits).await;
        let fetched = fetched.map_err(Undescribed::NotFetched)?;
        let terms = DocumentTerms {
            issuer: &self.issuer,
            schemes: &self.config.redirect_schemes,
            now: self.now(),
        };
        let document =
            ClientDocument::parse(&fetched.body, url, &terms).map_err(Undescribed::Faulty)?;
        self.world.memory().documents.borrow_mut().remember(
            document.clone(),
            fetched.max_age,
            self.now(),
        );
        Ok(document)
    }

    /// The page for the person whom such a client has sent (AS-63).
    pub(super) fn undescribed(&self, url: &ClientIdUrl, undescribed: Undescribed) -> Reply {
        let text = sentence(undescribed);
        let message = Message {
            title: "This app cannot be recognised",
            text,
            link: None,
        };
        let mut reply = reply::message(StatusCode::BAD_REQUEST, &self.config.name, &message);
        reply.extensions_mut().insert(Words(text));
        let client = Digest::of(url.as_str().as_bytes());
        reply.extensions_mut().insert(client);
        reply
    }
}

const fn sentence(undescribed: Undescribed) -> &'static str {
    match undescribed {
        Undescribed::NotFetched(not_fetched) => match not_fetched {
            NotFetched::NotJson => {
                "What is at the address by which the app introduces itself is not JSON."
            }
            NotFetched::Refused => {
                "The address by which the app introduces itself does not answer with a document: redirects and errors are not followed."
            }
            NotFetched::Slow => {
                "The address by which the app introduces itself takes too long to answer. Try again later."
            }
            NotFetched::TooLarge => {
                "The document at the address by which the app introduces itself is larger than 5 KB."
            }
            NotFetched::Unreachable => {
                "The address by which the app introduces itself cannot be reached. Try again later."
            }
        },
        Undescribed::Faulty(fault) => match fault {
            DocumentFault::Keys => {
                "The document of the app has no keys that its signatures could be checked with."
            }
            DocumentFault::Metadata(answer) => answer.error_description,
            DocumentFault::Method => {
                "The document of the app offers no way of authenticating that this server has."
            }
            DocumentFault::Nameless => "The document of the app does not say what it is called.",
            DocumentFault::NotAnObject => "The document of the app is not a JSON object.",
            DocumentFault::OtherClient => {
                "The document at the address by which the app introduces itself is that of another app."
            }
            DocumentFault::Secret => {
                "The document of the app publishes a secret, or relies on one, so anybody could pretend to be it."
            }
        },
    }
}
