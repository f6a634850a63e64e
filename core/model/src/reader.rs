//! JSON text → value, with limits, in one pass.
//!
//! Why not `serde_json::from_slice`: it rewrites `1e3` to `1e+3`, keeps the last of two equal keys silently, and reads a
//! document that spells its private number key as a number. Here decimals keep their digits, a key given twice is
//! refused by name, and a fault says where in the resource it lies.

mod fault;
mod scan;

use crate::both;

use serde_json::Value;

pub use fault::{Fault, FaultKind, Position};

/// Limits the number of values by that of bytes: an array of small numbers takes a hundred bytes of memory for two of text.
const BYTES_A_VALUE: usize = 12;

/// How much a document may ask of the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest document, in bytes.
    pub bytes: usize,
    /// Values (objects, arrays, texts, numbers, …) that any document may have. A longer one may have one for each 12 of
    /// its bytes, since a value costs much more memory than a byte; the densest official example has 13.
    pub values: usize,
    /// Deepest nesting of objects and arrays; the outermost one counts as 1.
    pub depth: usize,
}

impl Default for Limits {
    /// 16 MiB, 100,000 values and 64 levels.
    fn default() -> Self {
        Self { bytes: 16 << 20, values: 100_000, depth: 64 }
    }
}

/// Reads one JSON document.
///
/// Object members keep their order and numbers keep their text (`1.10`, `1e3`, `-0`).
///
/// # Errors
/// A [`Fault`] for a document that is too long or too deep, not UTF-8, not JSON, followed by more text, or that has the
/// same key twice in one object, a NUL in a string, a number of more than 256 characters, or one of `serde_json`'s
/// private keys.
pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Value, Fault> {
    if bytes.len() > limits.bytes {
        let message = both!(
            "the document has {} bytes; at most {} are read",
            "内容有 {} 字节，最多 {} 字节，请分开发送",
            bytes.len(),
            limits.bytes
        );
        return Err(Fault { kind: FaultKind::TooLong, path: String::new(), message, position: None });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| fault::not_utf8(bytes, error.valid_up_to()))?;
    scan::document(text, limits.depth, limits.values.max(bytes.len() / BYTES_A_VALUE) + 1)
        .map_err(|broken| broken.fault(text))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Value, Fault> {
        parse(text.as_bytes(), &Limits::default())
    }

    #[test]
    fn numbers_keep_their_text() {
        for text in ["0", "-0", "1.10", "1e3", "1E+3", "1.0e-7", "0.00", "123456789012345678901234567890.12345"] {
            assert_eq!(read(text).unwrap().to_string(), text);
        }
        for text in ["01", "1.", ".5", "+1", "-", "1e", "1e+", "NaN", "0x1", "--1"] {
            assert_eq!(read(text).unwrap_err().kind, FaultKind::Syntax, "{text}");
        }
    }

    #[test]
    fn a_key_given_twice_is_named_with_its_object() {
        let fault = read(r#"{"resourceType":"Patient","name":[{"family":"王","family":"李"}]}"#).unwrap_err();
        assert_eq!(fault.kind, FaultKind::DuplicateKey);
        assert_eq!(fault.path, "Patient.name[0]");
        assert!(fault.message.english.contains("`family`"), "{fault}");
    }

    #[test]
    fn a_syntax_fault_has_line_and_column() {
        let fault = read("{\"resourceType\":\"Patient\",\n \"active\": tru }").unwrap_err();
        assert_eq!(fault.kind, FaultKind::Syntax);
        assert_eq!(fault.path, "Patient.active");
        assert_eq!(fault.position, Some(Position { line: 2, column: 12 }));
    }

    #[test]
    fn depth_and_size_have_limits() {
        let deep = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
        assert!(read(&deep(64)).is_ok());
        assert_eq!(read(&deep(65)).unwrap_err().kind, FaultKind::TooDeep);
        assert_eq!(read(&"[".repeat(5_000_000)).unwrap_err().kind, FaultKind::TooDeep);
        let small = Limits { bytes: 3, ..Limits::default() };
        assert_eq!(parse(b"1234", &small).unwrap_err().kind, FaultKind::TooLong);
        let dense = format!("[{}0]", "0,".repeat(1_000));
        let limits = Limits { values: 99, ..Limits::default() };
        assert_eq!(parse(dense.as_bytes(), &limits).unwrap_err().kind, FaultKind::TooLong);
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in
            ["", " ", "{", "[1,]", "{\"a\":1,}", "{a:1}", "'x'", "\"x", "\"\u{1}\"", "nul", "[1] 2", "{\"a\" 1}"]
        {
            assert_eq!(read(text).unwrap_err().kind, FaultKind::Syntax, "{text}");
        }
        for text in [r#""\ud800""#, r#""\udc00x""#, r#""\ud800\u0041""#, r#""\x""#, r#""\u12""#, r#""\u0000""#] {
            assert_eq!(read(text).unwrap_err().kind, FaultKind::Syntax, "{text}");
        }
        assert_eq!(parse(b"\"\xff\"", &Limits::default()).unwrap_err().kind, FaultKind::Utf8);
    }

    #[test]
    fn the_private_keys_of_the_json_library_are_refused() {
        for key in
            ["$serde_json::private::Number", "\\u0024serde_json::private::Number", "$serde_json::private::RawValue"]
        {
            let fault = read(&format!("{{\"a\":[{{\"{key}\":\"1\"}}]}}")).unwrap_err();
            assert_eq!(fault.kind, FaultKind::ReservedKey, "{key}");
            assert_eq!(fault.path, "a[0]");
        }
    }

    #[test]
    fn escapes_and_marks_are_read() {
        assert_eq!(read(r#""\u4e2d\ud83d\ude00\n\/\"""#).unwrap(), "中😀\n/\"");
        assert_eq!(read("\u{feff}{\"a\":1}").unwrap()["a"].to_string(), "1");
    }

    /// Any JSON value, with numbers as text.
    fn json() -> impl Strategy<Value = Value> {
        let number = "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,12})?([eE][+-]?[0-9]{1,3})?";
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            number.prop_map(|text| read(&text).unwrap()),
            "[^\u{0}]{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::vec(("[a-zA-Z_]{0,8}", inner), 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back_the_same(value in json()) {
            let text = value.to_string();
            let again = read(&text).unwrap();
            prop_assert_eq!(again.to_string(), text);
            prop_assert_eq!(again, value);
        }

        #[test]
        fn it_agrees_with_serde_json_on_what_is_json(text in "[\\[\\]{}\",:0-9eE.+\\- tfalsenur\\\\]{0,24}") {
            let theirs = serde_json::from_str::<Value>(&text);
            match read(&text) {
                Ok(ours) => prop_assert_eq!(theirs.is_ok(), true, "{} {:?}", text, ours),
                Err(fault) if fault.kind == FaultKind::Syntax && !text.contains("\\u") => prop_assert!(theirs.is_err(), "{}", text),
                Err(_) => {}
            }
        }

        #[test]
        fn any_bytes_give_an_answer(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = parse(&bytes, &Limits::default());
        }
    }
}
