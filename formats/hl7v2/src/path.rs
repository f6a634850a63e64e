//! A place in a message, written as implementers write it: `PID-3(2).4.1`.

use std::fmt;

/// Segment, field, repetition, component, sub-component; what is left out means the first.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    pub segment: String,
    pub field: usize,
    pub rep: usize,
    pub comp: Option<usize>,
    pub sub: Option<usize>,
}

impl Path {
    /// Parses `PID-5`, `PID-5.1`, `PID-3(2).4`, `PID-3.4.2`; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (segment, rest) = text.split_once('-')?;
        let named = segment.len() == 3 && segment.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        let mut pieces = rest.split('.');
        let field = pieces.next()?;
        let (field, rep) = match field.split_once('(') {
            Some((field, rep)) => (number(field)?, number(rep.strip_suffix(')')?)?),
            None => (number(field)?, 1),
        };
        let comp = pieces.next().map(number);
        let sub = pieces.next().map(number);
        if !named || pieces.next().is_some() || comp == Some(None) || sub == Some(None) {
            return None;
        }
        Some(Self { segment: segment.to_owned(), field, rep, comp: comp.flatten(), sub: sub.flatten() })
    }
}

fn number(text: &str) -> Option<usize> {
    text.parse::<usize>().ok().filter(|n| (1..=999).contains(n))
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.segment, self.field)?;
        if self.rep > 1 {
            write!(f, "({})", self.rep)?;
        }
        for part in [self.comp, self.sub].into_iter().flatten() {
            write!(f, ".{part}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_back_what_it_writes() {
        for text in ["PID-5", "PID-3(2).4", "PID-3.4.2", "ZA1-12"] {
            assert_eq!(Path::parse(text).unwrap().to_string(), text);
        }
    }

    #[test]
    fn refuses_what_is_no_place() {
        for text in ["PID", "PID-", "PID-0", "pid-1", "PID-1.x", "PID-1.1.1.1", "PID-1(2", "PID-1(0)"] {
            assert_eq!(Path::parse(text), None, "{text}");
        }
    }
}
