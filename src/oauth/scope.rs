//! Scopes: parsed, intersected and rendered anew; never echoed (RFC 6749 §3.3).

use std::{collections::HashSet, fmt};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// An ordered set of scope tokens without repetitions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ScopeSet(Vec<String>);

impl ScopeSet {
    /// What is granted when the configuration names no scopes.
    pub fn default_scopes() -> Self {
        Self(vec!["mcp".into()])
    }

    /// The set without a scope.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// The set of these entries; none when there is no entry, or one of them is no scope token.
    pub fn from_entries(entries: &[String]) -> Option<Self> {
        let proper = entries.iter().all(|entry| is_scope_token(entry));
        (proper && !entries.is_empty()).then(|| Self::unique(entries.iter().map(String::as_str)))
    }

    /// Reads a `scope` parameter as clients send it: with spaces anywhere; what is no scope token
    /// is passed over.
    pub fn parse_lenient(text: &str) -> Self {
        Self::unique(tokens(text))
    }

    /// What is granted of this set to a request: the scopes that it asks for and that exist, or
    /// all when none is left. Unknown scopes never refuse a request.
    #[must_use]
    pub fn granted(&self, requested: Option<&str>) -> Self {
        let requested: HashSet<&str> = tokens(requested.unwrap_or_default()).collect();
        let granted: Vec<_> = self
            .0
            .iter()
            .filter(|own| requested.contains(own.as_str()))
            .cloned()
            .collect();
        if granted.is_empty() {
            self.clone()
        } else {
            Self(granted)
        }
    }

    /// All scopes of some sets.
    #[must_use]
    pub fn union<'a>(sets: impl Iterator<Item = &'a Self>) -> Self {
        Self::unique(sets.flat_map(Self::iter))
    }

    /// Whether there is no scope in it.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the scope is in the set.
    pub fn contains(&self, scope: &str) -> bool {
        self.0.iter().any(|own| own == scope)
    }

    /// The scopes in their order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    fn unique<'a>(tokens: impl Iterator<Item = &'a str>) -> Self {
        let mut scopes: Vec<String> = Vec::new();
        for token in tokens {
            if !scopes.iter().any(|scope| scope == token) {
                scopes.push(token.to_owned());
            }
        }
        Self(scopes)
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join(" "))
    }
}

impl Serialize for ScopeSet {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ScopeSet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let scopes = Self::parse_lenient(&text);
        if scopes.0.is_empty() {
            return Err(D::Error::custom("no scopes"));
        }
        Ok(scopes)
    }
}

/// Whether a list of scopes names one, however long it is.
pub fn names(text: &str, scope: &str) -> bool {
    tokens(text).any(|token| token == scope)
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split_ascii_whitespace()
        .filter(|token| is_scope_token(token))
}

/// `1*( %x21 / %x23-5B / %x5D-7E )`, at most 128 of them.
fn is_scope_token(text: &str) -> bool {
    (1..=128).contains(&text.len())
        && text
            .bytes()
            .all(|byte| matches!(byte, 0x21 | 0x23..=0x5B | 0x5D..=0x7E))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn configured(entries: &[&str]) -> Option<ScopeSet> {
        let entries: Vec<_> = entries.iter().map(|entry| (*entry).to_owned()).collect();
        ScopeSet::from_entries(&entries)
    }

    #[test]
    fn padded_and_empty_entries_are_no_configuration() {
        for entries in [
            vec!["claudeai "],
            vec!["claudeai", ""],
            vec!["a b"],
            vec!["\""],
            vec![],
        ] {
            assert_eq!(configured(&entries), None, "{entries:?}");
        }
    }

    #[test]
    fn a_request_is_granted_what_exists_in_clean_spelling() {
        let scopes = configured(&["claudeai"]).unwrap();
        for requested in [
            Some("claudeai "),
            Some(" claudeai"),
            Some("claudeai  claudeai"),
            Some(""),
            Some("mcp:all openid"),
            Some("offline_access claudeai"),
            None,
        ] {
            assert_eq!(
                scopes.granted(requested).to_string(),
                "claudeai",
                "{requested:?}"
            );
        }
        let two = configured(&["read", "write"]).unwrap();
        assert_eq!(two.granted(Some("write")).to_string(), "write");
        assert_eq!(two.granted(Some("write read")).to_string(), "read write");
    }
}
