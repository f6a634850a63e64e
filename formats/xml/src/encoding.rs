//! Bytes to text: UTF-8, or UTF-16 with a byte order mark; anything else is refused by its name.

use std::borrow::Cow;

use meridian_model::both;
use meridian_model::reader::{Fault, FaultKind, Position};

/// How much of the beginning is looked at for `<?xml … encoding="…"?>`.
const DECLARATION: usize = 200;

/// The text of a document without its byte order mark.
///
/// # Errors
/// A fault that names the encoding, or the place of the first byte that is not of it.
pub(crate) fn text(bytes: &[u8]) -> Result<Cow<'_, str>, Fault> {
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => Err(unread("UTF-32")),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes).map(Cow::Owned),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes).map(Cow::Owned),
        [b'<', 0, ..] | [0, b'<', ..] => Err(unread("UTF-16 without BOM")),
        [0x4c, 0x6f, 0xa7, 0x94, ..] => Err(unread("EBCDIC")),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest).map(Cow::Borrowed),
        _ => utf8(bytes).map(Cow::Borrowed),
    }
}

fn utf8(bytes: &[u8]) -> Result<&str, Fault> {
    // What is declared comes before what is found, so that a document in GB 18030 is told so and not of a broken byte.
    let start: String = bytes.iter().take(DECLARATION).map(|byte| char::from(*byte)).collect();
    if let Some(name) = declared(&start)
        && !["utf-8", "utf8", "us-ascii", "ascii"].contains(&name.to_ascii_lowercase().as_str())
    {
        return Err(unread(name));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or_default();
        let message = both!("the document is not UTF-8", "内容不是 UTF-8 编码，请转换编码后再发");
        Fault { kind: FaultKind::Utf8, path: String::new(), message, position: Some(Position::after(before)) }
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Fault> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let mut text = String::with_capacity(bytes.len());
    for letter in char::decode_utf16(pairs.iter().copied().map(unit)) {
        match letter {
            Ok(letter) => text.push(letter),
            Err(_) => return Err(not_utf16(&text)),
        }
    }
    if !rest.is_empty() {
        return Err(not_utf16(&text));
    }
    match declared(&text) {
        Some(name) if !name.to_ascii_lowercase().starts_with("utf-16") => Err(unread(name)),
        _ => Ok(text),
    }
}

/// What the XML declaration at the beginning says the encoding is.
fn declared(text: &str) -> Option<&str> {
    let declaration = text.strip_prefix("<?xml")?.split("?>").next()?;
    let (_, after) = declaration.split_once("encoding")?;
    let value = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    value.get(1..)?.split(quote).next()
}

fn not_utf16(before: &str) -> Fault {
    let message =
        both!("the document is not UTF-16, as its byte order mark says", "字节顺序标记说是 UTF-16，内容却不是");
    Fault { kind: FaultKind::Utf8, path: String::new(), message, position: Some(Position::after(before)) }
}

fn unread(name: &str) -> Fault {
    let name: String = name.chars().take(40).filter(|c| !c.is_control()).collect();
    let message = both!(
        "the encoding {name} is not read; send UTF-8, or UTF-16 with a byte order mark",
        "不支持这种编码（{name}），请用 UTF-8，或带字节顺序标记的 UTF-16"
    );
    Fault { kind: FaultKind::Encoding, path: String::new(), message, position: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn utf_8_and_utf_16_are_read() {
        let both = "<?xml version='1.0' encoding='utf-16'?><a b='中😀'/>";
        let little: Vec<u8> = [vec![0xff, 0xfe], wide(both, u16::to_le_bytes)].concat();
        let big: Vec<u8> = [vec![0xfe, 0xff], wide(both, u16::to_be_bytes)].concat();
        assert_eq!(text(&little).unwrap(), both);
        assert_eq!(text(&big).unwrap(), both);
        assert_eq!(text("\u{feff}<a/>".as_bytes()).unwrap(), "<a/>");
        assert_eq!(text(b"<?xml version=\"1.0\" encoding='UTF-8'?><a/>").unwrap().len(), 42);
    }

    #[test]
    fn others_are_refused_by_name() {
        let says = |bytes: &[u8]| text(bytes).unwrap_err();
        for name in ["GB18030", "ISO-8859-1", "UTF-7", "utf-16"] {
            let fault = says(format!("<?xml version=\"1.0\" encoding=\"{name}\"?><a/>").as_bytes());
            assert_eq!(fault.kind, FaultKind::Encoding);
            assert!(fault.message.english.contains(name), "{fault}");
        }
        let gbk = [&b"<?xml version='1.0' encoding='GBK'?><a b='"[..], &[0xd6, 0xd0], b"'/>"].concat();
        assert!(says(&gbk).message.english.contains("GBK"));
        assert!(says(&wide("<a/>", u16::to_le_bytes)).message.english.contains("UTF-16 without"));
        assert!(says(&[0, 0, 0xfe, 0xff, 0, 0, 0, b'<']).message.english.contains("UTF-32"));
        let odd = [&[0xff, 0xfe][..], &wide("<?xml encoding='utf-8'?><a/>", u16::to_le_bytes)].concat();
        assert!(says(&odd).message.english.contains("utf-8"));
    }

    #[test]
    fn broken_bytes_have_a_place() {
        let fault = text(b"<a>\n  \xff").unwrap_err();
        assert_eq!((fault.kind, fault.position), (FaultKind::Utf8, Some(Position { line: 2, column: 3 })));
        assert_eq!(text(&[0xff, 0xfe, b'<', 0, 0x00, 0xd8]).unwrap_err().kind, FaultKind::Utf8);
        assert_eq!(text(&[0xff, 0xfe, b'<', 0, b'a']).unwrap_err().kind, FaultKind::Utf8);
    }
}
