//! The Ledger: the one place where a grant changes, and where failed sign-ins are counted.
//!
//! Every rule here is a pure function of the record, the request, the time and random bits. The
//! Durable Object loads a record, obeys one [`command`], and saves; the native tests do the same. A
//! grant is opened by the owner's approval ([`opening`]), its code is redeemed once
//! ([`redemption`]), its refresh token rotates ([`rotation`]), its access tokens are admitted
//! ([`admission`]) until it is revoked ([`revocation`]) or all in it is dead; an alarm does what
//! becomes due meanwhile ([`duty`]). Each of a client's [`assertion`]s counts once.

pub mod admission;
pub mod assertion;
pub mod command;
pub mod duty;
pub mod minting;
pub mod opening;
pub mod pauses;
pub mod record;
pub mod redemption;
pub mod revocation;
pub mod rotation;
pub mod sign_in;
pub mod summary;
