//! The private key that the edge's assertions are signed with, as a number; the platform computes
//! with it.

use super::{expand, extract};

/// A private scalar of P-256.
#[derive(Clone)]
pub struct SigningKey([u8; 32]);

/// The order of P-256's base point (SP 800-186 §3.2.1.3).
const ORDER: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// A private key of P-256 up to the number itself, as PKCS#8 without a public key (RFC 5208 §5, RFC
/// 5915 §3).
const PKCS8: [u8; 35] = [
    0x30, 0x41, 0x02, 0x01, 0x00, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
    0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01,
    0x01, 0x04, 0x20,
];

impl SigningKey {
    /// The first candidate that is a key (FIPS 186-5 §A.2.2): practically always the first.
    pub(super) fn derive(master: &[u8; 32]) -> Self {
        let hkdf = extract(master);
        let mut candidate = [0; 32];
        for number in 0_u32.. {
            let label = format!("gatelodge sign assertion {number}");
            expand(&hkdf, &label, &mut candidate);
            if is_scalar(&candidate) {
                break;
            }
        }
        Self(candidate)
    }

    /// The key as PKCS#8, for the platform to take in.
    pub fn to_pkcs8(&self) -> [u8; 67] {
        let mut key = [0; 67];
        key[..35].copy_from_slice(&PKCS8);
        key[35..].copy_from_slice(&self.0);
        key
    }
}

fn is_scalar(candidate: &[u8; 32]) -> bool {
    *candidate != [0; 32] && *candidate < ORDER
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[redacted]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::base64url;

    #[test]
    fn a_candidate_is_a_key_between_zero_and_the_order() {
        let mut below = ORDER;
        below[31] -= 1;
        let mut one = [0; 32];
        one[31] = 1;
        for (candidate, expected) in [
            ([0; 32], false),
            (one, true),
            (below, true),
            (ORDER, false),
            ([0xff; 32], false),
        ] {
            assert_eq!(is_scalar(&candidate), expected, "{candidate:x?}");
        }
    }

    /// Pinned: another derivation would make origins refuse the edge until they fetch the key anew.
    #[test]
    fn the_derivation_is_pinned() {
        let key = SigningKey::derive(&[1; 32]);
        assert_eq!(
            base64url(&key.to_pkcs8()[35..]),
            "Dfpbt_XsfEysQuP1D1_pDpn3dXkjXwTTs1QuWEok13E"
        );
    }
}
