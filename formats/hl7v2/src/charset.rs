//! Bytes to text and back: MSH-18 when it says something, the bytes themselves when it does not.

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, ISO_2022_JP, ISO_8859_2, ISO_8859_5, ISO_8859_7, SHIFT_JIS, WINDOWS_1254,
};

use crate::Delimiters;

/// A character set that a message may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Charset {
    Utf8,
    /// GB 18030, which contains GBK and GB 2312.
    Gb18030,
    /// ISO 8859-1.
    Latin1,
    /// Seven bits; written as such, never the result of guessing.
    Ascii,
    /// Another set of table 0211 that the decoder library knows.
    Other(&'static Encoding),
}

/// How bytes became text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// What was used.
    pub used: Charset,
    /// MSH-18, if there was one.
    pub declared: Option<String>,
    /// The message said nothing usable (or said ASCII and was not): the set was told from the bytes.
    pub guessed: bool,
    /// Bytes had no meaning in the declared set and became U+FFFD: the text is damaged.
    pub replaced: bool,
}

impl Charset {
    /// The set that a name of HL7 table 0211 means, or one of the names seen in the field (`GBK`, `UTF8`).
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        Some(match plain.as_str() {
            "UNICODEUTF8" | "UTF8" => Self::Utf8,
            "GB18030" | "GB180302000" | "GB180302005" | "GB180302022" | "GBK" | "GB2312" | "GB23121980" | "CP936" => {
                Self::Gb18030
            }
            "88591" | "ISO88591" | "LATIN1" => Self::Latin1,
            "ASCII" | "USASCII" | "ISOIR6" => Self::Ascii,
            "88592" => Self::Other(ISO_8859_2),
            "88595" => Self::Other(ISO_8859_5),
            "88597" => Self::Other(ISO_8859_7),
            "88599" => Self::Other(WINDOWS_1254),
            "BIG5" => Self::Other(BIG5),
            "KSX1001" => Self::Other(EUC_KR),
            "ISOIR14" | "ISOIR87" | "ISOIR159" => Self::Other(ISO_2022_JP),
            "SHIFTJIS" | "SJIS" => Self::Other(SHIFT_JIS),
            _ => return None,
        })
    }

    /// The name to write in MSH-18 (table 0211).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UNICODE UTF-8",
            Self::Gb18030 => "GB 18030-2000",
            Self::Latin1 => "8859/1",
            Self::Ascii => "ASCII",
            Self::Other(encoding) => encoding.name(),
        }
    }

    /// Text as bytes of this set; what has no place in it becomes `?`, and the flag is true.
    #[must_use]
    pub fn encode(self, text: &str) -> (Vec<u8>, bool) {
        match self {
            Self::Utf8 => (text.as_bytes().to_vec(), false),
            Self::Gb18030 => encode_with(GB18030, text),
            Self::Other(encoding) => encode_with(encoding, text),
            Self::Latin1 | Self::Ascii => {
                let top = if self == Self::Ascii { 0x7f } else { 0xff };
                let mut lost = false;
                let bytes = text.chars().map(|c| {
                    u8::try_from(u32::from(c)).ok().filter(|b| *b <= top).unwrap_or_else(|| {
                        lost = true;
                        b'?'
                    })
                });
                let bytes = bytes.collect();
                (bytes, lost)
            }
        }
    }

    /// The text, when every byte has a meaning in this set.
    fn decode_cleanly(self, bytes: &[u8]) -> Option<String> {
        let through = |encoding: &'static Encoding| {
            encoding.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned)
        };
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(str::to_owned),
            Self::Gb18030 => through(GB18030),
            Self::Latin1 => Some(encoding_rs::mem::decode_latin1(bytes).into_owned()),
            Self::Ascii => bytes.is_ascii().then(|| bytes.iter().map(|b| char::from(*b)).collect()),
            Self::Other(encoding) => through(encoding),
        }
    }

    fn decode_with_replacement(self, bytes: &[u8]) -> String {
        match self {
            Self::Gb18030 => GB18030.decode_without_bom_handling(bytes).0.into_owned(),
            Self::Other(encoding) => encoding.decode_without_bom_handling(bytes).0.into_owned(),
            _ => String::from_utf8_lossy(bytes).into_owned(),
        }
    }
}

