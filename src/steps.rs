//! The steps of a client's way in, as the log shows them: enough to see where it stopped, and
//! nothing of anybody's.

use serde::Serialize;

use crate::{mount_path::MountPath, secret::Digest};

/// How far a client has come.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// It was told where to sign in.
    Challenge,
    /// The owner has let it in.
    Consented,
    /// It has read a metadata document.
    Discovery,
    /// It has called with its first token.
    FirstCall,
    /// Its call did not get an answer from home.
    OriginFailed,
    /// It was refused.
    Refused,
    /// It has registered.
    Registered,
    /// It has its first token, and did not call.
    Silent,
    /// It has fetched tokens.
    Token,
}

/// A line of the log. It has no place for a secret, an address or a person's data.
#[derive(Clone, Debug, Serialize)]
pub struct StepLine<'a> {
    /// The step.
    pub step: Step,
    /// The request, as its answer names it; none for what no request has done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<&'a str>,
    /// The mount that it was about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mount: Option<&'a MountPath>,
    /// The digest of the client's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<Digest>,
    /// What was refused, or fetched; one of the edge's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'static str>,
}

impl<'a> StepLine<'a> {
    /// A line about a request.
    pub const fn of(step: Step, request: &'a str) -> Self {
        Self {
            step,
            request: Some(request),
            mount: None,
            client: None,
            detail: None,
        }
    }

    /// The line, about this mount.
    #[must_use]
    pub const fn at(self, mount: &'a MountPath) -> Self {
        Self {
            mount: Some(mount),
            ..self
        }
    }

    /// The line, about this client.
    #[must_use]
    pub const fn by(self, client: Digest) -> Self {
        Self {
            client: Some(client),
            ..self
        }
    }

    /// The line, with a word of the edge's own.
    #[must_use]
    pub const fn saying(self, detail: &'static str) -> Self {
        Self {
            detail: Some(detail),
            ..self
        }
    }
}
