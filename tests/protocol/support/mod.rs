//! The parties of a test: the gate, its world in memory, a browser, a client and the home server.

pub(crate) mod browser;
pub(crate) mod client;
pub(crate) mod exchange;
pub(crate) mod gate;
pub(crate) mod home;
pub(crate) mod issuer;
pub(crate) mod ports;
pub(crate) mod signature;
pub(crate) mod web;
pub(crate) mod world;

pub(crate) use browser::Browser;
pub(crate) use client::{Client, Connection, REDIRECT_URI, call};
pub(crate) use exchange::{Answer, Request};
pub(crate) use gate::{Gate, ISSUER, PASSWORD, RESOURCE};
pub(crate) use home::{Carried, Sent};
pub(crate) use world::Port;
