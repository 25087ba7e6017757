//! What an isolate knows of other issuers: their descriptions and their keys.

use std::{collections::BTreeMap, rc::Rc};

use bytes::Bytes;
use serde_json::Value;
use url::Url;

use crate::{
    jose::KeySet,
    oauth::trust::{MetadataForm, TrustedIssuer},
    time::{Lifetime, Timestamp},
};

/// When something is asked for again.
const FRESH: Lifetime = Lifetime::from_hours(1);
/// When something is not believed any more, although nothing newer could be had.
const BELIEVED: Lifetime = Lifetime::from_hours(24);
/// How long it takes after an attempt to the next, and from one search for an unknown key to the
/// next: strangers can name any key, so they must not decide how often an issuer is asked.
const PAUSE: Lifetime = Lifetime::from_minutes(1);

/// How often in how long something is asked for that is not to be had: strangers must not decide
/// how often an issuer is asked.
const MOST_TRIES: u32 = 5;
const BREATH: Lifetime = Lifetime::from_seconds(10);

/// What is known of each issuer.
#[derive(Default)]
pub struct IssuerCache(BTreeMap<String, KnownIssuer>);

/// What is known of one issuer.
#[derive(Default)]
pub struct KnownIssuer {
    /// Its keys.
    pub keys: Aging<Rc<KeySet>>,
    server: Aging<Rc<IssuerDocument>>,
    provider: Aging<Rc<IssuerDocument>>,
    provider_only_since: Option<Timestamp>,
    searched_at: Option<Timestamp>,
}

/// Something that was fetched, with its age.
pub struct Aging<T> {
    value: Option<T>,
    tries_since: Option<Timestamp>,
    tries: u32,
    due_at: Timestamp,
    until: Timestamp,
}

/// What is known of something that ages.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Known<T> {
    /// It is good.
    Fresh(T),
    /// It is good, and the caller is the one to ask for a newer one.
    Due(T),
    /// Nothing that could be believed; the caller may ask.
    Nothing,
    /// Nothing, and others have just asked.
    Asked,
}

impl IssuerCache {
    /// What is known of an issuer.
    pub fn of(&mut self, issuer: &TrustedIssuer) -> &mut KnownIssuer {
        self.0.entry(issuer.as_str().to_owned()).or_default()
    }
}

impl KnownIssuer {
    /// Its description.
    pub const fn description(&mut self, form: MetadataForm) -> &mut Aging<Rc<IssuerDocument>> {
        match form {
            MetadataForm::OauthServer => &mut self.server,
            MetadataForm::OpenidProvider => &mut self.provider,
        }
    }

    /// Whether it was found, not long ago, to describe itself as an `OpenID` provider only.
    pub fn is_provider_only(&self, now: Timestamp) -> bool {
        self.provider_only_since
            .is_some_and(|since| now < since.plus(FRESH))
    }

    /// It was found to describe itself as an `OpenID` provider only.
    pub const fn learn_provider_only(&mut self, now: Timestamp) {
        self.provider_only_since = Some(now);
    }

    /// Whether a key that is not known may be searched for now; from then on nobody else may, for
    /// a minute.
    pub fn may_search(&mut self, now: Timestamp) -> bool {
        let may = self.searched_at.is_none_or(|at| at.plus(PAUSE) <= now);
        if may {
            self.searched_at = Some(now);
        }
        may
    }
}

impl<T> Default for Aging<T> {
    fn default() -> Self {
        let never = Timestamp::from_unix_seconds(0);
        Self {
            value: None,
            tries_since: None,
            tries: 0,
            due_at: never,
            until: never,
        }
    }
}

impl<T: Clone> Aging<T> {
    /// What is known now. Of the callers who find it due, one in a minute is told so; of those who
    /// find nothing, a few in a few seconds: clients ask for several documents at once.
    pub fn look(&mut self, now: Timestamp) -> Known<T> {
        let believed = self.value.clone().filter(|_| now < self.until);
        let Some(value) = believed else {
            if self
                .tries_since
                .is_none_or(|since| since.plus(BREATH) <= now)
            {
                (self.tries_since, self.tries) = (Some(now), 0);
            }
            if self.tries >= MOST_TRIES {
                return Known::Asked;
            }
            self.tries += 1;
            return Known::Nothing;
        };
        if now < self.due_at {
            return Known::Fresh(value);
        }
        self.due_at = now.plus(PAUSE);
        Known::Due(value)
    }

