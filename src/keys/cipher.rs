//! XChaCha20-Poly1305 with a random nonce, as base64url text.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};

use crate::secret::{Random, base64url, from_base64url};

const NONCE: usize = 24;

/// Encrypts under a random nonce, which the text begins with.
pub(super) fn encrypt(key: &[u8; 32], aad: &[u8], plaintext: &[u8], random: &dyn Random) -> String {
    let mut nonce = [0; NONCE];
    random.fill(&mut nonce);
    let payload = Payload {
        msg: plaintext,
        aad,
    };
    let ciphertext = XChaCha20Poly1305::new(key.into())
        .encrypt(&XNonce::from(nonce), payload)
        .expect("a message is far below the cipher's limit");
    base64url(&[nonce.as_slice(), &ciphertext].concat())
}

/// Decrypts; none when anything of it was changed.
pub(super) fn decrypt(key: &[u8; 32], aad: &[u8], sealed: &str) -> Option<Vec<u8>> {
    let bytes = from_base64url(sealed)?;
    let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE>()?;
    let payload = Payload {
        msg: ciphertext,
        aad,
    };
    XChaCha20Poly1305::new(key.into())
        .decrypt(&XNonce::from(*nonce), payload)
        .ok()
}
