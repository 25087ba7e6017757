//! Who listens to a stream of events: for how long, and how it is kept alive for him.

use std::rc::Rc;

use futures_util::future::pending;
use worker::web_sys::AbortSignal;

use super::{SharedConfig, bell::Bell, gone::gone, timer::after, world::Worker};
use crate::{config::Config, endpoints::Watch, ports::World as _, time::Lifetime};

/// The reader of an open stream.
pub(super) struct Listener {
    watch: Option<Watch>,
    config: SharedConfig,
    world: Rc<Worker>,
}

impl Listener {
    /// A listener; without a watch he stays for as long as he likes.
    pub(super) fn new(watch: Option<Watch>, config: &SharedConfig, world: &Rc<Worker>) -> Self {
        Self {
            watch,
            config: Rc::clone(config),
            world: Rc::clone(world),
        }
    }

    /// After how much silence he gets a heartbeat.
    pub(super) fn heartbeat(&self) -> Option<Lifetime> {
        self.config().wire.heartbeat
    }

    /// What tells that he has left.
    pub(super) fn signal(&self) -> &AbortSignal {
        self.world.signal()
    }

    /// The world of the request that he has made.
    pub(super) fn world(&self) -> Rc<Worker> {
        Rc::clone(&self.world)
    }

    /// Until he has left.
    pub(super) fn gone(&self) -> Bell {
        gone(self.signal())
    }

    /// Whether his stream is touched at all.
    pub(super) const fn is_watched(&self) -> bool {
        self.watch.is_some()
    }

    /// Returns when he is not admitted any more, or nobody knows; never where nobody is watched.
    pub(super) async fn is_refused(&self) {
        let (config, world) = (self.config(), &*self.world);
        let Some(watch) = &self.watch else {
            return pending().await;
        };
        loop {
            after(Watch::interval(config)).await;
            let mut readmitted = watch.readmit(config, world).await;
            if readmitted.is_err() {
                after(Watch::respite(config)).await;
                readmitted = watch.readmit(config, world).await;
            }
            match readmitted {
                Ok(Ok(())) => {}
                Ok(Err(_)) => return,
                Err(outage) => return world.report(&outage, "an open stream"),
            }
        }
    }

    fn config(&self) -> &Config {
        let config = self.config.as_ref().as_ref();
        config.expect("who listens was let in by a good configuration")
    }
}
