//! What happens in what order. An index chooses among what is possible when its step comes, so that
//! a schedule can be cut anywhere and is still one.

use proptest::{collection::vec, prelude::*};

use super::{
    network::Fate,
    universe::{LOCATIONS, SKEW},
};

#[derive(Clone, Debug)]
pub(crate) struct Schedule {
    /// How far the clock of each location is ahead of the slowest there may be.
    pub(crate) skews: [u64; LOCATIONS],
    pub(crate) steps: Vec<Step>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// Somebody begins something at a place.
    Begin { who: Who, what: usize, place: usize },
    /// Everything that is on its way arrives.
    Calm,
    /// Something that is on its way.
    Carry { which: usize, fate: Fate },
    /// An isolate ends.
    Forget(usize),
    /// A client goes away, or an alarm is interrupted.
    Leave(usize),
    /// That many seconds pass.
    Pass(u64),
    /// A location sees what is in the register.
    Refresh(usize),
    /// An alarm that is due goes off.
    Ring(usize),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Who {
    Client(usize),
    Misbehaving,
    Owner,
    Stranger,
    Thief,
}

/// How often who does something, in parts; and how often something fails, in percent.
#[derive(Clone, Copy)]
pub(crate) struct Cast {
    pub(crate) owner: u32,
    pub(crate) thief: u32,
    pub(crate) misbehaving: u32,
    pub(crate) faults: u32,
}

impl Cast {
    pub(crate) fn schedules(self) -> impl Strategy<Value = Schedule> {
        let skew = 0..=SKEW;
        let steps = vec(self.step(), 1..90);
        ([skew.clone(), skew.clone(), skew], steps)
            .prop_map(|(skews, steps)| Schedule { skews, steps })
    }

    fn step(self) -> impl Strategy<Value = Step> {
        let begin = (self.who(), 0_usize..64, 0_usize..6);
        prop_oneof![
            12 => begin.prop_map(|(who, what, place)| Step::Begin { who, what, place }),
            6 => Just(Step::Calm),
            14 => (0_usize..4, self.fate()).prop_map(|(which, fate)| Step::Carry { which, fate }),
            1 => (0_usize..6).prop_map(Step::Forget),
            1 => (0_usize..4).prop_map(Step::Leave),
            5 => pause().prop_map(Step::Pass),
            1 => (0_usize..3).prop_map(Step::Refresh),
            1 => (0_usize..4).prop_map(Step::Ring),
        ]
    }

    fn who(self) -> impl Strategy<Value = Who> {
        let mut parts = vec![(12, (0_usize..3).prop_map(Who::Client).boxed())];
        let others = [
            (1, Who::Stranger),
            (self.owner, Who::Owner),
            (self.thief, Who::Thief),
            (self.misbehaving, Who::Misbehaving),
        ];
        for (part, who) in others.into_iter().filter(|(part, _)| *part > 0) {
            parts.push((part, Just(who).boxed()));
        }
        prop::strategy::Union::new_weighted(parts)
    }

    fn fate(self) -> impl Strategy<Value = Fate> {
        let fault = prop::sample::select(vec![
            Fate::Delayed,
            Fate::Unheard,
            Fate::Unanswered,
            Fate::Lost,
            Fate::Moved,
        ]);
        prop_oneof![
            100 - self.faults => Just(Fate::Answered),
            self.faults => fault,
        ]
    }
}

/// From a second to half the life of a refresh token, with what is about a bound.
fn pause() -> impl Strategy<Value = u64> {
    prop_oneof![
        6 => 1_u64..12,
        5 => prop::sample::select(vec![25_u64, 29, 30, 31, 61]),
        5 => prop::sample::select(vec![115_u64, 120, 126, 460, 590]),
        2 => 594_u64..606,
        2 => prop::sample::select(vec![905_u64, 3_600, 43_300]),
        1 => prop::sample::select(vec![90_000_u64, 4_000_000]),
    ]
}
