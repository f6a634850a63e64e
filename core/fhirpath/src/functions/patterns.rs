//! Functions of regular expressions.

use meridian_model::both;

use super::Function;
use crate::ast::{Call, Expr};
use crate::eval::{Eval, Scope, truth};
use crate::fault::Fault;
use crate::item::{Collection, Item};
use crate::pattern::{Meaning, Pattern};

/// Steps that reading a pattern costs, whatever it is.
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
        let Some(pattern) = self.regex(call, flags_at, scope)? else { return Ok(Vec::new()) };
        self.budget.spend(pattern.cost(text.len()))?;
        if !is_replacement {
            return Ok(truth(Some(pattern.is_match(text))));
        }
        let Some(substitute) = substitute else { return Ok(Vec::new()) };
        let regex = pattern.regex();
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
            // The next one may be looked for to the end of the text.
            self.budget.spend(pattern.cost(text.len() - end) / 4)?;
            if made.len() > 1 << 20 {
                self.budget.text(made.len())?;
            }
        }
        made.push_str(text.get(end..).unwrap_or(""));
        self.budget.text(made.len())?;
        Ok(vec![Item::made(made)])
    }

    /// The pattern of a call. One that is written out is read once for the life of the expression.
    fn regex(&mut self, call: &Call, flags_at: usize, scope: Scope<'_, 'a>) -> Result<Option<Pattern>, Fault> {
        let is_literal = matches!(call.args.first(), Some(Expr::Literal(_)))
            && matches!(call.args.get(flags_at), None | Some(Expr::Literal(_)));
        if is_literal && let Some(Some(pattern)) = call.regex.get() {
            return Ok(Some(pattern.clone()));
        }
        let Some(pattern) = self.text(call, 0, scope)? else { return Ok(None) };
        let flags = self.text(call, flags_at, scope)?;
        self.budget.spend(READING)?;
        let flags = flags.as_ref().and_then(Item::str).unwrap_or("");
        if let Some(flag) = flags.chars().find(|flag| !matches!(flag, 'i' | 'm')) {
            let says = both!(
                "`{flag}` is no flag of a pattern; `i` and `m` are",
                "正则没有标志 `{flag}`，可用的有 `i` 和 `m`"
            );
            return Err(Fault::execution(call.place, says));
        }
        let meaning = Meaning {
            whole: call.function == Function::MatchesFull,
            ignores_case: flags.contains('i'),
            lines: flags.contains('m'),
        };
        let pattern = Pattern::read(pattern.str().unwrap_or(""), meaning)
            .map_err(|says| Fault::execution(call.place, both!("the pattern {}", "正则{}", says)))?;
        self.budget.spend(pattern.reading())?;
        if is_literal {
            let _ = call.regex.set(Some(pattern.clone()));
        }
        Ok(Some(pattern))
    }
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
    fn numbers_of_groups_are_set_apart() {
        assert_eq!(braced("$1a${day}$$2"), "${1}a${day}$$2");
    }
}