    /// It led to nothing, so the next caller is to ask for a newer one.
    pub const fn suspect(&mut self) {
        self.due_at = Timestamp::from_unix_seconds(0);
    }

    /// Something newer was had.
    pub fn learn(&mut self, value: T, now: Timestamp) {
        self.value = Some(value);
        self.due_at = now.plus(FRESH);
        self.until = now.plus(BELIEVED);
    }
}

/// How an issuer describes itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IssuerDocument {
    text: String,
    keys_url: Option<Url>,
}

/// Why a document is not taken for an issuer's description.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoDescription {
    /// It is no JSON object with an `issuer`.
    Malformed,
    /// It is another issuer's, or spells this one in another way (RFC 8414 §3.3).
    OtherIssuer,
}

impl IssuerDocument {
    /// Reads a description.
    ///
    /// # Errors
    ///
    /// When it is not this issuer's.
    pub fn read(document: Bytes, issuer: &TrustedIssuer) -> Result<Self, NoDescription> {
        let text = String::from_utf8(document.into()).map_err(|_| NoDescription::Malformed)?;
        let facts: Value =
            serde_json::from_slice(text.as_bytes()).map_err(|_| NoDescription::Malformed)?;
        match facts["issuer"].as_str() {
            Some(own) if own == issuer.as_str() => {}
            Some(_) => return Err(NoDescription::OtherIssuer),
            None => return Err(NoDescription::Malformed),
        }
        let keys_url = facts["jwks_uri"].as_str();
        let keys_url = keys_url.and_then(|text| issuer.document_url(text));
        Ok(Self { text, keys_url })
    }

    /// The document, as the issuer wrote it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where its keys are.
    pub const fn keys_url(&self) -> Option<&Url> {
        self.keys_url.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_unix_seconds(1_800_000_000 + seconds)
    }

    #[test]
    fn what_is_old_is_asked_for_by_one_in_a_minute_and_forgotten_after_a_day() {
        let mut aging = Aging::default();
        assert_eq!(aging.look(at(0)), Known::Nothing);
        aging.learn('a', at(0));
        for (seconds, expected) in [
            (0, Known::Fresh('a')),
            (3_599, Known::Fresh('a')),
            (3_600, Known::Due('a')),
            (3_600, Known::Fresh('a')),
            (3_659, Known::Fresh('a')),
            (3_660, Known::Due('a')),
            (86_399, Known::Due('a')),
            (86_400, Known::Nothing),
        ] {
            assert_eq!(aging.look(at(seconds)), expected, "{seconds}");
        }
        aging.learn('b', at(86_400));
        assert_eq!(aging.look(at(86_401)), Known::Fresh('b'));
        aging.suspect();
        assert_eq!(aging.look(at(86_402)), Known::Due('b'));
        assert_eq!(aging.look(at(86_403)), Known::Fresh('b'));
    }

    #[test]
    fn an_unknown_key_is_searched_for_once_in_a_minute() {
        let mut known = KnownIssuer::default();
        let searched: Vec<_> = [0, 0, 59, 60, 61, 120]
            .into_iter()
            .map(|seconds| known.may_search(at(seconds)))
            .collect();
        assert_eq!(searched, [true, false, false, true, false, true]);
    }

    #[test]
    fn a_description_is_its_issuers_own() {
        let issuer = TrustedIssuer::parse("https://auth.example").unwrap();
        let read = |text: &'static str| IssuerDocument::read(Bytes::from(text), &issuer);
        for (text, expected) in [
            ("", NoDescription::Malformed),
            ("<!doctype html>", NoDescription::Malformed),
            ("{}", NoDescription::Malformed),
            (r#"{"issuer":1}"#, NoDescription::Malformed),
            (
                r#"{"issuer":"https://auth.example/"}"#,
                NoDescription::OtherIssuer,
            ),
            (
                r#"{"issuer":"https://other.example"}"#,
                NoDescription::OtherIssuer,
            ),
        ] {
            assert_eq!(read(text), Err(expected), "{text}");
        }
        let text = r#" {"issuer":"https://auth.example","jwks_uri":"https://auth.example/keys"} "#;
        let document = read(text).unwrap();
        assert_eq!(document.text(), text);
        assert_eq!(document.keys_url().map(Url::path), Some("/keys"));
        let plain = read(r#"{"issuer":"https://auth.example","jwks_uri":"http://auth.example"}"#);
        assert_eq!(plain.unwrap().keys_url(), None);
    }
}
