use super::*;

#[test]
fn a_mount_is_its_exact_path_with_or_without_a_slash() {
    let mount = MountPath::default();
    let find = |path: &str| Route::find(path, [&mount].into_iter());
    for typed in ["/mcp", "/mcp/"] {
        assert_eq!(find(typed), Route::Mount(&mount));
    }
    assert_eq!(find("/"), Route::Root);
    for path in [
        "/mcp//",
        "//mcp",
        "/MCP",
        "/mcp/tools",
        "/mcpx",
        "/mcpx/token",
        "/%6dcp",
        "/mcp%2f",
        "/oauthtoken",
        "/oauth",
        "/oauth/oauth/token",
        "/mcp/oauth/token",
        "/oauth/mcp",
    ] {
        assert_eq!(find(path), Route::NotFound, "{path}");
    }
}

#[test]
fn metadata_is_at_the_root_suffixed_and_below_the_mount() {
    let (first, second) = (
        MountPath::default(),
        MountPath::parse("/notes/mcp").unwrap(),
    );
    let find = |path: &str| Route::find(path, [&first, &second].into_iter());
    let resource = |mount, resource: &str| Route::ResourceMetadata {
        mount,
        resource: resource.into(),
    };
    let server = |mount| Route::ServerMetadata { mount };
    let provider = |mount| Route::OpenidMetadata { mount };
    for (path, expected) in [
        (
            "/.well-known/oauth-protected-resource",
            resource(&first, "/"),
        ),
        (
            "/.well-known/oauth-protected-resource/",
            resource(&first, "/"),
        ),
        (
            "/.well-known/oauth-protected-resource/mcp",
            resource(&first, "/mcp"),
        ),
        (
            "/.well-known/oauth-protected-resource/mcp/",
            resource(&first, "/mcp/"),
        ),
        (
            "/.well-known/oauth-protected-resource/notes/mcp",
            resource(&second, "/notes/mcp"),
        ),
        (
            "/mcp/.well-known/oauth-protected-resource",
            resource(&first, "/mcp"),
        ),
        (
            "/notes/mcp/.well-known/oauth-protected-resource/",
            resource(&second, "/notes/mcp"),
        ),
        ("/.well-known/oauth-protected-resource/x", Route::NotFound),
        ("/.well-known/oauth-protected-resourcemcp", Route::NotFound),
        ("/.well-known/oauth-authorization-server", server(&first)),
        ("/.well-known/oauth-authorization-server/", server(&first)),
        (
            "/.well-known/oauth-authorization-server/mcp",
            server(&first),
        ),
        (
            "/.well-known/oauth-authorization-server/notes/mcp/",
            server(&second),
        ),
        (
            "/mcp/.well-known/oauth-authorization-server",
            server(&first),
        ),
        ("/.well-known/oauth-authorization-server/x", Route::NotFound),
        ("/.well-known/openid-configuration", provider(&first)),
        ("/.well-known/openid-configuration/mcp/", provider(&first)),
        (
            "/.well-known/openid-configuration/notes/mcp",
            provider(&second),
        ),
        ("/mcp/.well-known/openid-configuration", provider(&first)),
        ("/.well-known/openid-configuration/x", Route::NotFound),
    ] {
        assert_eq!(find(path), expected, "{path}");
    }
}

#[test]
fn the_aliases_are_the_endpoints_themselves() {
    let mount = MountPath::default();
    let find = |path: &str| Route::find(path, [&mount].into_iter());
    for (path, endpoint) in [
        ("/authorize", Endpoint::Authorize),
        ("/token/", Endpoint::Token),
        ("/oauth/token", Endpoint::Token),
        ("/oauth/register", Endpoint::Register),
    ] {
        assert_eq!(find(path), Route::Endpoint(endpoint), "{path}");
    }
    for (path, endpoint) in [
        ("/mcp/authorize", Endpoint::Authorize),
        ("/mcp/clients", Endpoint::Register),
        ("/mcp/register/", Endpoint::Register),
        ("/mcp/revoke", Endpoint::Revoke),
    ] {
        let mount = &mount;
        assert_eq!(
            find(path),
            Route::MountEndpoint { mount, endpoint },
            "{path}"
        );
    }
    assert_eq!(find("/mcp/auth"), Route::Auth(&mount));
    assert_eq!(find("/mcp/discover"), Route::Discover(&mount));
    assert_eq!(find("/gatelodge"), Route::Owner(OwnerRoute::Page));
}

#[test]
fn no_mount_takes_a_path_of_the_edges_own() {
    let owners = [SIGN_IN, SIGN_OUT, REVOKE_GRANT, REVOKE_ALL];
    let roots = OWN.into_iter().chain([OWNER, WELL_KNOWN]);
    for own in roots.clone().chain(owners) {
        for end in ["", "/", "/x", "/x/y", "/mcp/"] {
            let path = format!("{own}{end}");
            assert_eq!(MountPath::parse(&path), None, "{path}");
        }
    }
    for own in roots {
        let beside = format!("{own}x");
        assert!(MountPath::parse(&beside).is_some(), "{beside}");
    }
}
