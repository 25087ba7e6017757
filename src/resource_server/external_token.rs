//! An access token of another issuer's (RFC 9068, RFC 8725).

use super::{challenge::NotAdmitted, principal::Subject};
use crate::{
    jose::{Claims, UnverifiedJwt},
    mount_path::MountPath,
    oauth::{
        scope::ScopeSet,
        trust::{Trust, TrustedIssuer},
    },
    secret::Secret,
    time::{Lifetime, Timestamp},
};

/// How far the issuer's clock may be from ours.
const SKEW: Lifetime = Lifetime::from_seconds(60);

/// A token that is in time, and says that it is of the right issuer and for the right mount. Its
/// signature is not verified yet.
#[derive(Clone, Debug)]
pub struct UnverifiedToken<'a> {
    jwt: UnverifiedJwt<'a>,
    expires_at: Timestamp,
    subject: Subject,
}

impl<'a> UnverifiedToken<'a> {
    /// Judges what the token says, in the order of RFC 9068 §4: all that can be judged without
    /// asking anybody, so that a stranger's token makes nobody ask.
    ///
    /// # Errors
    ///
    /// When it says something else, or has expired.
    pub fn judge(
        token: &'a Secret,
        mount: &MountPath,
        trust: &Trust,
        now: Timestamp,
    ) -> Result<Self, NotAdmitted> {
        let jwt = UnverifiedJwt::parse(token.expose()).map_err(|_| NotAdmitted::Invalid)?;
        let claims = jwt.claims();
        if !is_access_token(&jwt) || !is_for(claims, trust) {
            return Err(NotAdmitted::Invalid);
        }
        let expires_at = claims.exp.ok_or(NotAdmitted::Invalid)?;
        if expires_at.plus(SKEW) <= now {
            return Err(NotAdmitted::Expired);
        }
        if claims.nbf.is_some_and(|begins| now.plus(SKEW) < begins) {
            return Err(NotAdmitted::Invalid);
        }
        let name = claims.sub.as_deref().filter(|name| !name.is_empty());
        let name = name.ok_or(NotAdmitted::Invalid)?;
        let scope = claims.scope.join(" ");
        let client_id = claims.client_id.clone();
        let good_until = expires_at.plus(SKEW);
        Ok(Self {
            expires_at,
            subject: Subject::new(mount, &trust.issuer, name, scope, client_id, good_until),
            jwt,
        })
    }

    /// The token, for its signature to be verified.
    pub const fn jwt(&self) -> &UnverifiedJwt<'a> {
        &self.jwt
    }

    /// Whom the call is from, and until when the token is good, once its signature was verified.
    ///
    /// # Errors
    ///
    /// When it does not allow all that a call needs (RS-46).
    pub fn verified(self, needed: &ScopeSet) -> Result<(Subject, Timestamp), NotAdmitted> {
        let claims = self.jwt.claims();
        let lists = claims.scope.iter();
        let allowed: Vec<_> = lists.flat_map(|list| list.split(' ')).collect();
        if needed.iter().all(|scope| allowed.contains(&scope)) {
            Ok((self.subject, self.expires_at))
        } else {
            Err(NotAdmitted::InsufficientScope)
        }
    }
}

/// Whether it is an access token by its type and claims, and one that whoever bears it may use: not
/// an ID token, a logout token or a client's assertion (RFC 8725 §3.11, §3.12), and not bound to a
/// key whose possession is not asked for here.
fn is_access_token(jwt: &UnverifiedJwt<'_>) -> bool {
    let claims = jwt.claims();
    let of_this_type = matches!(jwt.media_type(), None | Some("at+jwt" | "jwt"));
    of_this_type && !claims.nonce && !claims.at_hash && !claims.cnf
}

/// Whether it is of this issuer, letter by letter, and for one of these audiences (RS-25).
fn is_for(claims: &Claims, trust: &Trust) -> bool {
    claims.iss.as_deref() == Some(TrustedIssuer::as_str(&trust.issuer))
        && trust
            .audiences
            .iter()
            .any(|audience| claims.aud.contains(audience))
}
