//! Who means no good: a thief, who has copied tokens or a code; a client that gets something wrong,
//! or tries what is another's; and a stranger, who has nothing.

use std::rc::Rc;

use super::{
    errand::Errand,
    registered::{CLIENTS, Registered, call},
    universe::Universe,
};
use crate::support::{REDIRECT_URI, Request};

/// A token or a code, and whose it is.
enum Loot {
    Access(String),
    Code(String, &'static Registered),
    Refresh(String, &'static Registered),
}

/// The thief uses something.
pub(crate) fn steal(universe: &Rc<Universe>, what: usize, place: usize) {
    let Some(loot) = loot(universe, what) else {
        return;
    };
    let (errand, request) = match loot {
        Loot::Access(token) => {
            universe.saw("thief: calls");
            let request = call(&token);
            (
                Errand::Call {
                    token,
                    stolen: true,
                },
                request,
            )
        }
        Loot::Code(code, owner) => {
            universe.saw("thief: redeems");
            (Errand::Redeem { stolen: true }, owner.redemption(&code))
        }
        Loot::Refresh(token, _) if what % 8 == 7 => {
            universe.saw("thief: revokes");
            (
                Errand::Ordinary,
                Request::post("/revoke").form(&[("token", token.as_str())]),
            )
        }
        Loot::Refresh(token, owner) => {
            universe.saw("thief: refreshes");
            let request = owner.refresh(&token);
            (
                Errand::Refresh {
                    token,
                    stolen: true,
                },
                request,
            )
        }
    };
    go(universe, place, request, errand);
}

/// A client sends something in which one thing is wrong.
pub(crate) fn misbehave(universe: &Rc<Universe>, what: usize, place: usize) {
    let Some(loot) = loot(universe, what / 4) else {
        return;
    };
    let other = |owner: &Registered| CLIENTS.iter().find(|client| client.id != owner.id);
    let (wrong, request) = match loot {
        Loot::Access(_) => return,
        Loot::Code(code, owner) => {
            let mut fields = vec![
                ("grant_type", "authorization_code"),
                ("code", code.as_str()),
                ("redirect_uri", REDIRECT_URI),
                ("code_verifier", owner.verifier.as_str()),
            ];
            let other = other(owner).expect("there are several");
            match what % 4 {
                0 => {
                    fields[3].1 = &other.verifier;
                    ("a wrong verifier", owner.form("/token", &fields))
                }
                1 => {
                    fields[2].1 = "https://client.example/other";
                    ("another redirect URI", owner.form("/token", &fields))
                }
                2 => {
                    fields.push(("resource", "https://mcp.example.com/other"));
                    ("another resource", owner.form("/token", &fields))
                }
                _ => (
                    "another client’s code",
                    wrong_client(owner, other).form("/token", &fields),
                ),
            }
        }
        Loot::Refresh(token, owner) => {
            let other = other(owner).expect("there are several");
            let mut fields = vec![
                ("grant_type", "refresh_token"),
                ("refresh_token", token.as_str()),
            ];
            match what % 4 {
                0 => {
                    fields.push(("resource", "https://mcp.example.com/other"));
                    ("another resource", owner.form("/token", &fields))
                }
                1 => {
                    let request = other.form("/revoke", &[("token", &token)]);
                    ("a revocation of another client’s token", request)
                }
                _ => (
                    "another client’s token",
                    wrong_client(owner, other).form("/token", &fields),
                ),
            }
        }
    };
    go(universe, place, request, Errand::Wrong(wrong));
}

/// A stranger sends something.
pub(crate) fn intrude(universe: &Rc<Universe>, what: usize, place: usize) {
    let forged = "gl_refresh.AAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let client = &CLIENTS[0];
    let request = match what % 11 {
        0 => Request::get("/.well-known/oauth-protected-resource/mcp"),
        1 => Request::get("/.well-known/oauth-authorization-server"),
        2 => Request::post("/mcp"),
        3 => call(&forged.replace("refresh", "access")),
        4 => client.refresh(forged),
        5 => client.redemption(&forged.replace("refresh", "code")),
        6 => client.form("/revoke", &[("token", forged)]),
        7 => Request::get(&client.authorization()),
        8 => Request::get("/gatelodge"),
        9 => Request::post("/revoke").form(&[("token", forged)]),
        _ => {
            let fields = [
                ("ticket", forged),
                ("password", "a guess that is long enough"),
            ];
            let form = Request::post("/gatelodge/sign-in").form(&fields);
            form.header("sec-fetch-site", "same-origin")
        }
    };
    let before = universe.network.sent.get();
    go(universe, place, request, Errand::Anonymous);
    universe.go_on();
    if universe.network.sent.get() != before {
        universe.violate("strangers cost no storage: one did".into());
    }
    universe.saw("stranger");
}

/// The client itself without its secret, or else another one.
fn wrong_client(owner: &Registered, other: &Registered) -> Registered {
    let (id, secret) = match &owner.secret {
        Some(_) => (&owner.id, Some("A".repeat(43))),
        None => (&other.id, other.secret.clone()),
    };
    Registered {
        id: id.clone(),
        secret,
        verifier: String::new(),
    }
}

/// Something that was issued, whether its client has got it or not.
fn loot(universe: &Universe, what: usize) -> Option<Loot> {
    let watch = universe.watch.borrow();
    let codes = universe.codes.borrow();
    let holder = |id: &str| CLIENTS.iter().find(|client| client.id == id);
    let mut all: Vec<_> = codes
        .iter()
        .map(|(code, owner)| Loot::Code(code.clone(), owner))
        .collect();
    for life in watch.lives.values() {
        let Some(owner) = holder(&life.client_id) else {
            continue;
        };
        let access = life.access_tokens.iter();
        all.extend(access.map(|(_, token)| Loot::Access(token.clone())));
        let refresh = life.refresh_tokens.iter();
        all.extend(refresh.map(|(_, token)| Loot::Refresh(token.clone(), owner)));
    }
    (!all.is_empty()).then(|| all.swap_remove(what % all.len()))
}

fn go(universe: &Rc<Universe>, place: usize, request: Request, errand: Errand) {
    let sender = universe.clone();
    universe.begin(async move {
        let _ = sender.send(place, request, errand).await;
    });
}
