//! `auth`, and for `external`: `issuer` and `audience`.

use serde_json::Value;

use super::{
    mount::{Auth, Mount},
    mounts::{Entry, KEY},
    settings::Settings,
};
use crate::oauth::{
    scope::ScopeSet,
    trust::{Trust, TrustedIssuer},
};

/// `auth`, as it is chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum AuthChoice {
    External,
    Open,
    Owner,
}

impl AuthChoice {
    /// The names; the first is the default.
    pub(super) const ALL: [(&'static str, Self); 3] = [
        ("owner", Self::Owner),
        ("external", Self::External),
        ("open", Self::Open),
    ];
}

impl Settings<'_> {
    /// Who may call the mount of this entry.
    pub(super) fn auth(&mut self, entry: &Entry<'_>, choice: AuthChoice) -> Option<Auth> {
        match choice {
            AuthChoice::External => self.trust(entry).map(Auth::External),
            AuthChoice::Open => self.without_trust(entry).then_some(Auth::Open),
            AuthChoice::Owner => self.without_trust(entry).then_some(Auth::Owner),
        }
    }

    /// The scopes of a mount whose entry names none. What another issuer calls its scopes is not
    /// known, so nothing is asked for unless `SCOPES` says it.
    pub(super) fn default_scopes(&self, choice: AuthChoice, scopes: &ScopeSet) -> ScopeSet {
        match choice {
            AuthChoice::External if self.text("SCOPES").is_none() => ScopeSet::none(),
            AuthChoice::External | AuthChoice::Open | AuthChoice::Owner => scopes.clone(),
        }
    }

    fn trust(&mut self, entry: &Entry<'_>) -> Option<Trust> {
        let name = &entry.name;
        let issuer = entry.members.get("issuer").and_then(Value::as_str);
        let issuer = issuer.and_then(TrustedIssuer::parse);
        if issuer.is_none() {
            self.problem(KEY, format!(
                "{name}: external needs issuer, the https URL of the authorization server exactly as its own metadata writes it, for example https://auth.example.com."
            ));
        }
        let audiences = entry.members.get("audience").and_then(audiences);
        if audiences.is_none() {
            self.problem(KEY, format!(
                "{name}: external needs audience, what the issuer puts into aud of tokens for this server (a string, or a list of them), for example https://mcp.example.com/mcp. Without it, a token for any other service of that issuer would open this one."
            ));
        }
        Some(Trust {
            issuer: issuer?,
            audiences: audiences?,
        })
    }

    fn without_trust(&mut self, entry: &Entry<'_>) -> bool {
        let named = ["issuer", "audience"];
        let named = named.iter().find(|name| entry.members.contains_key(**name));
        if let Some(member) = named {
            self.problem(
                KEY,
                format!(
                    "{}: {member} is for \"auth\": \"external\" only.",
                    entry.name
                ),
            );
        }
        named.is_none()
    }

    /// The documents at the root are the first mount's, and those of this edge as an issuer are
    /// there and nowhere else.
    pub(super) fn refuse_external_first(&mut self, mounts: &[Mount]) {
        let owners = mounts.iter().skip_while(|mount| !mount.is_owners());
        let before = mounts.len() - owners.count();
        if (1..mounts.len()).contains(&before) {
            self.problem(
                KEY,
                "must begin with an owner mount when there are external ones beside it: at the root, clients look for the first mount's authorization server.",
            );
        }
    }
}

fn audiences(value: &Value) -> Option<Vec<String>> {
    let entries = match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(_) => serde_json::from_value(value.clone()).ok()?,
        Value::Bool(_) | Value::Null | Value::Number(_) | Value::Object(_) => return None,
    };
    let proper = |entry: &String| !entry.is_empty() && entry.trim() == entry;
    (!entries.is_empty() && entries.iter().all(proper)).then_some(entries)
}
