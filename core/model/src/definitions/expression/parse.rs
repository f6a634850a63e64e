//! The text of an expression → steps.

use crate::both;
use crate::language::Both;

use super::{Shapes, TypeOf};

/// A step of an expression.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    Child(String),
    OfType(String),
    Is(String),
    Equals(String, String),
    Index(String),
}

/// What a part of a union means for one base type.
pub(super) enum Part {
    /// It is about another type.
    Others,
    /// `T.x.exists() and T.x != false`
    Truth(String),
    /// What follows the type's name.
    Steps(Vec<Step>),
}

/// The parts between `|`, taken out of parentheses that are around a whole part.
pub(super) fn union(expression: &str) -> Result<Vec<String>, Both> {
    let mut parts = Vec::new();
    let mut left = vec![expression];
    while let Some(text) = left.pop() {
        let split = split(text)?;
        if let [one] = split.as_slice() {
            match inside(one) {
                Some(inner) if split_or_none(inner) > 1 => left.push(inner),
                _ => parts.push((*one).to_owned()),
            }
        } else {
            left.extend(split.into_iter().rev());
        }
    }
    Ok(parts)
}

fn split_or_none(text: &str) -> usize {
    split(text).map_or(0, |parts| parts.len())
}

/// What stands between a parenthesis that opens at the start and its partner at the very end.
fn inside(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('(')?;
    let close = closing(inner)?;
    (close + 1 == inner.len()).then(|| inner.get(..close)).flatten()
}

/// Splits at each `|` outside of quotes and parentheses.
fn split(text: &str) -> Result<Vec<&str>, Both> {
    let (mut parts, mut start, mut depth, mut quoted) = (Vec::new(), 0, 0_usize, false);
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            _ if quoted => {}
            '(' => depth += 1,
            ')' => {
                depth = depth
                    .checked_sub(1)
                    .ok_or_else(|| both!("a parenthesis closes that was never opened", "多了一个右括号"))?;
            }
            '|' if depth == 0 => {
                parts.push(text.get(start..at).unwrap_or_default().trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    if quoted || depth > 0 {
        return Err(both!("a quote or a parenthesis is not closed", "引号或括号没有闭合"));
    }
    parts.push(text.get(start..).unwrap_or_default().trim());
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect())
}

/// A part without its leading type name.
pub(super) fn own(shapes: &impl Shapes, base: &str, part: &str) -> Result<Part, Both> {
    let flat = without_grouping(part);
    let head = flat.split(['.', ' ', '(', '[']).next().unwrap_or_default();
    let head_is = shapes.type_of(head);
    if head_is.is_some() && head != base && head_is != Some(TypeOf::Abstract) {
        if shapes.type_of(base) == Some(TypeOf::Abstract) {
            return Err(both!("`{part}` is about some only of what is a {base}", "`{part}` 只与一部分 {base} 有关"));
        }
        return Ok(Part::Others);
    }
    if head_is.is_none() {
        return steps(&flat, true).map(Part::Steps);
    }
    if let Some((left, right)) = flat.split_once(".exists() and ") {
        let name = right.strip_suffix(" != false").filter(|right| *right == left);
        let name = name.and_then(|_| left.strip_prefix(head)?.strip_prefix('.')).filter(|name| is_name(name));
        return name.map(|name| Part::Truth(name.to_owned())).ok_or_else(|| {
            both!(
                "`{part}` is not understood; of `and`, only `{head}.x.exists() and {head}.x != false` is",
                "不支持 `{part}`：`and` 只支持 `{head}.x.exists() and {head}.x != false` 这一种写法"
            )
        });
    }
    steps(flat.get(head.len()..).unwrap_or_default(), false).map(Part::Steps)
}

/// Drops parentheses that only group, as in `(Observation.value.ofType(CodeableConcept)).text`.
fn without_grouping(part: &str) -> String {
    let mut out = String::new();
    let (mut grouping, mut quoted) = (Vec::new(), false);
    for c in part.chars() {
        match c {
            '\'' => {
                quoted = !quoted;
                out.push(c);
            }
            '(' if !quoted => {
                let groups = !out.ends_with(|p: char| p.is_ascii_alphanumeric());
                grouping.push(groups);
                if !groups {
                    out.push(c);
                }
            }
            ')' if !quoted => {
                if grouping.pop() != Some(true) {
                    out.push(c);
                }
            }
            _ => out.push(c),
        }
    }
    out
}

/// `first`: the text begins with a name rather than with what follows one.
fn steps(text: &str, mut first: bool) -> Result<Vec<Step>, Both> {
    let mut steps = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        if !first {
            if let Some(after) = rest.strip_prefix("as ") {
                let (kind, tail) = word(after.trim_start());
                steps.push(Step::OfType(type_name(kind)?));
                rest = tail.trim_start();
                continue;
            }
            if let Some(index) = rest.strip_prefix('[') {
                let (number, tail) = index.split_once(']').ok_or_else(|| both!("`[` is not closed", "`[` 没有闭合"))?;
                let number = number.trim();
                number.parse::<u16>().map_err(|_| both!("`[{number}]` is no index", "`[{number}]` 不是序号"))?;
                steps.push(Step::Index(number.to_owned()));
                rest = tail.trim_start();
                continue;
            }
            rest = rest
                .strip_prefix('.')
                .ok_or_else(|| both!("`{rest}` is not understood", "不支持 `{rest}`"))?
                .trim_start();
        }
        first = false;
        let (name, after) = word(rest);
        if name.is_empty() {
            return Err(both!("`{rest}` is not understood", "不支持 `{rest}`"));
        }
        if let Some(call) = after.strip_prefix('(') {
            let close = closing(call).ok_or_else(|| both!("a parenthesis is not closed", "括号没有闭合"))?;
            function(name, call.get(..close).unwrap_or_default().trim(), &mut steps)?;
            rest = call.get(close + 1..).unwrap_or_default().trim_start();
        } else {
            steps.push(Step::Child(name.to_owned()));
            rest = after.trim_start();
        }
    }
    Ok(steps)
}

