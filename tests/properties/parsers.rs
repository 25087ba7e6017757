//! No parser that a stranger reaches panics, and what it takes has the shape that it promises.

use std::collections::BTreeMap;

use gatelodge::{
    config::Config,
    issuer::Issuer,
    keys::{Keys, MasterKey},
    mcp::{
        request_head, response_head, session_id,
        verdict::{Asked, Errand, Verdict, judge},
    },
    mount_path::MountPath,
    oauth::{
        client_authentication::UnverifiedCredentials,
        form::Parameters,
        grant::GrantId,
        pkce::{CodeChallenge, CodeVerifier},
        receiver::Receiver,
        redirect_uri::{RedirectSchemes, RedirectUri, RegisteredRedirectUri},
        registration::{RegistrationRequest, RegistrationTerms},
        resource::{Resource, audience},
        scope::ScopeSet,
        token_request::TokenRequest,
    },
    owner::register::RowName,
    resource_server::{bearer::Credentials, principal::Passage},
    routes::Route,
    time::Timestamp,
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use proptest::{collection::vec, prelude::*};
use serde_json::{Map, Value, json};
use url::{Url, form_urlencoded};

/// Text that is near to a URI. It has no `%`: in debug builds `idna_adapter` asserts that a host has
/// no capitals beside what was percent-encoded; release builds refuse such a host.
fn uri() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "(https?|HTTP|cursor|javascript|data)?:?[/\\\\]{0,3}[a-zA-Z0-9@:.\\[\\]_*-]{0,24}[/\\\\?#]?[ -$&-~]{0,24}",
        "http://(127\\.0\\.0\\.1|localhost|\\[::1\\])[:@./\\\\]?[0-9]{0,6}[ -$&-~]{0,16}",
        "https://[a-z.]{1,16}[ -$&-~]{0,600}",
        "https:[/\\\\]{0,3}[a-z]{1,8}[/\\\\@]?[a-z]{0,8}",
    ]
}

fn json_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        uri().prop_map(Value::from),
        Just(json!("client_secret_post")),
        Just(json!("authorization_code")),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec(("[a-z_]{0,12}", inner), 0..4)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

fn metadata() -> impl Strategy<Value = Vec<u8>> {
    let names = prop::sample::select(vec![
        "redirect_uris",
        "client_name",
        "token_endpoint_auth_method",
        "grant_types",
        "response_types",
        "application_type",
        "scope",
    ]);
    let object =
        (vec(uri(), 0..4), vec((names, json_value()), 0..4)).prop_map(|(uris, members)| {
            let mut object: Map<_, _> = members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            object.entry("redirect_uris").or_insert(uris.into());
            Value::from(object).to_string().into_bytes()
        });
    prop_oneof![vec(any::<u8>(), 0..200), object]
}

