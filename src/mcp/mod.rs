//! The gateway: what of a call goes home, and what of the answer comes back. Heads are made anew;
//! bodies pass, and are looked into only where a head does not say enough.

pub mod assertion;
pub mod cross_origin;
pub mod gateway_error;
pub mod heartbeat;
pub mod home_failure;
pub mod late_answer;
pub mod mcp_header;
pub mod media_type;
pub mod message;
pub mod message_endpoint;
pub mod probe;
pub mod request_head;
pub mod response_head;
pub mod session_id;
pub mod verdict;
