//! The owner's password.
//!
//! It is a secret of the Worker, not a stored hash, and the free plan has no CPU time for a slow
//! hash; so MACs are compared, and the throttle ([`crate::ledger::sign_in`]) is what stops
//! guessing.

use crate::{
    keys::{Keys, Purpose},
    secret::{Digest, Secret},
};

/// Whether `given` is the owner's password; in constant time.
pub fn is_owners(given: &Secret, password: &Secret, keys: &Keys) -> bool {
    fingerprint(given, keys) == fingerprint(password, keys)
}

/// What a session remembers of the password, so that changing it ends all sessions.
pub fn fingerprint(password: &Secret, keys: &Keys) -> Digest {
    keys.mac(Purpose::Password, &[password.expose()])
}

/// Whether a session was begun with this password, under the current or the previous key.
pub fn is_fingerprint(claimed: &Digest, password: &Secret, keys: &Keys) -> bool {
    keys.verifies(Purpose::Password, &[password.expose()], claimed.as_bytes())
}
