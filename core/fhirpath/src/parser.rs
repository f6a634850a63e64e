//! Tokens → expression.

use meridian_model::both;
use meridian_model::language::Both;

use std::sync::{Arc, OnceLock};

use crate::ast::{Call, Direction, Expr, Link, Member, Operand, Operator, Step, TypeName};
use crate::decimal::Decimal;
use crate::fault::Fault;
use crate::functions::{self, Function};
use crate::item::Item;
use crate::lexer::{self, Token};
use crate::quantity::{Quantity, Unit};
use crate::temporal::{Step as Calendar, Temporal};
use crate::types::{Kind, System, types};

/// Longest text, in bytes.
pub(crate) const LONGEST: usize = 64 * 1024;
/// Deepest nesting of parentheses, arguments, brackets and signs.
pub(crate) const DEEPEST: usize = 100;

pub(crate) fn parse(text: &str) -> Result<Expr, Fault> {
    if text.len() > LONGEST {
        return Err(Fault::budget(
            0,
            both!(
                "an expression may have {LONGEST} bytes; this has {}",
                "表达式最长 {LONGEST} 字节，现有 {} 字节",
                text.len()
            ),
        ));
    }
    let mut parser = Parser { tokens: lexer::tokens(text)?, at: 0, depth: 0 };
    let expr = parser.expression(0)?;
    match parser.peek() {
        Token::End => Ok(expr),
        other => Err(Fault::syntax(parser.place(), both!("{} is not expected here", "此处不应有 {}", shown(other)))),
    }
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(_, token)| token)
    }

    fn place(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |(place, _)| *place)
    }

    fn next(&mut self) -> (usize, Token) {
        let token = self.tokens.get(self.at).cloned().unwrap_or((self.place(), Token::End));
        self.at += 1;
        token
    }

    fn take(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), Token::Symbol(text) if *text == symbol);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, symbol: &str) -> Result<(), Fault> {
        if self.take(symbol) {
            return Ok(());
        }
        Err(Fault::syntax(
            self.place(),
            both!("`{symbol}` is missing before {}", "{} 之前缺少 `{symbol}`", shown(self.peek())),
        ))
    }

    fn operator(&self) -> Option<(Operator, u8)> {
        match self.peek() {
            Token::Symbol(text) => Operator::of(text),
            Token::Name { text, delimited: false } => Operator::of(text),
            _ => None,
        }
    }

    /// An expression whose operators bind at least so strongly.
    fn expression(&mut self, least: u8) -> Result<Expr, Fault> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::budget(self.place(), both!("nested more than {DEEPEST} deep", "嵌套超过 {DEEPEST} 层")));
        }
        let mut left = self.signed()?;
        while let Some((_, rank)) = self.operator().filter(|(_, rank)| *rank >= least) {
            // All operators of one rank make one flat chain, so that long ones are not deep.
            let mut rest = Vec::new();
            while let Some((operator, _)) = self.operator().filter(|(_, next)| *next == rank) {
                let (place, _) = self.next();
                let operand = match operator {
                    Operator::Is | Operator::As => Operand::Type(self.type_name()?),
                    _ => Operand::Expr(self.expression(rank + 1)?),
                };
                rest.push(Link { operator, place, operand });
            }
            left = Expr::Chain { first: Box::new(left), rest };
        }
        self.depth -= 1;
        Ok(left)
    }

    fn signed(&mut self) -> Result<Expr, Fault> {
        let place = self.place();
        let negative = match self.peek() {
            Token::Symbol("-") => true,
            Token::Symbol("+") => false,
            _ => return self.path(),
        };
        self.at += 1;
        if negative && let Some(least) = self.least() {
            self.at += 1;
            return Ok(Expr::Literal(least));
        }
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(Fault::budget(place, both!("nested more than {DEEPEST} deep", "嵌套超过 {DEEPEST} 层")));
        }
        let operand = Box::new(self.signed()?);
        self.depth -= 1;
        Ok(if negative { Expr::Negate { operand, place } } else { Expr::Plus { operand, place } })
    }

    /// The least Integer and Long, which without their sign would be too large.
    fn least(&self) -> Option<Item<'static>> {
        let least = match self.peek() {
            Token::Number(digits) => Item::Integer(format!("-{digits}").parse().ok().filter(|it| *it == i32::MIN)?),
            Token::Long(digits) => Item::Long(format!("-{digits}").parse().ok().filter(|it| *it == i64::MIN)?),
            _ => return None,
        };
        // A unit, or a path that begins with the number, is read as one of a number that is too large.
        let behind = self.tokens.get(self.at + 1).map(|(_, token)| token);
        let goes_on = match behind {
            Some(Token::Symbol(symbol)) => matches!(*symbol, "." | "["),
            Some(Token::Text(_)) => true,
            Some(Token::Name { text, delimited: false }) => Calendar::named(text).is_some(),
            _ => false,
        };
        (!goes_on).then_some(least)
    }

    fn path(&mut self) -> Result<Expr, Fault> {
        let mut steps = Vec::new();
        let start = self.start(&mut steps)?;
        loop {
            let place = self.place();
            if self.take(".") {
                let step = self.step(false)?;
                steps.push(step);
            } else if self.take("[") {
                let index = self.expression(0)?;
                self.expect("]")?;
                steps.push(Step::At { index, place });
            } else {
                break;
            }
        }
        Ok(match start {
            Some(start) if steps.is_empty() => start,
            start => Expr::Path { start: start.map(Box::new), steps },
        })
    }

    /// What a path begins with; a name or a call becomes its first step.
    fn start(&mut self, steps: &mut Vec<Step>) -> Result<Option<Expr>, Fault> {
        let place = self.place();
        let literal = |item| Ok(Some(Expr::Literal(item)));
        if let Token::Name { text, delimited } = self.peek() {
            let is_keyword = !delimited
                && matches!(Operator::of(text), Some((_, _)) if !matches!(text.as_str(), "is" | "as" | "in" | "contains"));
            match text.as_str() {
                "true" | "false" if !delimited => {
                    let value = text == "true";
                    self.at += 1;
                    return literal(Item::Boolean(value));
                }
                _ if is_keyword => {
                    return Err(Fault::syntax(
                        place,
                        both!("`{text}` stands where a value should", "此处应是值，不是 `{text}`"),
                    ));
                }
                _ => {
                    let step = self.step(true)?;
                    steps.push(step);
                    return Ok(None);
                }
            }
        }
        match self.next().1 {
            Token::Text(text) => literal(Item::Shared(text.into())),
            Token::Number(digits) => self.number(&digits, place).map(Some),
            Token::Long(digits) => match digits.parse() {
                Ok(long) => literal(Item::Long(long)),
                Err(_) => Err(Fault::syntax(place, both!("a Long has at most 64 bits", "Long 最多 64 位"))),
            },
            Token::Date(text) => match Temporal::read_date(&text) {
                Some(date) => literal(Item::Date(date)),
                None => Err(Fault::syntax(
                    place,
                    both!("`@{text}` is no date of the calendar", "`@{text}` 不是日历上的日期"),
                )),
            },
            Token::DateTime(text) => match Temporal::read_date_time(&text) {
                Some(date) => literal(Item::DateTime(date)),
                None => Err(Fault::syntax(place, both!("`@{text}` is no date with a time", "`@{text}` 不是日期时间"))),
            },
            Token::Time(text) => match Temporal::read_time(&text) {
                Some(time) => literal(Item::Time(time)),
                None => Err(Fault::syntax(place, both!("`@T{text}` is no time", "`@T{text}` 不是时间"))),
            },
            Token::Special("this") => Ok(Some(Expr::This)),
            Token::Special("index") => Ok(Some(Expr::Index)),
            Token::Special(_) => Ok(Some(Expr::Total { place })),
            Token::Symbol("(") => {
                let inner = self.expression(0)?;
                self.expect(")")?;
                Ok(Some(Expr::Inside(Box::new(inner))))
            }
            Token::Symbol("{") => {
                self.expect("}")?;
                Ok(Some(Expr::Empty))
            }
            Token::Symbol("%") => match self.next().1 {
                Token::Name { text: name, .. } | Token::Text(name) => {
                    Ok(Some(Expr::Variable { name: Arc::from(name), place }))
                }
                other => Err(Fault::syntax(
                    place,
                    both!("a variable's name is missing before {}", "{} 之前缺少变量名", shown(&other)),
                )),
            },
            other => {
                Err(Fault::syntax(place, both!("{} stands where a value should", "此处应是值，不是 {}", shown(&other))))
            }
        }
    }

    /// A number, or a quantity where a unit follows.
    fn number(&mut self, digits: &str, place: usize) -> Result<Expr, Fault> {
        let too_long =
            || Fault::syntax(place, both!("the number has more digits than can be reckoned with", "数字的位数太多"));
        let unit = match self.peek() {
            Token::Text(code) => Some(Unit::read(code)),
            Token::Name { text, delimited: false } => Calendar::named(text).map(|step| Unit::calendar(step, text)),
            _ => None,
        };
        if let Some(unit) = unit {
            self.at += 1;
            let value = Decimal::read(digits).ok_or_else(too_long)?;
            return Ok(Expr::Literal(Item::Quantity(Arc::new(Quantity { value, unit }))));
        }
        let item = if digits.contains('.') {
            Item::Decimal(Decimal::read(digits).ok_or_else(too_long)?)
        } else {
            let integer = digits.parse::<i32>();
            Item::Integer(integer.map_err(|_| {
                Fault::syntax(
                    place,
                    both!("an Integer has at most 32 bits; write `L` behind it", "Integer 最多 32 位，请在后面写 `L`"),
                )
            })?)
        };
        Ok(Expr::Literal(item))
    }

    /// A name or a call, behind a point or at the start of a path.
    fn step(&mut self, is_start: bool) -> Result<Step, Fault> {
        let (place, token) = self.next();
        let name = match token {
            Token::Name { text, .. } => text,
            // `$this.$this` and the like.
            other => {
                return Err(Fault::syntax(
                    place,
                    both!("a name is missing before {}", "{} 之前缺少名称", shown(&other)),
                ));
            }
        };
        if self.take("(") {
            return self.call(&name, place);
        }
        let types = types();
        let of_type = if is_start { types.named(&name) } else { Kind::UNKNOWN };
        Ok(Step::Member(Member { id: types.name_id(&name), of_type, name: name.into(), place }))
    }

    fn call(&mut self, name: &str, place: usize) -> Result<Step, Fault> {
        let Some((function, arity)) = functions::named(name) else {
            return Err(Fault::semantic(
                place,
                both!("there is no function `{name}()`", "没有函数 `{name}()`，请核对拼写"),
            ));
        };
        let mut call =
            Call { function, args: Vec::new(), of_type: None, directions: Vec::new(), place, regex: OnceLock::new() };
        if matches!(function, Function::Is | Function::As | Function::OfType) {
            call.of_type = Some(self.type_name()?);
            self.expect(")")?;
            return Ok(Step::Call(Box::new(call)));
        }
        while !self.take(")") {
            if !call.args.is_empty() {
                self.expect(",")?;
            }
            let mut argument =
                if function == Function::GetReferenceKey { self.type_as_text()? } else { self.expression(0)? };
            if function == Function::Sort {
                let direction;
                (argument, direction) = self.direction(argument);
                call.directions.push(direction);
            }
            call.args.push(argument);
        }
        if !arity.contains(&call.args.len()) {
            let (least, most) = (arity.start(), arity.end());
            let wanted = match (*least, *most) {
                (0, 0) => both!("no arguments", "0 个参数"),
                (least, most) if least == most => both!("{least} argument(s)", "{least} 个参数"),
                (least, usize::MAX) => both!("at least {least} argument(s)", "至少 {least} 个参数"),
                (least, most) => both!("{least} to {most} arguments", "{least} 至 {most} 个参数"),
            };
            return Err(Fault::semantic(
                place,
                both!(
                    "`{name}()` takes {wanted}, not {count}",
                    "`{name}()` 要 {wanted}，现有 {count} 个",
                    wanted = wanted,
                    count = call.args.len()
                ),
            ));
        }
        Ok(Step::Call(Box::new(call)))
    }

    /// `asc` or `desc` behind a key, or a sign before it.
    fn direction(&mut self, key: Expr) -> (Expr, Direction) {
        let written = match self.peek() {
            Token::Name { text, delimited: false } if text == "asc" => Some(Direction::Ascending),
            Token::Name { text, delimited: false } if text == "desc" => Some(Direction::Descending),
            _ => None,
        };
        if let Some(direction) = written {
            self.at += 1;
            return (key, direction);
        }
        match key {
            Expr::Negate { operand, .. } => (*operand, Direction::Negated),
            key => (key, Direction::Ascending),
        }
    }

    /// The argument of `getReferenceKey()`: a type, which is compared as text.
    fn type_as_text(&mut self) -> Result<Expr, Fault> {
        if let Token::Text(_) = self.peek() {
            return self.expression(0);
        }
        let of_type = self.type_name()?;
        Ok(Expr::Literal(Item::Shared(Arc::from(&*of_type.text))))
    }

    fn type_name(&mut self) -> Result<TypeName, Fault> {
        let place = self.place();
        let mut parts: Vec<String> = Vec::new();
        loop {
            match self.next() {
                (_, Token::Name { text, .. }) => parts.push(text),
                (place, other) => {
                    return Err(Fault::syntax(
                        place,
                        both!("the name of a type is missing before {}", "{} 之前缺少类型名", shown(&other)),
                    ));
                }
            }
            // `value is Quantity.not()` would be a name of two parts; only a model may stand before a point.
            let is_call = matches!(self.tokens.get(self.at + 2), Some((_, Token::Symbol("("))));
            if is_call || !self.take(".") {
                break;
            }
        }
        let text = parts.join(".");
        Ok(resolve(&text, place))
    }
}

