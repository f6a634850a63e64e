//! The recursive descent over the text. Depth is limited, so the stack is.

use crate::both;
use crate::language::Both;

use serde_json::map::Entry;
use serde_json::{Map, Number, Value};

use super::fault::{Broken, FaultKind, Segment};

/// `serde_json` marks its own number and raw values with keys that begin so; data may not pretend to be them.
const RESERVED: &str = "$serde_json::private::";
/// Longest number in characters; FHIR asks for 18 digits.
const LONGEST_NUMBER: usize = 256;

type Scan<T> = Result<T, Box<Broken>>;

pub(super) fn document(text: &str, depth: usize, values: usize) -> Scan<Value> {
    let mut scanner = Scanner { text, bytes: text.as_bytes(), at: 0, depth, room: values };
    if text.starts_with('\u{feff}') {
        scanner.at = '\u{feff}'.len_utf8();
    }
    let value = scanner.value(1)?;
    match scanner.next_token() {
        None => Ok(value),
        Some(_) => {
            Err(scanner.syntax(both!("there is more text after the end of the document", "文档结束之后还有内容")))
        }
    }
}

struct Scanner<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    depth: usize,
    /// How many more values may come.
    room: usize,
}

impl Scanner<'_> {
    #[inline]
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// The next byte that is not white space, not consumed.
    #[inline]
    fn next_token(&mut self) -> Option<u8> {
        loop {
            match self.peek() {
                Some(b' ' | b'\n' | b'\r' | b'\t') => self.at += 1,
                other => return other,
            }
        }
    }

    #[cold]
    fn broken(&self, kind: FaultKind, message: Both) -> Box<Broken> {
        Box::new(Broken { kind, message, at: self.at, path: Vec::new(), root: None })
    }

    #[cold]
    fn syntax(&self, message: Both) -> Box<Broken> {
        let what = if self.at >= self.bytes.len() {
            both!("the document ends too early", "文档没有写完")
        } else {
            message
        };
        self.broken(FaultKind::Syntax, both!("this is not JSON: {}", "内容不是合法的 JSON：{}", what))
    }

    /// `level` is the depth that an object or array starting here would have.
    fn value(&mut self, level: usize) -> Scan<Value> {
        let Some(room) = self.room.checked_sub(1) else {
            return Err(
                self.broken(FaultKind::TooLong, both!("the document has too many values", "内容的值太多，请分开发送"))
            );
        };
        self.room = room;
        match self.next_token() {
            Some(b'"') => {
                self.at += 1;
                self.string().map(Value::String)
            }
            Some(b'{') => self.object(level).map(Value::Object),
            Some(b'[') => self.array(level).map(Value::Array),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => Err(self.syntax(both!("a value is expected here", "此处应有一个值，请检查逗号和引号"))),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Scan<Value> {
        if self.bytes.get(self.at..self.at + word.len()) != Some(word.as_bytes()) {
            return Err(self.syntax(both!("a value is expected here", "此处应有一个值，请检查逗号和引号")));
        }
        self.at += word.len();
        Ok(value)
    }

    fn enter(&mut self, level: usize) -> Scan<()> {
        if level > self.depth {
            return Err(self.broken(
                FaultKind::TooDeep,
                both!("the document is nested deeper than {} levels", "内容嵌套超过 {} 层，请减少层次", self.depth),
            ));
        }
        self.at += 1;
        Ok(())
    }

    fn array(&mut self, level: usize) -> Scan<Vec<Value>> {
        self.enter(level)?;
        let mut items = Vec::new();
        if self.next_token() == Some(b']') {
            self.at += 1;
            return Ok(items);
        }
        loop {
            match self.value(level + 1) {
                Ok(item) => items.push(item),
                Err(mut broken) => {
                    broken.path.push(Segment::Index(items.len()));
                    return Err(broken);
                }
            }
            match self.next_token() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(items);
                }
                _ => return Err(self.syntax(both!("`,` or `]` is expected here", "此处应是 `,` 或 `]`"))),
            }
        }
    }

    fn object(&mut self, level: usize) -> Scan<Map<String, Value>> {
        self.enter(level)?;
        let mut members = Map::new();
        if self.next_token() == Some(b'}') {
            self.at += 1;
            return Ok(members);
        }
        loop {
            if let Err(mut broken) = self.member(&mut members, level) {
                if level == 1 {
                    broken.root = members.get("resourceType").and_then(Value::as_str).map(str::to_owned);
                }
                return Err(broken);
            }
            match self.next_token() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(members);
                }
                _ => return Err(self.syntax(both!("`,` or `}}` is expected here", "此处应是 `,` 或 `}}`"))),
            }
        }
    }

    fn member(&mut self, members: &mut Map<String, Value>, level: usize) -> Scan<()> {
        if self.next_token() != Some(b'"') {
            return Err(self.syntax(both!(
                "a key in double quotes is expected here",
                "此处应是双引号括起的键，请检查前面是否多了逗号"
            )));
        }
        let start = self.at;
        self.at += 1;
        let key = self.string()?;
        if key.starts_with(RESERVED) {
            self.at = start;
            return Err(self.broken(
                FaultKind::ReservedKey,
                both!("a key begins with a reserved name", "键以保留名称开头，请换一个"),
            ));
        }
        if self.next_token() != Some(b':') {
            return Err(self.syntax(both!("`:` is expected here", "此处应是 `:`")));
        }
        self.at += 1;
        match self.value(level + 1) {
            Ok(value) => match members.entry(key) {
                Entry::Vacant(place) => {
                    place.insert(value);
                    Ok(())
                }
                Entry::Occupied(place) => {
                    self.at = start;
                    let message = both!("the key `{}` is there twice", "键 `{}` 出现了两次，请只留一个", place.key());
                    Err(self.broken(FaultKind::DuplicateKey, message))
                }
            },
            Err(mut broken) => {
                broken.path.push(Segment::Key(key));
                Err(broken)
            }
        }
    }

    fn number(&mut self) -> Scan<Value> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits()?,
            _ => return Err(self.syntax(both!("a digit is expected here", "此处应是数字"))),
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        let text = self.text.get(start..self.at).unwrap_or_default();
        if text.len() > LONGEST_NUMBER {
            return Err(self.syntax(both!("a number is too long", "数字太长")));
        }
        // The checked way in would rewrite the exponent. The text has just been proved to be a JSON number.
        Ok(Value::Number(Number::from_string_unchecked(text.to_owned())))
    }

    fn digits(&mut self) -> Scan<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start {
            Err(self.syntax(both!("a digit is expected here", "此处应是数字")))
        } else {
            Ok(())
        }
    }

    /// The rest of a string whose opening quote has been read.
    fn string(&mut self) -> Scan<String> {
        let start = self.at;
        self.plain();
        if self.peek() == Some(b'"') {
            let text = self.text.get(start..self.at).unwrap_or_default().to_owned();
            self.at += 1;
            return Ok(text);
        }
        let mut text = String::new();
        let mut from = start;
        loop {
            text.push_str(self.text.get(from..self.at).unwrap_or_default());
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    let c = self.escape()?;
                    text.push(c);
                }
                _ => {
                    return Err(self.syntax(both!(
                        "a control character or the end of the text is inside a string",
                        "字符串中有控制字符，或缺少结束的引号"
                    )));
                }
            }
            from = self.at;
            self.plain();
        }
    }

    /// Skips what stands for itself inside a string.
    #[inline]
    fn plain(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let stop = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f));
        self.at += stop.unwrap_or(rest.len());
    }

    fn escape(&mut self) -> Scan<char> {
        let Some(letter) = self.peek() else { return Err(self.syntax(Both::alike(""))) };
        self.at += 1;
        Ok(match letter {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => return self.unicode(),
            _ => return Err(self.syntax(both!("an unknown escape is inside a string", "字符串中有不认识的转义"))),
        })
    }

    fn unicode(&mut self) -> Scan<char> {
        let high = self.hex()?;
        let code = if (0xd800..0xdc00).contains(&high) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
            self.at += 2;
            let low = self.hex()?;
            if !(0xdc00..0xe000).contains(&low) {
                return Err(self.syntax(both!(
                    "half a surrogate pair is inside a string",
                    "字符串中有不成对的代理字符（\\ud800–\\udfff）"
                )));
            }
            0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)
        } else {
            high
        };
        match char::from_u32(code) {
            // FHIR strings hold no NUL, and stores cut at it.
            Some('\0') => Err(self.syntax(both!("a NUL is inside a string", "字符串中有 NUL 字符，请删去"))),
            Some(c) => Ok(c),
            None => Err(self.syntax(both!(
                "half a surrogate pair is inside a string",
                "字符串中有不成对的代理字符（\\ud800–\\udfff）"
            ))),
        }
    }

    fn hex(&mut self) -> Scan<u32> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(code) = digits.and_then(|d| u32::from_str_radix(d, 16).ok()) else {
            return Err(self.syntax(both!("four hexadecimal digits are expected here", "此处应是四位十六进制数字")));
        };
        self.at += 4;
        Ok(code)
    }
}
