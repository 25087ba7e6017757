use gatelodge::{
    mount_path::MountPath,
    routes::{OWN, OWNER, Route, WELL_KNOWN},
    site::path::{PathOwner, judge},
};
use percent_encoding::percent_decode_str;
use url::Url;

use super::parts;

const MOUNT: &str = "/mcp";
const ORIGIN: &str = "/private/Server";

/// A path that is let through to the site is none of the edge's to any server: not to one that
/// decodes it a few times, nor to one that passes over case, parameters, dots, blanks or slashes.
pub(super) fn site_paths(data: &[u8]) {
    let (line, _) = parts::text_line(data);
    // As a browser's parser would hand it on, and as it is.
    let mut url = Url::parse("https://mcp.example.com").expect("a URL");
    url.set_path(&line);
    for path in [line.as_str(), url.path()] {
        if judge(path, guarded()) == PathOwner::Site {
            leads_nowhere_else(path);
        }
    }
}

fn guarded() -> impl Iterator<Item = &'static str> {
    [MOUNT, ORIGIN, WELL_KNOWN, OWNER].into_iter().chain(OWN)
}

fn leads_nowhere_else(path: &str) {
    let mounts = [MountPath::default()];
    let route = Route::find(path, mounts.iter());
    assert!(
        matches!(route, Route::NotFound | Route::Root),
        "{path} is {route:?}"
    );
    let mut decoded = path.to_owned();
    for passes in 0..4 {
        for segments in readings(&decoded) {
            let read = format!("/{}", segments.join("/"));
            for guarded in guarded() {
                let guarded = guarded.to_lowercase();
                let below = read
                    .strip_prefix(&guarded)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                assert!(!below, "{path} is {read} after {passes} passes");
            }
        }
        decoded = percent_decode_str(&decoded)
            .decode_utf8_lossy()
            .into_owned();
    }
}

/// The segments of a path, as servers read it that are known to differ.
fn readings(path: &str) -> Vec<Vec<String>> {
    let lower = path.to_lowercase();
    let no_parameters = |segment: &str| segment.split(';').next().unwrap_or_default().to_owned();
    let all = |text: &str, separators: &[char]| {
        let parts = text.split(|letter| separators.contains(&letter));
        parts.map(str::to_owned).collect::<Vec<_>>()
    };
    let (slashes, both) = (all(&lower, &['/']), all(&lower, &['/', '\\']));
    let whole = |parts: &[String]| resolved(parts.iter().cloned());
    let bare = |parts: &[String]| resolved(parts.iter().map(|part| no_parameters(part)));
    let trimmed = |parts: &[String]| {
        let trim = |part: &String| part.trim().trim_end_matches(['.', ' ']).to_owned();
        resolved(parts.iter().map(|part| match part.as_str() {
            "." | ".." => part.clone(),
            _ => trim(part),
        }))
    };
    vec![
        whole(&slashes),
        whole(&both),
        bare(&slashes),
        bare(&both),
        trimmed(&slashes),
        trimmed(&both),
    ]
}

/// Without empty segments, and with dot segments followed.
fn resolved(parts: impl Iterator<Item = String>) -> Vec<String> {
    let mut segments = Vec::new();
    for part in parts {
        match part.as_str() {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(part),
        }
    }
    segments
}
