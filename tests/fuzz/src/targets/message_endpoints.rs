use gatelodge::{
    mcp::message_endpoint::{self, EndpointEvent},
    mount_path::MountPath,
    resource_server::principal::Passage,
};
use url::Url;

use super::parts;

/// The beginning of a stream: however it is cut, the same event is found at the same place, as soon
/// as it is whole; its place at home is one at the origin, and comes back from the one at the edge.
pub(super) fn message_endpoints(data: &[u8]) {
    let found = EndpointEvent::find(data);
    let first = (0..=data.len()).find_map(|length| {
        let event = EndpointEvent::find(&data[..length])?;
        Some((length, event))
    });
    assert_eq!(first.as_ref().map(|(_, event)| event), found.as_ref());
    let (keys, mount) = (parts::keys(), MountPath::default());
    let origin = Url::parse("https://home.example.net:8383/sse").expect("a URL");
    let caller = parts::passage(&keys);
    if let Some((length, event)) = first {
        assert!(event.start < event.end && event.end <= length);
        assert!(length - event.end <= 1, "it is found once it is whole");
        assert_eq!(
            Some(&event.data),
            as_clients_read(&data[..event.end]).as_ref()
        );
        assert_eq!(as_clients_read(&data[..event.start]), None);
        for passage in [&Passage::Open, &caller] {
            let own = message_endpoint::at_edge(&event.data, &origin, &mount, passage, &keys);
            if let Some(own) = own {
                comes_back(&own, &event.data, &origin, passage);
            }
        }
    }
    if found.is_none() && !data.ends_with(b"\r") {
        assert_eq!(as_clients_read(data), None);
    }
    let query = String::from_utf8_lossy(data);
    for passage in [&Passage::Open, &caller] {
        let place = message_endpoint::at_home(&query, &origin, &mount, passage, &keys);
        assert_eq!(place, None, "it was given to nobody");
    }
}

/// The data of the first `endpoint` event, by the letter of the standard (HTML, Interpreting an event
/// stream).
fn as_clients_read(stream: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(stream);
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let (mut kind, mut data) = (String::new(), String::new());
    // What follows the last end of a line is no line yet.
    let (lines, _) = text.rsplit_once('\n')?;
    for line in lines.split('\n') {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "event" => value.clone_into(&mut kind),
            "data" => data = format!("{data}{value}\n"),
            _ => {}
        }
        if line.is_empty() {
            let whole = data.strip_suffix('\n').filter(|_| kind == "endpoint");
            if let Some(whole) = whole {
                return Some(whole.to_owned());
            }
            (kind, data) = (String::new(), String::new());
        }
    }
    None
}

/// The event that the client gets is one, and what it names leads home.
fn comes_back(own: &str, place: &str, origin: &Url, passage: &Passage) {
    let (keys, mount) = (parts::keys(), MountPath::default());
    let event = EndpointEvent::find(own.as_bytes()).expect("it is an event");
    assert_eq!((event.start, event.end), (0, own.len()));
    let edge = Url::parse("https://mcp.example.com/mcp").expect("a URL");
    let there = edge.join(&event.data).expect("it is an address");
    assert_eq!(
        (there.origin(), there.path()),
        (edge.origin(), mount.as_str())
    );
    let query = there.query().expect("it has a query");
    assert!(message_endpoint::is_named(query));
    let home = message_endpoint::at_home(query, origin, &mount, passage, &keys);
    let home = home.expect("it was given to this caller");
    assert_eq!(home.origin(), origin.origin());
    assert_eq!(Ok(&home), origin.join(place).as_ref());
    let other = MountPath::parse("/other").expect("a path of a mount");
    assert_eq!(
        message_endpoint::at_home(query, origin, &other, passage, &keys),
        None
    );
    let stranger = match passage {
        Passage::Open => parts::passage(&keys),
        Passage::External(_) | Passage::Granted(_) => Passage::Open,
    };
    assert_eq!(
        message_endpoint::at_home(query, origin, &mount, &stranger, &keys),
        None
    );
}
