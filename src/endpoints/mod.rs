//! One module for each endpoint: parse, ask the ports, decide, reply.
//!
//! [`Edge::answer`] is the way in. It finds the issuer and the route, applies what a whole surface
//! shares (methods, CORS, the size of a body), and hands over.

mod address;
mod admission;
mod asking;
mod assertion;
mod authorize;
mod below;
mod body;
mod client_documents;
mod client_keys;
mod consent;
mod discovery;
mod dispatch;
mod early_stream;
mod edge;
mod external;
mod forms;
mod forward;
mod issuer_documents;
mod legacy_transport;
mod mcp;
mod naming;
mod owner;
mod record;
mod register;
mod reply;
mod revoke;
mod sign_in;
mod site;
mod token;
mod token_answer;
mod upload;
mod watch;
mod way_home;

pub use early_stream::EarlyStream;
pub use edge::{Edge, IncomingRequest, Payload, misconfigured};
pub use watch::Watch;
