//! The targets of `npm run fuzz`; each binary drives the one of its own name.

mod targets;

/// Gives some bytes to a target.
///
/// # Panics
///
/// When something does not hold, and when there is no target of that name.
pub fn run(name: &str, data: &[u8]) {
    let target = targets::TARGETS.iter().find(|(own, _)| *own == name);
    let (_, target) = target.expect("a binary has the name of a target");
    target(data);
}
