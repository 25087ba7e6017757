//! Who a call is from, once its token was opened.

use super::challenge::NotAdmitted;
use crate::{
    issuer::Issuer,
    keys::Keys,
    mount_path::MountPath,
    oauth::{
        grant::{AccessToken, Generation, GrantId},
        scope::ScopeSet,
        trust::TrustedIssuer,
    },
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

/// An admitted caller whom another issuer knows. Its token was verified.
#[derive(Clone, Debug)]
pub struct Subject {
    mount: MountPath,
    /// The digest of who says so and of whom, as text.
    name: String,
    /// Who says so.
    issuer: String,
    /// Of whom, in the issuer's own words.
    sub: String,
    scope: String,
    client_id: Option<String>,
    good_until: Timestamp,
}

/// What lets a call through. Only admission makes one.
#[derive(Clone, Debug)]
pub enum Passage {
    /// The caller holds a token of another issuer's.
    External(Subject),
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

impl Subject {
    /// The subject of this name at its issuer.
    pub(super) fn new(
        mount: &MountPath,
        issuer: &TrustedIssuer,
        subject: &str,
        scope: String,
        client_id: Option<String>,
        good_until: Timestamp,
    ) -> Self {
        // An issuer has no spaces in it.
        let named = format!("{} {subject}", issuer.as_str());
        Self {
            mount: mount.clone(),
            name: Digest::of(named.as_bytes()).to_base64url(),
            issuer: issuer.as_str().to_owned(),
            sub: subject.to_owned(),
            scope,
            client_id,
            good_until,
        }
    }

    /// Whether the token is still in time.
    ///
    /// # Errors
    ///
    /// [`NotAdmitted::Expired`] when it is not.
    pub fn in_time(&self, now: Timestamp) -> Result<(), NotAdmitted> {
        if self.good_until <= now {
            return Err(NotAdmitted::Expired);
        }
        Ok(())
    }

    /// Who it is, in words of the edge's own: the digest of issuer and subject.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The issuer, and who it is in the issuer's own words.
    pub fn named_by(&self) -> (&str, &str) {
        (&self.issuer, &self.sub)
    }

    /// What its token allows.
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// The client that its token was made for, where the issuer says so.
    pub fn client_id(&self) -> Option<&str> {
        self.client_id.as_deref()
    }
}

impl Passage {
    /// The mount, and whom a session at it belongs to: a grant, or a subject of an issuer. On an
    /// open mount nobody owns a session.
    pub fn holder(&self) -> Option<(&MountPath, &str)> {
        match self {
            Self::External(subject) => Some((&subject.mount, &subject.name)),
            Self::Granted(Principal(token)) => Some((&token.mount, token.grant.as_str())),
            Self::Open => None,
        }
    }
}

impl Passage {
    /// The digest of the client's identifier, where this edge has let it in.
    pub const fn client(&self) -> Option<Digest> {
        match self {
            Self::Granted(Principal(token)) => Some(token.client),
            Self::External(_) | Self::Open => None,
        }
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

    /// The digest of the client's identifier.
    pub const fn client(&self) -> Digest {
        self.0.client
    }

    /// What the token allows.
    pub const fn scope(&self) -> &ScopeSet {
        &self.0.scope
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
}