/// Encodes character by character where needed: the library would write numeric references for what is unmappable.
fn encode_with(encoding: &'static Encoding, text: &str) -> (Vec<u8>, bool) {
    let (bytes, _, lost) = encoding.encode(text);
    if !lost {
        return (bytes.into_owned(), false);
    }
    let mut out = Vec::with_capacity(text.len());
    let mut buffer = [0; 4];
    for c in text.chars() {
        let (bytes, _, lost) = encoding.encode(c.encode_utf8(&mut buffer));
        if lost { out.push(b'?') } else { out.extend_from_slice(&bytes) }
    }
    (out, true)
}

/// What is known of a sender's character set beside its messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Assumed {
    #[default]
    Nothing,
    /// This one, unless the message names another.
    Unless(Charset),
    /// This one, whatever the message says.
    Always(Charset),
}

/// Turns the bytes of a message into text.
///
/// A byte order mark decides first, then MSH-18. Where that is missing, unknown, or says ASCII for bytes that are
/// not: the assumed set if the bytes are clean in it, else UTF-8 if valid, else GB 18030 if clean, else Latin-1.
/// A declared set is believed even when some bytes have no meaning in it; then `replaced` is set.
#[must_use]
pub fn decode(bytes: &[u8], assumed: Assumed) -> (String, Decoded) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let body = bytes.get(mark..).unwrap_or_default();
        let (text, replaced) = encoding.decode_without_bom_handling(body);
        let used = if encoding == encoding_rs::UTF_8 { Charset::Utf8 } else { Charset::Other(encoding) };
        let declared = declared(body);
        return (text.into_owned(), Decoded { used, declared, guessed: false, replaced });
    }
    let declared = declared(bytes);
    let named = match assumed {
        Assumed::Always(set) => Some(set),
        _ => declared.as_deref().and_then(Charset::from_name),
    };
    if let Some(used) = named.filter(|set| *set != Charset::Ascii || bytes.is_ascii()) {
        return match used.decode_cleanly(bytes) {
            Some(text) => (text, Decoded { used, declared, guessed: false, replaced: false }),
            None => {
                let text = used.decode_with_replacement(bytes);
                (text, Decoded { used, declared, guessed: false, replaced: true })
            }
        };
    }
    // Short names in GB 18030 may be valid UTF-8 by chance: what is known of the sender comes first.
    let known = if let Assumed::Unless(set) = assumed { Some(set) } else { None };
    let candidates = [known, Some(Charset::Utf8), Some(Charset::Gb18030), Some(Charset::Latin1)];
    for used in candidates.into_iter().flatten() {
        if let Some(text) = used.decode_cleanly(bytes) {
            let guessed = Some(used) != known;
            return (text, Decoded { used, declared, guessed, replaced: false });
        }
    }
    // Not reached: Latin-1 gives every byte a meaning.
    (
        String::from_utf8_lossy(bytes).into_owned(),
        Decoded { used: Charset::Utf8, declared, guessed: true, replaced: true },
    )
}

/// MSH-18, read before the character set is known.
///
/// The second byte of a GBK character may be `|` or `^`; so the header is also read as GB 18030, and if it then
/// names that set, it is right.
fn declared(bytes: &[u8]) -> Option<String> {
    let start = bytes.windows(3).take(4096).position(|window| window == b"MSH")?;
    let header = bytes.get(start..)?;
    let end = header.iter().position(|b| *b == b'\r' || *b == b'\n').unwrap_or(header.len());
    let header = header.get(..end.min(8192))?;
    let as_gb = GB18030.decode_without_bom_handling(header).0;
    let gb = msh_18(&as_gb).filter(|name| Charset::from_name(name) == Some(Charset::Gb18030));
    gb.or_else(|| msh_18(&encoding_rs::mem::decode_latin1(header)))
}

