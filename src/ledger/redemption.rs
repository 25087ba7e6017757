//! Redeeming a code: once, whatever races (AS-84).

use serde::{Deserialize, Serialize};

use super::{
    minting::{Mint, Tokens},
    record::{
        FIRST_CALL, FirstCall, GrantRecord, GrantState, NotTheClient, RevocationCause, TokenFamily,
    },
};
use crate::{
    mount_path::MountPath,
    oauth::{credential::Credential, grant::Generation, pkce::CodeChallenge},
    secret::Digest,
    time::Timestamp,
};

/// What a token request shows for a code.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Redemption {
    /// The digest of the client's identifier.
    pub client: Digest,
    /// What it shows beside that.
    pub credential: Credential,
    /// The redirect URI, if it was sent.
    pub redirect_uri: Option<String>,
    /// The challenge that its verifier answers.
    pub challenge: CodeChallenge,
    /// The mount that its `resource` means, if it was sent.
    pub mount: Option<MountPath>,
}

/// Why a code is not redeemed.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum RedemptionRefusal {
    /// There is no such grant any more, or it is revoked.
    Gone,
    /// The redirect URI is not that of the authorization request.
    OtherRedirectUri,
    /// The resource is not the one that was granted.
    OtherResource,
    /// The code has been redeemed before.
    Replayed,
    /// The request is not the client's.
    NotTheClient(NotTheClient),
    /// The verifier does not answer the challenge.
    WrongVerifier,
}

/// Redeems the code of a grant.
///
/// Everything is checked before anything is consumed: a refused attempt leaves the record as it
/// is, and only a second *valid* one revokes the grant. Returns the record to store.
pub fn redeem(
    record: GrantRecord,
    attempt: &Redemption,
    mint: &Mint<'_>,
    now: Timestamp,
) -> (GrantRecord, Result<Tokens, RedemptionRefusal>) {
    if let Err(refusal) = attempt.fits(&record) {
        return (record, Err(refusal));
    }
    match record.state {
        GrantState::Issued => {
            let scope = record.authorization.scope.clone();
            let tokens = mint.tokens(&record, Generation::FIRST, scope, now);
            let family = TokenFamily {
                current: Generation::FIRST,
                current_used: false,
                lowest: Generation::FIRST,
                void: Vec::new(),
                predecessor: None,
                access_expires_at: tokens.access_expires_at,
                refresh_expires_at: tokens
                    .refresh_token
                    .is_some()
                    .then(|| mint.refresh_expires_at(now)),
                refreshed_at: None,
            };
            let record = GrantRecord {
                state: GrantState::Active(family),
                first_call: FirstCall::Due(now.plus(FIRST_CALL)),
                ..record
            };
            (record, Ok(tokens))
        }
        GrantState::Active(_) => (
            record
                .replayed()
                .revoked(RevocationCause::CodeReplayed, now),
            Err(RedemptionRefusal::Replayed),
        ),
        GrantState::Revoked { .. } => (record, Err(RedemptionRefusal::Gone)),
    }
}

impl Redemption {
    fn fits(&self, record: &GrantRecord) -> Result<(), RedemptionRefusal> {
        let authorization = &record.authorization;
        authorization
            .client
            .recognise(&self.client, &self.credential)
            .map_err(RedemptionRefusal::NotTheClient)?;
        if self.challenge != record.code.challenge {
            return Err(RedemptionRefusal::WrongVerifier);
        }
        let same_redirect = |uri: &String| *uri == record.code.redirect_uri;
        if !self.redirect_uri.as_ref().is_none_or(same_redirect) {
            return Err(RedemptionRefusal::OtherRedirectUri);
        }
        if !self
            .mount
            .as_ref()
            .is_none_or(|mount| *mount == authorization.mount)
        {
            return Err(RedemptionRefusal::OtherResource);
        }
        Ok(())
    }
}