proptest! {
    #![proptest_config(crate::cases(400))]

    #[test]
    fn forms(text in vec(any::<u8>(), 0..300), name in "[a-z_]{0,8}") {
        let parameters = Parameters::parse(&text);
        let all: Vec<_> = parameters.all(&name).collect();
        if let Ok(Some(one)) = parameters.one(&name) {
            prop_assert_eq!(all, [one]);
        }
        let _ = TokenRequest::parse(&parameters);
    }

    #[test]
    fn token_requests(fields in vec((prop::sample::select(vec!["grant_type", "code", "code_verifier", "redirect_uri", "refresh_token", "scope"]), prop_oneof![any::<String>(), Just("authorization_code".into()), Just("refresh_token".into()), "[a-z]{43}"]), 0..6)) {
        let text = form_urlencoded::Serializer::new(String::new()).extend_pairs(&fields).finish();
        let parsed = TokenRequest::parse(&Parameters::parse(text.as_bytes()));
        let refused = parsed.as_ref().err().map(|error| error.error.status().as_u16());
        prop_assert!(refused.is_none_or(|status| status == 400));
    }

    #[test]
    fn registrations(body in metadata()) {
        let schemes = RedirectSchemes::built_in_and(Vec::new());
        let terms = RegistrationTerms { schemes: &schemes, now: Timestamp::from_unix_seconds(7) };
        if let Ok(request) = RegistrationRequest::parse(&body, &terms) {
            let registration = &request.registration;
            prop_assert!(!registration.redirect_uris.is_empty());
            prop_assert!(registration.redirect_uris.len() <= 10);
            prop_assert!(registration.name.chars().count() <= 80);
            prop_assert!(!registration.name.chars().any(char::is_control));
            prop_assert_eq!(registration.name.trim(), &registration.name);
            let answer = request.answer("id".into(), None, &ScopeSet::default_scopes());
            prop_assert!(serde_json::to_value(answer.unwrap()).is_ok());
        }
    }

    /// What a person is shown and where a browser at our own page goes are one and the same, and
    /// the host is spelled in letters that cannot be misread.
    #[test]
    fn redirect_uris(text in uri()) {
        let schemes = RedirectSchemes::built_in_and(Vec::new());
        if let Some(uri) = RedirectUri::parse(&text, &schemes) {
            prop_assert_eq!(uri.as_str(), &text);
            let here = Url::parse("https://mcp.example.com/authorize").unwrap();
            let there = here.join(uri.as_str()).unwrap();
            match there.scheme() {
                "http" | "https" => prop_assert_eq!(there.host_str().unwrap(), uri.host()),
                scheme => prop_assert_eq!(format!("{scheme}:"), uri.host()),
            }
            prop_assert!(there.scheme() != "http" || uri.receiver() == Receiver::ThisComputer);
            let host = uri.host();
            let spelled = host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"[:].-+".contains(&byte));
            prop_assert!(spelled, "{}", host);
            let own = RegisteredRedirectUri::registered_in(std::slice::from_ref(&uri), &text, &schemes);
            prop_assert!(own.is_some());
        }
    }

    #[test]
    fn matching_redirect_uris_differ_in_a_port_at_most(registered in uri(), requested in uri()) {
        let schemes = RedirectSchemes::built_in_and(Vec::new());
        if let Some(own) = RedirectUri::parse(&registered, &schemes)
            && RegisteredRedirectUri::registered_in(&[own], &requested, &schemes).is_some()
            && registered != requested
        {
            let (mut one, mut other) = (Url::parse(&registered).unwrap(), Url::parse(&requested).unwrap());
            prop_assert_eq!(one.scheme(), "http");
            one.set_port(None).unwrap();
            other.set_port(None).unwrap();
            prop_assert_eq!(one, other);
        }
    }

    #[test]
    fn resources(resources in vec(prop_oneof![uri(), "https://mcp\\.example\\.com[/a-z%.;?#]{0,12}"], 1..3)) {
        let (issuer, mount) = (Issuer::new("https://mcp.example.com"), MountPath::default());
        let scopes = ScopeSet::default_scopes();
        let own = Resource { path: &mount, scopes: &scopes };
        if audience(&issuer, &[own], resources.iter()).is_ok() {
            for resource in resources {
                let url = Url::parse(&resource).unwrap();
                prop_assert_eq!(url.origin().ascii_serialization(), issuer.as_str());
                prop_assert!(url.fragment().is_none());
            }
        }
    }

    #[test]
    fn small_texts(text in prop_oneof![any::<String>(), "[A-Za-z0-9_.~-]{20,130}", "[A-Za-z0-9_/-]{40,70}"]) {
        let granted = ScopeSet::default_scopes().granted(Some(&text));
        prop_assert_eq!(granted.to_string(), "mcp");
        if let Some(verifier) = CodeVerifier::parse(&text) {
            prop_assert!((43..=128).contains(&text.len()));
            let _ = verifier.challenge();
        }
        prop_assert!(CodeChallenge::parse(&text).is_none() || text.len() == 43);
        prop_assert!(GrantId::parse(&text).is_none() || text.len() == 22);
        prop_assert!(RowName::parse(&text).is_none_or(|name| name.to_string() == text));
    }

    #[test]
    fn authorization_headers(values in vec(prop_oneof![
        vec(any::<u8>(), 0..80),
        "(?i)(basic|bearer) [A-Za-z0-9+/=, ]{0,60}".prop_map(String::into_bytes),
    ], 0..3), form in vec(any::<u8>(), 0..80)) {
        let mut headers = HeaderMap::new();
        for value in values.iter().filter_map(|value| HeaderValue::from_bytes(value).ok()) {
            headers.append(header::AUTHORIZATION, value);
        }
        let several = headers.get_all(header::AUTHORIZATION).iter().count() > 1;
        let read = Credentials::read(&headers);
        prop_assert_eq!(several, several && matches!(read, Credentials::Several));
        let parsed = UnverifiedCredentials::parse(&headers, &Parameters::parse(&form));
        prop_assert!(!several || parsed.is_err());
    }

    #[test]
    fn paths(path in prop_oneof![any::<String>(), "/[a-z./%-]{0,60}", "/\\.well-known/oauth-(protected-resource|authorization-server)[/a-z]{0,8}"]) {
        let mount = MountPath::default();
        if let Route::Mount(mount) = Route::find(&path, [&mount].into_iter()) {
            prop_assert_eq!(path.strip_suffix('/').unwrap_or(&path), mount.as_str());
        }
    }

    #[test]
    fn queries(query in prop_oneof![any::<String>(), "((access_token|a)(=[a-z%]{0,4})?&?){0,4}"]) {
        let home = request_head::query(&query).unwrap_or_default();
        for (name, _) in form_urlencoded::parse(home.as_bytes()) {
            prop_assert!(!name.eq_ignore_ascii_case("access_token"), "{}", home);
        }
    }

    #[test]
    fn sessions(value in vec(any::<u8>(), 0..60)) {
        let keys = Keys::derive(&MasterKey::from_bytes([1; 32]), None);
        let passage = Passage::Granted(crate::sealed_values::principal());
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            prop_assert!(session_id::unbind(&value, &passage, &keys).is_none());
            if let Some(bound) = session_id::bind(&value, &passage, &keys) {
                prop_assert_eq!(session_id::unbind(&bound, &passage, &keys), Some(value));
            }
        }
    }

    #[test]
    fn answers_of_the_origin(status in 100_u16..1000, media in vec(any::<u8>(), 0..30), location in vec(any::<u8>(), 0..30), get in any::<bool>(), in_session in any::<bool>()) {
        let mut headers = HeaderMap::new();
        for (name, value) in [(header::CONTENT_TYPE, media), (header::LOCATION, location)] {
            if let Ok(value) = HeaderValue::from_bytes(&value) {
                headers.insert(name, value);
            }
        }
        let errand = if get { Errand::Listen } else { Errand::Message };
        let status = StatusCode::from_u16(status).unwrap();
        let verdict = judge(Asked { errand, in_session }, status, &headers);
        if matches!(verdict, Verdict::Relay | Verdict::Doubt(_)) {
            prop_assert!(!status.is_redirection() && !status.is_informational());
            prop_assert!(status.as_u16() < 600, "no platform sends it on");
            prop_assert!(!matches!(status.as_u16(), 401 | 403));
        }
        let relayed = response_head::headers(&headers, None);
        prop_assert!(relayed.get(header::LOCATION).is_none());
    }
}

proptest! {
    #![proptest_config(crate::cases(200))]

    #[test]
    fn configurations(changes in vec((prop::sample::select(Config::KEYS.to_vec()), prop_oneof![any::<String>(), uri(), json_value().prop_map(|value| value.to_string()), "[0-9]{1,24}"]), 0..5)) {
        const MARK: &str = "value-not-to-be-shown";
        let mut environment: BTreeMap<_, _> = [
            ("ORIGIN", "https://home.example.net"),
            ("GATELODGE_KEY", "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="),
            ("OWNER_PASSWORD", "correct horse battery"),
        ].map(|(key, value)| (key.to_owned(), value.to_owned())).into();
        for (key, value) in changes {
            environment.insert(key.to_owned(), format!("{value}{MARK}"));
            let _ = Config::parse(&environment).map(drop);
            environment.insert(key.to_owned(), value);
        }
        if let Err(problems) = Config::parse(&environment) {
            prop_assert!(!problems.is_empty());
            let known = problems.iter().all(|problem| Config::KEYS.contains(&problem.key.as_str()));
            let shown = format!("{problems:?}");
            prop_assert!(known && !shown.contains(MARK), "{}", shown);
        }
    }
}
