//! What is stored, or sealed into what others keep, as literal JSON. It outlives deployments: a
//! change here disconnects clients unless old records are still read.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says where"
)]

mod sealed;

use std::fmt::Debug;

use gatelodge::{
    issuer::Issuer,
    keys::ReplyKey,
    ledger::{
        assertion::SpentAssertion,
        minting::{ExposedTokens, Tokens},
        record::{
            ApprovedClient, Authorization, CodeBinding, FirstCall, GrantRecord, GrantState,
            Predecessor, RevocationCause, TokenFamily, VoidGeneration,
        },
        sign_in::{GlobalRecord, SignInAttempt, Source, SourceRecord, Throttle},
    },
    mount_path::MountPath,
    oauth::{
        credential::Credential,
        grant::{Generation, GrantId},
        pkce::CodeVerifier,
        scope::ScopeSet,
    },
    owner::register::{GrantRow, RowName},
    secret::{Digest, Random, Secret},
    time::Timestamp,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

const CHANGED: &str = "a stored format changed: write the migration";

/// `value` is written as `pinned`, and `pinned` is read as `value`.
#[track_caller]
fn is_pinned<T: Debug + DeserializeOwned + PartialEq + Serialize>(value: &T, pinned: &str) {
    let written = serde_json::to_string(value).unwrap();
    let pinned: Value = serde_json::from_str(pinned).expect("the pinned text is JSON");
    assert_eq!(
        serde_json::from_str::<Value>(&written).unwrap(),
        pinned,
        "{CHANGED}: {written}"
    );
    let read: T = serde_json::from_value(pinned).expect(CHANGED);
    assert_eq!(read, *value, "{CHANGED}");
}

const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);
const LATER: Timestamp = Timestamp::from_unix_seconds(1_800_028_800);

struct Zeros;

impl Random for Zeros {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

fn grant() -> GrantId {
    GrantId::parse("abcdefghijklmnopqrstuv").unwrap()
}

fn record(state: GrantState) -> GrantRecord {
    record_for(Credential::Secret(Digest::of(b"secret")), state)
}

fn record_for(credential: Credential, state: GrantState) -> GrantRecord {
    let verifier = CodeVerifier::parse(&"v".repeat(43)).unwrap();
    GrantRecord {
        id: grant(),
        authorization: Authorization {
            issuer: Issuer::new("https://mcp.example.com"),
            client: ApprovedClient {
                client_id: "gl_client.x".into(),
                id: Digest::of(b"client"),
                credential,
                name: "Test Client".into(),
                host: "client.example".into(),
            },
            mount: MountPath::default(),
            scope: ScopeSet::parse_lenient("read write"),
            refreshes: true,
        },
        opened_at: NOW,
        code: CodeBinding {
            redirect_uri: "https://client.example/callback".into(),
            challenge: verifier.challenge(),
        },
        state,
        first_call: FirstCall::Made,
        replays: 1,
        retries: 2,
        listed_at: Some(NOW),
    }
}

/// The record of a grant, around its state.
fn recorded(state: &str) -> String {
    format!(
        r#"{{
            "id": "abcdefghijklmnopqrstuv",
            "authorization": {{
                "issuer": "https://mcp.example.com",
                "client": {{
                    "client_id": "gl_client.x",
                    "id": "lI_mA_YdwDa1xZbcCf484_PTDckPAkyF88gtssyrZ50",
                    "secret": "K7gNU3sdo-OL0wNhqoVWhr3g6s1xYv72ol_pe_Unols",
                    "name": "Test Client",
                    "host": "client.example"
                }},
                "mount": "/mcp",
                "scope": "read write",
                "refreshes": true
            }},
            "opened_at": 1800000000,
            "code": {{
                "redirect_uri": "https://client.example/callback",
                "challenge": "7w_YNF9DSfIdPf_pRjSq646_kPr-2-o9NAl16JGghdM"
            }},
            "state": {state},
            "first_call": "made",
            "replays": 1,
            "retries": 2,
            "listed_at": 1800000000
        }}"#
    )
}

/// A record from before the first call was noted.
#[test]
fn a_grant_that_is_older() {
    let new = recorded("\"issued\"");
    let old = new.replace("\"first_call\": \"made\",", "");
    assert_ne!(old, new);
    let read: GrantRecord = serde_json::from_str(&old).unwrap();
    assert_eq!(read, record(GrantState::Issued), "{CHANGED}");
}

