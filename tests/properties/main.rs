//! What holds for any input and any order of events.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says where"
)]

mod answers;
mod client_documents;
mod grants;
mod heartbeats;
mod jose;
mod late_answers;
mod pages;
mod parsers;
mod renderings;
mod rotations;
mod sealed_values;
#[path = "../protocol/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "the parties have more to them than this test needs"
)]
mod support;

/// That many cases; a failure is shown, and not written into the tree.
fn cases(cases: u32) -> proptest::test_runner::Config {
    proptest::test_runner::Config {
        failure_persistence: None,
        ..proptest::test_runner::Config::with_cases(cases)
    }
}
