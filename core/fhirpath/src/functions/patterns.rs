//! Regular expressions. The engine takes linear time whatever the pattern, and its programs are bounded in size.

use regex::{Regex, RegexBuilder};

use super::Function;
use crate::ast::{Call, Expr};
use crate::eval::{Eval, Scope, truth};
use crate::fault::Fault;
use crate::item::{Collection, Item};

/// Largest program of a pattern, in bytes.
const PROGRAM: usize = 1 << 20;
const NESTING: u32 = 50;
/// Steps that reading a pattern costs.
const READING: u64 = 500;

impl<'a> Eval<'_, 'a> {
    pub(super) fn pattern(
        &mut self,
        call: &Call,
        input: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        let Some(text) = self.input_text(call, input)? else { return Ok(Vec::new()) };
        let is_replacement = call.function == Function::ReplaceMatches;
        let substitute = if is_replacement { self.text(call, 1, scope)? } else { None };
        let flags_at = if is_replacement { 2 } else { 1 };
        let Some(regex) = self.regex(call, flags_at, scope)? else { return Ok(Vec::new()) };
        if !is_replacement {
            return Ok(truth(Some(regex.is_match(text))));
        }
        let Some(substitute) = substitute else { return Ok(Vec::new()) };
        if regex.as_str().is_empty() {
            return Ok(vec![Item::made(text)]);
        }
        let substitute = braced(substitute.str().unwrap_or(""));
        let mut made = String::new();
        let mut end = 0;
        for found in regex.captures_iter(text) {
            let Some(whole) = found.get(0) else { continue };
            made.push_str(text.get(end..whole.start()).unwrap_or(""));
            found.expand(&substitute, &mut made);
            end = whole.end();
            self.budget.spend(1)?;
            if made.len() > 1 << 20 {
                self.budget.text(made.len())?;
            }
        }
        made.push_str(text.get(end..).unwrap_or(""));
        self.budget.text(made.len())?;
        Ok(vec![Item::made(made)])
    }

    /// The pattern of a call. One that is written out is read once for the life of the expression.
    fn regex(&mut self, call: &Call, flags_at: usize, scope: Scope<'_, 'a>) -> Result<Option<Regex>, Fault> {
        let is_literal = matches!(call.args.first(), Some(Expr::Literal(_)))
            && matches!(call.args.get(flags_at), None | Some(Expr::Literal(_)));
        if is_literal && let Some(Some(regex)) = call.regex.get() {
            return Ok(Some(regex.clone()));
        }
        let Some(pattern) = self.text(call, 0, scope)? else { return Ok(None) };
        let flags = self.text(call, flags_at, scope)?;
        self.budget.spend(READING)?;
        let pattern = pattern.str().unwrap_or("");
        let flags = flags.as_ref().and_then(Item::str).unwrap_or("");
        let regex = read(pattern, flags, call.function == Function::MatchesFull)
            .map_err(|says| Fault::execution(call.place, says))?;
        if is_literal {
            let _ = call.regex.set(Some(regex.clone()));
        }
        Ok(Some(regex))
    }
}

fn read(pattern: &str, flags: &str, is_full: bool) -> Result<Regex, String> {
    if let Some(flag) = flags.chars().find(|flag| !matches!(flag, 'i' | 'm')) {
        return Err(format!("`{flag}` is no flag of a pattern; `i` and `m` are"));
    }
    let whole;
    let text = if is_full {
        whole = format!(r"\A(?:{pattern})\z");
        &whole
    } else {
        pattern
    };
    RegexBuilder::new(text)
        .dot_matches_new_line(true)
        .case_insensitive(flags.contains('i'))
        .multi_line(flags.contains('m'))
        .size_limit(PROGRAM)
        .dfa_size_limit(PROGRAM)
        .nest_limit(NESTING)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => "the pattern is too large".to_owned(),
            error => {
                let says = error.to_string();
                format!("the pattern can't be used: {}", says.lines().last().unwrap_or("it is none"))
            }
        })
}

/// `$1` as `${1}`, so that letters behind it are not taken for its name.
fn braced(substitute: &str) -> String {
    let mut made = String::with_capacity(substitute.len());
    let mut chars = substitute.chars().peekable();
    while let Some(c) = chars.next() {
        made.push(c);
        if c == '$' && chars.next_if_eq(&'$').is_some() {
            made.push('$');
        } else if c == '$' && chars.peek().is_some_and(char::is_ascii_digit) {
            made.push('{');
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                made.push(digit);
            }
            made.push('}');
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_that_would_explode_do_not() {
        let regex = read("(a+)+b", "", false).unwrap();
        assert!(!regex.is_match(&"a".repeat(100_000)));
        for pattern in ["(", "[", "(?=x)", r"(a)\1", "((a{1,1000}){1,1000}){1,1000}", "a{1000000}"] {
            assert!(read(pattern, "", false).is_err(), "{pattern}");
        }
        assert!(read(&"(".repeat(1_000), "", false).is_err() && read("a", "x", false).is_err());
        assert_eq!(braced("$1a${day}$$2"), "${1}a${day}$$2");
    }
}