#[test]
fn whether_the_client_has_called() {
    for (first_call, pinned) in [
        (FirstCall::Due(NOW), r#"{"due": 1800000000}"#),
        (FirstCall::Made, r#""made""#),
        (FirstCall::Missed, r#""missed""#),
        (FirstCall::NotDue, r#""not_due""#),
    ] {
        is_pinned(&first_call, pinned);
    }
}

#[test]
fn a_grant_that_waits() {
    is_pinned(&record(GrantState::Issued), &recorded("\"issued\""));
}

/// What the client has to show, in the member that once held secrets only.
#[test]
fn the_credential_of_a_grant() {
    let secret = r#""K7gNU3sdo-OL0wNhqoVWhr3g6s1xYv72ol_pe_Unols""#;
    for (credential, pinned) in [
        (Credential::Key, r#""private_key_jwt""#),
        (Credential::Nothing, "null"),
        (Credential::Secret(Digest::of(b"secret")), secret),
    ] {
        let text = recorded("\"issued\"").replace(secret, pinned);
        is_pinned(&record_for(credential, GrantState::Issued), &text);
    }
}

#[test]
fn a_grant_that_is_active() {
    let second = Generation::FIRST.next();
    let family = TokenFamily {
        current: second.next(),
        current_used: true,
        lowest: Generation::FIRST,
        void: vec![VoidGeneration {
            generation: second,
            until: LATER,
        }],
        predecessor: Some(Predecessor {
            generation: Generation::FIRST,
            rotated_at: NOW,
            reply: "sealed".into(),
            repeats: 3,
            repeated_at: Some(NOW),
        }),
        access_expires_at: LATER,
        refresh_expires_at: Some(LATER),
        refreshed_at: Some(NOW),
    };
    let full = r#"{"active": {
        "current": 3,
        "current_used": true,
        "lowest": 1,
        "void": [{"generation": 2, "until": 1800028800}],
        "predecessor": {"generation": 1, "rotated_at": 1800000000, "reply": "sealed", "repeats": 3,
                    "repeated_at": 1800000000},
        "access_expires_at": 1800028800,
        "refresh_expires_at": 1800028800,
        "refreshed_at": 1800000000
    }}"#;
    is_pinned(&record(GrantState::Active(family.clone())), &recorded(full));

    let new = TokenFamily {
        void: Vec::new(),
        predecessor: None,
        refresh_expires_at: None,
        refreshed_at: None,
        current_used: false,
        ..family
    };
    let empty = r#"{"active": {
        "current": 3,
        "current_used": false,
        "lowest": 1,
        "void": [],
        "predecessor": null,
        "access_expires_at": 1800028800,
        "refresh_expires_at": null,
        "refreshed_at": null
    }}"#;
    is_pinned(&record(GrantState::Active(new)), &recorded(empty));
}

#[test]
fn a_grant_that_is_over() {
    for (cause, name) in [
        (RevocationCause::Client, "client"),
        (RevocationCause::CodeReplayed, "code_replayed"),
        (RevocationCause::Owner, "owner"),
        (
            RevocationCause::RefreshTokenReplayed,
            "refresh_token_replayed",
        ),
    ] {
        let state = format!(r#"{{"revoked": {{"at": 1800000000, "cause": "{name}"}}}}"#);
        is_pinned(
            &record(GrantState::Revoked { at: NOW, cause }),
            &recorded(&state),
        );
    }
}

/// The reply of a rotation, as it is encrypted; and the encryption.
#[test]
fn a_stored_reply() {
    let tokens = Tokens {
        access_token: Secret::new("access".into()),
        access_expires_at: LATER,
        refresh_token: Some(Secret::new("refresh".into())),
        scope: ScopeSet::parse_lenient("read write"),
    };
    let pinned = r#"{"a":"access","e":1800028800,"r":"refresh","s":"read write"}"#;
    let written = serde_json::to_string(&ExposedTokens::from(&tokens)).unwrap();
    assert_eq!(written, pinned, "{CHANGED}");
    let read: ExposedTokens = serde_json::from_str(pinned).expect(CHANGED);
    let read = Tokens::from(read);
    assert_eq!(read.access_token.expose(), "access", "{CHANGED}");
    assert_eq!(read.refresh_token.unwrap().expose(), "refresh", "{CHANGED}");
    assert_eq!(
        (read.access_expires_at, read.scope),
        (LATER, tokens.scope),
        "{CHANGED}"
    );

    let sealed = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAe1WcI9t6Vr1SCkWCBzFZLn655fX7";
    let key = ReplyKey::of("refresh token");
    assert_eq!(key.encrypt(b"reply", &Zeros), sealed, "{CHANGED}");
    assert_eq!(
        key.decrypt(sealed).as_deref(),
        Some(b"reply".as_slice()),
        "{CHANGED}"
    );
}

#[test]
fn failed_sign_ins() {
    let attempt = SignInAttempt {
        from: Source::Network(Digest::of(b"n")),
        right: false,
    };
    let mut throttle = Throttle::default();
    let untouched = r#"{"failures": 0, "last_failure": null, "blocked_until": null}"#;
    is_pinned::<SourceRecord>(&throttle.source, untouched);
    is_pinned::<GlobalRecord>(&throttle.global, r#"{"failures": 0, "since": null}"#);
    for _ in 0..5 {
        throttle = throttle.attempt(&attempt, NOW).0.unwrap();
    }
    let blocked = r#"{"failures": 5, "last_failure": 1800000000, "blocked_until": 1800000030}"#;
    is_pinned::<SourceRecord>(&throttle.source, blocked);
    is_pinned::<GlobalRecord>(&throttle.global, r#"{"failures": 5, "since": 1800000000}"#);
}

#[test]
fn an_assertion_that_was_shown() {
    let spent = SpentAssertion { expires_at: LATER };
    is_pinned(&spent, r#"{"expires_at": 1800028800}"#);
}

#[test]
fn a_row_of_the_register() {
    let row = GrantRow {
        client: "Test Client".into(),
        host: "client.example".into(),
        mount: MountPath::default(),
        approved_at: NOW,
    };
    is_pinned(
        &row,
        r#"{"client": "Test Client", "host": "client.example", "mount": "/mcp", "approved_at": 1800000000}"#,
    );
    let name = RowName::new(Digest::of(b"client"), grant());
    let text = "lI_mA_YdwDa1xZbcCf484_PTDckPAkyF88gtssyrZ50/abcdefghijklmnopqrstuv";
    assert_eq!(name.to_string(), text, "{CHANGED}");
    assert_eq!(RowName::parse(text), Some(name), "{CHANGED}");
}
