use gatelodge::{
    issuer::Issuer,
    keys::{Keys, Kind, Sealable},
    oauth::{
        client::{Client, Identified, Recognition, Registration},
        grant::{AccessToken, AuthorizationCode, RefreshToken},
    },
    owner::{
        session::{Session, Visitor},
        ticket::Ticket,
    },
    secret::Secret,
};
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{parts, support::world::Seeded};

/// Text that nobody has sealed opens as nothing. The second line, sealed as each kind, opens as
/// that kind only, to what is sealed the same again, or not at all.
pub(super) fn sealed_values(data: &[u8]) {
    let (text, rest) = parts::text_line(data);
    let (keys, issuer) = (parts::keys(), parts::issuer());
    assert_eq!(opening(&keys, &issuer, &text), [false; 6]);
    let Ok(value) = serde_json::from_slice::<Value>(rest) else {
        return;
    };
    sealed::<0, AccessToken>(&value, &keys, &issuer);
    sealed::<1, AuthorizationCode>(&value, &keys, &issuer);
    sealed::<2, Registration>(&value, &keys, &issuer);
    sealed::<3, RefreshToken>(&value, &keys, &issuer);
    sealed::<4, Session>(&value, &keys, &issuer);
    sealed::<5, Ticket>(&value, &keys, &issuer);
    used(&value, &keys, &issuer);
}

/// Any JSON, as the kind of this number.
#[derive(Deserialize, Serialize)]
#[serde(transparent)]
struct Any<const KIND: usize>(Value);

impl<const KIND: usize> Sealable for Any<KIND> {
    const KIND: Kind = [
        Kind::AccessToken,
        Kind::AuthorizationCode,
        Kind::ClientId,
        Kind::RefreshToken,
        Kind::Session,
        Kind::Ticket,
    ][KIND];
}

fn seal<const KIND: usize>(value: &Value, keys: &Keys, issuer: &Issuer) -> Secret {
    keys.seal(issuer, &Any::<KIND>(value.clone()), &Seeded::new(1))
}

/// As which kinds a text opens.
fn opening(keys: &Keys, issuer: &Issuer, text: &str) -> [bool; 6] {
    [
        keys.open::<Any<0>>(issuer, text).is_some(),
        keys.open::<Any<1>>(issuer, text).is_some(),
        keys.open::<Any<2>>(issuer, text).is_some(),
        keys.open::<Any<3>>(issuer, text).is_some(),
        keys.open::<Any<4>>(issuer, text).is_some(),
        keys.open::<Any<5>>(issuer, text).is_some(),
    ]
}

fn sealed<const KIND: usize, T>(value: &Value, keys: &Keys, issuer: &Issuer)
where
    T: std::fmt::Debug + PartialEq + Sealable,
{
    let sealed = seal::<KIND>(value, keys, issuer);
    let mut expected = [false; 6];
    expected[KIND] = true;
    assert_eq!(opening(keys, issuer, sealed.expose()), expected);
    let elsewhere = Issuer::new("https://other.example");
    assert_eq!(opening(keys, &elsewhere, sealed.expose()), [false; 6]);
    if let Some(opened) = keys.open::<T>(issuer, sealed.expose()) {
        let again = keys.seal(issuer, &opened, &Seeded::new(2));
        assert_eq!(keys.open::<T>(issuer, again.expose()), Some(opened));
    }
}

/// What opens is then asked for what it says.
fn used(value: &Value, keys: &Keys, issuer: &Issuer) {
    let by = Recognition {
        keys,
        issuer,
        configured: &[],
    };
    let id = seal::<2>(value, keys, issuer);
    if let Identified::Known(client) = Client::identify(id.expose(), &by) {
        let name = client.name().unwrap_or_default();
        assert!(!name.chars().any(char::is_control) && name.trim() == name);
        assert!(client.described_by().is_none());
        let _ = client.credential(keys);
    }
    let session = seal::<4>(value, keys, issuer);
    let cookie = format!("__Host-gatelodge-session={}", session.expose());
    let cookie = HeaderValue::try_from(cookie).expect("a sealed value is visible");
    let mut headers: HeaderMap = [(header::COOKIE, cookie)].into_iter().collect();
    let password = Secret::new("correct horse battery staple".into());
    let visitor = Visitor::of(&headers, issuer, keys, &password, parts::NOW);
    assert!(matches!(visitor, Visitor::Stranger), "of another password");
    let here = HeaderValue::from_static("same-origin");
    headers.insert("sec-fetch-site", here);
    let ticket = seal::<5>(value, keys, issuer);
    let accepted = Ticket::accept(ticket.expose(), &headers, (keys, issuer), parts::NOW);
    assert!(accepted.is_err(), "of another browser");
}
