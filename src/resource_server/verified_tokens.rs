//! The tokens of other issuers that an isolate has verified, so that a stream of calls does not
//! verify the same signature again and again.

use std::collections::HashMap;

use super::principal::Subject;
use crate::{
    mount_path::MountPath,
    secret::{Digest, Secret},
    time::{Lifetime, Timestamp},
};

/// How long a verdict is kept: so long after its key is gone a token may still be taken.
const KEPT: Lifetime = Lifetime::from_minutes(1);
/// More than a home has clients; beyond it, forgetting is cheaper than choosing.
const MOST: usize = 4_096;

/// Whom verified tokens are from, by the digest of mount and token; never beyond their expiry.
#[derive(Default)]
pub struct VerifiedTokens(HashMap<[u8; 32], (Subject, Timestamp)>);

impl VerifiedTokens {
    /// Whom a token at this mount is from, if it was verified a moment ago.
    pub fn subject(&self, mount: &MountPath, token: &Secret, now: Timestamp) -> Option<Subject> {
        let (subject, until) = self.0.get(&name(mount, token))?;
        (now < *until).then(|| subject.clone())
    }

    /// Remembers a token that was verified.
    pub fn remember(
        &mut self,
        mount: &MountPath,
        token: &Secret,
        subject: Subject,
        expires_at: Timestamp,
        now: Timestamp,
    ) {
        if self.0.len() >= MOST {
            self.0.retain(|_, (_, until)| now < *until);
        }
        if self.0.len() >= MOST {
            self.0.clear();
        }
        let until = expires_at.min(now.plus(KEPT));
        self.0.insert(name(mount, token), (subject, until));
    }
}

/// A path has no spaces in it.
fn name(mount: &MountPath, token: &Secret) -> [u8; 32] {
    let named = format!("{mount} {}", token.expose());
    *Digest::of(named.as_bytes()).as_bytes()
}
