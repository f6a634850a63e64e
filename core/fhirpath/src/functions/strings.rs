//! Functions of Strings. They count characters, not bytes.

use super::Function;
use crate::ast::Call;
use crate::eval::{Eval, Scope, single, truth, wrong};
use crate::fault::Fault;
use crate::item::{Collection, Item};

/// FHIRPath's whitespace.
const BLANKS: [char; 4] = ['\t', ' ', '\n', '\r'];

impl<'a> Eval<'_, 'a> {
    /// The one String of an input.
    pub(super) fn input_text<'i>(&mut self, call: &Call, input: &'i [Item<'a>]) -> Result<Option<&'i str>, Fault> {
        let Some(item) = single(input, call.place, ("the input of a function of Strings", "字符串函数的输入"))?
        else {
            return Ok(None);
        };
        let text = item.str().ok_or_else(|| wrong(item, ("a String", "String"), call.place))?;
        self.budget.read(text.len())?;
        Ok(Some(text))
    }

    pub(super) fn string(
        &mut self,
        call: &Call,
        input: &[Item<'a>],
        scope: Scope<'_, 'a>,
    ) -> Result<Collection<'a>, Fault> {
        use Function as F;
        if call.function == F::Join {
            return self.join(call, input, scope);
        }
        let Some(text) = self.input_text(call, input)? else { return Ok(Vec::new()) };
        let made = |text: String| Ok(vec![Item::made(text)]);
        match call.function {
            F::Upper | F::Lower | F::Trim => self.budget.text(text.len())?,
            _ => {}
        }
        match call.function {
            F::Upper => return made(text.to_uppercase()),
            F::Lower => return made(text.to_lowercase()),
            F::Trim => return made(text.trim_matches(BLANKS).to_owned()),
            F::Length => return Ok(vec![position(text.chars().count())]),
            F::ToChars => {
                self.budget.spend(parts(text))?;
                return Ok(text.chars().map(|c| Item::made(c.to_string())).collect());
            }
            F::Substring => return self.substring(call, text, scope),
            _ => {}
        }
        let Some(argument) = self.text(call, 0, scope)? else { return Ok(Vec::new()) };
        let part = argument.str().unwrap_or("");
        self.budget.read(part.len())?;
        Ok(match call.function {
            F::StartsWith => truth(Some(text.starts_with(part))),
            F::EndsWith => truth(Some(text.ends_with(part))),
            F::Contains => truth(Some(text.contains(part))),
            F::IndexOf => vec![place(text, text.find(part))],
            F::LastIndexOf => vec![place(text, text.rfind(part))],
            F::Split => {
                self.budget.spend(parts(text))?;
                if part.is_empty() {
                    text.chars().map(|c| Item::made(c.to_string())).collect()
                } else {
                    text.split(part).map(Item::made).collect()
                }
            }
            _ => {
                let Some(substitute) = self.text(call, 1, scope)? else { return Ok(Vec::new()) };
                let substitute = substitute.str().unwrap_or("");
                // Before it is made: how long it will be.
                let times = if part.is_empty() { text.chars().count() + 1 } else { text.matches(part).count() };
                self.budget.text(text.len().saturating_add(times.saturating_mul(substitute.len())))?;
                vec![Item::made(text.replace(part, substitute))]
            }
        })
    }

    fn substring(&mut self, call: &Call, text: &str, scope: Scope<'_, 'a>) -> Result<Collection<'a>, Fault> {
        let Some(start) = self.integer(call, 0, scope)? else { return Ok(Vec::new()) };
        let length = self.integer(call, 1, scope)?;
        let Ok(start) = usize::try_from(start) else { return Ok(Vec::new()) };
        let Some(rest) = text.char_indices().nth(start).and_then(|(at, _)| text.get(at..)) else {
            return Ok(Vec::new());
        };
        let length = length.map(|length| usize::try_from(length.max(0)).unwrap_or(usize::MAX));
        self.budget.text(rest.len().min(length.unwrap_or(usize::MAX)))?;
        let end = length.and_then(|length| rest.char_indices().nth(length)).map_or(rest.len(), |(at, _)| at);
        Ok(vec![Item::made(rest.get(..end).unwrap_or(rest))])
    }

    fn join(&mut self, call: &Call, input: &[Item<'a>], scope: Scope<'_, 'a>) -> Result<Collection<'a>, Fault> {
        let separator = self.text(call, 0, scope)?;
        let separator = separator.as_ref().and_then(Item::str).unwrap_or("");
        if input.is_empty() {
            return Ok(Vec::new());
        }
        let mut joined = String::new();
        for (at, item) in input.iter().enumerate() {
            if at > 0 {
                joined.push_str(separator);
            }
            // Other primitives join as their text, as in `toString()`.
            let text = item.to_text().ok_or_else(|| wrong(item, ("a String", "String"), call.place))?;
            joined.push_str(&text);
            self.budget.text(joined.len().min(text.len() + separator.len()))?;
            if joined.len() > 1 << 20 {
                self.budget.text(joined.len())?;
            }
        }
        Ok(vec![Item::made(joined)])
    }
}

/// What it costs to take a text apart: each character may become an item.
fn parts(text: &str) -> u64 {
    u64::try_from(text.len()).unwrap_or(u64::MAX).saturating_mul(4)
}

fn position<'a>(at: usize) -> Item<'a> {
    Item::integer(i64::try_from(at).unwrap_or(i64::MAX))
}

/// A byte's place as that of a character, or -1.
fn place<'a>(text: &str, at: Option<usize>) -> Item<'a> {
    match at.and_then(|at| text.get(..at)) {
        Some(before) => position(before.chars().count()),
        None => Item::Integer(-1),
    }
}
