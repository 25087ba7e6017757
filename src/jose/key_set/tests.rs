use super::*;

fn rsa(bits: usize) -> Value {
    let mut modulus = vec![0xAB; bits.div_ceil(8)];
    modulus[0] = match bits % 8 {
        0 => 0x80,
        odd => 1 << (odd - 1),
    };
    json!({"kty": "RSA", "kid": "r", "n": base64url(&modulus), "e": "AQAB"})
}

fn ec() -> Value {
    let (x, y) = (base64url(&[1; 32]), base64url(&[2; 32]));
    json!({"kty": "EC", "kid": "e", "crv": "P-256", "x": x, "y": y})
}

fn ed() -> Value {
    json!({"kty": "OKP", "kid": "o", "crv": "Ed25519", "x": base64url(&[3; 32])})
}

fn with(mut jwk: Value, member: &str, value: Value) -> Value {
    jwk[member] = value;
    jwk
}

fn set(keys: &[Value]) -> KeySet {
    KeySet::parse(json!({"keys": keys}).to_string().as_bytes()).unwrap()
}

#[test]
fn each_kind_of_key_is_for_one_algorithm() {
    for (jwk, algorithm) in [
        (rsa(2_048), Algorithm::Rs256),
        (rsa(4_096), Algorithm::Rs256),
        (ec(), Algorithm::Es256),
        (ed(), Algorithm::EdDsa),
        (with(ed(), "alg", json!("EdDSA")), Algorithm::EdDsa),
        (with(ed(), "alg", json!("Ed25519")), Algorithm::EdDsa),
        (with(ec(), "use", json!("sig")), Algorithm::Es256),
        (with(ec(), "key_ops", json!(["verify"])), Algorithm::Es256),
        (with(rsa(2_048), "x5t", json!(1)), Algorithm::Rs256),
    ] {
        let key = PublicKey::parse(jwk.clone());
        assert_eq!(key.map(|key| key.algorithm()), Some(algorithm), "{jwk}");
    }
}

#[test]
fn a_key_that_is_weak_secret_or_for_something_else_is_passed_over() {
    for (what, jwk) in [
        ("2,047 bits", rsa(2_047)),
        ("1,024 bits", rsa(1_024)),
        ("too large", rsa(8_200)),
        ("zeros before 1,024 bits", {
            let mut modulus = vec![0; 128];
            modulus.extend([0xAB; 128]);
            with(rsa(2_048), "n", json!(base64url(&modulus)))
        }),
        ("an exponent of one", with(rsa(2_048), "e", json!("AQ"))),
        ("an even exponent", with(rsa(2_048), "e", json!("AQAC"))),
        ("no exponent", with(rsa(2_048), "e", json!(""))),
        ("a padded modulus", with(rsa(2_048), "n", json!("AQAB="))),
        (
            "the private part of RSA",
            with(rsa(2_048), "d", json!("AQAB")),
        ),
        ("the private part of EC", with(ec(), "d", json!("AQAB"))),
        ("the private part of OKP", with(ed(), "d", json!(null))),
        ("a symmetric key", json!({"kty": "oct", "k": "AQAB"})),
        (
            "a public key with a symmetric one",
            with(ec(), "k", json!("AQAB")),
        ),
        ("for encryption", with(ec(), "use", json!("enc"))),
        ("for signing only", with(ec(), "key_ops", json!(["sign"]))),
        ("for nothing", with(ec(), "key_ops", json!([]))),
        ("another algorithm", with(rsa(2_048), "alg", json!("RS512"))),
        ("HMAC", with(rsa(2_048), "alg", json!("HS256"))),
        ("that of another kind", with(ec(), "alg", json!("RS256"))),
        ("another curve", with(ec(), "crv", json!("P-384"))),
        ("no curve", with(ec(), "crv", json!(null))),
        ("for key agreement", with(ed(), "crv", json!("X25519"))),
        ("a short coordinate", with(ec(), "x", json!("AQAB"))),
        ("no coordinate", with(ec(), "y", json!(null))),
        ("an unknown type", with(ec(), "kty", json!("AKP"))),
        ("no type", json!({"x": "AQAB"})),
        ("a kid that is no text", with(ec(), "kid", json!(1))),
        ("no object", json!("key")),
    ] {
        assert_eq!(PublicKey::parse(jwk), None, "{what}");
    }
}

#[test]
fn what_is_no_key_set_is_none() {
    for text in [
        "",
        "[]",
        "{}",
        r#"{"keys":{}}"#,
        r#"{"keys":null}"#,
        r#"{"keys":[],"keys":[]}"#,
    ] {
        assert_eq!(KeySet::parse(text.as_bytes()), None, "{text}");
    }
    assert_eq!(set(&[]), KeySet::default());
}

#[test]
fn one_bad_key_does_not_spoil_the_set_and_there_is_an_end() {
    assert_eq!(set(&[json!(1), ec(), rsa(512)]).0.len(), 1);
    assert_eq!(set(&vec![ec(); MOST_KEYS + 1]).0.len(), MOST_KEYS);
}

#[test]
fn a_token_is_verified_with_keys_of_its_name_and_algorithm() {
    let other = with(
        with(ec(), "kid", json!("e2")),
        "x",
        json!(base64url(&[9; 32])),
    );
    let unnamed = with(ec(), "kid", json!(null));
    let keys = set(&[rsa(2_048), ec(), other, unnamed, ed()]);
    for (header, expected) in [
        (r#"{"alg":"ES256","kid":"e"}"#, vec![Some("e")]),
        (r#"{"alg":"ES256","kid":"e2"}"#, vec![Some("e2")]),
        (r#"{"alg":"ES256"}"#, vec![Some("e"), Some("e2"), None]),
        (r#"{"alg":"RS256"}"#, vec![Some("r")]),
        (r#"{"alg":"EdDSA","kid":"o"}"#, vec![Some("o")]),
        (r#"{"alg":"RS256","kid":"e"}"#, vec![]),
        (r#"{"alg":"ES256","kid":"E"}"#, vec![]),
        (r#"{"alg":"ES256","kid":""}"#, vec![]),
    ] {
        let token = format!("{}.e30.c2ln", base64url(header.as_bytes()));
        let jwt = UnverifiedJwt::parse(&token).unwrap();
        let found: Vec<_> = keys
            .keys_for(&jwt)
            .map(|key| key.key_id.as_deref())
            .collect();
        assert_eq!(found, expected, "{header}");
    }
}

#[test]
fn only_its_numbers_leave_a_key() {
    let written = with(with(rsa(2_048), "alg", json!("RS256")), "x5c", json!(["a"]));
    let jwk = PublicKey::parse(written.clone()).unwrap().to_jwk();
    assert_eq!(jwk, json!({"kty": "RSA", "n": written["n"], "e": "AQAB"}));
}
