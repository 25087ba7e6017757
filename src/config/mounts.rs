//! `MOUNTS`: what is protected, and what is behind it.

use http::HeaderMap;
use serde_json::{Map, Value};
use url::Url;

use super::{
    external::AuthChoice,
    mount::{Auth, Mount, OriginUrl, Probe, Transport},
    origin_headers::OriginHeaders,
    settings::{NO_OFFLINE_ACCESS, Problem, Settings, names_offline_access},
};
use crate::{mount_path::MountPath, oauth::scope::ScopeSet};

pub(super) const KEY: &str = "MOUNTS";
const ORIGIN: &str = "ORIGIN";
const BINDING: &str = "ORIGIN_BINDING";
const MEMBERS: [&str; 10] = [
    "path",
    "origin",
    "binding",
    "auth",
    "probe",
    "transport",
    "scopes",
    "open_with_credentials",
    "issuer",
    "audience",
];

/// One entry of the list, with what it does not say filled in from the keys beside it.
pub(super) struct Entry<'a> {
    pub(super) members: &'a Map<String, Value>,
    /// How messages call it.
    pub(super) name: String,
}

/// What is wrong with answering at this URL: an origin, or another issuer, that is the edge itself
/// would be asked for ever.
pub(super) fn looping(mounts: &[Mount], edge: &Url) -> Option<Problem> {
    const LOOP: &str = "is the address of this Worker itself. Give the address of your MCP server at home, for example https://home.example.net:8383/mcp.";
    const SELF_ISSUER: &str = "issuer is the address of this Worker itself. Give the address of the authorization server, or leave auth at owner.";
    mounts.iter().enumerate().find_map(|(index, mount)| {
        let entry = index + 1;
        if mount.loops_to(edge) {
            return Some(if mount.origin_key == KEY {
                Problem::new(KEY, format!("entry {entry}: origin {LOOP}"))
            } else {
                Problem::new(ORIGIN, LOOP)
            });
        }
        match &mount.auth {
            Auth::External(trust) if trust.issuer.is_at(edge) => {
                Some(Problem::new(KEY, format!("entry {entry}: {SELF_ISSUER}")))
            }
            Auth::External(_) | Auth::Open | Auth::Owner => None,
        }
    })
}

