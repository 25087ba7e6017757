//! How home fails, by what comes in the place of an answer. What stands at home, or on the way to
//! it, is the owner's; so each failure has a sentence that tells him what to mend.

use http::{HeaderMap, StatusCode, header};

/// Why there is no answer of the MCP server's to relay.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum HomeFailure {
    /// Cloudflare Access asks the edge to sign in.
    AccessAsks,
    /// Its certificate is not accepted, or the TLS handshake fails (Cloudflare's 525, 526).
    BadCertificate,
    /// A proxy or tunnel says that the server is not there.
    Down,
    /// It answers with success and nothing else.
    Empty,
    /// There is no MCP endpoint at the path.
    Missing,
    /// Its name does not resolve (Cloudflare's 1016).
    NoSuchName,
    /// Something answers that is no MCP server: a web page, most of the time.
    NotMcp,
    /// A redirect to another place.
    Redirects,
    /// It refuses the edge's own credential, or wants one.
    Refuses,
    /// Its guard against DNS rebinding does not know the name that it is called by.
    RefusesName,
    /// It did not answer in time.
    Slow,
    /// A proxy before it takes no message of that size.
    TooLarge,
    /// The tunnel is not connected (Cloudflare's 1033).
    TunnelDown,
    /// It, or a proxy before it, says that it is overloaded or still starting.
    Unavailable,
    /// No connection, or one that breaks off before an answer.
    Unreachable,
    /// It wants a user's name and password (`Basic`).
    WantsPassword,
}

