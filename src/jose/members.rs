//! A JSON object whose members are read one by one.

use std::{collections::BTreeMap, fmt, time::Duration};

use serde::{
    Deserialize, Deserializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::Value;

use crate::time::Timestamp;

/// The members of an object. No name is there twice, so that nobody else can have read the other
/// one (RFC 7515 §4, RFC 7519 §4).
pub(super) struct Members(BTreeMap<String, Value>);

/// A member has a value of another type than its name promises.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct WrongType;

impl Members {
    /// Reads an object; none when the bytes are none, or it has a name twice.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The members of a value, if it is an object.
    pub(super) fn of(value: Value) -> Option<Self> {
        match value {
            Value::Object(members) => Some(Self(members.into_iter().collect())),
            Value::Array(_)
            | Value::Bool(_)
            | Value::Null
            | Value::Number(_)
            | Value::String(_) => None,
        }
    }

    /// Whether a member is there, whatever it holds.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Takes a member out; `null` is nothing.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name).filter(|value| !value.is_null())
    }

    /// A member that is text.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, WrongType> {
        self.take(name).map(text).transpose()
    }

    /// A member that is text, or a list of texts.
    pub(super) fn texts(&mut self, name: &str) -> Result<Option<Vec<String>>, WrongType> {
        let texts = match self.take(name) {
            None => return Ok(None),
            Some(Value::Array(entries)) => {
                entries.into_iter().map(text).collect::<Result<_, _>>()?
            }
            Some(value) => vec![text(value)?],
        };
        Ok(Some(texts))
    }

    /// A member that is a time: seconds since the epoch, with or without a fraction, which is
    /// dropped (RFC 7519 §2).
    pub(super) fn time(&mut self, name: &str) -> Result<Option<Timestamp>, WrongType> {
        let Some(value) = self.take(name) else {
            return Ok(None);
        };
        let whole = || Duration::try_from_secs_f64(value.as_f64()?).ok();
        let seconds = value
            .as_u64()
            .or_else(|| whole().map(|length| length.as_secs()));
        let seconds = seconds.ok_or(WrongType)?;
        Ok(Some(Timestamp::from_unix_seconds(seconds)))
    }
}

fn text(value: Value) -> Result<String, WrongType> {
    match value {
        Value::String(text) => Ok(text),
        Value::Array(_) | Value::Bool(_) | Value::Null | Value::Number(_) | Value::Object(_) => {
            Err(WrongType)
        }
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Object)
    }
}

struct Object;

impl<'de> Visitor<'de> for Object {
    type Value = Members;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = BTreeMap::new();
        while let Some((name, value)) = map.next_entry()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a name twice"));
            }
        }
        Ok(Members(members))
    }
}
