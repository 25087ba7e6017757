//! Resource indicators (RFC 8707): many spellings, one audience per mount.

use url::Url;

use super::scope::ScopeSet;
use crate::{issuer::Issuer, mount_path::MountPath};

/// A `resource` that names no mount of this edge; answered with `invalid_target`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct InvalidTarget;

/// A protected resource of this edge: a mount, and what can be granted for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Resource<'a> {
    /// The mount.
    pub path: &'a MountPath,
    /// All that can be granted, and the default.
    pub scopes: &'a ScopeSet,
}

/// The resource that the `resource` parameters of a request mean; the first when there are none.
///
/// Clients differ in slashes, case, port and query, and some send only the origin, which means the
/// first mount. A fragment is forbidden (RFC 8707 §2).
///
/// # Errors
///
/// When one of them names nothing here, or two name different mounts.
pub fn audience<'a>(
    issuer: &Issuer,
    resources: &[Resource<'a>],
    mut named: impl Iterator<Item = impl AsRef<str>>,
) -> Result<Resource<'a>, InvalidTarget> {
    let first = *resources.first().ok_or(InvalidTarget)?;
    let Some(name) = named.next() else {
        return Ok(first);
    };
    let resource = find(issuer, resources, name.as_ref())?;
    for other in named {
        if find(issuer, resources, other.as_ref())? != resource {
            return Err(InvalidTarget);
        }
    }
    Ok(resource)
}

fn find<'a>(
    issuer: &Issuer,
    resources: &[Resource<'a>],
    name: &str,
) -> Result<Resource<'a>, InvalidTarget> {
    let url = Url::parse(name).map_err(|_| InvalidTarget)?;
    let bare = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    if !bare || url.origin().ascii_serialization() != issuer.as_str() {
        return Err(InvalidTarget);
    }
    let segments: Vec<_> = url
        .path()
        .split('/')
        .filter(|part| !part.is_empty())
        .collect();
    if segments.is_empty() {
        return resources.first().copied().ok_or(InvalidTarget);
    }
    let path = format!("/{}", segments.join("/"));
    let found = resources
        .iter()
        .find(|resource| resource.path.as_str() == path);
    found.copied().ok_or(InvalidTarget)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_spellings_of_a_resource_mean_its_mount() {
        let (issuer, path) = (Issuer::new("https://h.example"), MountPath::default());
        let scopes = ScopeSet::default_scopes();
        let mount = Resource {
            path: &path,
            scopes: &scopes,
        };
        for resource in [
            "https://h.example/mcp",
            "https://h.example/mcp/",
            "https://H.example/mcp",
            "HTTPS://h.example:443/mcp",
            "https://h.example//mcp",
            "https://h.example/mcp?x=1",
            "https://h.example",
            "https://h.example/",
        ] {
            let found = audience(&issuer, &[mount], [resource].iter());
            assert_eq!(found, Ok(mount), "{resource}");
        }
    }

    #[test]
    fn nothing_else_is_a_resource_of_the_edge() {
        let (issuer, path) = (Issuer::new("https://h.example"), MountPath::default());
        let scopes = ScopeSet::default_scopes();
        let mount = Resource {
            path: &path,
            scopes: &scopes,
        };
        for resource in [
            "https://other.example/mcp",
            "http://h.example/mcp",
            "https://h.example:8443/mcp",
            "https://h.example/mcp#f",
            "https://u@h.example/mcp",
            "https://h.example/MCP",
            "https://h.example/mcp/tools",
            "/mcp",
            "mcp",
            "urn:x",
        ] {
            let found = audience(&issuer, &[mount], [resource].iter());
            assert_eq!(found, Err(InvalidTarget), "{resource}");
        }
        let none: [&str; 0] = [];
        assert_eq!(audience(&issuer, &[mount], none.iter()), Ok(mount));
        let mixed = ["https://h.example/mcp", "https://h.example/x"];
        assert_eq!(
            audience(&issuer, &[mount], mixed.iter()),
            Err(InvalidTarget)
        );
    }
}
