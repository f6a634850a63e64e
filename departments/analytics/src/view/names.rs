//! The variables that an expression names, so that one which nobody defines is found when the view is read and not when
//! the first resource reaches it.

/// What FHIRPath, FHIR and SQL on FHIR define themselves. Names such as `vs-example` and `ext-example` are FHIR's too.
const KNOWN: [&str; 9] =
    ["context", "resource", "rootResource", "ucum", "sct", "loinc", "terminologies", "factory", ROW_INDEX];

/// The place of the current element among those that are gone through.
pub(crate) const ROW_INDEX: &str = "rowIndex";

/// The names behind `%` in an expression, texts and comments aside.
pub(crate) fn variables(expression: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = expression;
    while let Some(letter) = rest.chars().next() {
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        rest = match letter {
            '\'' | '`' | '"' => quoted(after, letter).1,
            '/' if after.starts_with('/') => after.split_once('\n').map_or("", |(_, next)| next),
            '/' if after.starts_with('*') => after.split_once("*/").map_or("", |(_, next)| next),
            '%' => {
                let (name, next) = match after.chars().next() {
                    Some(quote @ ('`' | '\'' | '"')) => quoted(after.get(1..).unwrap_or_default(), quote),
                    _ => {
                        let end = after.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(after.len());
                        after.split_at_checked(end).unwrap_or((after, ""))
                    }
                };
                found.push(name.to_owned());
                next
            }
            _ => after,
        };
    }
    found
}

/// What stands up to the closing quote, and what comes behind it.
fn quoted(text: &str, quote: char) -> (&str, &str) {
    let mut escaped = false;
    for (at, letter) in text.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            letter if letter == quote => {
                let after = text.get(at + letter.len_utf8()..).unwrap_or_default();
                return (text.get(..at).unwrap_or_default(), after);
            }
            _ => {}
        }
    }
    (text, "")
}

/// Whether an expression is a path whose last step is a call of this function.
pub(crate) fn ends_in_call(expression: &str, function: &str) -> bool {
    let text = expression.trim();
    let (mut rest, mut depth, mut opened, mut closed) = (text, 0_usize, 0, 0);
    while let Some(letter) = rest.chars().next() {
        let place = text.len() - rest.len();
        let after = rest.get(letter.len_utf8()..).unwrap_or_default();
        rest = after;
        match letter {
            '\'' | '`' | '"' => rest = quoted(after, letter).1,
            '(' | '[' => {
                if depth == 0 {
                    opened = place;
                }
                depth += 1;
            }
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                closed = place + 1;
            }
            // An operator: the call is one of its sides.
            letter if depth == 0 && !(letter.is_alphanumeric() || matches!(letter, '.' | '_' | '$' | '%')) => {
                return false;
            }
            _ => {}
        }
    }
    let name = text.get(..opened).and_then(|before| before.strip_suffix(function));
    closed == text.len() && name.is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// Whether a name needs no constant.
pub(crate) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name) || name.starts_with("vs-") || name.starts_with("ext-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_where_they_are_meant() {
        let expression = "a = %one and '%two \\' %three' = b // %four\n | %`x y` + /* %five */ `%six` & %rowIndex.c%7";
        assert_eq!(variables(expression), ["one", "x y", "rowIndex", "7"]);
        assert!(is_known("rowIndex") && is_known("vs-a") && !is_known("one"));
        for (path, ends) in [
            ("name.given.join(', ')", true),
            ("join()", true),
            (" name[0].where(use = 'a').given.join(')') ", true),
            ("name.given.join() & 'x'", false),
            ("'x' & name.given.join()", false),
            ("name.given.join().length()", false),
            ("name.conjoin()", false),
            ("name.join", false),
        ] {
            assert_eq!(ends_in_call(path, "join"), ends, "{path}");
        }
        assert_eq!(variables("%"), [""]);
        assert_eq!(variables("%'unclosed"), ["unclosed"]);
    }
}
