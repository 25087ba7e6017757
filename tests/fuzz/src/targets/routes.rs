use gatelodge::{
    mount_path::MountPath,
    routes::{KEY_SET, OWNER, Route, resource_metadata_path},
};

use super::parts;

/// Two lines: a path, and the path of a mount. A route to a mount is that mount's own path, nothing
/// below or beside it; metadata leads back to what was asked for; a mount is none of the edge's own
/// paths.
pub(super) fn routes(data: &[u8]) {
    let (path, rest) = parts::text_line(data);
    let (own, _) = parts::text_line(rest);
    let first = MountPath::default();
    let second = MountPath::parse(&own).filter(|own| !own.overlaps(&first));
    let mounts: Vec<_> = [Some(first), second].into_iter().flatten().collect();
    for mount in &mounts {
        is_proper(mount, &mounts);
    }
    let asked = path.strip_suffix('/').unwrap_or(&path);
    match Route::find(&path, mounts.iter()) {
        Route::Mount(mount) => assert_eq!(asked, mount.as_str()),
        Route::Auth(mount) => assert_eq!(asked, format!("{mount}/auth")),
        Route::Discover(mount) => assert_eq!(asked, format!("{mount}/discover")),
        Route::MountEndpoint { mount, .. } => {
            assert!(asked.starts_with(&format!("{mount}/")));
        }
        Route::ResourceMetadata { mount, resource } => {
            let there = resource_metadata_path(&resource);
            let again = Route::find(&there, mounts.iter());
            let Route::ResourceMetadata { mount: found, .. } = again else {
                panic!("{there} leads to {again:?}");
            };
            assert_eq!(found, mount);
        }
        Route::ServerMetadata { mount } | Route::OpenidMetadata { mount } => {
            assert!(mounts.contains(mount) && asked.contains("/.well-known/"));
        }
        Route::KeySet => assert_eq!(asked, KEY_SET),
        Route::Owner(_) => assert!(asked.starts_with(OWNER)),
        Route::Root => assert_eq!(path, "/"),
        Route::Endpoint(_) | Route::NotFound => {}
    }
}

fn is_proper(mount: &MountPath, mounts: &[MountPath]) {
    let text = mount.as_str();
    assert_eq!(MountPath::parse(text).as_ref(), Some(mount));
    let slash = format!("{text}/");
    assert_eq!(MountPath::parse(&slash).as_ref(), Some(mount));
    assert_eq!(Route::find(text, mounts.iter()), Route::Mount(mount));
    assert_eq!(Route::find(&slash, mounts.iter()), Route::Mount(mount));
    assert_eq!(url_path(text), text, "no browser spells it in another way");
    let other = MountPath::default();
    assert_eq!(mount.overlaps(&other), other.overlaps(mount));
}

fn url_path(path: &str) -> String {
    let mut url = url::Url::parse("https://mcp.example.com").expect("a URL");
    url.set_path(path);
    url.path().to_owned()
}
