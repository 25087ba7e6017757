//! The owner's sign-in.

use maud::html;

use super::layout::{Html, page, ticket_field};
use crate::{routes, time::Lifetime};

/// What the sign-in page shows.
pub struct SignInView<'a> {
    /// The server's name.
    pub server: &'a str,
    /// The sealed ticket of the form.
    pub ticket: &'a str,
    /// What went wrong before, if anything.
    pub notice: Option<SignInNotice>,
}

/// What went wrong at the last attempt.
#[derive(Clone, Copy, Debug)]
pub enum SignInNotice {
    /// The page was open for too long.
    Expired,
    /// No password was given.
    NoPassword,
    /// Too many attempts.
    Throttled {
        /// How long to wait.
        wait: Lifetime,
    },
    /// The password was wrong.
    WrongPassword,
}

impl SignInNotice {
    /// Whether it is about what was typed.
    const fn is_of_password(self) -> bool {
        match self {
            Self::NoPassword | Self::WrongPassword => true,
            Self::Expired | Self::Throttled { .. } => false,
        }
    }
}

/// The page that asks for the owner's password.
pub fn sign_in(view: &SignInView<'_>) -> Html {
    page(
        view.server,
        "Sign in",
        &html! {
            p { "This server is private. Sign in with the owner’s password to go on." }
            @if let Some(notice) = view.notice {
                p.error role="alert" id="notice" { (words(notice)) }
            }
            form method="post" action=(routes::SIGN_IN) {
                (ticket_field(view.ticket))
                // Password managers file a password under a name.
                input.unseen type="text" name="username" value="owner" readonly
                    autocomplete="username" tabindex="-1" aria-hidden="true";
                label for="password" { "Password" }
                input type="password" name="password" id="password" required
                    autocomplete="current-password" autofocus
                    aria-invalid=[view.notice.filter(|notice| notice.is_of_password()).map(|_| "true")]
                    aria-describedby=[view.notice.map(|_| "notice")];
                div.actions { button.main type="submit" { "Sign in" } }
            }
        },
    )
}

fn words(notice: SignInNotice) -> String {
    match notice {
        SignInNotice::Expired => {
            "The page was open for too long. Enter the password once more.".to_owned()
        }
        SignInNotice::NoPassword => "Enter the password.".to_owned(),
        SignInNotice::WrongPassword => "That is not the password.".to_owned(),
        SignInNotice::Throttled { wait } => match wait.seconds().div_ceil(60) {
            0 | 1 => "Too many attempts. Try again in a minute.".to_owned(),
            minutes => format!("Too many attempts. Try again in {minutes} minutes."),
        },
    }
}
