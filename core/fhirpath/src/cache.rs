//! Expressions that have been read, by their text.

use std::collections::HashMap;
use std::sync::RwLock;

use crate::expression::Expression;
use crate::fault::Fault;

/// Reads each expression once. Holds at most so many; whoever sends ever new ones does not keep the usual ones out, since
/// what was used since the last clearing is kept.
#[derive(Debug)]
pub struct Cache {
    most: usize,
    /// Those in use, and those of the time before, which come back when asked for.
    known: RwLock<(Known, Known)>,
}

type Known = HashMap<Box<str>, Expression>;

/// Longer texts are read each time.
const LONGEST: usize = 4096;

impl Cache {
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most: (most / 2).max(1), known: RwLock::default() }
    }

    /// The expression of a text.
    ///
    /// # Errors
    /// As [`Expression::parse`]; faults are not kept.
    pub fn get(&self, text: &str) -> Result<Expression, Fault> {
        if let Ok(known) = self.known.read()
            && let Some(expression) = known.0.get(text)
        {
            return Ok(expression.clone());
        }
        let before = self.known.read().ok().and_then(|known| known.1.get(text).cloned());
        let expression = match before {
            Some(expression) => expression,
            None => Expression::parse(text)?,
        };
        if text.len() <= LONGEST
            && let Ok(mut known) = self.known.write()
        {
            if known.0.len() >= self.most {
                known.1 = std::mem::take(&mut known.0);
            }
            known.0.insert(text.into(), expression.clone());
        }
        Ok(expression)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cache_is_bounded_and_keeps_what_is_used() {
        let cache = Cache::new(10);
        for n in 0..1_000 {
            cache.get(&format!("a{n}")).unwrap();
            assert_eq!(cache.get("name.given").unwrap().text(), "name.given");
            let known = cache.known.read().unwrap();
            assert!(known.0.len() + known.1.len() <= 10);
        }
        assert!(cache.get("(").is_err());
    }
}
