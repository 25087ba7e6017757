//! `CLIENTS`: the clients that the operator has registered himself.

use serde_json::{Map, Value};

use super::settings::Settings;
use crate::{
    oauth::{
        client::{AuthenticationMethod, Client, ClientSource, Registration},
        client_id_url::ClientIdUrl,
        credential::Credential,
        redirect_uri::{RedirectSchemes, RedirectUri},
    },
    secret::Digest,
    time::Timestamp,
};

const KEY: &str = "CLIENTS";
const MEMBERS: [&str; 4] = ["client_id", "name", "redirect_uris", "client_secret"];
/// Its digest is stored, so nobody must be able to guess it.
const SHORTEST_SECRET: usize = 20;

impl Settings<'_> {
    /// The clients; each mistake is recorded with the number of its entry.
    pub(super) fn clients(&mut self, schemes: &RedirectSchemes) -> Vec<Client> {
        let Some(text) = self.text(KEY) else {
            return Vec::new();
        };
        let Ok(Value::Array(entries)) = serde_json::from_slice(text.as_bytes()) else {
            self.problem(
                KEY,
                "must be a JSON list, for example [{\"client_id\": \"my-client\", \"name\": \"My client\", \"redirect_uris\": [\"https://client.example.com/callback\"]}].",
            );
            return Vec::new();
        };
        let mut clients: Vec<Client> = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            match client(entry, schemes) {
                Ok(own) if clients.iter().any(|other| other.id == own.id) => {
                    self.wrong_client(index, "has the client_id of an entry before it.");
                }
                Ok(own) => clients.push(own),
                Err(mistake) => self.wrong_client(index, mistake),
            }
        }
        clients
    }

    fn wrong_client(&mut self, index: usize, mistake: &str) {
        self.problem(KEY, format!("entry {}: {mistake}", index + 1));
    }
}

fn client(entry: &Value, schemes: &RedirectSchemes) -> Result<Client, &'static str> {
    let Value::Object(entry) = entry else {
        return Err("must be an object with client_id, name and redirect_uris.");
    };
    if entry.keys().any(|name| !MEMBERS.contains(&name.as_str())) {
        return Err(
            "has a member that is none of client_id, name, redirect_uris and client_secret.",
        );
    }
    let credential = credential(entry)?;
    Ok(Client {
        id: client_id(entry)?,
        registration: Registration {
            name: name(entry)?,
            redirect_uris: redirect_uris(entry, schemes)?,
            authentication: match credential {
                Credential::Key | Credential::Nothing => AuthenticationMethod::None,
                Credential::Secret(_) => AuthenticationMethod::EitherSecret,
            },
            refreshes: true,
            issued_at: Timestamp::from_unix_seconds(0),
        },
        source: ClientSource::Configured(credential),
    })
}

/// Identifiers of other kinds are refused: they would never be looked for here.
fn client_id(entry: &Map<String, Value>) -> Result<String, &'static str> {
    let id = entry.get("client_id").and_then(Value::as_str);
    let proper = |id: &&str| {
        (1..=200).contains(&id.len())
            && id.bytes().all(|byte| byte.is_ascii_graphic())
            && !id.starts_with("gl_")
            && !ClientIdUrl::is_meant(id)
    };
    id.filter(proper).map(str::to_owned).ok_or(
        "client_id must be 1 to 200 visible ASCII characters without spaces; it cannot be an address or begin with gl_.",
    )
}

fn name(entry: &Map<String, Value>) -> Result<String, &'static str> {
    let name = entry.get("name").and_then(Value::as_str).map(str::trim);
    let proper = |name: &&str| {
        (1..=80).contains(&name.chars().count()) && !name.chars().any(char::is_control)
    };
    name.filter(proper)
        .map(str::to_owned)
        .ok_or("name must be 1 to 80 printable characters.")
}

