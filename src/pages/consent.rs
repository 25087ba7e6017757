//! The owner's decision about a client.

use maud::{Markup, html};

use super::layout::{Html, app_name, page, ticket_field};
use crate::routes;

/// What the consent page shows (AS-41). Whatever the client says of itself is only that.
pub struct ConsentView<'a> {
    /// The server's name.
    pub server: &'a str,
    /// The sealed ticket of the form.
    pub ticket: &'a str,
    /// What the client calls itself, if anything.
    pub client: Option<&'a str>,
    /// The host that the answer goes to.
    pub host: &'a str,
    /// Who takes it there.
    pub receiver: ReceiverView,
    /// The URL that it would reach.
    pub resource: &'a str,
    /// What it would be allowed.
    pub scopes: Vec<&'a str>,
    /// When this very client was approved before.
    pub approved_before: Option<String>,
}

/// Who takes the answer.
#[derive(Clone, Copy, Debug)]
pub enum ReceiverView {
    /// An app on the person's device.
    App,
    /// A program on the person's own computer.
    ThisComputer,
    /// A website, which has its name to itself.
    Website,
}

/// The page that asks whether a client may connect.
pub fn consent(view: &ConsentView<'_>) -> Html {
    page(
        view.server,
        "Let this client in?",
        &html! {
            p {
                strong { (app_name(view.client)) }
                " asks to use " strong { (view.server) } " on your behalf."
            }
            dl {
                dt { "Answer goes to" } dd { strong { (view.host) } }
                dt { "Reaches" } dd { code { (view.resource) } }
                dt { "May use" } dd { (view.scopes.join(", ")) }
            }
            @match &view.approved_before {
                Some(date) => p.soft { "You have let this client in before, on " (date) "." },
                None => p.soft {
                    "You have not let this client in before."
                    @if view.client.is_some() { " The name is what it calls itself." }
                },
            }
            @if let Some(warning) = warning(view.receiver) { p.warning { (warning) } }
            form method="post" action=(routes::AUTHORIZE) {
                (ticket_field(view.ticket))
                div.actions {
                    button.main.decides type="submit" name="decision" value="approve" { "Let it in" }
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
    /// What the client calls itself, if anything.
    pub client: Option<&'a str>,
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
            p { strong { (app_name(view.client)) } " sent a request that this server cannot answer." }
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

/// What the name of a host does not tell (AS-43).
const fn warning(receiver: ReceiverView) -> Option<&'static str> {
    match receiver {
        ReceiverView::App => Some(
            "The answer goes to an app on this device, to whichever says that such addresses are for it. Go on only if you have just started to connect an app there.",
        ),
        ReceiverView::ThisComputer => Some(
            "The answer goes to a program on the computer that you are using now. Go on only if you have just started to connect a program there.",
        ),
        ReceiverView::Website => None,
    }
}

fn owner_link() -> Markup {
    html! { p.soft { a href=(routes::OWNER) { "Clients that you have let in" } } }
}