impl Settings<'_> {
    /// The mounts, when all of them are right; the first is what a bare host means.
    pub(super) fn mounts(&mut self, scopes: &ScopeSet) -> Option<Vec<Mount>> {
        let entries = self.entries()?;
        let headers = self.origin_headers();
        let mounts: Vec<_> = entries
            .iter()
            .enumerate()
            .map(|(index, members)| {
                let name = format!("entry {}", index + 1);
                self.mount(&Entry { members, name }, scopes, &headers)
            })
            .collect();
        let mounts: Vec<_> = mounts.into_iter().collect::<Option<_>>()?;
        self.refuse_overlaps(&mounts);
        self.refuse_mixed_open(&mounts);
        self.refuse_external_first(&mounts);
        self.refuse_headers_of_nothing(&headers, &mounts);
        Some(mounts)
    }

    fn entries(&mut self) -> Option<Vec<Map<String, Value>>> {
        const HELP: &str = "must be a JSON list of mounts, for example [{\"path\": \"/mcp\", \"origin\": \"https://home.example.net:8383/mcp\"}].";
        let Some(text) = self.text(KEY) else {
            return Some(vec![Map::new()]);
        };
        let entries: Option<Vec<Map<String, Value>>> = serde_json::from_slice(text.as_bytes()).ok();
        let entries = entries.filter(|entries| !entries.is_empty());
        if entries.is_none() {
            self.problem(KEY, HELP);
        }
        entries
    }

    fn mount(
        &mut self,
        entry: &Entry<'_>,
        scopes: &ScopeSet,
        headers: &OriginHeaders,
    ) -> Option<Mount> {
        self.refuse_unknown_members(entry);
        let path = self.path(entry);
        let choice = self.choice(entry, "auth", &AuthChoice::ALL);
        let auth = self.auth(entry, choice);
        let probes = [("challenge", Probe::Challenge), ("stream", Probe::Stream)];
        let probe = self.choice(entry, "probe", &probes);
        let transports = [("http", Transport::StreamableHttp), ("sse", Transport::Sse)];
        let transport = self.choice(entry, "transport", &transports);
        let scopes = self.mount_scopes(entry, &self.default_scopes(choice, scopes));
        let path = path?;
        let binding = self.binding(entry);
        let (origin_key, origin) = self.origin(entry, &path, binding.is_some());
        let origin_headers = headers.of(&path);
        self.refuse_lent_credentials(entry, choice, &origin_headers);
        Some(Mount {
            path,
            origin: origin?,
            origin_key,
            binding,
            origin_headers,
            auth: auth?,
            probe,
            transport,
            scopes,
        })
    }

    fn refuse_unknown_members(&mut self, entry: &Entry<'_>) {
        let known = |member: &String| MEMBERS.contains(&member.as_str());
        if !entry.members.keys().all(known) {
            let (name, all) = (&entry.name, MEMBERS.join(", "));
            self.problem(KEY, format!("{name} has a member that is none of {all}."));
        }
    }

    fn path(&mut self, entry: &Entry<'_>) -> Option<MountPath> {
        let Some(path) = entry.members.get("path") else {
            return Some(MountPath::default());
        };
        let path = path.as_str().and_then(MountPath::parse);
        if path.is_none() {
            self.problem(KEY, format!(
                "{}: path must begin with a slash, have plain segments and not be one of the edge's own, for example /mcp.",
                entry.name
            ));
        }
        path
    }

    /// The binding that leads to the origin, and the key that names it.
    fn binding(&mut self, entry: &Entry<'_>) -> Option<(&'static str, String)> {
        let (key, subject, name) = match entry.members.get("binding") {
            Some(name) => (KEY, format!("{}: binding ", entry.name), name.as_str()),
            None => (BINDING, String::new(), Some(self.text(BINDING)?)),
        };
        let is_name = |name: &&str| {
            let mut bytes = name.bytes();
            !name.is_empty() && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        };
        let name = name.filter(is_name);
        if name.is_none() {
            self.problem(key, format!(
                "{subject}must be the name of a binding in wrangler.toml that leads to your MCP server, for example HOME."
            ));
        }
        name.map(|name| (key, name.to_owned()))
    }

    /// The origin, and the key that names it.
    fn origin(
        &mut self,
        entry: &Entry<'_>,
        path: &MountPath,
        is_bound: bool,
    ) -> (&'static str, Option<OriginUrl>) {
        let (key, subject, text) = match entry.members.get("origin") {
            Some(origin) => (KEY, format!("{}: origin ", entry.name), origin.as_str()),
            None => (ORIGIN, String::new(), self.text(ORIGIN)),
        };
        let origin = text.and_then(|text| OriginUrl::parse(text, path));
        match &origin {
            None => self.problem(key, format!(
                "{subject}must be the http or https URL of your MCP server, without a query, for example https://home.example.net:8383/mcp."
            )),
            Some(origin) if !is_bound && origin.is_exposed_http() => self.warning(key, format!(
                "{subject}is plain http: whoever is on the way between Cloudflare and your home can read and change every call. Use https or a tunnel."
            )),
            Some(_) => {}
        }
        (key, origin)
    }

    fn mount_scopes(&mut self, entry: &Entry<'_>, default: &ScopeSet) -> ScopeSet {
        let Some(scopes) = entry.members.get("scopes") else {
            return default.clone();
        };
        let entries: Option<Vec<String>> = serde_json::from_value(scopes.clone()).ok();
        if entries.as_deref().is_some_and(names_offline_access) {
            let name = &entry.name;
            self.problem(KEY, format!("{name}: scopes must {NO_OFFLINE_ACCESS}"));
        }
        let scopes = entries.as_deref().and_then(ScopeSet::from_entries);
        scopes.unwrap_or_else(|| {
            self.problem(KEY, format!(
                "{}: scopes must be a list of scopes without spaces or quotes in them, for example [\"mcp\"].",
                entry.name
            ));
            default.clone()
        })
    }

    /// The value of a member that has few; the first is the default.
    fn choice<T: Copy>(&mut self, entry: &Entry<'_>, member: &str, choices: &[(&str, T)]) -> T {
        let default = choices[0].1;
        let Some(value) = entry.members.get(member) else {
            return default;
        };
        let chosen = value
            .as_str()
            .and_then(|value| choices.iter().find(|(name, _)| *name == value));
        chosen.map_or_else(
            || {
                let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
                let names = names.join(" or ");
                self.problem(KEY, format!("{}: {member} must be {names}.", entry.name));
                default
            },
            |(_, choice)| *choice,
        )
    }

    /// An open mount with a credential lends it to strangers.
    fn refuse_lent_credentials(
        &mut self,
        entry: &Entry<'_>,
        choice: AuthChoice,
        headers: &HeaderMap,
    ) {
        let meant = match entry.members.get("open_with_credentials") {
            None => false,
            Some(Value::Bool(meant)) => *meant,
            Some(_) => {
                self.problem(
                    KEY,
                    format!(
                        "{}: open_with_credentials must be true or false, without quotes.",
                        entry.name
                    ),
                );
                return;
            }
        };
        if choice == AuthChoice::Open && !headers.is_empty() && !meant {
            self.problem("ORIGIN_HEADERS", format!(
                "{} of MOUNTS is open to everybody, so these headers would be lent to strangers. Say \"open_with_credentials\": true there if that is meant.",
                entry.name
            ));
        }
    }

    fn refuse_overlaps(&mut self, mounts: &[Mount]) {
        for (index, mount) in mounts.iter().enumerate() {
            if mounts[..index]
                .iter()
                .any(|other| other.path.overlaps(&mount.path))
            {
                self.problem(
                    KEY,
                    format!("entry {}: no mount may be at or below another.", index + 1),
                );
            }
        }
    }

    /// Clients take an open server's answers to mean that nothing here wants a token.
    fn refuse_mixed_open(&mut self, mounts: &[Mount]) {
        let open = mounts
            .iter()
            .filter(|mount| mount.auth == Auth::Open)
            .count();
        if open > 0 && open < mounts.len() {
            self.problem(
                KEY,
                "cannot have open mounts beside others; give them a Worker of their own.",
            );
        }
    }

    fn refuse_headers_of_nothing(&mut self, headers: &OriginHeaders, mounts: &[Mount]) {
        if headers
            .mounts()
            .any(|path| mounts.iter().all(|mount| mount.path.as_str() != path))
        {
            self.problem("ORIGIN_HEADERS", "names a mount that does not exist.");
        }
    }
}
