//! The two cookies of the edge.

use http::{HeaderMap, HeaderValue, header};

use crate::{
    issuer::Issuer,
    secret::{Digest, Random, Secret, random_name},
    time::Lifetime,
};

/// A cookie of the edge.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CookieKind {
    /// Tells one browser from another, so that a form answers only in the browser it was sent to.
    Browser,
    /// The owner's session.
    Session,
}

/// How long a browser keeps them; whether they are good for something is decided at the edge.
const KEPT: Lifetime = Lifetime::from_days(180);

impl CookieKind {
    /// `__Host-` wants `Secure`, which not every browser grants a plain-http loopback address; and
    /// cookies do not tell the ports of a host apart, so that the port is part of the name there.
    fn name(self, issuer: &Issuer) -> String {
        let kind = match self {
            Self::Browser => "browser",
            Self::Session => "session",
        };
        if issuer.is_plain_http() {
            let port = issuer
                .as_str()
                .rsplit_once(':')
                .map_or("80", |(_, port)| port);
            let port: String = port.chars().filter(char::is_ascii_digit).collect();
            format!("gatelodge-{kind}-{port}")
        } else {
            format!("__Host-gatelodge-{kind}")
        }
    }

    /// The value that a request carries. Bytes are read, not text: a cookie that some neighbour
    /// has set may hold any, and must not hide ours.
    pub fn read(self, headers: &HeaderMap, issuer: &Issuer) -> Option<Secret> {
        let name = self.name(issuer);
        headers
            .get_all(header::COOKIE)
            .iter()
            .flat_map(|cookies| cookies.as_bytes().split(|byte| *byte == b';'))
            .filter_map(|pair| pair.trim_ascii().strip_prefix(name.as_bytes()))
            .filter_map(|rest| str::from_utf8(rest.strip_prefix(b"=")?).ok())
            .map(|value| Secret::new(value.to_owned()))
            .next()
    }

    /// The `Set-Cookie` header that gives the browser a value.
    pub fn set(self, value: &Secret, issuer: &Issuer) -> HeaderValue {
        let (name, value, age) = (self.name(issuer), value.expose(), KEPT.seconds());
        let secure = if issuer.is_plain_http() {
            ""
        } else {
            "; Secure"
        };
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::try_from(cookie).expect("our own cookies are visible ASCII")
    }
}

/// A browser, as far as it can be told from others.
#[derive(Clone, Debug)]
pub struct Browser {
    name: Secret,
    is_new: bool,
}

impl Browser {
    /// The browser that a request comes from; one that is new gets a name.
    pub fn of(headers: &HeaderMap, issuer: &Issuer, random: &dyn Random) -> Self {
        Self::known(headers, issuer).unwrap_or_else(|| Self {
            name: Secret::new(random_name(random)),
            is_new: true,
        })
    }

    /// The browser that a request comes from, if it has been here before.
    pub fn known(headers: &HeaderMap, issuer: &Issuer) -> Option<Self> {
        CookieKind::Browser.read(headers, issuer).map(|name| Self {
            name,
            is_new: false,
        })
    }

    /// What a form remembers of it.
    pub fn digest(&self) -> Digest {
        self.name.digest()
    }

    /// The cookie that a new browser is to be given.
    pub fn cookie(&self, issuer: &Issuer) -> Option<HeaderValue> {
        self.is_new
            .then(|| CookieKind::Browser.set(&self.name, issuer))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_locked_to_the_host() {
        let value = Secret::new("v".into());
        let secure = CookieKind::Session.set(&value, &Issuer::new("https://h.example"));
        assert_eq!(
            secure,
            "__Host-gatelodge-session=v; Path=/; Max-Age=15552000; HttpOnly; SameSite=Lax; Secure"
        );
        let loopback = CookieKind::Session.set(&value, &Issuer::new("http://localhost:8787"));
        assert_eq!(
            loopback,
            "gatelodge-session-8787=v; Path=/; Max-Age=15552000; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn a_cookie_is_found_among_others() {
        let issuer = Issuer::new("https://h.example");
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=b; __Host-gatelodge-session=v; gatelodge-session=w"),
        );
        let read = CookieKind::Session.read(&headers, &issuer);
        assert_eq!(read.as_ref().map(Secret::expose), Some("v"));
        assert!(CookieKind::Browser.read(&headers, &issuer).is_none());
    }
    #[test]
    fn a_foreign_cookie_of_any_bytes_hides_nothing() {
        let issuer = Issuer::new("https://h.example");
        for cookies in [
            b"a=\xff\xfe; __Host-gatelodge-session=v".as_slice(),
            b"\xc3=; __Host-gatelodge-session=v; b=\x80",
            b"__Host-gatelodge-session=\xff; __Host-gatelodge-session=v",
            b"__Host-gatelodge-session; x__Host-gatelodge-session=w;__Host-gatelodge-session=v ",
        ] {
            let mut headers = HeaderMap::new();
            let cookies = HeaderValue::from_bytes(cookies).unwrap();
            headers.insert(header::COOKIE, cookies);
            let read = CookieKind::Session.read(&headers, &issuer);
            assert_eq!(read.as_ref().map(Secret::expose), Some("v"), "{headers:?}");
        }
    }
}
