//! The owner's decision about a client.

use maud::{Markup, html};

use super::layout::{Html, page, ticket_field};
use crate::routes;

/// What the consent page shows (AS-41). Whatever the client says of itself is only that.
pub struct ConsentView<'a> {
    /// The server's name.
    pub server: &'a str,
    /// The sealed ticket of the form.
    pub ticket: &'a str,
    /// What the client calls itself.
    pub client: &'a str,
    /// The host that the answer goes to.
    pub host: &'a str,
    /// Whether that is the person's own machine.
    pub loopback: bool,
    /// The host of the document that describes the client (AS-42).
    pub described_by: Option<&'a str>,
    /// The URL that it would reach.
    pub resource: &'a str,
    /// What it would be allowed.
    pub scopes: Vec<&'a str>,
    /// When this very client was approved before.
    pub approved_before: Option<String>,
}

/// The page that asks whether a client may connect.
pub fn consent(view: &ConsentView<'_>) -> Html {
    page(
        view.server,
        "Let this client in?",
        &html! {
            p {
                strong { bdi { (view.client) } }
                " asks to use " strong { (view.server) } " in your name."
            }
            dl {
                @if let Some(host) = view.described_by {
                    dt { "Described by" } dd { strong { (host) } }
                }
                dt { "Answer goes to" } dd { strong { (view.host) } }
                dt { "Reaches" } dd { code { (view.resource) } }
                dt { "May use" } dd { (view.scopes.join(", ")) }
            }
            @match &view.approved_before {
                Some(date) => p.soft { "You have let this client in before, on " (date) "." },
                None => p.soft { "You have not let this client in before. The name is what it calls itself." },
            }
            @if let Some(described_by) = view.described_by && !view.loopback && described_by != view.host {
                p.warning {
                    "The answer goes to another host than the one that describes the client. "
                    "Go on only if you know that both belong together."
                }
            }
            @if view.loopback {
                p.warning {
                    "The answer goes to a program on the computer that you are using now. "
                    "Go on only if you have just started to connect a program there."
                }
            }
            form method="post" action=(routes::AUTHORIZE) {
                (ticket_field(view.ticket))
                div.actions {
                    button.main type="submit" name="decision" value="approve" { "Let it in" }
                    button type="submit" name="decision" value="deny" { "Refuse" }
                }
            }
            (owner_link())
        },
    )
}

/// What the page of a wrong request shows.
pub struct RefusedView<'a> {
    /// The server's name.
    pub server: &'a str,
    /// The sealed ticket of the form.
    pub ticket: &'a str,
    /// What the client calls itself.
    pub client: &'a str,
    /// The host that the answer goes to.
    pub host: &'a str,
    /// What is wrong.
    pub reason: &'a str,
}

/// The page of a request that cannot be approved; the client is told when the owner goes back.
pub fn refused(view: &RefusedView<'_>) -> Html {
    page(
        view.server,
        "This client cannot connect",
        &html! {
            p { strong { bdi { (view.client) } } " sent a request that this server cannot answer." }
            p.error { (view.reason) }
            form method="post" action=(routes::AUTHORIZE) {
                (ticket_field(view.ticket))
                div.actions {
                    button.main type="submit" name="decision" value="return" { "Go back to " (view.host) }
                }
            }
        },
    )
}

fn owner_link() -> Markup {
    html! { p.soft { a href=(routes::OWNER) { "Clients that you have let in" } } }
}
