//! The `Authorization` header of a call (RFC 6750 §2.1).

use http::{HeaderMap, header};

use crate::secret::Secret;

/// What a call carries to prove itself. A token in the query is no token (RS-22).
#[derive(Clone, Debug)]
pub enum Credentials {
    /// Nothing, or something that is not for us.
    None,
    /// One bearer token; the scheme's case does not matter (RS-21).
    Bearer(Secret),
    /// More than one `Authorization` header (RS-23).
    Several,
}

impl Credentials {
    /// Reads the header.
    pub fn read(headers: &HeaderMap) -> Self {
        let mut values = headers.get_all(header::AUTHORIZATION).iter();
        let Some(value) = values.next() else {
            return Self::None;
        };
        if values.next().is_some() {
            return Self::Several;
        }
        // Bytes beyond ASCII are in no token of ours, but they are an attempt at one.
        let text = String::from_utf8_lossy(value.as_bytes());
        let Some((scheme, token)) = text.split_once(' ') else {
            return Self::None;
        };
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Self::None;
        }
        // Header lists are joined with commas on the way, so two tokens look like this.
        if token.contains(',') {
            return Self::Several;
        }
        Self::Bearer(Secret::new(token.trim().to_owned()))
    }
}
