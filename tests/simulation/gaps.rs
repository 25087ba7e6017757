//! What does not hold yet, each with its reason. Whatever is mended is taken out here.

/// Whether a grant that its owner revokes when its row is entered, but it is not yet opened, is
/// over. Its Ledger has nothing to revoke then, and opens it later.
pub(crate) const REVOKED_BEFORE_ITS_OPENING_IS_OVER: bool = false;

/// How long a refresh may be on its way, and then be carried out though its client has given it up.
const LATE: u64 = 90;

/// Whether a reply is replaced that its client has just been given again, at the very end of the
/// window in which it may ask for that. It holds what is void then.
pub(crate) fn replaced_too_soon(repeated_at: Option<u64>, now: u64) -> bool {
    repeated_at.is_some_and(|repeated| now < repeated + LATE)
}
