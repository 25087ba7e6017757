//! The site beside the mounts: which paths may go there, and what of a request and its answer
//! passes. Bodies pass as they are.

pub mod cookies;
pub mod head;
pub mod path;
