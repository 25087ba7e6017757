//! What the Worker and a Ledger say to each other: JSON, within one deployment.

use serde::{Deserialize, Serialize};

use crate::{
    keys::ReplyKey,
    ledger::{
        opening::Opening, redemption::Redemption, revocation::Revocation, rotation::Rotation,
        sign_in::SignInAttempt,
    },
    mount_path::MountPath,
    oauth::{credential::Credential, grant::Generation},
    secret::{Digest, Secret},
    time::Timestamp,
};

/// A command and the instant of the request that it belongs to.
#[derive(Deserialize, Serialize)]
pub(super) struct Envelope {
    pub(super) now: Timestamp,
    pub(super) command: Command,
}

/// What a Ledger is asked to do.
#[derive(Deserialize, Serialize)]
pub(super) enum Command {
    Grant(GrantCommand),
    SignIn(SignInAttempt),
    /// The digest of an assertion's name, and when it is of no use any more.
    Spend {
        id: Digest,
        expires_at: Timestamp,
    },
}

/// What the Ledger of a grant is asked to do.
#[derive(Deserialize, Serialize)]
pub(super) enum GrantCommand {
    Admit(Generation),
    Open(Opening),
    Redeem(Redemption),
    Revoke(Revocation),
    Rotate(RotationWire),
    Summary,
}

/// A rotation with its key in clear: it goes from memory to memory and is stored nowhere.
#[derive(Deserialize, Serialize)]
pub(super) struct RotationWire {
    generation: Generation,
    reply_key: String,
    client: Digest,
    credential: Credential,
    mount: Option<MountPath>,
    scope: Option<String>,
}

impl From<Rotation> for RotationWire {
    fn from(rotation: Rotation) -> Self {
        Self {
            generation: rotation.generation,
            reply_key: rotation.reply_key.to_base64url().expose().to_owned(),
            client: rotation.client,
            credential: rotation.credential,
            mount: rotation.mount,
            scope: rotation.scope,
        }
    }
}

impl RotationWire {
    /// The rotation; none when its key is no key, which is a bug.
    pub(super) fn into_rotation(self) -> Option<Rotation> {
        Some(Rotation {
            generation: self.generation,
            reply_key: ReplyKey::from_base64url(&Secret::new(self.reply_key))?,
            client: self.client,
            credential: self.credential,
            mount: self.mount,
            scope: self.scope,
        })
    }
}
