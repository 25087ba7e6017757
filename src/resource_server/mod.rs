//! The protected resource: who may call a mount.

pub mod admission_cache;
pub mod bearer;
pub mod challenge;
pub mod principal;
pub mod resource_metadata;
