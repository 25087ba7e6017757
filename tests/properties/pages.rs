//! Whatever a client says of itself is text on a page, and never markup (AS-35).

use gatelodge::{
    config::Problem,
    pages::{
        ConsentView, GrantView, Message, OwnerView, RefusedView, Standing, configuration, consent,
        message, owner, refused, welcome,
    },
};
use proptest::prelude::*;

/// Every page, with this text wherever text from outside goes.
fn pages(text: &str) -> Vec<String> {
    let own = |standing| GrantView {
        row: text.to_owned(),
        client: text.to_owned(),
        host: text.to_owned(),
        mount: text.to_owned(),
        approved_at: text.to_owned(),
        standing,
        replays: 1,
        retries: 1,
    };
    let pages = [
        consent(&ConsentView {
            server: text,
            ticket: text,
            client: text,
            host: text,
            loopback: true,
            described_by: Some(text),
            resource: text,
            scopes: vec![text, text],
            approved_before: Some(text.to_owned()),
        }),
        refused(&RefusedView {
            server: text,
            ticket: text,
            client: text,
            host: text,
            reason: text,
        }),
        owner(&OwnerView {
            server: text,
            ticket: text,
            resource: text,
            grants: vec![
                own(Standing::Connected(Some(text.to_owned()))),
                own(Standing::Replayed(text.to_owned())),
            ],
            more: true,
        }),
        message(
            text,
            &Message {
                title: text,
                text,
                link: Some((text, text)),
            },
        ),
        welcome(text, text),
        configuration(&[Problem::new(text, text)]),
    ];
    pages.map(gatelodge::pages::Html::into_string).into()
}

fn count(html: &str, letter: char) -> usize {
    html.matches(letter).count()
}

proptest! {
    #![proptest_config(crate::cases(150))]

    /// A page has as many angle brackets and quotes as the same page about something harmless.
    #[test]
    fn text_from_outside_adds_no_markup(text in prop_oneof![
        any::<String>(),
        "[<>\"'&;/a-z= ]{1,40}",
        Just("\"><script>alert(1)</script>".to_owned()),
        Just("</title><svg/onload=alert(1)>".to_owned()),
        Just("' onmouseover='alert(1)".to_owned()),
        Just("&lt;b&gt;\u{0}\u{202e}".to_owned()),
    ]) {
        for (hostile, harmless) in pages(&text).iter().zip(pages("harmless")) {
            for letter in ['<', '>', '"'] {
                prop_assert_eq!(count(hostile, letter), count(&harmless, letter), "{}", hostile);
            }
            prop_assert!(!hostile.contains("<script"));
        }
    }
}
