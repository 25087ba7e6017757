//! Pages that say one thing.

use maud::html;

use super::layout::{Html, page};
use crate::{config::Problem, routes};

/// A page with a title and a sentence or two.
pub struct Message<'a> {
    /// What has happened.
    pub title: &'static str,
    /// What it means, and what to do.
    pub text: &'a str,
    /// A way on: an address at the edge and its words.
    pub link: Option<(&'a str, &'a str)>,
}

/// A page that says one thing.
pub fn message(server: &str, message: &Message<'_>) -> Html {
    page(
        server,
        message.title,
        &html! {
            p { (message.text) }
            @if let Some((address, words)) = message.link {
                p { a href=(address) { (words) } }
            }
        },
    )
}

/// What the page of the bare host says.
pub struct WelcomeView<'a> {
    /// The server's name.
    pub server: &'a str,
    /// The URLs to add to an app.
    pub resources: &'a [String],
    /// Whether everybody may call.
    pub is_open: bool,
    /// Whether the owner signs in here.
    pub has_owner: bool,
}

/// The page of the bare host: what this is, and what to add to an app.
pub fn welcome(view: &WelcomeView<'_>) -> Html {
    page(
        view.server,
        "Connect an app",
        &html! {
            p {
                @if view.is_open { "This is an open MCP server. " }
                @else { "This is the gate of a private MCP server. " }
                "To connect, add " (addresses(view.resources)) " to your app:"
            }
            @for resource in view.resources { p { code { (resource) } } }
            @if view.has_owner {
                p.soft { a href=(routes::OWNER) { "Apps that the owner has let in" } }
            }
        },
    )
}

const fn addresses(resources: &[String]) -> &'static str {
    match resources {
        [_] => "this address",
        _ => "one of these addresses",
    }
}

/// The page of a configuration that is not right yet.
pub fn configuration(problems: &[Problem]) -> Html {
    page(
        "Gatelodge",
        "Not configured yet",
        &html! {
            p { "The owner of this server has to mend its configuration:" }
            ul {
                @for Problem { key, problem } in problems {
                    li { code { (key) } " " (problem) }
                }
            }
        },
    )
}
