//! The environment as typed settings; every mistake is collected, none ends the reading.

use std::{collections::BTreeMap, ops::RangeInclusive};

use serde::Serialize;

use super::{Lifetimes, RefreshReuse};
use crate::{oauth::scope::ScopeSet, secret::Secret, time::Lifetime};

/// What is wrong with a list of scopes that names `offline_access`.
pub(super) const NO_OFFLINE_ACCESS: &str =
    "not name offline_access: every client that wants a refresh token gets one.";

pub(super) fn names_offline_access(scopes: &[String]) -> bool {
    scopes.iter().any(|scope| scope == "offline_access")
}

/// A mistake in the configuration, in words for the user. It never holds a value.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Problem {
    /// The key that it is about.
    pub key: String,
    /// What is wrong and what would be right.
    pub problem: String,
}

impl Problem {
    /// A mistake at this key.
    pub fn new(key: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            problem: problem.into(),
        }
    }
}

pub(super) struct Settings<'a> {
    environment: &'a BTreeMap<String, String>,
    problems: Vec<Problem>,
    warnings: Vec<Problem>,
}

impl<'a> Settings<'a> {
    pub(super) const fn new(environment: &'a BTreeMap<String, String>) -> Self {
        Self {
            environment,
            problems: Vec::new(),
            warnings: Vec::new(),
        }
    }

    pub(super) fn finish(self) -> Result<Vec<Problem>, Vec<Problem>> {
        if self.problems.is_empty() {
            Ok(self.warnings)
        } else {
            Err(self.problems)
        }
    }

    pub(super) fn problem(&mut self, key: &str, problem: impl Into<String>) {
        self.problems.push(Problem::new(key, problem));
    }

    pub(super) fn warning(&mut self, key: &str, problem: impl Into<String>) {
        self.warnings.push(Problem::new(key, problem));
    }

    /// The text of a key; unset, empty and blank are the same.
    pub(super) fn text(&self, key: &str) -> Option<&'a str> {
        let text = self.environment.get(key)?.trim();
        (!text.is_empty()).then_some(text)
    }

    pub(super) fn refuse_unknown(&mut self, known: &[&str]) {
        for key in self.environment.keys() {
            if !known.contains(&key.as_str()) {
                let all = known.join(", ");
                self.problems.push(Problem::new(
                    key,
                    format!("is not a key of Gatelodge. The keys are {all}."),
                ));
            }
        }
    }

    pub(super) fn name(&mut self) -> String {
        let name = self.text("NAME").unwrap_or("Home MCP");
        if name.chars().count() > 80 || name.chars().any(char::is_control) {
            self.problem(
                "NAME",
                "must be at most 80 printable characters, for example Home MCP.",
            );
        }
        name.to_owned()
    }

    pub(super) fn switch(&mut self, key: &str, default: bool) -> bool {
        match self.text(key) {
            None => default,
            Some("on" | "true") => true,
            Some("off" | "false") => false,
            Some(_) => {
                self.problem(key, "must be on or off.");
                default
            }
        }
    }

    pub(super) fn scopes(&mut self) -> ScopeSet {
        const KEY: &str = "SCOPES";
        const HELP: &str =
            "must be a list of scopes without spaces or quotes in them, for example [\"mcp\"].";
        let Some(entries) = self.list(KEY) else {
            return ScopeSet::default_scopes();
        };
        let scopes = ScopeSet::from_entries(&entries);
        if scopes.is_none() {
            self.problem(KEY, HELP);
        }
        if names_offline_access(&entries) {
            self.problem(KEY, format!("must {NO_OFFLINE_ACCESS}"));
        }
        scopes.unwrap_or_else(ScopeSet::default_scopes)
    }

    pub(super) fn refresh_reuse(&mut self) -> RefreshReuse {
        match self.text("REFRESH_REUSE") {
            None | Some("revoke") => RefreshReuse::Revoke,
            Some("refuse") => RefreshReuse::Refuse,
            Some(_) => {
                self.problem("REFRESH_REUSE", "must be revoke or refuse.");
                RefreshReuse::Revoke
            }
        }
    }

    pub(super) fn password(&mut self) -> Option<Secret> {
        const KEY: &str = "OWNER_PASSWORD";
        // Not trimmed: a blank at its end is part of a password.
        let password = self.environment.get(KEY).map_or("", String::as_str);
        if password.chars().count() < 12 {
            self.problem(
                KEY,
                "must be set, with at least 12 characters: npx wrangler secret put OWNER_PASSWORD.",
            );
            return None;
        }
        Some(Secret::new(password.to_owned()))
    }

    pub(super) fn lifetimes(&mut self) -> Lifetimes {
        Lifetimes {
            access_token: self.seconds("ACCESS_TOKEN_SECONDS", 28_800, 1..=2_592_000, 300..=86_400),
            refresh_token: self.seconds(
                "REFRESH_TOKEN_SECONDS",
                7_776_000,
                1..=31_536_000,
                86_400..=31_536_000,
            ),
            code: self.seconds("CODE_SECONDS", 60, 1..=600, 10..=300),
            refresh_replay: self.seconds("REFRESH_REPLAY_SECONDS", 120, 1..=600, 30..=300),
            grant_cache: self.seconds("GRANT_CACHE_SECONDS", 30, 1..=30, 5..=30),
        }
    }

    pub(super) fn seconds(
        &mut self,
        key: &str,
        default: u64,
        allowed: RangeInclusive<u64>,
        sensible: RangeInclusive<u64>,
    ) -> Lifetime {
        let Some(text) = self.text(key) else {
            return Lifetime::from_seconds(default);
        };
        match text.parse() {
            Ok(seconds) if sensible.contains(&seconds) => Lifetime::from_seconds(seconds),
            Ok(seconds) if allowed.contains(&seconds) => {
                let (low, high) = (sensible.start(), sensible.end());
                self.warning(
                    key,
                    format!("is outside the sensible range of {low} to {high} seconds."),
                );
                Lifetime::from_seconds(seconds)
            }
            _ => {
                let (low, high) = (allowed.start(), allowed.end());
                self.problem(
                    key,
                    format!("must be a whole number of seconds from {low} to {high}, for example {default}."),
                );
                Lifetime::from_seconds(default)
            }
        }
    }
}
