use std::collections::BTreeMap;

use gatelodge::{config::Config, mount_path::MountPath, routes::Route};

use super::support::{PASSWORD, gate::KEY};

/// Lines of `KEY=VALUE`: mistakes are told by a key that is known and show no value; what is taken
/// has mounts that can be told apart.
pub(super) fn configurations(data: &[u8]) {
    let mut environment: BTreeMap<_, _> = [
        ("ORIGIN", "https://home.example.net:8383"),
        ("GATELODGE_KEY", KEY),
        ("OWNER_PASSWORD", PASSWORD),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    let text = String::from_utf8_lossy(data);
    for (key, value) in text.lines().filter_map(|line| line.split_once('=')) {
        if Config::KEYS.contains(&key) {
            environment.insert(key.to_owned(), value.to_owned());
        }
    }
    match Config::parse(&environment) {
        Ok(config) => is_proper(&config),
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in &problems {
                assert!(Config::KEYS.contains(&problem.key.as_str()));
                for secret in [KEY, PASSWORD] {
                    assert!(!problem.problem.contains(secret), "{problem:?}");
                }
            }
        }
    }
}

fn is_proper(config: &Config) {
    let first = &config.first_mount().path;
    let paths: Vec<&MountPath> = config.mounts.iter().map(|mount| &mount.path).collect();
    assert_eq!(paths.first(), Some(&first));
    for (index, path) in paths.iter().enumerate() {
        assert_eq!(MountPath::parse(path.as_str()).as_ref(), Some(*path));
        let found = Route::find(path.as_str(), paths.iter().copied());
        assert_eq!(found, Route::Mount(path));
        assert!(paths[..index].iter().all(|other| !other.overlaps(path)));
        assert_eq!(&config.mount(path).path, *path);
    }
    assert!(!config.is_open() || !config.issues_tokens());
    if let Some(issuer) = &config.public_url {
        let url = issuer.to_url().expect("an issuer is a URL");
        assert_eq!(url.origin().ascii_serialization(), issuer.as_str());
        assert!(config.mounts.iter().all(|mount| !mount.origin.is_at(&url)));
    }
    for client in &config.clients {
        assert!(!client.registration.redirect_uris.is_empty());
        assert!(client.name().is_some() && !client.id.starts_with("gl_"));
        for uri in &client.registration.redirect_uris {
            let spelled = |byte: u8| byte.is_ascii_alphanumeric() || b"[:].-+".contains(&byte);
            assert!(uri.host().bytes().all(spelled));
        }
    }
    if let Some(site) = &config.site {
        assert!(config.guarded(site).all(|path| path.starts_with('/')));
    }
}
