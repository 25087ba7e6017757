//! What is rendered parses to the same again.

use gatelodge::{
    oauth::{form::Parameters, grant::GrantId, scope::ScopeSet},
    owner::register::RowName,
    secret::{Digest, base64url, from_base64url},
};
use proptest::{collection::vec, prelude::*};

proptest! {
    #![proptest_config(crate::cases(300))]

    #[test]
    fn scopes(entries in vec("[!#-\\[\\]-~]{1,20}", 1..6), other in any::<String>()) {
        let scopes = ScopeSet::from_entries(&entries).unwrap();
        prop_assert_eq!(&ScopeSet::parse_lenient(&scopes.to_string()), &scopes);
        let json = serde_json::to_string(&scopes).unwrap();
        prop_assert_eq!(&serde_json::from_str::<ScopeSet>(&json).unwrap(), &scopes);
        let granted = scopes.granted(Some(&other));
        prop_assert!(granted.iter().all(|scope| scopes.contains(scope)));
        prop_assert!(granted.iter().next().is_some());
    }

    #[test]
    fn forms(pairs in vec((any::<String>(), any::<String>()), 0..6)) {
        let names: Vec<_> = pairs.iter().map(|(name, _)| name.as_str()).collect();
        let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish();
        let kept = Parameters::parse(text.as_bytes()).only(&names);
        prop_assert_eq!(&kept, &text);
        let parsed = Parameters::parse(kept.as_bytes());
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            prop_assert!(parsed.all(name).any(|own| own == value));
        }
    }

    #[test]
    fn names_and_digests(bytes in any::<[u8; 32]>(), grant in "[A-Za-z0-9_-]{22}") {
        prop_assert_eq!(from_base64url(&base64url(&bytes)).unwrap(), bytes);
        let digest = Digest::from_bytes(bytes);
        prop_assert_eq!(Digest::from_base64url(&digest.to_base64url()), Some(digest));
        let grant = GrantId::parse(&grant).unwrap();
        let name = RowName::new(digest, grant);
        prop_assert_eq!(RowName::parse(&name.to_string()), Some(name));
    }
}
