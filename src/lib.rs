//! Gatelodge: the gate lodge in front of a home MCP server.
//!
//! One Cloudflare Worker is the OAuth 2.1 authorization server, admits authenticated calls to
//! `/mcp`, and forwards them to the home server without buffering.
//!
//! # Layout
//!
//! ```text
//! cloudflare → endpoints → ports → {ledger, mcp, owner, pages, resource_server, site} → config → oauth → base
//! ```
//!
//! * `cloudflare`: the only place that knows Workers; it exists on wasm32 only.
//! * [`endpoints`]: one module for each endpoint: parse, ask the [`ports`], decide, reply.
//! * [`ledger`]: how a grant changes; pure functions that the Durable Object applies.
//! * [`owner`]: the owner's session and forms. [`pages`]: HTML.
//! * [`resource_server`]: who may call. [`mcp`]: what goes home and what comes back.
//! * [`site`]: what beside the mounts is somebody else's.
//! * [`config`]: what a user decides. [`oauth`]: the vocabulary and rules of the standards.
//! * The base: [`issuer`], [`jose`], [`keys`], [`mount_path`], [`routes`], [`secret`], [`steps`],
//!   [`time`].
//!
//! Every rule is a function of record, request, time and random bits; a request's time is when its
//! body was there.

pub mod config;
pub mod endpoints;
pub mod issuer;
pub mod jose;
pub mod keys;
pub mod ledger;
pub mod mcp;
pub mod mount_path;
pub mod oauth;
pub mod owner;
pub mod pages;
pub mod ports;
pub mod resource_server;
pub mod routes;
pub mod secret;
pub mod site;
pub mod steps;
pub mod time;

#[cfg(target_arch = "wasm32")]
mod cloudflare;
