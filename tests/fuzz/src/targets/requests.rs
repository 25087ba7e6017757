use http::{HeaderMap, Method};
use url::Url;

use super::{
    parts,
    support::{Answer, Client, Gate, ISSUER, Request},
};

/// A whole request of a stranger, as HTTP writes it. `{client}` stands for a registered client.
///
/// It is answered without a fault, costs no storage, and nobody at home hears of it.
pub(super) fn requests(data: &[u8]) {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let Some(request) = read(data, &[("{client}", &client.id)]) else {
        return;
    };
    let before = gate.world.storage_operations();
    let answer = gate.send(request);
    assert_eq!(gate.world.storage_operations(), before, "{answer:?}");
    assert!(gate.world.home.got().is_empty(), "{answer:?}");
    assert!(!answer.from_home);
    is_proper(&answer);
}

/// The request of a text; none when no platform would hand it on. Names stand for values that it
/// could not spell.
pub(super) fn read(data: &[u8], names: &[(&str, &str)]) -> Option<Request> {
    let mut text = String::from_utf8_lossy(data).into_owned();
    for (name, value) in names {
        text = text.replace(name, value);
    }
    let (first, rest) = parts::text_line(text.as_bytes());
    let (method, target) = first.split_once(' ')?;
    method.parse::<Method>().ok()?;
    let url = Url::parse(ISSUER).ok()?.join(target).ok()?;
    let hosted = matches!(url.scheme(), "http" | "https") && url.has_host();
    let (headers, body) = parts::head(rest);
    let mut request = hosted.then(|| Request::new(method, target))?;
    for (name, value) in &headers {
        request = request.raw_header(name.clone(), value.clone());
    }
    Some(request.body(body.to_vec()))
}

/// What holds for every answer of the edge's own.
pub(super) fn is_proper(answer: &Answer) {
    assert!((200..500).contains(&answer.status), "{answer:?}");
    assert!(!matches!(answer.status, 301 | 302 | 307), "{answer:?}");
    if answer.body.is_empty() {
        return;
    }
    match answer.header("content-type") {
        Some("application/json") => {
            answer.json();
        }
        Some("text/html; charset=utf-8") => {
            assert!(answer.text().starts_with("<!DOCTYPE html>"), "{answer:?}");
            assert!(policy(&answer.headers).starts_with("default-src 'none'"));
        }
        _ => panic!("{answer:?}"),
    }
}

fn policy(headers: &HeaderMap) -> &str {
    let policy = headers.get("content-security-policy");
    policy
        .and_then(|policy| policy.to_str().ok())
        .unwrap_or_default()
}