fn msh_18(header: &str) -> Option<String> {
    let d = Delimiters::sniff(header)?;
    let field = header.split(d.field).nth(17)?;
    // Repetitions announce alternates within the message; the first is the one in force.
    let name = field.split([d.repetition, d.component]).next()?.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(charset: &str, name: &str) -> String {
        format!("MSH|^~\\&|HIS|澄江|||20260101||ADT^A01|1|P|2.5.1||||||{charset}\rPID|1||7||{name}\r")
    }

    #[test]
    fn declared_sets_are_used() {
        for (name, set) in
            [("UNICODE UTF-8", Charset::Utf8), ("GB 18030-2000", Charset::Gb18030), ("GBK", Charset::Gb18030)]
        {
            let text = message(name, "王秀英^囧䶮");
            let (bytes, lost) = set.encode(&text);
            assert!(!lost);
            let (read, how) = decode(&bytes, Assumed::Nothing);
            assert_eq!((read, how.used, how.guessed, how.replaced), (text, set, false, false));
        }
        let (bytes, _) = Charset::Latin1.encode(&message("8859/1", "Müller").replace("澄江", "Ch"));
        assert_eq!(decode(&bytes, Assumed::Nothing).1.used, Charset::Latin1);
    }

    #[test]
    fn undeclared_sets_are_told_from_the_bytes() {
        let text = message("", "王秀英");
        assert_eq!(decode(text.as_bytes(), Assumed::Nothing).1.used, Charset::Utf8);
        let (bytes, _) = Charset::Gb18030.encode(&text);
        let (read, how) = decode(&bytes, Assumed::Nothing);
        assert_eq!((read, how.used, how.guessed), (text, Charset::Gb18030, true));
        let (bytes, _) = Charset::Latin1.encode("MSH|^~\\&|A\rPID|1||7||Mü ller\r");
        assert_eq!(decode(&bytes, Assumed::Nothing).1.used, Charset::Latin1);
        // ASCII was declared, but the bytes are not.
        // 0xC1AA 0xCDA8 is 联通 in GB 18030, and two characters of UTF-8 by chance; the sender's configuration decides.
        let bytes = b"MSH|^~\\&|A\rPID|1||7||\xc1\xaa\xcd\xa8\r".map(|b| b);
        assert!(decode(&bytes, Assumed::Unless(Charset::Gb18030)).0.contains("联通"));
        let utf8 = message("UNICODE UTF-8", "李");
        assert_eq!(decode(utf8.as_bytes(), Assumed::Unless(Charset::Gb18030)).1.used, Charset::Utf8);
        let (bytes, _) = Charset::Gb18030.encode(&utf8);
        assert_eq!(decode(&bytes, Assumed::Always(Charset::Gb18030)).0, utf8, "the sender names the wrong set");
        let (_, how) = decode(message("ASCII", "李").as_bytes(), Assumed::Nothing);
        assert_eq!((how.used, how.guessed), (Charset::Utf8, true));
        let (read, how) = decode(&[b"\xef\xbb\xbf", message("8859/1", "李").as_bytes()].concat(), Assumed::Nothing);
        assert!(read.starts_with("MSH") && how.used == Charset::Utf8);
    }

    #[test]
    fn a_bar_inside_a_gbk_character_does_not_hide_the_name_of_the_set() {
        // 0x8B7C is one character whose second byte is the field separator.
        let mut bytes = b"MSH|^~\\&|HIS|\x8b\x7c|||20260101||ADT^A01|1|P|2.5.1||||||GB18030\rPID|1\r".to_vec();
        let (text, how) = decode(&bytes, Assumed::Nothing);
        assert_eq!((how.used, how.replaced, how.guessed), (Charset::Gb18030, false, false));
        assert_eq!(text.split('|').nth(3).map(|f| f.chars().count()), Some(1));
        bytes.truncate(12);
        assert_eq!(decode(&bytes, Assumed::Nothing).1.declared, None);
    }

    #[test]
    fn damage_is_told() {
        let mut bytes = message("UNICODE UTF-8", "王").into_bytes();
        bytes.extend_from_slice(b"ZZZ|\xff\xfe\r");
        let (text, how) = decode(&bytes, Assumed::Nothing);
        assert!(how.replaced && text.contains('\u{fffd}') && text.contains('王'));
        assert_eq!(Charset::Ascii.encode("a医b"), (b"a?b".to_vec(), true));
        assert_eq!(Charset::Other(ISO_8859_2).encode("č医"), (b"\xe8?".to_vec(), true));
    }
}
