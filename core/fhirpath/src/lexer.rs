//! Text → tokens, each with its place.

use meridian_model::both;

use crate::fault::Fault;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// A name; `delimited` by backticks it is never a keyword.
    Name {
        text: String,
        delimited: bool,
    },
    Text(String),
    /// Digits with or without a fraction.
    Number(String),
    /// Digits before an `L`.
    Long(String),
    /// What stands behind `@`.
    Date(String),
    DateTime(String),
    Time(String),
    /// `$this`, `$index`, `$total` without the dollar.
    Special(&'static str),
    Symbol(&'static str),
    End,
}

/// Longer ones first.
const SYMBOLS: [&str; 24] = [
    "!=", "!~", "<=", ">=", ".", ",", "(", ")", "[", "]", "{", "}", "%", "+", "-", "*", "/", "&", "|", "=", "~", "<",
    ">", ":",
];

/// All tokens of a text with the byte at which each begins, ending with [`Token::End`].
pub(crate) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, Fault> {
    let mut lexer = Lexer { text, at: 0 };
    let mut all = Vec::new();
    loop {
        lexer.skip_blank()?;
        let place = lexer.at;
        let token = lexer.token()?;
        let is_end = token == Token::End;
        all.push((place, token));
        if is_end {
            return Ok(all);
        }
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn skip_blank(&mut self) -> Result<(), Fault> {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
            self.at += rest.len() - trimmed.len();
            if trimmed.starts_with("//") {
                self.at += trimmed.find(['\n', '\r']).unwrap_or(trimmed.len());
            } else if let Some(comment) = trimmed.strip_prefix("/*") {
                let Some(end) = comment.find("*/") else {
                    return Err(Fault::syntax(
                        self.at,
                        both!("the comment that begins here has no end", "此处开始的注释没有结束"),
                    ));
                };
                self.at += end + 4;
            } else {
                return Ok(());
            }
        }
    }

    fn token(&mut self) -> Result<Token, Fault> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        match first {
            'a'..='z' | 'A'..='Z' | '_' => {
                let name = self.take_while(|b| b.is_ascii_alphanumeric() || b == b'_');
                Ok(Token::Name { text: name.to_owned(), delimited: false })
            }
            '`' => Ok(Token::Name { text: self.quoted('`')?, delimited: true }),
            '\'' => Ok(Token::Text(self.quoted('\'')?)),
            '0'..='9' => Ok(self.number()),
            '@' => self.date(),
            '$' => {
                for special in ["this", "index", "total"] {
                    if rest.get(1..).is_some_and(|rest| rest.starts_with(special)) {
                        self.at += 1 + special.len();
                        return Ok(Token::Special(special));
                    }
                }
                Err(Fault::syntax(
                    self.at,
                    both!("`$` begins `$this`, `$index` and `$total` only", "`$` 只能用于 `$this`、`$index`、`$total`"),
                ))
            }
            _ => match SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol)) {
                Some(symbol) => {
                    self.at += symbol.len();
                    Ok(Token::Symbol(symbol))
                }
                None => Err(Fault::syntax(
                    self.at,
                    both!("`{first}` means nothing in an expression", "表达式中不能有 `{first}`"),
                )),
            },
        }
    }

    fn take_while(&mut self, keep: impl Fn(u8) -> bool) -> &'t str {
        let rest = self.rest();
        let length = rest.bytes().take_while(|b| keep(*b)).count();
        self.at += length;
        rest.get(..length).unwrap_or("")
    }

    /// Takes as much as `pattern` describes, where `d` is a digit and anything else itself; nothing if it does not match.
    fn take(&mut self, pattern: &str) -> bool {
        let rest = self.rest().as_bytes();
        let fits = rest.len() >= pattern.len()
            && pattern.bytes().zip(rest).all(|(p, b)| if p == b'd' { b.is_ascii_digit() } else { p == *b });
        if fits {
            self.at += pattern.len();
        }
        fits
    }

    fn number(&mut self) -> Token {
        let start = self.at;
        self.take_while(|b| b.is_ascii_digit());
        if self.take(".d") {
            self.take_while(|b| b.is_ascii_digit());
        } else if self.rest().starts_with('L') {
            let digits = self.text.get(start..self.at).unwrap_or("").to_owned();
            self.at += 1;
            return Token::Long(digits);
        }
        Token::Number(self.text.get(start..self.at).unwrap_or("").to_owned())
    }

    fn date(&mut self) -> Result<Token, Fault> {
        let place = self.at;
        self.at += 1;
        let start = self.at;
        let text = |lexer: &Self, from: usize| lexer.text.get(from..lexer.at).unwrap_or("").to_owned();
        if self.take("T") {
            let start = self.at;
            self.clock();
            return Ok(Token::Time(text(self, start)));
        }
        if !self.take("dddd") {
            return Err(Fault::syntax(
                place,
                both!(
                    "a date begins with four digits of a year, a time with `T`",
                    "日期以四位年份开头，时间以 `T` 开头"
                ),
            ));
        }
        let _ = self.take("-dd") && self.take("-dd");
        if !self.rest().starts_with('T') {
            return Ok(Token::Date(text(self, start)));
        }
        self.at += 1;
        if self.rest().starts_with(|c: char| c.is_ascii_digit()) {
            self.clock();
            let _ = self.take("Z") || self.take("+dd:dd") || self.take("-dd:dd");
        }
        Ok(Token::DateTime(text(self, start)))
    }

    fn clock(&mut self) {
        if self.take("dd") && self.take(":dd") && self.take(":dd") && self.take(".d") {
            self.take_while(|b| b.is_ascii_digit());
        }
    }

    /// What stands between two quotes, without its escapes.
    fn quoted(&mut self, quote: char) -> Result<String, Fault> {
        let place = self.at;
        self.at += 1;
        let mut made = String::new();
        let mut high: Option<u32> = None;
        let mut chars = self.rest().char_indices();
        while let Some((at, c)) = chars.next() {
            let unit = match c {
                _ if c == quote => {
                    self.at += at + 1;
                    return if high.is_none() { Ok(made) } else { Err(lone_surrogate(place)) };
                }
                '\\' => match chars.next().map(|(_, c)| c) {
                    Some('n') => u32::from('\n'),
                    Some('r') => u32::from('\r'),
                    Some('t') => u32::from('\t'),
                    Some('f') => 0x0c,
                    Some('u') => {
                        let code = chars.as_str().get(..4).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
                        match code.and_then(|code| u32::from_str_radix(code, 16).ok()) {
                            Some(code) => {
                                chars.nth(3);
                                code
                            }
                            None => u32::from('u'),
                        }
                    }
                    Some(other) => u32::from(other),
                    None => break,
                },
                _ => u32::from(c),
            };
            // Two halves of a pair of UTF-16 make one character.
            let unit = match (high.take(), unit) {
                (None, 0xd800..=0xdbff) => {
                    high = Some(unit);
                    continue;
                }
                (Some(high), 0xdc00..=0xdfff) => 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00),
                (Some(_), _) => return Err(lone_surrogate(place)),
                (None, unit) => unit,
            };
            made.push(char::from_u32(unit).ok_or_else(|| lone_surrogate(place))?);
        }
        Err(Fault::syntax(
            place,
            both!("the text that begins here has no closing {quote}", "此处开始的文字缺少结束的 {quote}"),
        ))
    }
}

