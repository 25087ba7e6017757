//! What a client calls itself, as far as a person can see it.

/// A name without what a person would not see, or would see turned round; empty when nothing is
/// left.
pub(super) fn visible(name: &str) -> String {
    let seen: String = name.chars().filter(|letter| !is_hidden(*letter)).collect();
    seen.trim().to_owned()
}

/// Controls, the marks that change the direction of text, what Unicode lets a font leave out
/// (`Default_Ignorable_Code_Point`), and the few that are drawn as nothing without being either.
fn is_hidden(letter: char) -> bool {
    letter.is_control()
        || matches!(letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{13430}'..='\u{1343f}'
            | '\u{16fe4}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d159}' | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_seen_is_not_kept() {
        for hidden in [
            '\0',
            '\u{7f}',
            '\u{85}',
            '\u{ad}',
            '\u{34f}',
            '\u{61c}',
            '\u{115f}',
            '\u{1160}',
            '\u{17b4}',
            '\u{17b5}',
            '\u{180e}',
            '\u{200b}',
            '\u{200d}',
            '\u{2028}',
            '\u{202e}',
            '\u{2060}',
            '\u{2069}',
            '\u{2800}',
            '\u{3164}',
            '\u{fe00}',
            '\u{fe0f}',
            '\u{feff}',
            '\u{ffa0}',
            '\u{fff9}',
            '\u{1d173}',
            '\u{e0001}',
            '\u{e0041}',
            '\u{e01ef}',
            '\u{e0fff}',
        ] {
            assert_eq!(visible(&format!("Cla{hidden}ude")), "Claude", "{hidden:?}");
            assert_eq!(
                visible(&format!(" {hidden}\u{a0} {hidden}")),
                "",
                "{hidden:?}"
            );
        }
    }

    #[test]
    fn what_is_seen_stays() {
        for name in [
            "Claude",
            "Grüße, Zoë",
            "日本語 クライアント",
            "مساعد",
            "한국어",
            "\u{1f3e1}",
            "a b",
        ] {
            assert_eq!(visible(name), name);
        }
        assert_eq!(visible(" \u{200b} Claude \u{3000}\u{200b}"), "Claude");
    }
}
