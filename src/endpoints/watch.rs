//! Open event streams: who listens must stay admitted.

use super::admission;
use crate::{
    config::Config,
    ports::{Outage, World},
    resource_server::{challenge::NotAdmitted, principal::Passage},
    time::Lifetime,
};

/// The caller of an open stream.
pub struct Watch(Passage);

impl Watch {
    /// A watch over a stream that goes to this caller; none where nobody is admitted.
    pub(super) fn over(passage: &Passage) -> Option<Self> {
        match passage {
            Passage::External(_) | Passage::Granted(_) => Some(Self(passage.clone())),
            Passage::Open => None,
        }
    }

    /// How often the caller is admitted once more.
    pub const fn interval(config: &Config) -> Lifetime {
        config.lifetimes.grant_cache.times(7)
    }

    /// How long a Ledger that does not answer is spared, before it is asked for the last time.
    pub const fn respite(config: &Config) -> Lifetime {
        config.lifetimes.grant_cache
    }

    /// Admits the caller once more.
    ///
    /// # Errors
    ///
    /// When the Ledger does not answer.
    pub async fn readmit(
        &self,
        config: &Config,
        world: &impl World,
    ) -> Result<Result<(), NotAdmitted>, Outage> {
        admission::readmit(&self.0, config, world, world.now()).await
    }
}
