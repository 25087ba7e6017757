//! A token is good for the one resource that it was granted for (RS-25, AS-28, AS-87).

use gatelodge::{
    config::Mount,
    ledger::{
        opening::{Opening, open},
        record::{ApprovedClient, Authorization, CodeBinding},
    },
    mount_path::MountPath,
    oauth::{
        credential::Credential,
        grant::{AccessToken, Generation, GrantId},
        pkce::CodeVerifier,
        scope::ScopeSet,
    },
    resource_server::{challenge::NotAdmitted, principal::UnadmittedToken},
    secret::Digest,
};

use crate::support::{
    Browser, Client, Gate, ISSUER, REDIRECT_URI, RESOURCE, Request, call, exchange::only,
};

#[test]
fn every_spelling_of_the_resource_is_the_resource() {
    for resource in [
        RESOURCE,
        "https://mcp.example.com/mcp/",
        "https://mcp.example.com//mcp",
        "https://mcp.example.com//mcp//",
        "https://mcp.example.com/mcp?x=1",
        "https://mcp.example.com:443/mcp",
        "https://MCP.example.com/mcp",
        "HTTPS://MCP.example.com:443/mcp/",
        "https://mcp.example.com",
        "https://mcp.example.com/",
        "https://MCP.example.com:443",
        "",
    ] {
        let gate = Gate::new();
        let client = Client::register(&gate);
        let mut owner = Browser::of_owner(&gate);
        let page = owner.get(&gate, &client.authorization_url(&[("resource", resource)]));
        assert_eq!(page.status, 200, "{resource}");
        let callback = owner.decide(&gate, &page, "approve").callback(REDIRECT_URI);
        let mut fields = client.redemption(only(&callback, "code").unwrap());
        fields.push(("resource", resource));
        let connection = client.connection(&client.ask(&gate, &fields));
        assert_eq!(connection.call(&gate), 200, "{resource}");
        let mut fields = connection.refreshing();
        fields.push(("resource", resource));
        assert_eq!(client.ask(&gate, &fields).status, 200, "{resource}");
    }
}

#[test]
fn another_resource_gets_no_tokens() {
    for resource in [
        "https://other.example/mcp",
        "http://mcp.example.com/mcp",
        "https://mcp.example.com/mcp#f",
        "https://mcp.example.com/other",
        "https://mcp.example.com:8443/mcp",
        "mcp",
    ] {
        let gate = Gate::new();
        let client = Client::register(&gate);
        let code = client.authorize(&gate, &mut Browser::of_owner(&gate));
        let mut fields = client.redemption(&code);
        fields.push(("resource", resource));
        let refused = (400, "invalid_target".into());
        assert_eq!(client.ask(&gate, &fields).refusal(), refused, "{resource}");
        let connection = client.connection(&client.redeem(&gate, &code));
        let mut fields = connection.refreshing();
        fields.extend([("resource", RESOURCE), ("resource", resource)]);
        assert_eq!(client.ask(&gate, &fields).refusal(), refused, "{resource}");
        assert_eq!(
            connection.try_refresh(&gate).status,
            200,
            "nothing was used up"
        );
    }
}

#[test]
fn an_access_token_is_for_one_mount() {
    let gate = Gate::new();
    let connection = Client::register(&gate).connect(&gate);
    let Mount { path, .. } = gate.world.config.first_mount();
    let other: MountPath = serde_json::from_str("\"/other\"").unwrap();
    let issuer = gatelodge::issuer::Issuer::new(ISSUER);
    let keys = &gate.world.config.keys;
    let token = gatelodge::secret::Secret::new(connection.access);
    let opened = |mount| UnadmittedToken::open(&token, mount, (keys, &issuer), gate.now());
    assert!(opened(path).is_ok());
    assert_eq!(opened(&other).err(), Some(NotAdmitted::Invalid));
}

/// A token of a mount that exists no more, or of another, is refused before storage is asked.
#[test]
fn a_sealed_token_for_another_mount_is_challenged_without_storage() {
    let gate = Gate::new();
    let token = AccessToken {
        grant: GrantId::parse(&"g".repeat(22)).unwrap(),
        generation: Generation::FIRST,
        mount: serde_json::from_str("\"/other\"").unwrap(),
        client: Digest::of(b"client"),
        scope: ScopeSet::default_scopes(),
        expires_at: gatelodge::time::Timestamp::from_unix_seconds(u64::MAX),
    };
    let issuer = gatelodge::issuer::Issuer::new(ISSUER);
    let sealed = gate
        .world
        .config
        .keys
        .seal(&issuer, &token, &gate.world.random);
    let answer = call(&gate, sealed.expose());
    assert_eq!(answer.refusal(), (401, "invalid_token".into()));
    assert_eq!(gate.world.storage_operations(), 0);
}

/// The Ledger compares the mount itself, whatever the edge did.
#[test]
fn the_ledger_refuses_another_mount_too() {
    use gatelodge::ledger::redemption::{Redemption, RedemptionRefusal, redeem};
    let gate = Gate::new();
    let client = Digest::of(b"client");
    let verifier = CodeVerifier::parse(&"v".repeat(43)).unwrap();
    let opening = Opening {
        id: GrantId::parse(&"g".repeat(22)).unwrap(),
        authorization: Authorization {
            issuer: gatelodge::issuer::Issuer::new(ISSUER),
            client: ApprovedClient {
                client_id: "client".into(),
                id: client,
                credential: Credential::Nothing,
                name: "Test".into(),
                host: "client.example".into(),
            },
            mount: MountPath::default(),
            scope: ScopeSet::default_scopes(),
            refreshes: true,
        },
        code: CodeBinding {
            redirect_uri: "https://client.example/callback".into(),
            challenge: verifier.challenge(),
        },
    };
    let record = open(None, opening, gate.now()).unwrap();
    let attempt = |mount: Option<&str>| Redemption {
        client,
        credential: Credential::Nothing,
        redirect_uri: None,
        challenge: verifier.challenge(),
        mount: mount.map(|mount| serde_json::from_value(mount.into()).unwrap()),
    };
    let mint = gate.world.mint();
    let (after, refused) = redeem(record.clone(), &attempt(Some("/other")), &mint, gate.now());
    assert_eq!(refused.err(), Some(RedemptionRefusal::OtherResource));
    assert_eq!(after, record);
    for mount in [None, Some("/mcp")] {
        assert!(
            redeem(record.clone(), &attempt(mount), &mint, gate.now())
                .1
                .is_ok()
        );
    }
}

/// Many clients name no resource: below a mount they mean that one.
#[test]
fn the_endpoints_below_a_mount_are_for_that_mount() {
    const MOUNTS: &str = r#"[{}, {"path": "/notes", "origin": "https://notes.example.net"}]"#;
    let gate = Gate::with(&[("MOUNTS", MOUNTS)]);
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let below = |resource| {
        let url = client.authorization_url(&[("resource", resource)]);
        url.replacen("/authorize", "/notes/authorize", 1)
    };
    let mut mount_of = |resource| {
        let page = owner.get(&gate, &below(resource));
        let callback = owner.decide(&gate, &page, "approve").callback(REDIRECT_URI);
        let code = only(&callback, "code").expect("a code").to_owned();
        let connection = client.connection(&client.redeem(&gate, &code));
        let call = |path| {
            gate.send(Request::post(path).bearer(&connection.access))
                .status
        };
        (call("/mcp"), call("/notes"))
    };
    assert_eq!(mount_of(""), (401, 200), "none is named");
    assert_eq!(
        mount_of("https://mcp.example.com/mcp"),
        (200, 401),
        "another is"
    );
}
