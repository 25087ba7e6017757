//! The owner at the edge: signing in, staying signed in, and answering forms.
//!
//! Nothing of it is stored: a session and a waiting form are sealed values that the browser keeps.

pub mod cookies;
pub mod network;
pub mod password;
pub mod session;
pub mod ticket;
