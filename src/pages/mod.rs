//! Pages as values. Whatever text goes in is escaped on the way; nothing here decides anything.
//!
//! They are plain HTML: they need no script, follow the browser's light or dark scheme, and fit a
//! phone.

mod consent;
mod layout;
mod message;
mod owner;
mod sign_in;

pub use consent::{ConsentView, ReceiverView, RefusedView, UseView, consent, refused};
pub use layout::{Html, style_source};
pub use message::{Message, WelcomeView, configuration, message, welcome};
pub use owner::{GrantView, OwnerView, Standing, owner};
pub use sign_in::{SignInNotice, SignInView, sign_in};
