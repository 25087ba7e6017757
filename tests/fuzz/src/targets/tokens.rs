use gatelodge::{
    jose::{Algorithm, LARGEST_JWT, UnverifiedJwt},
    mount_path::MountPath,
    oauth::{
        client_assertion::{ALGORITHMS, AssertionId},
        scope::ScopeSet,
        trust::{Trust, TrustedIssuer},
    },
    resource_server::external_token::UnverifiedToken,
    secret::{Secret, base64url},
};

use super::{client_documents::CLIENT, parts};

const ISSUER: &str = "https://auth.example";
const AUDIENCE: &str = "https://mcp.example.com/mcp";

/// A JWT, as it is and as one that is built of three lines: what is read is what was signed, and it
/// is taken for what it says only.
pub(super) fn tokens(data: &[u8]) {
    token(&String::from_utf8_lossy(data));
    let (header, rest) = parts::line(data);
    let (claims, signature) = parts::line(rest);
    let encoded = [header, claims, signature].map(base64url);
    token(&encoded.join("."));
}

fn token(text: &str) {
    let Ok(jwt) = UnverifiedJwt::parse(text) else {
        return;
    };
    assert!(text.len() <= LARGEST_JWT);
    assert!(Algorithm::ALL.contains(&jwt.algorithm()));
    let message = std::str::from_utf8(jwt.message()).expect("it was cut out of text");
    assert_eq!(format!("{message}.{}", base64url(jwt.signature())), text);
    assertion(&jwt);
    access_token(text, &jwt);
}

fn assertion(jwt: &UnverifiedJwt<'_>) {
    let Ok(id) = AssertionId::of(jwt, CLIENT, &parts::issuer(), parts::NOW) else {
        return;
    };
    let claims = jwt.claims();
    assert!(ALGORITHMS.contains(&jwt.algorithm()));
    assert_eq!(claims.iss.as_deref(), Some(CLIENT));
    assert_eq!(claims.sub.as_deref(), Some(CLIENT));
    let ours = |audience: &String| audience.starts_with("https://mcp.example.com");
    assert!(!claims.aud.is_empty() && claims.aud.iter().all(ours));
    assert!(id.expires_at > parts::NOW);
    let wait = parts::NOW.until(id.expires_at);
    assert!(
        wait.seconds() <= 12 * 60,
        "it must be remembered for so long"
    );
}

fn access_token(text: &str, jwt: &UnverifiedJwt<'_>) {
    let trust = Trust {
        issuer: TrustedIssuer::parse(ISSUER).expect("an issuer"),
        audiences: vec![AUDIENCE.into()],
    };
    let (secret, mount) = (Secret::new(text.to_owned()), MountPath::default());
    let Ok(token) = UnverifiedToken::judge(&secret, &mount, &trust, parts::NOW) else {
        return;
    };
    let claims = jwt.claims();
    assert_eq!(claims.iss.as_deref(), Some(ISSUER));
    assert!(claims.aud.iter().any(|audience| audience == AUDIENCE));
    assert!(!claims.nonce && !claims.at_hash && !claims.cnf);
    assert!(claims.sub.as_deref().is_some_and(|sub| !sub.is_empty()));
    let expires_at = claims.exp.expect("a token without an end is refused");
    assert!(expires_at.unix_seconds() > parts::NOW.unix_seconds() - 60);
    let needed = ScopeSet::parse_lenient("read write");
    if let Ok((subject, until)) = token.verified(&needed) {
        let lists = claims.scope.iter().flat_map(|list| list.split(' '));
        let allowed: Vec<_> = lists.collect();
        assert!(needed.iter().all(|scope| allowed.contains(&scope)));
        assert_eq!(until, expires_at);
        assert_eq!(subject.client_id(), claims.client_id.as_deref());
        assert!(subject.in_time(parts::NOW).is_ok());
    }
}
