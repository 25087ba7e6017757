//! A code is redeemed once, under any sequence of attempts.

use gatelodge::{
    config::Lifetimes,
    issuer::Issuer,
    keys::{Keys, MasterKey},
    ledger::{
        minting::Mint,
        opening::{Opening, open},
        record::{ApprovedClient, Authorization, CodeBinding, GrantRecord, GrantState},
        redemption::{Redemption, redeem},
    },
    mount_path::MountPath,
    oauth::{credential::Credential, grant::GrantId, pkce::CodeVerifier, scope::ScopeSet},
    secret::Digest,
    time::{Lifetime, Timestamp},
};
use proptest::{collection::vec, prelude::*};

use crate::support::world::Seeded;

pub(crate) const START: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);
pub(crate) const WINDOW: Lifetime = Lifetime::from_seconds(120);

pub(crate) fn client() -> Digest {
    Digest::of(b"client")
}

fn verifier(letter: &str) -> CodeVerifier {
    CodeVerifier::parse(&letter.repeat(43)).unwrap()
}

pub(crate) fn opened() -> GrantRecord {
    let opening = Opening {
        id: GrantId::parse("abcdefghijklmnopqrstuv").unwrap(),
        authorization: Authorization {
            issuer: Issuer::new("https://mcp.example.com"),
            client: ApprovedClient {
                client_id: "client".into(),
                id: client(),
                credential: Credential::Secret(Digest::of(b"secret")),
                name: String::new(),
                host: String::new(),
            },
            mount: MountPath::default(),
            scope: ScopeSet::default_scopes(),
            refreshes: true,
        },
        code: CodeBinding {
            redirect_uri: "https://client.example/callback".into(),
            challenge: verifier("v").challenge(),
        },
    };
    open(None, opening, START).unwrap()
}

pub(crate) fn redemption() -> Redemption {
    Redemption {
        client: client(),
        credential: Credential::Secret(Digest::of(b"secret")),
        redirect_uri: None,
        challenge: verifier("v").challenge(),
        mount: None,
    }
}

/// What of an attempt is wrong; nothing, for a valid one.
#[derive(Clone, Copy, Debug)]
enum Wrong {
    Client,
    Mount,
    Nothing,
    RedirectUri,
    Secret,
    Verifier,
}

impl Wrong {
    fn redemption(self) -> Redemption {
        let right = redemption();
        match self {
            Self::Nothing => right,
            Self::Client => Redemption {
                client: Digest::of(b"other"),
                ..right
            },
            Self::Mount => {
                let mount = serde_json::from_str("\"/other\"").ok();
                Redemption { mount, ..right }
            }
            Self::RedirectUri => Redemption {
                redirect_uri: Some("https://x".into()),
                ..right
            },
            Self::Secret => Redemption {
                credential: Credential::Nothing,
                ..right
            },
            Self::Verifier => Redemption {
                challenge: verifier("w").challenge(),
                ..right
            },
        }
    }
}

fn wrongs() -> impl Strategy<Value = Vec<Wrong>> {
    let wrong = prop::sample::select(vec![
        Wrong::Client,
        Wrong::Mount,
        Wrong::Nothing,
        Wrong::RedirectUri,
        Wrong::Secret,
        Wrong::Verifier,
    ]);
    vec(wrong, 0..12)
}

pub(crate) fn with_mint<T>(run: impl FnOnce(&Mint<'_>) -> T) -> T {
    let keys = Keys::derive(&MasterKey::from_bytes([1; 32]), None);
    let random = Seeded::new(1);
    run(&Mint {
        keys: &keys,
        lifetimes: Lifetimes {
            access_token: Lifetime::from_hours(8),
            refresh_token: Lifetime::from_days(90),
            code: Lifetime::from_seconds(60),
            refresh_replay: WINDOW,
            grant_cache: Lifetime::from_seconds(30),
        },
        random: &random,
    })
}

proptest! {
    #![proptest_config(crate::cases(150))]

    #[test]
    fn at_most_one_redemption_succeeds(attempts in wrongs()) {
        with_mint(|mint| {
            let (mut record, mut valid, mut successes) = (opened(), 0, 0);
            for wrong in attempts {
                let before = record.clone();
                let (after, outcome) = redeem(record, &wrong.redemption(), mint, START);
                valid += usize::from(matches!(wrong, Wrong::Nothing));
                successes += usize::from(outcome.is_ok());
                if !matches!(wrong, Wrong::Nothing) {
                    prop_assert_eq!(&after, &before, "{:?}", wrong);
                }
                prop_assert_eq!(successes, valid.min(1));
                let over = matches!(after.state, GrantState::Revoked { .. });
                prop_assert_eq!(over, valid > 1, "a second valid request revokes");
                record = after;
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}
