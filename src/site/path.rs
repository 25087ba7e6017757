//! Which paths may go to the site. Servers read one path in many ways; whatever any of them may
//! take for a path of the edge stays here.

use percent_encoding::percent_decode_str;

/// What becomes of a path that is none of the edge's own as it is spelled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PathOwner {
    /// Some server may read it as one of the edge's.
    Edge,
    /// No server should have to read it: it hides a separator or a control byte.
    Malformed,
    /// It is the site's.
    Site,
}

/// Paths are decoded so often at most; no page's address is spelled like that.
const MOST_PASSES: usize = 4;

/// Judges a path; `guarded` are the paths of the edge, each with all below it.
///
/// It is read as it is spelled, and after each time that it is decoded: servers differ in how often
/// they do that. Dot segments are gone from what a browser sends, so that one which shows only after
/// decoding is there to be read differently on the way.
pub fn judge<'a>(path: &str, guarded: impl Iterator<Item = &'a str>) -> PathOwner {
    let Some(readings) = readings(path) else {
        return PathOwner::Malformed;
    };
    let mut guarded = guarded;
    let is_edges = guarded.any(|guarded| {
        let guarded = canonical(guarded);
        let is_at = |reading: &String| {
            reading
                .strip_prefix(&guarded)
                .is_some_and(|rest| !rest.starts_with(goes_on))
        };
        readings.iter().any(is_at)
    });
    if is_edges {
        PathOwner::Edge
    } else {
        PathOwner::Site
    }
}

/// Whether a letter makes another name of a name. After any other one a server may read an extension
/// (`/mcp.json`), a stream (`/mcp::$DATA`) or a query (`/mcp%3fx`).
fn goes_on(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_' | '~')
}

/// What a path of the edge's is compared as.
fn canonical(path: &str) -> String {
    let readings = readings(path).unwrap_or_default();
    readings.into_iter().last().unwrap_or_else(|| folded(path))
}

/// The path as servers may read it, from the strictest to the most lenient; none when it is
/// malformed. A backslash is a separator to some servers and a letter to others, some decode `%uXXXX`,
/// and none of these is needed.
fn readings(path: &str) -> Option<Vec<String>> {
    let spelled = path.to_ascii_lowercase();
    let hides = ["%2f", "%5c", "%00", "%u"];
    if hides.iter().any(|hidden| spelled.contains(hidden)) {
        return None;
    }
    let mut decoded = path.to_owned();
    let mut readings = vec![plain(&decoded)?];
    for _ in 0..MOST_PASSES {
        let next = percent_decode_str(&decoded).decode_utf8().ok()?;
        let is_odd = |letter: char| letter.is_control() || letter == '\\';
        if next.contains(is_odd) || folded(&next).contains("%u") {
            return None;
        }
        if next == decoded {
            return Some(readings);
        }
        decoded = next.into_owned();
        readings.push(plain(&decoded)?);
    }
    None
}

/// The path without parameters and empty segments, without regard to case; none when it has a dot
/// segment. Some servers pass over dots and blanks at the end of a segment.
fn plain(path: &str) -> Option<String> {
    let mut plain = String::with_capacity(path.len());
    for segment in path.split('/') {
        let (segment, _) = segment.split_once(';').unwrap_or((segment, ""));
        let segment = segment.trim();
        if segment.is_empty() {
            continue;
        }
        let segment = segment.trim_end_matches(['.', ' ']);
        if segment.is_empty() {
            return None;
        }
        plain.push('/');
        plain.push_str(segment);
    }
    Some(folded(&plain))
}