/// What type a name means.
pub(crate) fn resolve(text: &str, place: usize) -> TypeName {
    let types = types();
    let (kind, system, foreign) = match text.split_once('.') {
        Some(("System", name)) => {
            let system = System::named(name);
            (Kind::UNKNOWN, system, system.is_none())
        }
        Some(("FHIR", name)) => (types.named(name), None, false),
        Some((model, _)) if types.named(model) == Kind::UNKNOWN => (Kind::UNKNOWN, None, true),
        _ => (types.named(text), System::named(text), false),
    };
    TypeName { text: text.into(), kind, system, foreign, place }
}

fn shown(token: &Token) -> Both {
    Both::alike(match token {
        Token::Name { text, .. } => format!("`{text}`"),
        Token::Text(text) => format!("'{text}'"),
        Token::Number(digits) => format!("`{digits}`"),
        Token::Long(digits) => format!("`{digits}L`"),
        Token::Date(text) | Token::DateTime(text) => format!("`@{text}`"),
        Token::Time(text) => format!("`@T{text}`"),
        Token::Special(name) => format!("`${name}`"),
        Token::Symbol(text) => format!("`{text}`"),
        Token::End => return both!("the end of the expression", "表达式的末尾"),
    })
}

#[cfg(test)]
mod tests {
    use crate::fault::FaultKind;

