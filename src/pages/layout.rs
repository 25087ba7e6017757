//! What all pages share.

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{secret::Digest, time::Timestamp};

/// A page: the only kind of text that is sent as HTML. Only the templates here make one.
pub struct Html(Markup);

impl Html {
    /// The page as text.
    pub fn into_string(self) -> String {
        self.0.into_string()
    }
}

const STYLE: &str = include_str!("style.css");

static STYLE_SOURCE: LazyLock<String> = LazyLock::new(|| {
    let digest = Digest::of(STYLE.as_bytes());
    format!("'sha256-{}'", STANDARD.encode(digest.as_bytes()))
});

/// The source expression that allows the pages' own style sheet and no other (CSP `style-src`).
pub fn style_source() -> &'static str {
    &STYLE_SOURCE
}

pub(super) fn page(server: &str, title: &str, content: &Markup) -> Html {
    Html(html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="robots" content="noindex";
                title { (title) " · " (server) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header { p.server { (server) } }
                main { h1 { (title) } (content) }
            }
        }
    })
}

/// What an app calls itself, apart from the text around it.
pub(super) fn app_name(name: Option<&str>) -> Markup {
    html! {
        @match name {
            Some(name) => bdi { (name) },
            None => "An app without a name",
        }
    }
}

/// An instant.
pub(super) fn moment(at: Timestamp) -> Markup {
    html! { time datetime=(at.for_programs()) { (at.for_people()) } }
}

/// The hidden field that carries a form's ticket.
pub(super) fn ticket_field(ticket: &str) -> Markup {
    html! { input type="hidden" name="ticket" value=(ticket); }
}
