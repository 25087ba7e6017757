use gatelodge::{
    mount_path::MountPath,
    oauth::{
        authorization_request::{AuthorizationRequest, Rejection, RequestTerms, UntrustedRequest},
        client::{AuthenticationMethod, Client, ClientSource, Registration},
        form::Parameters,
        redirect_uri::{RedirectSchemes, RedirectUri},
        resource::Resource,
        scope::ScopeSet,
    },
    secret::Secret,
};
use url::{Url, form_urlencoded};

use super::parts;

const REGISTERED: [&str; 3] = [
    "https://client.example/callback",
    "https://client.example/two?fixed=1",
    "http://127.0.0.1/callback",
];

/// The query of an authorization request: whatever comes of it leads to a registered redirect URI
/// or to none, with its state and our name, once each.
pub(super) fn authorization_requests(data: &[u8]) {
    let parameters = Parameters::parse(data);
    let (issuer, schemes) = (parts::issuer(), RedirectSchemes::built_in_and(Vec::new()));
    let (mount, scopes) = (MountPath::default(), ScopeSet::parse_lenient("read write"));
    let terms = RequestTerms {
        issuer: &issuer,
        schemes: &schemes,
        resources: &[Resource {
            path: &mount,
            scopes: &scopes,
        }],
    };
    let location = match AuthorizationRequest::parse(&parameters, client(&schemes), &terms) {
        Ok(request) => {
            assert_eq!(request.mount, mount);
            assert!(!request.scope.is_empty());
            assert!(request.scope.iter().all(|scope| scopes.contains(scope)));
            request.callback.with_code(&Secret::new("code".into()))
        }
        Err(Rejection::Refused(refused)) => refused.callback.with_error(refused.error),
        Err(Rejection::Untrusted(why)) => {
            assert_eq!(why, UntrustedRequest::RedirectUriMismatch);
            return;
        }
    };
    let mut there = Url::parse(&location).expect("a location is a URL");
    let added: Vec<_> = there.query_pairs().into_owned().collect();
    let named = |name: &str| {
        let values = added.iter().filter(|(own, _)| own == name);
        values.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(named("iss"), [issuer.as_str()]);
    let state = parameters.one("state").ok().flatten();
    assert_eq!(named("state"), Vec::from_iter(state));
    assert_eq!(named("code").len() + named("error").len(), 1);
    if there.scheme() == "http" {
        there.set_port(None).expect("http has ports");
    }
    there.set_query(None);
    let leads_to = |uri: &str| uri.split('?').next() == Some(there.as_str());
    assert!(REGISTERED.iter().any(|uri| leads_to(uri)), "{location}");

    let sent: Vec<_> = form_urlencoded::parse(data).into_owned().collect();
    let kept = parameters.only(&gatelodge::oauth::authorization_request::PARAMETERS);
    assert!(
        form_urlencoded::parse(kept.as_bytes())
            .into_owned()
            .all(|pair| sent.contains(&pair))
    );
}

fn client(schemes: &RedirectSchemes) -> Client {
    let parse = |uri: &str| RedirectUri::parse(uri, schemes).expect("a redirect URI");
    Client {
        id: "client".into(),
        registration: Registration {
            name: "Client".into(),
            redirect_uris: REGISTERED.map(parse).to_vec(),
            authentication: AuthenticationMethod::None,
            refreshes: true,
            issued_at: parts::NOW,
        },
        source: ClientSource::Registered,
    }
}