/// The path without regard to case. Few letters beyond ASCII fold into it, and what is guarded is
/// ASCII.
fn folded(path: &str) -> String {
    path.chars()
        .map(|letter| match letter {
            '\u{130}' | '\u{131}' => 'i',
            '\u{17f}' => 's',
            '\u{212a}' => 'k',
            letter => letter.to_ascii_lowercase(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const GUARDED: [&str; 3] = ["/mcp", "/.well-known", "/notes/Mcp"];

    fn owner(path: &str) -> PathOwner {
        judge(path, GUARDED.into_iter())
    }

    /// Every spelling of a way around the gate that a server is known to take.
    #[test]
    fn no_spelling_leads_around_the_gate() {
        for path in [
            "/mcp",
            "/mcp/",
            "//mcp",
            "/mcp//",
            "/mcp/anything",
            "/MCP",
            "/Mcp",
            "/%6dcp",
            "/%6Dcp",
            "/%256dcp",
            "/%25256dcp",
            "/%6d%63%70",
            "/mcp;x=1",
            "/mcp;/x",
            "/;x/mcp",
            "/mcp.",
            "/mcp..",
            "/mcp%20",
            "/ mcp",
            "/%20mcp",
            "/mcp%3bx",
            "/%252fmcp",
            "/mcp.json",
            "/mcp%3fx",
            "/mcp%253fx",
            "/mcp%23x",
            "/mcp::$DATA",
            "/.well-known/anything",
            "/.WELL-KNOWN/oauth-authorization-server",
            "/.well%2dknown/x",
            "/.well-%E2%84%AAnown/x",
            "/notes/mcp",
            "/notes//mcp/x",
            "mcp",
        ] {
            assert_eq!(owner(path), PathOwner::Edge, "{path}");
        }
    }

    #[test]
    fn hidden_separators_and_control_bytes_are_no_path() {
        for path in [
            "/x%2fmcp",
            "/%2Fmcp",
            "/x%5cmcp",
            "/x%5Cmcp",
            "/\\mcp",
            "/;%255c$/mcp",
            "/%u006dcp",
            "/%25u006dcp",
            "/x%u002fmcp",
            "/;\\$/mcp",
            "/mcp%00",
            "/x%00",
            "/x%0a",
            "/x%0d%0ax",
            "/x%7f",
            "/x%250a",
            "/%c0%afmcp",
            "/%ff",
            "/x\u{7}",
            "/./mcp",
            "/x/../mcp",
            "/x/%2e%2e/mcp",
            "/x/%252e%252e/mcp",
            "/x/..;/mcp",
            "/x;/../mcp",
            "/x/..\\mcp",
            "/x%252f..%252fmcp",
            "/mcp/../Home",
            "/mcp/..;/x",
            "/mcp/..%3b/x",
            "/mcp/..;",
            "/mcp/..%20/x",
            "/mcp/%252e%252e/x",
            "/mcp/%252e%252e%255cx",
            "/mcp/.%20./x",
            "/x/...",
            "/%25252525256dcp",
        ] {
            assert_eq!(owner(path), PathOwner::Malformed, "{path}");
        }
    }

    /// The origin's own path is kept back however it is spelled in the configuration.
    #[test]
    fn a_guarded_path_may_be_spelled_in_any_way() {
        for guarded in [
            "/my%20mcp",
            "/a//b",
            "/%D0%BD",
            "/api.",
            "/mcp;v=1",
            "/Api/MCP/",
        ] {
            for path in [guarded, &guarded.to_lowercase(), &format!("{guarded}/x")] {
                let judged = judge(path, [guarded].into_iter());
                assert_eq!(judged, PathOwner::Edge, "{path} at {guarded}");
            }
        }
    }

    #[test]
    fn everything_else_is_the_sites() {
        for path in [
            "/",
            "/Home",
            "/mcpx",
            "/xmcp",
            "/mcp-notes",
            "/notes",
            "/notes/x",
            "/well-known",
            "/a/mcp",
            "/wiki/100%25",
            "/wiki/%C3%A4",
            "/wiki/Caf\u{e9}",
            "/index.php",
        ] {
            assert_eq!(owner(path), PathOwner::Site, "{path}");
        }
    }
}
