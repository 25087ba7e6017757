//! Whatever a client says of itself is text on a page, and never markup (AS-35).

use gatelodge::{
    config::Problem,
    pages::{
        ConsentView, GrantView, Message, OwnerView, ReceiverView, RefusedView, Standing, UseView,
        WelcomeView, configuration, consent, message, owner, refused, welcome,
    },
    time::Timestamp,
};
use proptest::prelude::*;

const NOW: Timestamp = Timestamp::from_unix_seconds(1_800_000_000);

/// Every page, with this text wherever text from outside goes.
fn pages(text: &str) -> Vec<String> {
    let own = |standing| GrantView {
        row: text.to_owned(),
        client: Some(text.to_owned()),
        host: text.to_owned(),
        mount: text.to_owned(),
        approved_at: NOW,
        standing,
        is_silent: true,
        replays: 1,
        retries: 1,
    };
    let pages = [
        consent(&ConsentView {
            server: text,
            ticket: text,
            client: Some(text),
            host: text,
            receiver: ReceiverView::App,
            described_by: Some(text),
            resource: text,
            use_of: UseView::Scopes(vec![text, text]),
            approved_before: Some(NOW),
        }),
        refused(&RefusedView {
            server: text,
            ticket: text,
            client: Some(text),
            host: text,
            receiver: ReceiverView::Website,
            reason: text,
        }),
        owner(&OwnerView {
            server: text,
            ticket: text,
            resources: &[text.to_owned()],
            grants: vec![
                own(Standing::Connected(Some(NOW))),
                own(Standing::Replayed(NOW)),
            ],
            more: true,
        }),
        message(
            text,
            &Message {
                title: "Title",
                text,
                link: Some((text, text)),
            },
        ),
        welcome(&WelcomeView {
            server: text,
            resources: &[text.to_owned(), text.to_owned()],
            is_open: false,
            has_owner: true,
        }),
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
