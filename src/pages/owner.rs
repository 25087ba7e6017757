//! The owner's page: who has been let in.

use maud::{Markup, html};

use super::layout::{Html, app_name, page, ticket_field};
use crate::routes;

/// What the owner's page shows.
pub struct OwnerView<'a> {
    /// The server's name.
    pub server: &'a str,
    /// The sealed ticket of its forms.
    pub ticket: &'a str,
    /// The URL to add to a client.
    pub resource: &'a str,
    /// The clients that were let in, newest first.
    pub grants: Vec<GrantView>,
    /// Whether there are more than are shown.
    pub more: bool,
}

/// One grant, as the owner's page shows it.
pub struct GrantView {
    /// The name of its row, which the form sends back.
    pub row: String,
    /// What the client calls itself, if anything.
    pub client: Option<String>,
    /// The host that its answers go to.
    pub host: String,
    /// The mount that it may call.
    pub mount: String,
    /// When it was approved.
    pub approved_at: String,
    /// How far it has come.
    pub standing: Standing,
    /// How often an old token was replayed.
    pub replays: u32,
    /// How often the client asked again for tokens that it had lost.
    pub retries: u32,
}

/// How far a grant has come, with dates for people.
pub enum Standing {
    /// Its Ledger does not answer now.
    Unknown,
    /// The client has not fetched its tokens yet.
    Waiting,
    /// The client is connected, and refreshed last then.
    Connected(Option<String>),
    /// It was revoked then, because a token was replayed.
    Replayed(String),
}

/// The page that lists the approved clients.
pub fn owner(view: &OwnerView<'_>) -> Html {
    page(
        view.server,
        "Clients that you have let in",
        &html! {
            p.soft { "To connect another one, add " code { (view.resource) } " to it." }
            @if view.grants.is_empty() {
                p { "No client has been let in yet." }
            } @else {
                ul.grants {
                    @for grant in &view.grants { li { (entry(view.ticket, grant)) } }
                }
                @if view.more {
                    p.soft { "There are more; revoke some of these to see them." }
                }
            }
            div.actions {
                @if !view.grants.is_empty() {
                    form method="post" action=(routes::REVOKE_ALL) {
                        (ticket_field(view.ticket))
                        button.danger.decides type="submit" { "Revoke all" }
                    }
                }
                form method="post" action=(routes::SIGN_OUT) {
                    (ticket_field(view.ticket))
                    button type="submit" { "Sign out" }
                }
            }
        },
    )
}

fn entry(ticket: &str, grant: &GrantView) -> Markup {
    let in_button = grant.client.as_deref().unwrap_or("this app");
    html! {
        h2 { (app_name(grant.client.as_deref())) }
        dl {
            dt { "Host" } dd { (grant.host) }
            dt { "Mount" } dd { code { (grant.mount) } }
            dt { "Approved" } dd { (grant.approved_at) }
            dt { "Last refresh" } dd { (last_refresh(&grant.standing)) }
            dt { "Replays" } dd { (grant.replays) }
            @if grant.retries > 0 { dt { "Repeated replies" } dd { (grant.retries) } }
        }
        @if let Standing::Replayed(date) = &grant.standing {
            p.warning {
                "Revoked on " (date) ", because an old token was used again: "
                "somebody may have copied it. Connect the client anew if it was yours."
            }
        }
        form method="post" action=(routes::REVOKE_GRANT) {
            (ticket_field(ticket))
            input type="hidden" name="grant" value=(grant.row);
            @match grant.standing {
                Standing::Replayed(_) => button type="submit" { "Remove " (in_button) },
                _ => button.danger.decides type="submit" { "Revoke " (in_button) },
            }
        }
    }
}

fn last_refresh(standing: &Standing) -> &str {
    match standing {
        Standing::Unknown => "not known now",
        Standing::Waiting => "has not connected yet",
        Standing::Connected(None) => "not yet",
        Standing::Connected(Some(date)) => date,
        Standing::Replayed(_) => "revoked",
    }
}
