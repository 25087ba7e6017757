//! What a client holds, and what it knows of it.

/// The tokens that a client holds.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) access: String,
    pub(crate) refresh: Option<String>,
    pub(crate) since: u64,
    /// The access token is surely good before, by every clock.
    pub(crate) good_until: u64,
    /// The refresh token is.
    pub(crate) refresh_good_until: u64,
    /// When it was first shown, if its reply was lost since.
    pub(crate) shown_at: Option<u64>,
    /// It is not known what became of the last attempt.
    pub(crate) is_uncertain: bool,
}
