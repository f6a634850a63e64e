//! Reads a Bundle piece by piece: what came is taken apart at once, so that the text of a very large one is never held
//! whole, and its values neither.

use meridian_model::both;
use meridian_model::language::Both;
use meridian_model::outcome::Issue;
use meridian_model::reader::{Limits, parse};
use serde_json::{Map, Value};

use super::entry::{Taken, Wanted};
use crate::EngineError;

/// From so many bytes on, the resources that were read are packed until they are written.
const PACKED_FROM: usize = 4 << 20;
/// Most bytes of all members besides the entries, and of each.
const LONGEST_HEAD: usize = 1 << 20;
/// Levels that a Bundle lays around the resources that it holds, which count with theirs.
const AROUND: usize = 2;

/// How much one Bundle may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BundleLimits {
    /// Longest entry, in bytes.
    pub entry: usize,
    /// Most entries. A refused one costs some hundred bytes, and a transaction holds the writer.
    pub entries: usize,
}

impl Default for BundleLimits {
    fn default() -> Self {
        BundleLimits { entry: 16 << 20, entries: 50_000 }
    }
}

/// A Bundle that was read.
pub struct ReadBundle {
    /// All members but the entries.
    pub(super) head: Value,
    pub(super) entries: Vec<Result<Wanted, EngineError>>,
}

/// What is expected next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Next {
    Bundle,
    FirstKey,
    Key,
    Colon,
    Member,
    Comma,
    Entries,
    FirstEntry,
    Entry,
    EntryComma,
    Nothing,
}

/// Takes the bytes of a Bundle in pieces of any size.
pub struct BundleReader {
    limits: BundleLimits,
    next: Next,
    /// What came and is not yet read.
    buffer: Vec<u8>,
    /// How far the scan is.
    at: usize,
    /// The value that is being scanned.
    value: Option<Scan>,
    key: String,
    head: Map<String, Value>,
    /// Bytes of the head so far, keys and values.
    head_weight: usize,
    /// Whether the entries were named.
    has_entries: bool,
    taken: Taken,
    /// Bytes of the entries so far.
    weight: usize,
}

/// A JSON value whose end is not yet found. What it is made of is checked when it is whole.
#[derive(Clone, Copy, Debug)]
struct Scan {
    start: usize,
    depth: usize,
    quoted: bool,
    escaped: bool,
    /// A number or a word: it ends before what cannot belong to it.
    bare: bool,
}

impl BundleReader {
    pub fn new(limits: BundleLimits) -> BundleReader {
        BundleReader {
            limits,
            next: Next::Bundle,
            buffer: Vec::new(),
            at: 0,
            value: None,
            key: String::new(),
            head: Map::new(),
            head_weight: 0,
            has_entries: false,
            taken: Taken::new(limits.entries),
            weight: 0,
        }
    }

