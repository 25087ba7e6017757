//! The SDK's own sign-in. The browser is whoever gives the orders.

use std::env;

use rmcp::transport::{AuthorizationManager, AuthorizationRequest, auth::OAuthState};
use serde::Deserialize;
use serde_json::json;

use crate::{Failure, User, say};

#[derive(Deserialize)]
struct Answer {
    callback: String,
}

/// From the challenge to tokens.
pub async fn sign_in(
    url: &str,
    challenge: &str,
    user: &mut User,
) -> Result<AuthorizationManager, Failure> {
    let mut request = AuthorizationRequest::new("http://localhost:33418/callback")
        .with_challenge(challenge)
        .with_client_name(env::var("NAME")?);
    request.client_metadata_url = env::var("DOCUMENT").ok();
    let mut state = OAuthState::new(url, None).await?;
    state.start_authorization(request).await?;
    say(&json!({"open": state.get_authorization_url().await?}));
    let line = user.hear().await?.ok_or("the browser did not come back")?;
    let Answer { callback } = serde_json::from_str(&line)?;
    state.handle_callback_url(&callback).await?;
    let manager = state.into_authorization_manager();
    Ok(manager.ok_or("the sign-in is not complete")?)
}
