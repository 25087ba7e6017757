//! The protected resource: who may call a mount.

pub mod admission_cache;
pub mod bearer;
pub mod challenge;
pub mod external_token;
pub mod issuer_cache;
pub mod principal;
pub mod resource_metadata;
pub mod verified_tokens;
