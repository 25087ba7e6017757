//! The address that a request was sent to: the issuer, or a wrong one.

use std::borrow::Cow;

use http::StatusCode;
use serde_json::json;

use super::{
    edge::IncomingRequest,
    record::Words,
    reply::{self, Caching, Reply},
};
use crate::{
    config::Config,
    issuer::{Issuer, is_loopback},
    mcp::{cross_origin, media_type},
};

/// Why a request is not answered at the address that it was sent to.
#[derive(Clone, Copy, Debug)]
pub(super) enum WrongAddress {
    /// The name is not the issuer's.
    Misdirected,
    /// It came over plain http, on which anybody can read along.
    PlainHttp,
}

/// The issuer is the configured one, or else the origin of the request. Only on this machine is it
/// plain http. What a proxy says of the scheme is believed only at the configured name: a page may
/// say the same, from a name that it has made lead here.
pub(super) fn issuer_of<'a, B>(
    config: &'a Config,
    request: &IncomingRequest<B>,
) -> Result<Cow<'a, Issuer>, WrongAddress> {
    let url = &request.url;
    let plain = url.scheme() == "http" && !is_loopback(url);
    let Some(issuer) = &config.public_url else {
        if plain {
            return Err(WrongAddress::PlainHttp);
        }
        return Ok(Cow::Owned(Issuer::new(url.origin().ascii_serialization())));
    };
    if !issuer.is_at(url) {
        return Err(WrongAddress::Misdirected);
    }
    let proxied = request.headers.get("x-forwarded-proto");
    if plain && proxied.is_none_or(|scheme| scheme.as_bytes() != b"https") {
        return Err(WrongAddress::PlainHttp);
    }
    Ok(Cow::Borrowed(issuer))
}

impl WrongAddress {
    /// A person is led to the right scheme; a program is told.
    pub(super) fn reply<B>(self, request: &IncomingRequest<B>) -> Reply {
        let (status, error_description) = match self {
            Self::Misdirected => (
                StatusCode::MISDIRECTED_REQUEST,
                "This server has another address; its owner has set it as PUBLIC_URL.",
            ),
            Self::PlainHttp if media_type::accepts(&request.headers, "text/html") => {
                return reply::moved_to_https(&request.url);
            }
            Self::PlainHttp => (
                StatusCode::FORBIDDEN,
                "This server is reached by https only: change http to https in its address. Behind a proxy of your own, set PUBLIC_URL.",
            ),
        };
        let body = json!({"error": "invalid_request", "error_description": error_description});
        let mut reply = reply::json(status, Caching::Never, &body);
        reply.extensions_mut().insert(Words(error_description));
        cross_origin::allow_all(reply.headers_mut());
        reply
    }
}
