//! What the edge promises, driven natively: the endpoints, with a world in memory, a clock that
//! stands still and seeded random bits. One module for each promise.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on has failed, and says where"
)]

mod support;

mod a_stale_page_shows_the_way_on;
mod admission_is_cached;
mod anonymous_traffic_costs_no_storage;
mod authorization_header_never_reaches_home;
mod challenge_points_at_resource_metadata;
mod client_assertions;
mod client_documents;
mod code_is_redeemed_once;
mod configured_clients;
mod consent_is_for_what_was_shown;
mod errors_never_reach_an_unregistered_redirect_uri;
mod every_redirect_carries_iss_and_state;
mod external_discovery;
mod external_keys;
mod external_tokens;
mod home_learns_who_calls;
mod key_rotation;
mod legacy_transport;
mod metadata_agrees_with_routes;
mod open_streams;
mod origin_slash;
mod pkce_is_required;
mod refresh_replay;
mod refresh_rotation;
mod revocation;
mod scopes;
mod secrets_never_print;
mod sessions_belong_to_their_grant;
mod sign_in_is_throttled;
mod site;
mod slow_bodies;
mod steps_are_on_record;
mod storage_outages;
mod the_key_alone;
mod the_owner_sees_what_is_asked;
mod the_owner_sees_who_is_in;
mod the_register_is_kept;
mod token_for_another_resource_is_refused;
mod tokens_of_another_issuer_are_refused;
mod ways_home;
mod what_home_answers_is_no_page;
mod what_is_over_asks_no_ledger;
mod withdrawn_keys;
