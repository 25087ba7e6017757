//! The owner's page: who has been let in.

use maud::{Markup, html};

use super::layout::{Html, app_name, moment, page, ticket_field};
use crate::{routes, time::Timestamp};

/// What the owner's page shows.
pub struct OwnerView<'a> {
    /// The server's name.
    pub server: &'a str,
    /// The sealed ticket of its forms.
    pub ticket: &'a str,
    /// The URLs to add to a client.
    pub resources: &'a [String],
    /// The apps that were let in, newest first.
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
    pub approved_at: Timestamp,
    /// How far it has come.
    pub standing: Standing,
    /// Whether the client has not called with what it fetched, though it had time.
    pub is_silent: bool,
    /// How often an old token was replayed.
    pub replays: u32,
    /// How often the client asked again for tokens that it had lost.
    pub retries: u32,
}

/// How far a grant has come.
#[derive(Clone, Copy, Debug)]
pub enum Standing {
    /// Its Ledger does not answer now.
    Unknown,
    /// The client has not fetched its tokens yet.
    Waiting,
    /// The client is connected, and refreshed last then.
    Connected(Option<Timestamp>),
    /// It was revoked then, because a token was replayed.
    Replayed(Timestamp),
}

/// The page that lists the approved apps.
pub fn owner(view: &OwnerView<'_>) -> Html {
    page(
        view.server,
        "Apps that you have let in",
        &html! {
            p.soft {
                "To connect another one, add "
                @for (index, resource) in view.resources.iter().enumerate() {
                    @if index > 0 { " or " }
                    code { (resource) }
                }
                " to it."
            }
            @if view.grants.is_empty() {
                p { "No app has been let in yet." }
            } @else {
                ul.grants {
                    @for grant in &view.grants { li { (entry(view, grant)) } }
                }
                @if view.more {
                    p.soft { "There are more; revoke some of these to see them." }
                }
            }
            div.actions {
                form method="post" action=(routes::SIGN_OUT) {
                    (ticket_field(view.ticket))
                    button type="submit" { "Sign out" }
                }
            }
            @if !view.grants.is_empty() { (all_at_once(view)) }
        },
    )
}

fn entry(view: &OwnerView<'_>, grant: &GrantView) -> Markup {
    let in_button = grant.client.as_deref().unwrap_or("this app");
    html! {
        h2 { (app_name(grant.client.as_deref())) }
        dl {
            dt { "Sends you back to" } dd { (grant.host) }
            dt { "Path" } dd { code { (grant.mount) } }
            dt { "Let in" } dd { (moment(grant.approved_at)) }
            dt { "Last renewed" } dd { (last_renewed(grant.standing)) }
            @if !matches!(grant.standing, Standing::Unknown) {
                dt { "Old tokens used again" } dd { (times(grant.replays)) }
            }
            @if grant.retries > 0 { dt { "Lost answers sent again" } dd { (grant.retries) } }
        }
        @if grant.is_silent {
            p.warning {
                "It has connected, but made no call within 30 seconds. "
                "Look whether its own list of tools shows this server; if not, remove the server there and add it again."
            }
        }
        @if let Standing::Replayed(at) = grant.standing {
            p.warning {
                "Revoked on " (moment(at)) ", because an old token was used again: "
                "somebody may have copied it. Connect the app anew if it was yours."
            }
        }
        form method="post" action=(routes::REVOKE_GRANT) {
            (ticket_field(view.ticket))
            input type="hidden" name="grant" value=(grant.row);
            @match grant.standing {
                Standing::Replayed(_) => button type="submit" { "Remove " (in_button) },
                Standing::Connected(_) | Standing::Unknown | Standing::Waiting => {
                    button.danger.decides type="submit" { "Revoke " (in_button) }
                }
            }
        }
    }
}

/// Apart from everything that is pressed more lightly.
fn all_at_once(view: &OwnerView<'_>) -> Markup {
    let apps = match view.grants.len() {
        1 => "the app".to_owned(),
        count => format!("all {count} apps"),
    };
    html! {
        section.apart {
            h2 { "All at once" }
            p { "This ends the connection of " (apps) " above. Each has to be let in anew to come back." }
            form method="post" action=(routes::REVOKE_ALL) {
                (ticket_field(view.ticket))
                label.choice {
                    input type="checkbox" name="all" value="yes" required;
                    "Yes, all of them"
                }
                div.actions { button.danger.decides type="submit" { "Revoke " (apps) } }
            }
        }
    }
}

fn times(count: u32) -> String {
    match count {
        0 => "never".to_owned(),
        1 => "once".to_owned(),
        more => format!("{more} times"),
    }
}

fn last_renewed(standing: Standing) -> Markup {
    html! {
        @match standing {
            Standing::Unknown => "not known now",
            Standing::Waiting => "has not connected yet",
            Standing::Connected(None) => "connected, not renewed yet",
            Standing::Connected(Some(at)) => (moment(at)),
            Standing::Replayed(_) => "revoked",
        }
    }
}
