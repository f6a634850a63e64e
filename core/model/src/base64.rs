//! Base64 (RFC 4648 §4 and §5): bytes as text and back.

/// The letters of `base64Binary`, and those that may stand in addresses.
pub const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
pub const FOR_URLS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The text of bytes, padded.
#[must_use]
pub fn encoded(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let six = usize::try_from(bits >> (18 - 6 * at) & 63).unwrap_or(0);
            let letter = alphabet.get(six).copied().unwrap_or(b'=');
            text.push(char::from(if at <= three.len() { letter } else { b'=' }));
        }
    }
    text
}

/// The bytes of a padded text; `None` of what is no base64. White space is let pass where `blanks` are allowed, as in
/// `base64Binary` well-known data has it.
#[must_use]
pub fn decoded(text: &str, alphabet: &[u8; 64], blanks: bool) -> Option<Vec<u8>> {
    let mut values = [None; 256];
    for (value, letter) in (0_u8..).zip(alphabet) {
        if let Some(place) = values.get_mut(usize::from(*letter)) {
            *place = Some(value);
        }
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut letters, mut padding) = (0_u32, 0_usize, 0_usize);
    for letter in text.bytes().filter(|letter| !(blanks && letter.is_ascii_whitespace())) {
        if letter == b'=' {
            padding += 1;
            continue;
        }
        let value = values.get(usize::from(letter)).copied().flatten().filter(|_| padding == 0)?;
        bits = (bits << 6 | u32::from(value)) & 0x00ff_ffff;
        letters += 1;
        // Of each four letters the second, third and fourth end a byte.
        let rest = match letters % 4 {
            2 => 4,
            3 => 2,
            0 => 0,
            _ => continue,
        };
        bytes.push(u8::try_from(bits >> rest & 0xff).ok()?);
    }
    let is_whole = (letters + padding).is_multiple_of(4) && padding <= 2 && letters % 4 != 1;
    is_whole.then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_text_and_text_bytes() {
        for (plain, coded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("\u{1F600}", "8J+YgA==")]
        {
            assert_eq!(encoded(plain.as_bytes(), STANDARD), coded);
            assert_eq!(decoded(coded, STANDARD, false).as_deref(), Some(plain.as_bytes()), "{coded}");
        }
        assert_eq!(decoded("Zm9v\nYg==", STANDARD, true).as_deref(), Some(&b"foob"[..]));
        assert_eq!(encoded(b"subjects?_d", FOR_URLS), "c3ViamVjdHM_X2Q=");
        let every: Vec<u8> = (0..=255).collect();
        for alphabet in [STANDARD, FOR_URLS] {
            assert_eq!(decoded(&encoded(&every, alphabet), alphabet, false), Some(every.clone()));
        }
    }

    #[test]
    fn what_is_no_base64_has_no_bytes() {
        for bad in ["Z", "Zg", "Zm9vY", "Zg===", "Z*==", "=Zg=", "====", "Zg=a", "Zm9v Yg=="] {
            assert_eq!(decoded(bad, STANDARD, false), None, "{bad}");
        }
        assert_eq!(decoded("-_==", STANDARD, true), None);
    }
}
