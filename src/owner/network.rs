//! The network that a request comes from: what the throttle counts by.

use std::net::{IpAddr, Ipv6Addr};

use http::HeaderMap;

use crate::{
    keys::{Keys, Purpose},
    secret::Digest,
};

/// The network of a request. Cloudflare names the address, and lets no client name it.
pub fn of_request(headers: &HeaderMap, keys: &Keys) -> Digest {
    let address = headers.get("cf-connecting-ip");
    let address = address.and_then(|address| address.to_str().ok()?.parse().ok());
    digest(address, keys)
}

/// A MAC of the network: the address itself is stored nowhere. A home has one IPv4 address, and
/// one IPv6 network of 64 bits.
fn digest(address: Option<IpAddr>, keys: &Keys) -> Digest {
    let network = match address {
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
            Some(address) => address.to_string(),
            None => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).to_string(),
        },
        None => "unknown".to_owned(),
    };
    keys.mac(Purpose::NetworkAddress, &[&network])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::MasterKey;

    #[test]
    fn a_v6_home_is_one_network() {
        let keys = Keys::derive(&MasterKey::from_bytes([1; 32]), None);
        let of = |text: &str| digest(text.parse().ok(), &keys);
        assert_eq!(of("2001:db8::1"), of("2001:db8::2:3:4"));
        assert_ne!(of("2001:db8::1"), of("2001:db8:0:1::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("192.0.2.1"), of("::ffff:192.0.2.1"));
    }
}
