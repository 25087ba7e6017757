//! The application's connection, in either era of the protocol.

use std::env;

use rmcp::{
    ClientHandler, RoleClient,
    model::{ProgressNotificationParam, ProtocolVersion},
    service::{
        ClientInitializeError, ClientLifecycleMode, ClientServiceExt as _, NotificationContext,
        RunningService,
    },
    transport::{
        AuthClient, AuthorizationManager, StreamableHttpClientTransport,
        streamable_http_client::StreamableHttpClientTransportConfig,
    },
};
use serde_json::json;

use crate::{Failure, User, say, sign_in::sign_in};

pub type Connection = RunningService<RoleClient, Listener>;

pub struct Application {
    url: String,
    client: AuthClient<reqwest::Client>,
}

/// Tells how far a call is.
pub struct Listener;

impl ClientHandler for Listener {
    async fn on_progress(
        &self,
        told: ProgressNotificationParam,
        _: NotificationContext<RoleClient>,
    ) {
        say(&json!({"progress": told.progress}));
    }
}

impl Application {
    pub async fn new(url: String) -> Result<Self, Failure> {
        let manager = AuthorizationManager::new(url.as_str()).await?;
        let client = AuthClient::new(reqwest::Client::new(), manager);
        Ok(Self { url, client })
    }

    /// With the token `TOKEN`, or with what it signs in for.
    pub async fn connect(&mut self, user: &mut User) -> Result<Connection, Failure> {
        let failure = match self.attempt().await {
            Ok(connection) => return Ok(connection),
            Err(failure) => failure,
        };
        let Some(challenge) = failure.auth_challenge() else {
            return Err(failure.into());
        };
        let manager = sign_in(&self.url, challenge, user).await?;
        self.client = AuthClient::new(reqwest::Client::new(), manager);
        Ok(self.attempt().await?)
    }

    async fn attempt(&self) -> Result<Connection, ClientInitializeError> {
        let mut config = StreamableHttpClientTransportConfig::with_uri(self.url.as_str());
        config.auth_header = env::var("TOKEN").ok();
        let transport = StreamableHttpClientTransport::with_client(self.client.clone(), config);
        Listener.serve_with_lifecycle(transport, lifecycle()).await
    }
}

fn lifecycle() -> ClientLifecycleMode {
    if env::var("MODE").is_ok_and(|mode| mode == "2026-07-28") {
        let preferred_versions = vec![ProtocolVersion::V_2026_07_28];
        return ClientLifecycleMode::Discover { preferred_versions };
    }
    ClientLifecycleMode::Initialize
}