fn lone_surrogate(place: usize) -> Fault {
    Fault::syntax(place, both!("half of a surrogate pair stands alone in this text", "文字中有不成对的代理字符"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Token> {
        tokens(text).unwrap().into_iter().map(|(_, token)| token).collect()
    }

    #[test]
    fn dates_end_where_calls_begin() {
        assert_eq!(kinds("@2015.is(Date)").first(), Some(&Token::Date("2015".into())));
        assert_eq!(kinds("@2014-01-01T08.lowBoundary(17)").first(), Some(&Token::DateTime("2014-01-01T08".into())));
        assert_eq!(kinds("@2014-01-01T08:05+08:00.x").first(), Some(&Token::DateTime("2014-01-01T08:05+08:00".into())));
        assert_eq!(kinds("@T10:30:00.000.precision()").first(), Some(&Token::Time("10:30:00.000".into())));
        assert_eq!(kinds("@2015T").first(), Some(&Token::DateTime("2015T".into())));
    }

    #[test]
    fn escapes_make_characters() {
        let text = |source: &str| kinds(source).into_iter().next();
        assert_eq!(text(r"'P\u0065ter'"), Some(Token::Text("Peter".into())));
        assert_eq!(text(r"'\\\/\f\r\n\t\'\`\p'"), Some(Token::Text("\\/\u{c}\r\n\t'`p".into())));
        assert_eq!(text(r"'\uD83D\uDD25'"), Some(Token::Text("🔥".into())));
        assert_eq!(text(r"'\u005'"), Some(Token::Text("u005".into())));
        for wrong in [r"'\uD83D'", r"'\uDD25'", "'x", "`x", "/* x", "$that", "#", "@x", "'\\"] {
            assert!(tokens(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn comments_are_blank() {
        assert_eq!(kinds("2 + /* $ */ 2 // x\n= 4").len(), 6);
        assert_eq!(tokens("  a").unwrap().first().map(|(place, _)| *place), Some(2));
    }
}
