//! One function for each target: it is given any bytes, and panics when something does not hold
//! that should. libFuzzer calls it to find such bytes, the test to see that none of the kept ones is
//! among them.

mod addresses;
mod authorization_requests;
mod bearer;
mod client_authentication;
mod client_documents;
mod configurations;
mod cookies;
mod forms;
mod freshness;
mod insider_requests;
mod issuer_documents;
mod message_endpoints;
mod parts;
mod redirect_uris;
mod registrations;
mod request_heads;
mod requests;
mod response_heads;
mod routes;
mod sealed_values;
mod site_paths;
mod site_requests;
mod stored_records;
#[path = "../../../protocol/support/mod.rs"]
#[expect(
    dead_code,
    unused_imports,
    reason = "the parties have more to them than the targets need"
)]
mod support;
mod tokens;

type Target = fn(&[u8]);

pub(crate) const TARGETS: [(&str, Target); 23] = [
    ("addresses", addresses::addresses),
    (
        "authorization_requests",
        authorization_requests::authorization_requests,
    ),
    ("bearer", bearer::bearer),
    (
        "client_authentication",
        client_authentication::client_authentication,
    ),
    ("client_documents", client_documents::client_documents),
    ("configurations", configurations::configurations),
    ("cookies", cookies::cookies),
    ("forms", forms::forms),
    ("freshness", freshness::freshness),
    ("insider_requests", insider_requests::insider_requests),
    ("issuer_documents", issuer_documents::issuer_documents),
    ("message_endpoints", message_endpoints::message_endpoints),
    ("redirect_uris", redirect_uris::redirect_uris),
    ("registrations", registrations::registrations),
    ("request_heads", request_heads::request_heads),
    ("requests", requests::requests),
    ("response_heads", response_heads::response_heads),
    ("routes", routes::routes),
    ("sealed_values", sealed_values::sealed_values),
    ("site_paths", site_paths::site_paths),
    ("site_requests", site_requests::site_requests),
    ("stored_records", stored_records::stored_records),
    ("tokens", tokens::tokens),
];
