//! How long a document may be kept, as its headers say (RFC 9111 §5.2.2).

use http::{HeaderMap, header};

use crate::time::Lifetime;

/// What the headers of an answer say of how long it is good; none when they say nothing.
pub fn max_age(headers: &HeaderMap) -> Option<Lifetime> {
    let directives: Vec<String> = headers
        .get_all(header::CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|directive| directive.trim().to_ascii_lowercase())
        .collect();
    let forbids = |directive: &String| matches!(directive.as_str(), "no-cache" | "no-store");
    if directives.iter().any(forbids) {
        return Some(Lifetime::from_seconds(0));
    }
    let seconds = directives.iter().find_map(|directive| {
        let seconds = directive.strip_prefix("max-age=")?.trim_matches('"');
        seconds.parse::<u64>().ok()
    })?;
    let age = headers.get(header::AGE).and_then(|age| age.to_str().ok());
    let age = age.and_then(|age| age.parse().ok()).unwrap_or(0);
    Some(Lifetime::from_seconds(seconds.saturating_sub(age)))
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn the_headers_are_read_as_caches_read_them() {
        for (cache_control, age, expected) in [
            ("", "", None),
            ("public", "", None),
            ("max-age=600", "", Some(600)),
            ("public, Max-Age=600", "100", Some(500)),
            ("max-age=600", "1000", Some(0)),
            ("max-age=600", "x", Some(600)),
            ("max-age=\"60\"", "", Some(60)),
            ("max-age=-1", "", None),
            ("max-age=99999999999999999999", "", None),
            ("max-age=600, no-store", "", Some(0)),
            ("no-cache", "", Some(0)),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("cache-control", HeaderValue::from_static(cache_control));
            headers.insert("age", HeaderValue::from_static(age));
            assert_eq!(
                max_age(&headers),
                expected.map(Lifetime::from_seconds),
                "{cache_control} {age}"
            );
        }
    }
}
