//! Who a call is from, once its token was opened.

use super::challenge::NotAdmitted;
use crate::{
    issuer::Issuer,
    keys::Keys,
    mount_path::MountPath,
    oauth::grant::{AccessToken, Generation, GrantId},
    secret::{Digest, Secret},
    time::Timestamp,
};

/// A token that is ours, in time and for this mount; its grant may still be over.
#[derive(Clone, Debug)]
pub struct UnadmittedToken(AccessToken);

/// An admitted caller. Only [`UnadmittedToken::admitted`] makes one, and nothing is forwarded
/// without one.
#[derive(Clone, Debug)]
pub struct Principal(AccessToken);

/// What lets a call through. Only admission makes one.
#[derive(Clone, Debug)]
pub enum Passage {
    /// The caller holds a token of a grant that is good.
    Granted(Principal),
    /// The mount is open to everybody.
    Open,
}

impl UnadmittedToken {
    /// Opens a token; without storage.
    ///
    /// # Errors
    ///
    /// When it is not ours, for another mount, or expired (RS-24, RS-25).
    pub fn open(
        token: &Secret,
        mount: &MountPath,
        (keys, issuer): (&Keys, &Issuer),
        now: Timestamp,
    ) -> Result<Self, NotAdmitted> {
        let token: AccessToken = keys
            .open(issuer, token.expose())
            .ok_or(NotAdmitted::Invalid)?;
        if token.mount != *mount {
            return Err(NotAdmitted::Invalid);
        }
        if token.expires_at <= now {
            return Err(NotAdmitted::Expired);
        }
        Ok(Self(token))
    }

    /// The grant and generation whose status decides.
    pub const fn standing(&self) -> (&GrantId, Generation) {
        (&self.0.grant, self.0.generation)
    }

    /// The digest of the client's identifier.
    pub const fn client(&self) -> &Digest {
        &self.0.client
    }

    /// The caller, once the Ledger has admitted the token's generation.
    pub fn admitted(self) -> Principal {
        Principal(self.0)
    }
}

impl Principal {
    /// The grant that the call is made under.
    pub const fn grant(&self) -> &GrantId {
        &self.0.grant
    }

    /// The generation of the token that it is made with.
    pub const fn generation(&self) -> Generation {
        self.0.generation
    }

    /// Whether that token is still in time.
    ///
    /// # Errors
    ///
    /// [`NotAdmitted::Expired`] when it is not.
    pub fn in_time(&self, now: Timestamp) -> Result<(), NotAdmitted> {
        if self.0.expires_at <= now {
            return Err(NotAdmitted::Expired);
        }
        Ok(())
    }

    /// The mount that it is for.
    pub const fn mount(&self) -> &MountPath {
        &self.0.mount
    }
}
