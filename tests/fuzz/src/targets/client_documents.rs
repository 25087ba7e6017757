use gatelodge::oauth::{
    client_document::{ClientDocument, ClientKeys, DocumentTerms},
    client_id_url::ClientIdUrl,
    redirect_uri::{RedirectSchemes, RedirectUri},
};
use serde_json::Value;

use super::parts;

pub(super) const CLIENT: &str = "https://client.example/c";

/// The document at a client's address: what is taken names that address, publishes no secret and
/// asks for none.
pub(super) fn client_documents(data: &[u8]) {
    let (issuer, schemes) = (parts::issuer(), RedirectSchemes::built_in_and(Vec::new()));
    let terms = DocumentTerms {
        issuer: &issuer,
        schemes: &schemes,
        now: parts::NOW,
    };
    let url = ClientIdUrl::parse(CLIENT, &issuer).expect("an address of a client");
    let Ok(document) = ClientDocument::parse(data, &url, &terms) else {
        return;
    };
    let said: Value = serde_json::from_slice(data).expect("what is taken is JSON");
    assert_eq!(said["client_id"], CLIENT);
    assert!(said.get("client_secret").is_none());
    let client = &document.client;
    assert_eq!(client.id, CLIENT);
    assert_eq!(client.described_by(), Some("client.example"));
    assert!(client.name().is_some());
    let kept = &client.registration;
    assert!(!kept.authentication.has_secret());
    assert!(!kept.redirect_uris.is_empty());
    for uri in &kept.redirect_uris {
        assert!(RedirectUri::parse(uri.as_str(), &schemes).is_some());
        let shown = client.as_shown(uri).expect("the document says who it is");
        assert_eq!(shown.redirect_uris, std::slice::from_ref(uri));
    }
    let signs = kept.authentication.as_str() == "private_key_jwt";
    assert!(!signs || document.keys != ClientKeys::None);
    if let ClientKeys::At(url) = &document.keys {
        assert_eq!(url.url().scheme(), "https");
        assert_ne!(url.host(), "mcp.example.com");
    }
}
