//! The authorization server's vocabulary and rules, without I/O.
//!
//! A client registers ([`registration`]) and gets an identifier that is its own registration
//! ([`client`]); or its identifier is the address ([`client_id_url`]) of a document that describes
//! it ([`client_document`]). It sends the owner's browser with an [`authorization_request`]; only a proven
//! redirect URI ([`redirect_uri`]) makes a [`callback`], and nothing else can redirect. The owner
//! approves, the Ledger opens a [`grant`], and the client redeems its code with a
//! [`token_request`], authenticated by [`client_authentication`]. What happens to a grant from
//! then on is the Ledger's ([`crate::ledger`]). Where another authorization server does all this,
//! [`trust`] says which.

pub mod authorization_request;
pub mod callback;
pub mod client;
pub mod client_assertion;
pub mod client_authentication;
pub mod client_document;
pub mod client_id_url;
mod client_metadata;
mod client_name;
pub mod credential;
pub mod document_cache;
pub mod error;
pub mod form;
pub mod freshness;
pub mod grant;
pub mod pkce;
pub mod public_url;
pub mod receiver;
pub mod redirect_uri;
pub mod registration;
pub mod resource;
pub mod scope;
pub mod server_metadata;
pub mod token_request;
pub mod trust;
