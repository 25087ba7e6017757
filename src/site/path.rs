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

/// Judges a path; `guarded` are the paths of the edge, each with all below it.
pub fn judge<'a>(path: &str, guarded: impl Iterator<Item = &'a str>) -> PathOwner {
    let Some(canonical) = canonical(path) else {
        return PathOwner::Malformed;
    };
    let is_at = |guarded: &str| {
        canonical
            .strip_prefix(&folded(guarded))
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let mut guarded = guarded;
    if guarded.any(is_at) {
        PathOwner::Edge
    } else {
        PathOwner::Site
    }
}

/// The path as the most lenient server reads it; none when it is malformed.
fn canonical(path: &str) -> Option<String> {
    let spelled = path.to_ascii_lowercase();
    let hides = ["%2f", "%5c", "%00"];
    if hides.iter().any(|hidden| spelled.contains(hidden)) {
        return None;
    }
    let mut decoded = path.to_owned();
    loop {
        let next = percent_decode_str(&decoded).decode_utf8().ok()?;
        if next.chars().any(char::is_control) {
            return None;
        }
        if next == decoded {
            break;
        }
        decoded = next.into_owned();
    }
    Some(folded(&resolved(&decoded.replace('\\', "/"))))
}

/// The path without parameters, empty segments and dot segments. Some servers pass over dots and
/// blanks at the end of a segment.
fn resolved(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        let (segment, _) = segment.split_once(';').unwrap_or((segment, ""));
        match segment.trim() {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            _ => segments.push(segment.trim().trim_end_matches(['.', ' '])),
        }
    }
    format!("/{}", segments.join("/"))
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
            "/x;/../mcp",
            "/./mcp",
            "/x/../mcp",
            "/x/%2e%2e/mcp",
            "/x/%252e%252e/mcp",
            "/x/..;/mcp",
            "/..;/mcp",
            "/\\mcp",
            "/x/..\\mcp",
            "\\mcp",
            "/mcp.",
            "/mcp..",
            "/mcp%20",
            "/ mcp",
            "/%20mcp",
            "/mcp%3bx",
            "/%252fmcp",
            "/x%252f..%252fmcp",
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
            "/mcp%00",
            "/x%00",
            "/x%0a",
            "/x%0d%0ax",
            "/x%7f",
            "/x%250a",
            "/%c0%afmcp",
            "/%ff",
            "/x\u{7}",
        ] {
            assert_eq!(owner(path), PathOwner::Malformed, "{path}");
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
            "/a/../b",
            "/index.php",
            "/mcp/../Home",
        ] {
            assert_eq!(owner(path), PathOwner::Site, "{path}");
        }
    }
}
