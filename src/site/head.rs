//! The heads of a request to the site and of its answer.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use url::Url;

use super::cookies;
use crate::issuer::Issuer;

/// What belongs to one connection and not to the message (RFC 9110 §7.6.1).
const HOP_BY_HOP: [HeaderName; 8] = [
    header::CONNECTION,
    header::HOST,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    header::TE,
    header::TRAILER,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];
/// What servers believe of a proxy: where a request came from, who sent it, and another path or
/// method than the one that was judged. Where names become variables, a low line is a hyphen, so
/// that no name with one passes.
const INVENTED: [&str; 11] = [
    "forwarded",
    "proxy",
    "true-client-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-host",
    "x-method-override",
    "x-real-ip",
    "x-remote-user",
    "x-rewrite-url",
    "x-url-scheme",
];
/// The beginnings of what they believe of one.
const PREFIXES: [&str; 10] = [
    "cf-",
    "gatelodge-",
    "remote-",
    "ssl-client-",
    "x-auth-request-",
    "x-forwarded-",
    "x-http-method",
    "x-original-",
    "x-ssl-",
    "x-webauth-",
];
/// What of an answer would outlive it for all of the web origin, the owner's pages included.
const OUTLIVING: [&str; 6] = [
    "alt-svc",
    "clear-site-data",
    "nel",
    "report-to",
    "reporting-endpoints",
    "service-worker-allowed",
];
const X_FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Makes the headers of the request to the site. The edge's tokens (RS-26) and cookies stay, and
/// so does what a client could invent about where it comes from.
pub fn request(client: &HeaderMap, issuer: &Issuer) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(client.len());
    for (name, value) in client {
        let text = name.as_str();
        let stays = HOP_BY_HOP.contains(name)
            || *name == header::CONTENT_LENGTH
            || text == "keep-alive"
            || text.contains('_')
            || INVENTED.contains(&text)
            || PREFIXES.iter().any(|prefix| text.starts_with(prefix));
        if stays || (*name == header::AUTHORIZATION && is_bearer(value)) {
            continue;
        }
        if *name == header::COOKIE {
            if let Some(cookies) = cookies::without_ours(value) {
                headers.append(name, cookies);
            }
            continue;
        }
        headers.append(name, value.clone());
    }
    headers.insert(
        header::ACCEPT_ENCODING,
        HeaderValue::from_static("identity"),
    );
    let (scheme, host) = issuer.as_str().split_once("://").unwrap_or_default();
    for (name, text) in [(X_FORWARDED_HOST, host), (X_FORWARDED_PROTO, scheme)] {
        if let Ok(value) = HeaderValue::from_str(text) {
            headers.insert(name, value);
        }
    }
    headers
}

/// Makes the headers of the answer. A redirect to the site's own address leads to the edge's.
pub fn answer(from_site: &HeaderMap, site: &Url, issuer: &Issuer) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(from_site.len());
    for (name, value) in from_site {
        let stays = HOP_BY_HOP.contains(name)
            || name.as_str() == "keep-alive"
            || *name == header::STRICT_TRANSPORT_SECURITY
            || OUTLIVING.contains(&name.as_str())
            || (*name == header::SET_COOKIE && cookies::sets_ours(value));
        if stays {
            continue;
        }
        let value = if *name == header::LOCATION {
            location(value, site, issuer)
        } else {
            value.clone()
        };
        headers.append(name, value);
    }
    headers
}

fn is_bearer(value: &HeaderValue) -> bool {
    let scheme = value.as_bytes().split(|byte| *byte == b' ').next();
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
}

fn location(value: &HeaderValue, site: &Url, issuer: &Issuer) -> HeaderValue {
    let absolute = value.to_str().ok().and_then(|text| Url::parse(text).ok());
    let at_site = absolute.filter(|url| url.origin() == site.origin());
    let at_edge = at_site.and_then(|url| {
        let rest = &url[url::Position::BeforePath..];
        HeaderValue::try_from(issuer.url(rest)).ok()
    });
    at_edge.unwrap_or_else(|| value.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(entries: &[(&'static str, &'static str)]) -> HeaderMap {
        entries
            .iter()
            .map(|(name, value)| {
                let name = HeaderName::from_static(name);
                (name, HeaderValue::from_static(value))
            })
            .collect()
    }

    fn lines(headers: &HeaderMap) -> Vec<String> {
        let line = |(name, value): (&HeaderName, &HeaderValue)| {
            format!("{name}: {}", String::from_utf8_lossy(value.as_bytes()))
        };
        let mut lines: Vec<_> = headers.iter().map(line).collect();
        lines.sort();
        lines
    }

    #[test]
    fn a_request_keeps_what_is_the_sites() {
        let issuer = Issuer::new("https://mcp.example.com");
        let sent = request(
            &map(&[
                ("accept", "text/html"),
                ("authorization", "bEaReR secret"),
                ("cf-connecting-ip", "192.0.2.1"),
                ("connection", "close"),
                (
                    "cookie",
                    "wiki=1; __Host-gatelodge-session=secret; gatelodge-browser-8787=secret",
                ),
                ("content-length", "7"),
                ("gatelodge-subject", "forged"),
                ("host", "mcp.example.com"),
                ("x-forwarded-for", "192.0.2.1"),
                ("x-forwarded-host", "evil.example"),
                ("x-original-url", "/mcp"),
                ("x-rewrite-url", "/mcp"),
                ("x-http-method-override", "PUT"),
                ("remote-user", "owner"),
                ("x_forwarded_for", "192.0.2.1"),
                ("script_name", "/x"),
                ("x-webauth-user", "owner"),
                ("true-client-ip", "192.0.2.1"),
                ("proxy", "http://evil.example"),
            ]),
            &issuer,
        );
        assert_eq!(
            lines(&sent),
            [
                "accept-encoding: identity",
                "accept: text/html",
                "cookie: wiki=1",
                "x-forwarded-host: mcp.example.com",
                "x-forwarded-proto: https",
            ]
        );
        let basic = request(&map(&[("authorization", "Basic dTpw")]), &issuer);
        assert_eq!(basic["authorization"], "Basic dTpw");
    }

    #[test]
    fn an_answer_sets_none_of_our_cookies_and_leads_to_the_edge() {
        let issuer = Issuer::new("https://mcp.example.com");
        let site = Url::parse("https://wiki.example.net:8443").unwrap();
        let mut from_site = map(&[
            ("content-type", "text/html"),
            ("location", "https://wiki.example.net:8443/a?b#c"),
            ("set-cookie", "wiki=1; Path=/"),
            ("nel", "{}"),
            ("clear-site-data", "\"*\""),
            ("transfer-encoding", "chunked"),
        ]);
        for cookie in [
            "__Host-gatelodge-session=forged",
            " __host-Gatelodge-Browser = forged",
            "=__Host-gatelodge-session=forged",
            "gatelodge-session-8787=forged",
        ] {
            from_site.append("set-cookie", HeaderValue::from_static(cookie));
        }
        assert_eq!(
            lines(&answer(&from_site, &site, &issuer)),
            [
                "content-type: text/html",
                "location: https://mcp.example.com/a?b#c",
                "set-cookie: wiki=1; Path=/",
            ]
        );
        for elsewhere in ["https://elsewhere.example/a", "/a", "a"] {
            let headers = map(&[("location", elsewhere)]);
            assert_eq!(answer(&headers, &site, &issuer)["location"], elsewhere);
        }
    }
}