/// The letters and digits at the start, and what follows.
fn word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(text.len()))
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric())
}

/// A type with or without its namespace.
fn type_name(text: &str) -> Result<String, Both> {
    let name = text.strip_prefix("FHIR.").unwrap_or(text).trim();
    if is_name(name) { Ok(name.to_owned()) } else { Err(both!("`{text}` is no type", "`{text}` 不是类型")) }
}

/// Where the parenthesis that is open at the start of `text` closes.
fn closing(text: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (1, false);
    for (at, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn function(name: &str, argument: &str, steps: &mut Vec<Step>) -> Result<(), Both> {
    let unknown = || both!("`{name}({argument})` is not understood", "不支持 `{name}({argument})`");
    match name {
        "ofType" | "as" => steps.push(Step::OfType(type_name(argument)?)),
        "extension" => {
            steps.push(Step::Child("extension".to_owned()));
            steps.push(Step::Equals("url".to_owned(), quoted(argument).ok_or_else(unknown)?));
        }
        "where" => match argument.strip_prefix("resolve() is ") {
            Some(kind) => steps.push(Step::Is(type_name(kind.trim())?)),
            None => {
                let (left, right) = argument.split_once('=').ok_or_else(unknown)?;
                let (left, right) = (left.trim(), quoted(right).ok_or_else(unknown)?);
                if !is_name(left) {
                    return Err(unknown());
                }
                steps.push(Step::Equals(left.to_owned(), right));
            }
        },
        _ => return Err(unknown()),
    }
    Ok(())
}

/// A text in quotes, of characters that a program may hold.
fn quoted(text: &str) -> Option<String> {
    let text = text.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    (!text.is_empty() && !text.contains(['\'', '\\', ']'])).then(|| text.to_owned())
}
