//! Who takes the answer that is sent to a redirect URI: another machine, or the person's own.

use std::net::Ipv4Addr;

use url::{Host, Url};

/// Who takes the answer that is sent to a redirect URI.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Receiver {
    /// An app on the person's device that claims a private-use scheme; any app may claim it.
    App,
    /// A program on the person's own machine, where any program may listen (AS-43).
    ThisComputer,
    /// Whoever holds the name.
    Website,
}

impl Receiver {
    /// Who takes what is sent to this URI, which is of a shape that can be registered.
    pub(super) fn of(url: &Url) -> Self {
        match url.scheme() {
            "http" => Self::ThisComputer,
            "https" if url.host().is_some_and(|host| is_own_machine(&host)) => Self::ThisComputer,
            "https" => Self::Website,
            _ => Self::App,
        }
    }
}

/// A loopback redirect URI without its port.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Loopback<'a> {
    host: &'static str,
    path_and_query: &'a str,
}

impl<'a> Loopback<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        let rest = text.strip_prefix("http://")?;
        let (host, rest) = ["127.0.0.1", "[::1]", "localhost"]
            .into_iter()
            .find_map(|host| rest.strip_prefix(host).map(|rest| (host, rest)))?;
        let path_and_query = match rest.strip_prefix(':') {
            Some(port) => port.trim_start_matches(|digit: char| digit.is_ascii_digit()),
            None => rest,
        };
        let ends = path_and_query.is_empty() || path_and_query.starts_with(['/', '?']);
        ends.then_some(Self {
            host,
            path_and_query,
        })
    }
}

/// Whether a host is the machine that asks for it, in any of its spellings (RFC 6761 §6.3).
fn is_own_machine(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => {
            let name = name.strip_suffix('.').unwrap_or(name);
            name == "localhost" || name.ends_with(".localhost")
        }
        Host::Ipv4(address) => address.is_loopback() || *address == Ipv4Addr::UNSPECIFIED,
        Host::Ipv6(address) => address.is_loopback() || address.is_unspecified(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_own_machine_is_known_by_any_name() {
        for (uri, receiver) in [
            ("https://claude.ai/api/cb", Receiver::Website),
            ("https://localhost.example/cb", Receiver::Website),
            ("https://localhost/cb", Receiver::ThisComputer),
            ("https://LOCALHOST.:8443/cb", Receiver::ThisComputer),
            ("https://app.localhost/cb", Receiver::ThisComputer),
            ("https://127.1:9/cb", Receiver::ThisComputer),
            ("https://0.0.0.0/cb", Receiver::ThisComputer),
            ("http://[::1]:9/cb", Receiver::ThisComputer),
            ("cursor://anysphere.cursor-mcp/cb", Receiver::App),
        ] {
            assert_eq!(Receiver::of(&Url::parse(uri).unwrap()), receiver, "{uri}");
        }
    }
}
