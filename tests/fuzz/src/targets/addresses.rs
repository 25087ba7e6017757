use gatelodge::{
    config::{LearnedSlash, OriginUrl},
    mount_path::MountPath,
    oauth::{
        client_id_url::ClientIdUrl,
        resource::{Resource, audience},
        scope::ScopeSet,
        trust::{MetadataForm, TrustedIssuer},
    },
};
use url::{Host, Url};

use super::parts;

/// Lines of addresses: as a client's identifier, as the resource that is meant, as an issuer's
/// documents, as an origin. None is taken that is not where it may be.
pub(super) fn addresses(data: &[u8]) {
    let (text, rest) = parts::text_line(data);
    let (other, _) = parts::text_line(rest);
    client_id(&text);
    resources(&[text.as_str(), other.as_str()]);
    resources(&[text.as_str()]);
    issuers(&text, &other);
    origin(&text);
}

/// Only public hosts with a name are asked.
fn client_id(text: &str) {
    let Some(id) = ClientIdUrl::parse(text, &parts::issuer()) else {
        return;
    };
    assert_eq!(id.as_str(), text);
    assert!(ClientIdUrl::is_meant(text) && text.len() <= 512);
    let url = Url::parse(text).expect("it was parsed before");
    assert_eq!(url.scheme(), "https");
    assert!(url.username().is_empty() && url.password().is_none());
    assert!(url.fragment().is_none() && url.path() != "/");
    let Some(Host::Domain(host)) = url.host() else {
        panic!("{text} is no name");
    };
    assert_eq!(host, id.host());
    assert!(host.contains('.') && !host.starts_with('.') && !host.ends_with('.'));
    assert_ne!(host, "mcp.example.com");
    for private in [".local", ".localhost", ".internal", ".arpa", ".lan"] {
        assert!(!host.ends_with(private), "{host}");
    }
}

/// A resource is at the issuer, and all that are named are one.
fn resources(named: &[&str]) {
    let issuer = parts::issuer();
    let (one, two) = (
        MountPath::default(),
        MountPath::parse("/notes/v1").expect("a path of a mount"),
    );
    let scopes = ScopeSet::default_scopes();
    let resource = |path| Resource {
        path,
        scopes: &scopes,
    };
    let all = [resource(&one), resource(&two)];
    let Ok(found) = audience(&issuer, &all, named.iter()) else {
        return;
    };
    for name in named {
        let url = Url::parse(name).expect("what is found is a URL");
        assert_eq!(url.origin().ascii_serialization(), issuer.as_str());
        assert!(url.fragment().is_none());
        let parts: Vec<_> = url
            .path()
            .split('/')
            .filter(|part| !part.is_empty())
            .collect();
        let path = format!("/{}", parts.join("/"));
        assert!(path == "/" && found == all[0] || path == found.path.as_str());
    }
    let own = issuer.url(found.path.as_str());
    assert_eq!(audience(&issuer, &all, [own].iter()), Ok(found));
}

/// An issuer is asked at its own web origin; its keys may be elsewhere, by https.
fn issuers(text: &str, document: &str) {
    let Some(issuer) = TrustedIssuer::parse(text) else {
        return;
    };
    assert_eq!(issuer.as_str(), text);
    let url = Url::parse(text).expect("it was parsed before");
    for form in [MetadataForm::OauthServer, MetadataForm::OpenidProvider] {
        for there in issuer.metadata_urls(form) {
            assert_eq!(there.origin(), url.origin());
            assert!(there.path().contains("/.well-known/"));
            assert!(there.query().is_none());
        }
    }
    if let Some(there) = issuer.document_url(document) {
        assert!(there.scheme() == "https" || there.origin() == url.origin());
        assert!(there.username().is_empty() && there.password().is_none());
    }
}

/// The two spellings of an origin differ in a slash at the end, and the query is what is given.
fn origin(text: &str) {
    let Some(origin) = OriginUrl::parse(text, &MountPath::default()) else {
        return;
    };
    let at = |slash| origin.url(slash, None).into_owned();
    let (one, other) = (at(LearnedSlash::AsConfigured), at(LearnedSlash::Other));
    assert!(matches!(one.scheme(), "http" | "https"));
    assert_eq!(one.origin(), other.origin());
    assert_ne!(one, other);
    let trimmed = |url: &Url| {
        let path = url.path();
        path.strip_suffix('/').unwrap_or(path).to_owned()
    };
    let (longer, shorter) = if one.path().len() > other.path().len() {
        (&one, &other)
    } else {
        (&other, &one)
    };
    assert_eq!(trimmed(longer), shorter.path());
    let asked = origin.url(LearnedSlash::AsConfigured, Some("a=b"));
    assert_eq!(asked.query(), Some("a=b"));
}
