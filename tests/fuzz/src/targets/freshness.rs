use gatelodge::{oauth::freshness::max_age, time::Lifetime};
use http::{HeaderMap, HeaderValue, header};

use super::parts;

/// The head of somebody's answer: what forbids to keep wins, and headers that were joined on the
/// way say what they said apart.
pub(super) fn freshness(data: &[u8]) {
    let (headers, _) = parts::head(data);
    let found = max_age(&headers);
    let values: Vec<_> = headers
        .get_all(header::CACHE_CONTROL)
        .iter()
        .map(HeaderValue::to_str)
        .collect();
    let Ok(values) = values.into_iter().collect::<Result<Vec<_>, _>>() else {
        return;
    };
    let mut joined = HeaderMap::new();
    if let Ok(value) = HeaderValue::try_from(values.join(", ")) {
        joined.insert(header::CACHE_CONTROL, value);
    }
    joined.extend(
        headers
            .get(header::AGE)
            .map(|age| (header::AGE, age.clone())),
    );
    assert_eq!(max_age(&joined), found);
    let directives: Vec<_> = values
        .iter()
        .flat_map(|value| value.split(','))
        .map(|directive| directive.trim().to_ascii_lowercase())
        .collect();
    let says = |directive: &str| directives.iter().any(|own| own == directive);
    if says("no-store") || says("no-cache") {
        assert_eq!(found.map(Lifetime::seconds), Some(0));
    } else {
        let names = directives.iter().any(|own| own.starts_with("max-age="));
        assert!(found.is_none() || names);
    }
}
