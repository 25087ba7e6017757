//! The owner's decision about a client.

use maud::{Markup, html};

use super::layout::{Html, app_name, moment, page, ticket_field};
use crate::{routes, time::Timestamp};

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
    /// The host of the document that describes the client (AS-42).
    pub described_by: Option<&'a str>,
    /// The URL that it would reach.
    pub resource: &'a str,
    /// What it would be allowed.
    pub use_of: UseView<'a>,
    /// When this very client was approved before.
    pub approved_before: Option<Timestamp>,
}

/// What a client would be allowed.
#[derive(Clone, Debug)]
pub enum UseView<'a> {
    /// All that there is at the resource.
    Everything,
    /// These scopes, and there are others.
    Scopes(Vec<&'a str>),
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
        "Let this app in?",
        &html! {
            p {
                strong { (app_name(view.client)) }
                " asks to use " strong { (view.server) } " on your behalf."
            }
            dl {
                @if let Some(host) = view.described_by {
                    dt { "Described by" } dd { strong { (host) } }
                }
                dt { "Sends you back to" } dd { strong { (view.host) } }
                dt { "Address" } dd { code { (view.resource) } }
                dt { "May use" }
                dd {
                    @match &view.use_of {
                        UseView::Everything => {
                            "Everything that " (view.server) " offers at this address"
                        },
                        UseView::Scopes(scopes) => (scopes.join(", ")),
                    }
                }
            }
            @match view.approved_before {
                Some(at) => p.soft { "You have let this app in before, on " (moment(at)) "." },
                None => p.soft {
                    "You have not let this app in before."
                    @if view.client.is_some() { " The name is what it calls itself." }
                },
            }
            @if let Some(warning) = warning(view.receiver) { p.warning { (warning) } }
            @if is_answered_elsewhere(view) {
                p.warning {
                    "The answer goes to another website than the one that describes the app. "
                    "Go on only if you know that both belong together."
                }
            }
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
    /// Who takes it there.
    pub receiver: ReceiverView,
    /// What is wrong.
    pub reason: &'a str,
}

/// The page of a request that cannot be approved; the client is told when the owner goes back.
pub fn refused(view: &RefusedView<'_>) -> Html {
    page(
        view.server,
        "This app cannot connect",
        &html! {
            p { strong { (app_name(view.client)) } " sent a request that this server cannot answer." }
            p.error { (view.reason) }
            p.soft { "That is the app’s mistake, not yours. When you go back, the app is told." }
            form method="post" action=(routes::AUTHORIZE) {
                (ticket_field(view.ticket))
                div.actions {
                    button.main type="submit" name="decision" value="return" {
                        @match view.receiver {
                            ReceiverView::App => "Go back to the app",
                            ReceiverView::ThisComputer | ReceiverView::Website => {
                                "Go back to " (view.host)
                            }
                        }
                    }
                }
            }
        },
    )
}

/// Whether the website that takes the answer is not the one whose word the document is.
fn is_answered_elsewhere(view: &ConsentView<'_>) -> bool {
    let is_other = view.described_by.is_some_and(|host| host != view.host);
    match view.receiver {
        ReceiverView::App | ReceiverView::ThisComputer => false,
        ReceiverView::Website => is_other,
    }
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
    html! { p.soft { a href=(routes::OWNER) { "Apps that you have let in" } } }
}
