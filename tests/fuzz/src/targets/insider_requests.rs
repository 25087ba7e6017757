use super::{
    requests::{is_proper, read},
    support::{Browser, Client, Gate, REDIRECT_URI, browser::ticket},
};

/// A whole request from the owner's browser, which may spell what a client holds: `{access}`,
/// `{refresh}`, `{code}`, and `{ticket}` of a page that asks.
///
/// It is answered without a fault; nothing that lets somebody in goes home, or comes back to who
/// has not sent it.
pub(super) fn insider_requests(data: &[u8]) {
    let gate = Gate::new();
    let client = Client::register(&gate);
    let mut owner = Browser::of_owner(&gate);
    let code = client.authorize(&gate, &mut owner);
    let tokens = client.connection(&client.redeem(&gate, &code));
    let code = client.authorize(&gate, &mut owner);
    let page = owner.get(&gate, &client.authorization_url(&[]));
    let ticket = ticket(&page);
    let held = [
        ("{access}", tokens.access.as_str()),
        ("{refresh}", tokens.refresh.as_str()),
        ("{code}", code.as_str()),
    ];
    let shown = [
        ("{client}", client.id.as_str()),
        ("{ticket}", ticket.as_str()),
        ("{verifier}", client.verifier.as_str()),
        ("{redirect_uri}", REDIRECT_URI),
    ];
    let Some(request) = read(data, &[held.as_slice(), &shown].concat()) else {
        return;
    };
    let answer = gate.send(owner.with_cookies(request));
    let text = String::from_utf8_lossy(data);
    let as_credential = text.lines().all(|line| {
        let credential = line.to_ascii_lowercase().starts_with("authorization:");
        credential || held.iter().all(|(name, _)| !line.contains(name))
    });
    for sent in gate.world.home.got() {
        assert_eq!(sent.url.host_str(), Some("home.example.net"));
        assert!(!sent.headers.contains_key("authorization"));
        assert!(!sent.headers.contains_key("cookie"));
        let shown = format!("{:?}{}", sent.headers, sent.url);
        let lets_in = held.iter().any(|(_, value)| shown.contains(value));
        assert!(!as_credential || !lets_in, "{shown}");
    }
    let came_back = format!("{:?}{:?}", answer.headers, answer.body);
    for (name, value) in held {
        assert!(text.contains(name) || !came_back.contains(value), "{name}");
    }
    if !answer.from_home {
        is_proper(&answer);
    }
}