    use super::*;

    #[test]
    fn what_is_no_expression_is_refused_where_it_shows() {
        for (text, place) in [
            ("2 + 2 /", 7),
            ("", 0),
            ("name.", 5),
            ("(1", 2),
            ("a b", 2),
            ("name[0", 6),
            ("@T14:34:28Z.is(Time)", 10),
            ("{1}", 1),
            ("a.where(", 8),
            ("and", 0),
            ("3000000000", 0),
            ("%", 0),
            ("@2015-13", 0),
        ] {
            let fault = parse(text).unwrap_err();
            assert_eq!((fault.kind, fault.place), (FaultKind::Syntax, place), "{text}: {fault}");
        }
        for text in ["nothing()", "first(1)", "where()", "exists(1, 2)"] {
            assert_eq!(parse(text).unwrap_err().kind, FaultKind::Semantic, "{text}");
        }
    }

    #[test]
    fn keywords_are_names_behind_a_point() {
        for text in [
            "text.div.exists()",
            "expansion.contains",
            "a.is.as",
            "contains.code",
            "as | in",
            "a.`div`",
            "a.and",
            "$this.mod",
        ] {
            assert!(parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn depth_is_bounded_and_length_is_not_depth() {
        let nested = |n: usize| format!("{}1{}", "(".repeat(n), ")".repeat(n));
        assert!(parse(&nested(DEEPEST - 1)).is_ok());
        assert_eq!(parse(&nested(DEEPEST + 1)).unwrap_err().kind, FaultKind::Budget);
        assert_eq!(parse(&"-".repeat(10_000)).unwrap_err().kind, FaultKind::Budget);
        assert!(parse(&vec!["a"; 10_000].join(" or ")).is_ok());
        assert!(parse(&vec!["a"; 10_000].join(".")).is_ok());
        assert_eq!(parse(&"a".repeat(LONGEST + 1)).unwrap_err().kind, FaultKind::Budget);
    }
}
