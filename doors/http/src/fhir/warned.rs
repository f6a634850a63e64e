//! What is to be said besides of a write whose answer has no place for it: the header `Warning` (RFC 7234 §5.5) with the
//! code 199, a miscellaneous warning. In English and ASCII, as headers are; `Prefer: return=OperationOutcome` tells the
//! same in the caller's language.

use axum::http::HeaderValue;
use meridian_model::outcome::Issue;

/// More than so many are only counted.
const MOST: usize = 5;
/// Longest text of one, in bytes; a proxy may refuse what is much longer.
const LONGEST: usize = 400;

/// A header for each of the issues.
pub(super) fn headers(notes: &[Issue]) -> Vec<HeaderValue> {
    let text = |issue: &Issue| {
        let place = issue.expression.first().map(|place| format!("{place}: ")).unwrap_or_default();
        format!("{place}{}", issue.diagnostics)
    };
    let mut texts: Vec<String> = notes.iter().take(MOST).map(text).collect();
    if let Some(more) = notes.len().checked_sub(MOST).filter(|more| *more > 0) {
        texts.push(format!("{more} more; Prefer: return=OperationOutcome tells all"));
    }
    texts.iter().filter_map(|text| HeaderValue::from_str(&format!("199 meridian \"{}\"", quoted(text))).ok()).collect()
}

/// What may stand between quotation marks.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for letter in text.chars() {
        if quoted.len() >= LONGEST {
            quoted.push_str("...");
            break;
        }
        match letter {
            '"' | '\\' => quoted.extend(['\\', letter]),
            ' '..='~' => quoted.push(letter),
            _ if letter.is_control() => quoted.push(' '),
            _ => {
                let mut bytes = [0; 4];
                let bytes = letter.encode_utf8(&mut bytes).bytes();
                quoted.extend(bytes.map(|byte| format!("%{byte:02X}")));
            }
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use meridian_model::language::Both;
    use meridian_model::outcome::Severity;

    use super::*;

    fn told(notes: &[&str]) -> Vec<String> {
        let issue = |says: &&str| Issue::new(Severity::Warning, "not-found", Both::alike(*says)).at("A.b");
        let issues: Vec<Issue> = notes.iter().map(issue).collect();
        headers(&issues).iter().map(|one| one.to_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn a_warning_is_a_quoted_text_with_its_place() {
        assert_eq!(told(&["x is not here"]), ["199 meridian \"A.b: x is not here\""]);
        assert_eq!(told(&["a \"b\\ \r\nX: 男"]), ["199 meridian \"A.b: a \\\"b\\\\   X: %E7%94%B7\""]);
        assert_eq!(told(&[]), [] as [String; 0]);
        assert!(told(&["男".repeat(5_000).as_str()])[0].len() < LONGEST + 50);
        let many = told(&["x"; 9]);
        assert_eq!(
            (many.len(), many[MOST].as_str()),
            (6, "199 meridian \"4 more; Prefer: return=OperationOutcome tells all\"")
        );
    }
}
