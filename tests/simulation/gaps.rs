//! What does not hold, each with its reason. Whatever is mended is taken out here.

use super::universe::SKEW;

/// How long after a reply was given again a refresh may be carried out that was sent before.
const LATE: u64 = 50;

/// Whether a reply is replaced that its client has just been given again, at the very end of the
/// window in which it may ask for that. It holds what is void then.
pub(crate) fn replaced_too_soon(repeated_at: Option<u64>, now: u64) -> bool {
    repeated_at.is_some_and(|repeated| now < repeated + LATE)
}

/// The life of a form, after which its grant's name is free again.
const NAME_TAKEN: u64 = 600;

/// Whether the form of a grant that is over and deleted is taken once more, by a location whose clock
/// is behind that of its Ledger. The form dies and its name becomes free at the same time, by two clocks.
pub(crate) fn form_outlives_its_name(opened_at: u64, now: u64) -> bool {
    (opened_at + NAME_TAKEN - SKEW..opened_at + NAME_TAKEN + SKEW).contains(&now)
}