fn redirect_uris(
    entry: &Map<String, Value>,
    schemes: &RedirectSchemes,
) -> Result<Vec<RedirectUri>, &'static str> {
    let uris = entry.get("redirect_uris").and_then(Value::as_array);
    let parse = |uri: &Value| RedirectUri::parse(uri.as_str()?, schemes);
    uris.and_then(|uris| uris.iter().map(parse).collect::<Option<Vec<_>>>())
        .filter(|uris| !uris.is_empty())
        .ok_or("redirect_uris must be a list of addresses that are https, http to localhost, 127.0.0.1 or [::1], or of a scheme in REDIRECT_SCHEMES.")
}

fn credential(entry: &Map<String, Value>) -> Result<Credential, &'static str> {
    match entry.get("client_secret") {
        None => Ok(Credential::Nothing),
        Some(Value::String(secret)) if secret.chars().count() >= SHORTEST_SECRET => {
            Ok(Credential::Secret(Digest::of(secret.as_bytes())))
        }
        Some(_) => Err(
            "client_secret must have at least 20 characters, as the command openssl rand -base64 32 prints them.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::config::Problem;

    fn problems(clients: &Value) -> Vec<Problem> {
        let environment = BTreeMap::from([(KEY.to_owned(), clients.to_string())]);
        let mut settings = Settings::new(&environment);
        settings.clients(&RedirectSchemes::built_in_and(Vec::new()));
        settings.finish().err().unwrap_or_default()
    }

    #[test]
    fn the_operators_clients_are_read_strictly() {
        let entry = |changes: &serde_json::Value| {
            let mut entry = json!({
                "client_id": "my-client", "name": "Mine", "redirect_uris": ["https://a.example/cb"],
            });
            for (name, value) in changes.as_object().unwrap() {
                entry[name] = value.clone();
            }
            entry
        };
        let long = "x".repeat(201);
        for (changes, says) in [
            (json!({}), None),
            (json!({"client_id": "a:b/c?d=e"}), None),
            (
                json!({"client_secret": "SECRETVALUE-of-twenty-characters"}),
                None,
            ),
            (
                json!({"redirect_uris": ["http://localhost/cb", "https://b.example/"]}),
                None,
            ),
            (json!({"client_id": ""}), Some("client_id must")),
            (json!({"client_id": 7}), Some("client_id must")),
            (json!({"client_id": "SECRET VALUE"}), Some("client_id must")),
            (json!({"client_id": "m\u{fc}ller"}), Some("client_id must")),
            (json!({"client_id": long}), Some("client_id must")),
            (
                json!({"client_id": "gl_client.SECRETVALUE"}),
                Some("client_id must"),
            ),
            (
                json!({"client_id": "https://a.example/SECRETVALUE"}),
                Some("client_id must"),
            ),
            (json!({"name": ""}), Some("name must")),
            (json!({"name": "a\nb"}), Some("name must")),
            (json!({"redirect_uris": []}), Some("redirect_uris must")),
            (
                json!({"redirect_uris": "https://a.example/"}),
                Some("redirect_uris must"),
            ),
            (
                json!({"redirect_uris": ["https://a.example/", "http://SECRETVALUE/"]}),
                Some("redirect_uris must"),
            ),
            (
                json!({"client_secret": "SECRETVALUE"}),
                Some("client_secret must"),
            ),
            (json!({"client_secret": null}), Some("client_secret must")),
            (json!({"SECRETVALUE": 1}), Some("has a member")),
        ] {
            let problem = problems(&json!([entry(&changes)])).pop();
            let problem = problem.map(|Problem { key, problem }| {
                assert_eq!(key, "CLIENTS");
                problem
            });
            assert_eq!(problem.is_some(), says.is_some(), "{changes} {problem:?}");
            if let (Some(problem), Some(says)) = (problem, says) {
                assert!(
                    problem.starts_with("entry 1: ") && problem.contains(says),
                    "{problem}"
                );
                assert!(!problem.contains("SECRET"), "{problem}");
            }
        }
        let twice = json!([entry(&json!({})), entry(&json!({}))]);
        let problems = problems(&twice);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].problem.starts_with("entry 2: "), "{problems:?}");
    }
}
