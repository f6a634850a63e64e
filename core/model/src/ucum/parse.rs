//! The grammar of unit expressions: `kg/m2`, `10*9/L`, `mm[Hg]`, `{cells}/uL`, `(8.h){shift}`.

use num_bigint::BigInt;

use super::Fault;
use super::exact::Exact;
use super::unit::Unit;

/// Longest expression in bytes.
pub(super) const LONGEST: usize = 256;
/// Most parentheses in one another.
const DEEPEST: usize = 16;
/// Most digits of a number among units.
const DIGITS: usize = 30;

/// The unit of an expression; `resolve` says what a symbol with its prefix is.
pub(super) fn parse(text: &str, resolve: &dyn Fn(&str) -> Result<Unit, Fault>) -> Result<Unit, Fault> {
    if text.is_empty() {
        return Err(Fault::Empty);
    }
    if text.len() > LONGEST {
        return Err(Fault::TooLong);
    }
    let mut parser = Parser { text, at: 0, resolve };
    let unit = parser.term(0)?;
    if parser.at < text.len() { Err(parser.unexpected()) } else { Ok(unit) }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    resolve: &'a dyn Fn(&str) -> Result<Unit, Fault>,
}

impl<'a> Parser<'a> {
    /// `component (('.' | '/') component)*`, from left to right; a `/` may lead the whole expression.
    fn term(&mut self, depth: usize) -> Result<Unit, Fault> {
        let mut unit = if self.take('/') {
            Unit::number(Exact::one()).over(self.component(depth)?)?
        } else {
            self.component(depth)?
        };
        loop {
            if self.take('.') {
                unit = unit.times(self.component(depth)?)?;
            } else if self.take('/') {
                unit = unit.over(self.component(depth)?)?;
            } else {
                return Ok(unit);
            }
        }
    }

    fn component(&mut self, depth: usize) -> Result<Unit, Fault> {
        let unit = match self.peek() {
            Some('(') if depth < DEEPEST => {
                self.take('(');
                let unit = self.term(depth + 1)?;
                if !self.take(')') {
                    return Err(self.unexpected());
                }
                unit
            }
            Some('{') => Unit::number(Exact::one()),
            Some(c) if c.is_ascii_digit() && !self.is_ten() => Unit::number(self.factor()?),
            _ => {
                let unit = (self.resolve)(self.symbol()?)?;
                match self.exponent()? {
                    Some(exponent) => unit.raised(exponent)?,
                    None => unit,
                }
            }
        };
        self.annotation()?;
        Ok(unit)
    }

    /// `10*` and `10^` are symbols, not numbers.
    fn is_ten(&self) -> bool {
        let rest = self.rest();
        rest.starts_with("10*") || rest.starts_with("10^")
    }

    fn factor(&mut self) -> Result<Exact, Fault> {
        let digits = self.digits();
        if digits.len() > DIGITS {
            return Err(Fault::TooLarge);
        }
        let number = BigInt::parse_bytes(digits.as_bytes(), 10).map(Exact::whole);
        number.filter(Exact::is_positive).ok_or_else(|| self.unexpected())
    }

    /// The letters of a unit with its prefix. What stands in brackets belongs to it, digits outside do not.
    fn symbol(&mut self) -> Result<&'a str, Fault> {
        let rest = self.rest();
        if self.is_ten() {
            self.at += 3;
            return Ok(rest.get(..3).unwrap_or_default());
        }
        let mut inside = false;
        let mut end = rest.len();
        for (at, c) in rest.char_indices() {
            match c {
                '[' if !inside => inside = true,
                ']' if inside => inside = false,
                '!'..='~' if inside => {}
                '.' | '/' | '(' | ')' | '{' | '}' | '+' | '-' | '0'..='9' => {
                    end = at;
                    break;
                }
                '!'..='~' if c != '[' && c != ']' && c != '=' => {}
                _ => {
                    self.at += at;
                    return Err(self.unexpected());
                }
            }
        }
        if inside || end == 0 {
            self.at += end;
            return Err(self.unexpected());
        }
        self.at += end;
        Ok(rest.get(..end).unwrap_or_default())
    }

    fn exponent(&mut self) -> Result<Option<i32>, Fault> {
        let sign = if self.take('-') { Some(-1) } else { self.take('+').then_some(1) };
        let digits = self.digits();
        match (sign, digits.len()) {
            (None, 0) => Ok(None),
            (Some(_), 0) => Err(self.unexpected()),
            (_, 1..=3) => Ok(digits.parse().ok().map(|number: i32| number * sign.unwrap_or(1))),
            _ => Err(Fault::TooLarge),
        }
    }

    fn annotation(&mut self) -> Result<(), Fault> {
        if !self.take('{') {
            return Ok(());
        }
        let end = self.rest().find(|c| !matches!(c, '!'..='~') || c == '{' || c == '}').unwrap_or(self.rest().len());
        self.at += end;
        if self.take('}') { Ok(()) } else { Err(self.unexpected()) }
    }

    fn digits(&mut self) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, c: char) -> bool {
        let is_next = self.peek() == Some(c);
        self.at += if is_next { c.len_utf8() } else { 0 };
        is_next
    }

    fn unexpected(&self) -> Fault {
        let at = self.text.get(..self.at).unwrap_or_default().chars().count() + 1;
        let what = self.peek().map_or_else(|| "the end".to_owned(), |c| format!("`{c}`"));
        Fault::Unexpected { at, what }
    }
}