    /// Reads on.
    ///
    /// # Errors
    /// `Invalid` where the text is no JSON, or asks for more than the limits.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), EngineError> {
        self.buffer.extend_from_slice(bytes);
        while self.step()? {}
        // What was read goes; a value that is not whole stays with its beginning.
        let read = self.value.map_or(self.at, |value| value.start);
        self.buffer.drain(..read);
        self.at -= read;
        if let Some(value) = &mut self.value {
            value.start = 0;
            let (limit, place) = match self.next {
                Next::Entry => (self.limits.entry, self.place()),
                _ => (LONGEST_HEAD, "Bundle".to_owned()),
            };
            if self.buffer.len() > limit {
                return Err(EngineError::Invalid(vec![
                    Issue::error("too-long", both!("longer than {limit} bytes", "长度超过 {limit} 字节，请分开发送"))
                        .at(place),
                ]));
            }
        }
        Ok(())
    }

    /// All has come.
    ///
    /// # Errors
    /// `Invalid` when the text ends too early.
    pub fn end(mut self) -> Result<ReadBundle, EngineError> {
        self.feed(b"\n")?; // a bare value ends here at the latest
        if self.next == Next::Nothing {
            return Ok(ReadBundle { head: Value::Object(self.head), entries: self.taken.entries });
        }
        Err(self.syntax(&both!("the document ends too early", "文档没有写完")))
    }

    fn place(&self) -> String {
        format!("Bundle.entry[{}]", self.taken.entries.len())
    }

    fn syntax(&self, says: &Both) -> EngineError {
        let place = if matches!(self.next, Next::Entry | Next::EntryComma) { self.place() } else { String::new() };
        EngineError::Invalid(vec![
            Issue::error("structure", both!("this is not JSON: {}", "内容不是合法的 JSON：{}", says)).at(place),
        ])
    }

    /// One step; false when more bytes are needed.
    fn step(&mut self) -> Result<bool, EngineError> {
        if self.value.is_some() {
            return self.go_on();
        }
        let Some(byte) = self.token() else { return Ok(false) };
        let begin = Scan { start: self.at, depth: 0, quoted: false, escaped: false, bare: false };
        match (self.next, byte) {
            (Next::Bundle, b'{') => self.go(Next::FirstKey),
            (Next::Bundle, 0xEF | 0xBB | 0xBF) => self.go(Next::Bundle), // a byte order mark
            (Next::Bundle, _) => {
                // An array, a text: what it is, if it is anything, is told by the reader of documents.
                return Err(EngineError::invalid(
                    "",
                    both!("a Bundle is expected here: a JSON object", "此处应是 Bundle，即一个 JSON 对象"),
                ));
            }
            (Next::FirstKey | Next::Comma, b'}') => self.go(Next::Nothing),
            (Next::FirstKey | Next::Key, b'"') | (Next::Member, _) => self.value = Some(begin),
            (Next::Colon, b':') => self.go(if self.key == "entry" { Next::Entries } else { Next::Member }),
            (Next::Comma, b',') => self.go(Next::Key),
            (Next::Entries, b'[') => self.go(Next::FirstEntry),
            (Next::Entries, _) => {
                return Err(EngineError::invalid("Bundle.entry", both!("a list is expected", "此处应是数组")));
            }
            (Next::FirstEntry | Next::EntryComma, b']') => self.go(Next::Comma),
            (Next::FirstEntry | Next::Entry, _) => {
                self.next = Next::Entry;
                self.value = Some(begin);
            }
            (Next::EntryComma, b',') => self.go(Next::Entry),
            (Next::Nothing, _) => {
                return Err(
                    self.syntax(&both!("there is more text after the end of the document", "文档结束之后还有内容"))
                );
            }
            _ => {
                return Err(
                    self.syntax(&both!("something else is expected here", "此处的内容不对，请检查括号、引号和逗号"))
                );
            }
        }
        Ok(true)
    }

    fn go(&mut self, next: Next) {
        self.at += 1;
        self.next = next;
    }

    /// The next byte that is not white space.
    fn token(&mut self) -> Option<u8> {
        let rest = self.buffer.get(self.at..)?;
        let blanks = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
        self.at += blanks;
        self.buffer.get(self.at).copied()
    }

    /// Goes on with the value; false when it has not ended.
    fn go_on(&mut self) -> Result<bool, EngineError> {
        let Some(mut value) = self.value else { return Ok(true) };
        let rest = self.buffer.get(self.at..).unwrap_or_default();
        let Some(length) = value.end(rest, self.at) else {
            self.at = self.buffer.len();
            self.value = Some(value);
            return Ok(false);
        };
        self.at += length;
        self.value = None;
        let text = self.buffer.get(value.start..self.at).unwrap_or_default();
        if self.next == Next::Entry {
            return self.entry(value.start).map(|()| true);
        }
        self.head_weight += text.len();
        if self.head_weight > LONGEST_HEAD {
            let says = both!(
                "all but the entries is longer than {LONGEST_HEAD} bytes",
                "除条目以外的部分超过 {LONGEST_HEAD} 字节"
            );
            return Err(EngineError::Invalid(vec![Issue::error("too-long", says).at("Bundle")]));
        }
        let read = parse(text, &Limits { bytes: LONGEST_HEAD, ..Limits::default() });
        let read = read.map_err(|fault| EngineError::Invalid(vec![Issue::from(&fault)]))?;
        if self.next == Next::Member {
            self.head.insert(std::mem::take(&mut self.key), read);
            self.next = Next::Comma;
            return Ok(true);
        }
        self.key = read.as_str().unwrap_or_default().to_owned();
        let again = self.key == "entry" && std::mem::replace(&mut self.has_entries, true);
        if again || self.head.contains_key(&self.key) {
            let says = both!("the key `{}` is given twice", "键 `{}` 出现了两次，请只留一个", self.key);
            return Err(EngineError::Invalid(vec![Issue::error("structure", says).at("Bundle")]));
        }
        self.next = Next::Colon;
        Ok(true)
    }

    fn entry(&mut self, start: usize) -> Result<(), EngineError> {
        let place = self.place();
        let text = self.buffer.get(start..self.at).unwrap_or_default();
        let limits = Limits { bytes: self.limits.entry, depth: Limits::default().depth - AROUND, ..Limits::default() };
        let value = parse(text, &limits).map_err(|fault| {
            let mut issue = Issue::from(&fault);
            let inner = issue.expression.pop().map(|at| format!(".{at}")).unwrap_or_default();
            if fault.position.is_some() {
                issue.diagnostics.push_str(", counted from the beginning of this entry");
                issue.chinese.push_str("，从本条目开头算起");
            }
            EngineError::Invalid(vec![issue.at(format!("{place}{inner}"))])
        })?;
        self.weight += text.len();
        self.taken.add(value, self.weight > PACKED_FROM)?;
        self.next = Next::EntryComma;
        Ok(())
    }
}

