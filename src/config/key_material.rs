//! The master keys.

use super::settings::Settings;
use crate::{keys::MasterKey, secret::from_base64url};

const HELP: &str = "must be 32 random bytes, as the command openssl rand -base64 32 prints them.";

impl Settings<'_> {
    pub(super) fn master_key(&mut self, key: &str) -> Option<MasterKey> {
        let parsed = self.text(key).and_then(parse);
        if parsed.is_none() {
            self.problem(key, HELP);
        }
        parsed
    }

    pub(super) fn previous_master_key(&mut self, key: &str) -> Option<MasterKey> {
        self.text(key)?;
        self.master_key(key)
    }
}

/// Takes base64, base64url and hexadecimal, padded or not.
fn parse(text: &str) -> Option<MasterKey> {
    let bytes = if text.len() == 64 {
        from_hexadecimal(text)?
    } else {
        let text = text
            .trim_end_matches('=')
            .replace('+', "-")
            .replace('/', "_");
        from_base64url(&text)?
    };
    bytes.try_into().ok().map(MasterKey::from_bytes)
}

fn from_hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| {
            digit
                .to_digit(16)
                .and_then(|value| u8::try_from(value).ok())
        })
        .collect();
    Some(
        digits?
            .chunks(2)
            .map(|pair| pair[0] << 4 | pair[1])
            .collect(),
    )
}
