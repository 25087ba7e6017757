//! What a request is for, so that it is known what its answer must be.

use std::fmt;

/// What a request is for.
#[derive(Clone)]
pub(crate) enum Errand {
    /// It is a stranger's, who has nothing of ours.
    Anonymous,
    /// A call with an access token.
    Call { token: String, stolen: bool },
    /// It is none of the others.
    Ordinary,
    /// A redemption in which all is right.
    Redeem { stolen: bool },
    /// A refresh in which all is right.
    Refresh { token: String, stolen: bool },
    /// It ends what it names.
    Revoke,
    /// A request with something wrong in it.
    Wrong(&'static str),
}

impl Errand {
    pub(crate) const fn is_stolen(&self) -> bool {
        match self {
            Self::Call { stolen, .. } | Self::Redeem { stolen } | Self::Refresh { stolen, .. } => {
                *stolen
            }
            Self::Anonymous | Self::Ordinary | Self::Revoke | Self::Wrong(_) => false,
        }
    }
}

impl fmt::Debug for Errand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let thief = if self.is_stolen() { "a thief’s " } else { "" };
        let what = match self {
            Self::Anonymous => "a stranger’s request",
            Self::Call { .. } => "call",
            Self::Ordinary => "request",
            Self::Redeem { .. } => "redemption",
            Self::Refresh { .. } => "refresh",
            Self::Revoke => "revocation",
            Self::Wrong(what) => what,
        };
        write!(formatter, "{thief}{what}")
    }
}
