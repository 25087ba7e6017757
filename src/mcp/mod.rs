//! The gateway: what of a call goes home, and what of the answer comes back. Only heads are
//! computed here; bodies pass.

pub mod assertion;
pub mod cross_origin;
pub mod gateway_error;
pub mod heartbeat;
pub mod home_failure;
pub mod late_answer;
mod mcp_header;
pub mod media_type;
pub mod message;
pub mod message_endpoint;
pub mod probe;
pub mod request_head;
pub mod response_head;
pub mod session_id;
pub mod verdict;