impl Scan {
    /// Goes on over `rest`, which begins at `at`; how many bytes of it belong to the value, when it ends here.
    fn end(&mut self, rest: &[u8], at: usize) -> Option<usize> {
        for (nth, byte) in rest.iter().enumerate() {
            if self.escaped {
                self.escaped = false;
                continue;
            }
            if self.quoted {
                match byte {
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.quoted = false;
                        if self.depth == 0 {
                            return Some(nth + 1);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b',' | b'}' | b']' | b' ' | b'\n' | b'\r' | b'\t' if self.bare => return Some(nth),
                _ if self.bare => {}
                b'"' => self.quoted = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(nth + 1);
                    }
                }
                _ if at + nth == self.start => self.bare = true,
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, piece: usize) -> Result<ReadBundle, EngineError> {
        let mut reader = BundleReader::new(BundleLimits { entry: 1000, entries: 3 });
        for piece in text.as_bytes().chunks(piece.max(1)) {
            reader.feed(piece)?;
        }
        reader.end()
    }

    #[test]
    fn pieces_of_any_size_give_the_same() {
        let text = r#" {"resourceType" : "Bundle", "entry":[ {"request":{"method":"DELETE","url":"Basic/a"}} ,
            {"resource":{"resourceType":"Basic","code":{"text":"a \"] } , \\"}},"request":{"method":"POST","url":"Basic"}}],
            "type":"batch","total":12, "timestamp":null } "#;
        for piece in [1, 2, 3, 7, 50, 10_000] {
            let bundle = read(text, piece).unwrap();
            assert_eq!(bundle.entries.iter().filter(|one| one.is_ok()).count(), 2, "{piece}");
            assert_eq!(
                bundle.head.to_string(),
                r#"{"resourceType":"Bundle","type":"batch","total":12,"timestamp":null}"#
            );
        }
        assert!(read("{}", 1).unwrap().entries.is_empty());
        assert!(read("\u{feff}{\"entry\":[]}", 2).unwrap().entries.is_empty());
    }

    #[test]
    fn what_is_no_bundle_is_refused_wherever_it_breaks() {
        for text in [
            "",
            "[",
            "7",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,}",
            "{\"a\" 1}",
            "{a:1}",
            "{\"entry\":{}}",
            "{\"entry\":[",
            "{\"entry\":[1,]}",
            "{\"entry\":[{]}]}",
            "{\"entry\":[{}",
            "{\"entry\":[{} {}]}",
            "{\"entry\":[]} x",
            "{\"a\":1,\"a\":2}",
            "{\"a\":tru}",
            "{\"a\":]}",
            "{\"entry\":[{\"a\":1,\"a\":2}]}",
            "{\"entry\":[{\"x\":\"\u{0}\"}]}",
            "{\"entry\":[{},{},{},{}]}",
            "{\"entry\":[],\"entry\":[{}]}",
        ] {
            for piece in [1, 1000] {
                let refused = read(text, piece).map(|_| ()).unwrap_err();
                assert_eq!(refused.class(), crate::Class::Invalid, "{text}");
            }
        }
        let long = format!("{{\"entry\":[{{\"a\":\"{}\"}}]}}", "x".repeat(2000));
        assert_eq!(read(&long, 100).map(|_| ()).unwrap_err().issues()[0].expression, ["Bundle.entry[0]"]);
        let members: Vec<String> = (0..3).map(|n| format!("\"a{n}\":\"{}\"", "x".repeat(400_000))).collect();
        assert!(read(&format!("{{{}}}", members[..2].join(",")), 9_999).is_ok());
        let refused = read(&format!("{{{}}}", members.join(",")), 9_999).map(|_| ()).unwrap_err();
        assert_eq!(refused.issues()[0].code, "too-long");
        let deep = format!("{{\"entry\":[{}]}}", "[".repeat(900));
        assert!(read(&deep, 100).is_err());
        let place =
            read("{\"entry\":[{},{\"resource\":{\"resourceType\":\"Basic\",\"id\":01}}]}", 9).map(|_| ()).unwrap_err();
        assert!(place.issues()[0].expression[0].starts_with("Bundle.entry[1].resource"));
    }
}
