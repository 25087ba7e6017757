//! The owner at the edge: signing in, staying signed in, and answering forms.
//!
//! A session and a waiting form are not stored: they are sealed values that the browser keeps.

pub mod cookies;
pub mod network;
pub mod password;
pub mod register;
pub mod session;
pub mod ticket;
