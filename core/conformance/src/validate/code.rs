//! Codes whose form alone says that they are none: those of SNOMED CT.

const SNOMED: &str = "http://snomed.info/sct";

/// What is wrong with a code of a system that is not here, as far as its form tells.
pub(super) fn fault(system: &str, code: &str) -> Option<String> {
    // An expression of several concepts is longer, and has other signs than digits.
    let is_concept = code.bytes().all(|b| b.is_ascii_alphanumeric());
    if system != SNOMED || !is_concept {
        return None;
    }
    let is_number =
        (6..=18).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_digit()) && !code.starts_with('0');
    (!is_number).then(|| format!("`{code}` is no code of SNOMED CT: those have 6 to 18 digits"))
}

/// What is wrong with an expression of SNOMED CT's constraint language (ECL), as far as the order of its parts tells:
/// between two concepts stands an operator, and an operator has something on both sides.
pub(super) fn constraint_fault(text: &str) -> Option<String> {
    let mut open = 0_usize;
    // Whether a concept, a set or a value has just ended, so that an operator has to follow.
    let mut is_ended = false;
    let mut rest = text.trim_start();
    while let Some(sign) = rest.chars().next() {
        let (length, kind) = part(rest, sign)?;
        let wrong = |what: &str| {
            let shown: String = rest.chars().take(30).collect();
            Some(format!("{what} at `{shown}`"))
        };
        match kind {
            Part::Operand if is_ended => return wrong("an operator is missing between two concepts"),
            Part::Operand => is_ended = true,
            Part::Before if is_ended => return wrong("an operator such as AND is missing"),
            Part::Before => {}
            Part::Between if !is_ended => return wrong("something is missing before the operator"),
            Part::Between => is_ended = false,
            Part::Open => {
                open += 1;
                is_ended = false;
            }
            Part::Close if open == 0 || !is_ended => return wrong("a bracket closes where it may not"),
            Part::Close => open -= 1,
            Part::Term => {}
        }
        rest = rest.get(length..)?.trim_start();
    }
    (open > 0 || !is_ended).then(|| "the expression ends before its end".to_owned())
}

enum Part {
    Operand,
    /// `<<`, `^`: before a concept.
    Before,
    /// `AND`, `:`, `=`: between two.
    Between,
    Open,
    Close,
    /// `|a term|`, a comment, a cardinality: says nothing of the order.
    Term,
}

/// The next part and its length; `None` where a sign is not one of the language's plain part, which then is not judged.
fn part(rest: &str, sign: char) -> Option<(usize, Part)> {
    let until = |end: &str, from: usize| rest.get(from..)?.find(end).map(|at| from + at + end.len());
    Some(match sign {
        '|' => (until("|", 1)?, Part::Term),
        '"' => (until("\"", 1)?, Part::Operand),
        '[' => (until("]", 1)?, Part::Term),
        '/' if rest.starts_with("/*") => (until("*/", 2)?, Part::Term),
        '(' => (1, Part::Open),
        ')' => (1, Part::Close),
        ',' | ':' | '=' | '.' => (1, Part::Between),
        '!' if rest.starts_with("!=") => (2, Part::Between),
        '<' | '>' | '^' | '!' => {
            let length = rest.find(|c| !matches!(c, '<' | '>' | '^' | '!')).unwrap_or(rest.len());
            (length, Part::Before)
        }
        '*' => (1, Part::Operand),
        '0'..='9' => (rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()), Part::Operand),
        'A'..='Z' | 'a'..='z' => {
            let length = rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len());
            match rest.get(..length)?.to_ascii_uppercase().as_str() {
                "AND" | "OR" | "MINUS" => (length, Part::Between),
                _ => return None,
            }
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_snomed_are_numbers() {
        assert_eq!(fault(SNOMED, "22298006"), None);
        assert_eq!(fault(SNOMED, "128045006:{363698007=56459004}"), None, "an expression is not judged");
        assert_eq!(fault("http://other", "1"), None);
        for wrong in ["1", "something", "012345678", "1234567890123456789", ""] {
            assert!(fault(SNOMED, wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn constraints_are_judged_by_the_order_of_their_parts() {
        for right in [
            "404684003",
            "<< 404684003 |Clinical finding|",
            "<<404684003 AND (^ 700043003 OR >! 22298006)",
            "< 19829001 : 116676008 = << 79654002, 363698007 != *",
            "404684003 . 363698007",
            // Beyond what is judged here.
            "< 404684003 {{ term = \"heart\" }}",
        ] {
            assert_eq!(constraint_fault(right), None, "{right}");
        }
        for wrong in ["234234 << 234234", "<<", "404684003 404684003", "404684003 AND", "(404684003", "404684003)", ""]
        {
            assert!(constraint_fault(wrong).is_some(), "{wrong}");
        }
    }
}