impl HomeFailure {
    /// The failure that an error status stands for when no MCP server has given it.
    pub(super) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            503 => Self::Unavailable,
            504 | 522 | 524 => Self::Slow,
            525 | 526 => Self::BadCertificate,
            530 => Self::TunnelDown,
            _ => Self::Down,
        }
    }

    /// What a refusal (401, 403, 407, 421) is about, as far as its head tells.
    pub(super) fn of_refusal(status: StatusCode, headers: &HeaderMap) -> Self {
        if status == StatusCode::MISDIRECTED_REQUEST {
            return Self::RefusesName;
        }
        let challenges = headers.get_all(header::WWW_AUTHENTICATE).iter();
        let challenges = challenges.map(|challenge| challenge.as_bytes().to_ascii_lowercase());
        let challenges: Vec<_> = challenges
            .map(|challenge| String::from_utf8_lossy(&challenge).into_owned())
            .collect();
        let mut each = challenges.iter().flat_map(|challenge| challenge.split(','));
        if challenges
            .iter()
            .any(|all| all.contains("cloudflareaccess.com") || all.starts_with("cloudflare-access"))
        {
            Self::AccessAsks
        } else if each.any(|challenge| challenge.trim_start().starts_with("basic")) {
            Self::WantsPassword
        } else {
            Self::Refuses
        }
    }

    /// What a redirect to this location is about.
    pub(super) fn of_redirect(location: &str) -> Self {
        if location.contains(".cloudflareaccess.com/") || location.starts_with("/cdn-cgi/access/") {
            Self::AccessAsks
        } else {
            Self::Redirects
        }
    }

    /// Whether the MCP server itself has answered, and not something on the way to it.
    pub const fn is_servers_own(self) -> bool {
        match self {
            Self::Refuses | Self::RefusesName => true,
            Self::AccessAsks
            | Self::BadCertificate
            | Self::Down
            | Self::Empty
            | Self::Missing
            | Self::NoSuchName
            | Self::NotMcp
            | Self::Redirects
            | Self::Slow
            | Self::TooLarge
            | Self::TunnelDown
            | Self::Unavailable
            | Self::Unreachable
            | Self::WantsPassword => false,
        }
    }

    /// Whether the body of the answer may say more.
    pub const fn is_told_by_body(self) -> bool {
        matches!(self, Self::Refuses | Self::TunnelDown)
    }

    /// The failure, with what the body says.
    #[must_use]
    pub fn seen_in(self, body: &[u8]) -> Self {
        let body = String::from_utf8_lossy(body).to_ascii_lowercase();
        let says = |words: &str| body.contains(words);
        if self == Self::TunnelDown {
            // As a page, as JSON, and as one line.
            let is_number = |number: u16| {
                says(&format!(">{number}<"))
                    || says(&format!("\"error_code\":{number}"))
                    || says(&format!("error code: {number}"))
            };
            return if is_number(1033) {
                Self::TunnelDown
            } else if is_number(1016) {
                Self::NoSuchName
            } else {
                Self::Down
            };
        }
        // As the guards of the MCP SDKs say it.
        if self == Self::Refuses && (says("invalid host") || says("invalid origin")) {
            return Self::RefusesName;
        }
        self
    }

    /// Whether the beginning of a body is that of an error of Cloudflare's own.
    pub fn is_cloudflares(body: &[u8]) -> bool {
        String::from_utf8_lossy(body).contains("\"cloudflare_error\"")
    }

    /// The status of the answer in its place (TR-13).
    pub const fn status(self) -> StatusCode {
        match self {
            Self::AccessAsks
            | Self::BadCertificate
            | Self::Down
            | Self::Empty
            | Self::Missing
            | Self::NoSuchName
            | Self::NotMcp
            | Self::Redirects
            | Self::Refuses
            | Self::RefusesName
            | Self::TunnelDown
            | Self::Unreachable
            | Self::WantsPassword => StatusCode::BAD_GATEWAY,
            Self::Slow => StatusCode::GATEWAY_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Whether trying again can help before anybody has mended a setting.
    pub const fn is_passing(self) -> bool {
        match self {
            Self::Down
            | Self::NoSuchName
            | Self::Slow
            | Self::TunnelDown
            | Self::Unavailable
            | Self::Unreachable => true,
            Self::AccessAsks
            | Self::BadCertificate
            | Self::Empty
            | Self::Missing
            | Self::NotMcp
            | Self::Redirects
            | Self::Refuses
            | Self::RefusesName
            | Self::TooLarge
            | Self::WantsPassword => false,
        }
    }

    /// One sentence for whoever runs home.
    pub const fn words(self) -> &'static str {
        match self {
            Self::AccessAsks => {
                "Cloudflare Access asks the gateway to sign in. Give it a service token in ORIGIN_HEADERS, and a policy with the action Service Auth."
            }
            Self::BadCertificate => {
                "The home server's certificate is not accepted. Get one of a public authority for its name, or use a tunnel."
            }
            Self::Down => {
                "The home server is not running, or does not listen where its tunnel or proxy looks for it."
            }
            Self::Empty => {
                "The home server's answer is empty, or does not say what it is. Check the gateway's ORIGIN."
            }
            Self::Missing => {
                "The home server has no MCP endpoint at this path. Check the path in the gateway's ORIGIN."
            }
            Self::NoSuchName => {
                "The home server's name does not resolve. Check the gateway's ORIGIN and the DNS."
            }
            Self::NotMcp => {
                "Something that is no MCP server has answered, perhaps with a web page. Check the gateway's ORIGIN."
            }
            Self::Redirects => "The home server redirects elsewhere. Check the gateway's ORIGIN.",
            Self::Refuses => {
                "The home server refuses the gateway's own credential. Check ORIGIN_HEADERS and ASSERTION."
            }
            Self::RefusesName => {
                "The home server does not accept the name that it is called by. Allow the host of ORIGIN there."
            }
            Self::Slow => {
                "The home server did not answer in time. Let it answer long calls with a stream, or raise ORIGIN_SECONDS."
            }
            Self::TooLarge => {
                "A proxy before the home server takes no message of this size. Raise its limit."
            }
            Self::TunnelDown => {
                "The tunnel to the home server is not connected. Start cloudflared."
            }
            Self::Unavailable => {
                "The home server, or a proxy before it, is overloaded or still starting. If it stays so, look into its log."
            }
            Self::Unreachable => {
                "The home server cannot be reached, or broke off. Is it running, its port open and its certificate a public one?"
            }
            Self::WantsPassword => {
                "The home server wants a name and a password (Basic). Put them into ORIGIN_HEADERS as Authorization."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_tells_which_failure_it_is() {
        use HomeFailure::{Down, NoSuchName, Redirects, Refuses, RefusesName, TunnelDown};
        for (failure, body, expected) in [
            (TunnelDown, "error code: 1033", TunnelDown),
            (TunnelDown, "<h1>Error <span>1016</span></h1>", NoSuchName),
            (TunnelDown, "{\"error_code\":1016}", NoSuchName),
            (TunnelDown, "<b>Ray ID: 8f1016</b>", Down),
            (TunnelDown, "", Down),
            (Down, "error code: 1033", Down),
            (
                Refuses,
                "{\"error\":{\"message\":\"Invalid Host: a\"}}",
                RefusesName,
            ),
            (Refuses, "Invalid Origin header", RefusesName),
            (Refuses, "error code: 1033", Refuses),
            (Redirects, "Invalid Host, 1033", Redirects),
        ] {
            assert_eq!(failure.seen_in(body.as_bytes()), expected, "{body}");
        }
    }

    #[test]
    fn a_redirect_to_a_sign_in_of_access_is_told_from_others() {
        use HomeFailure::{AccessAsks, Redirects};
        for (location, expected) in [
            (
                "https://x.cloudflareaccess.com/cdn-cgi/access/login/y",
                AccessAsks,
            ),
            ("/cdn-cgi/access/login", AccessAsks),
            ("https://cloudflareaccess.com.evil.example/", Redirects),
            ("/login", Redirects),
            ("", Redirects),
        ] {
            assert_eq!(HomeFailure::of_redirect(location), expected, "{location}");
        }
    }
}
