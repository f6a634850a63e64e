//! Tables as text: fields between commas, quoted as RFC 4180 says; and the plain ones between tabs.

use super::invalid;
use crate::terms::fault::Fault;

/// Longest field, in bytes, and most fields of a line.
const LONGEST: usize = 1 << 20;
const MOST: usize = 1_000;

/// The lines of a CSV, each with its number in the text.
pub(super) struct Csv<'t> {
    rest: &'t str,
    line: usize,
}

impl<'t> Csv<'t> {
    pub(super) fn new(text: &'t str, first_line: usize) -> Csv<'t> {
        Csv { rest: text, line: first_line }
    }

    /// The next line that is not empty.
    pub(super) fn next(&mut self) -> Result<Option<(usize, Vec<String>)>, Fault> {
        while let Some(after) = self.rest.strip_prefix('\n').or_else(|| self.rest.strip_prefix("\r\n")) {
            self.rest = after;
            self.line += 1;
        }
        if self.rest.is_empty() {
            return Ok(None);
        }
        let first = self.line;
        let mut fields = Vec::new();
        loop {
            let (field, end) = self.field(first)?;
            fields.push(field);
            if fields.len() > MOST {
                return Err(invalid(format!("line {first} has more than {MOST} fields")));
            }
            match end {
                Some(',') => {}
                _ => return Ok(Some((first, fields))),
            }
        }
    }

    /// One field, and what ends it.
    fn field(&mut self, line: usize) -> Result<(String, Option<char>), Fault> {
        let too_long = || invalid(format!("a field of line {line} is longer than a megabyte"));
        let Some(mut rest) = self.rest.strip_prefix('"') else {
            let end = self.rest.find([',', '\n']).unwrap_or(self.rest.len());
            let (field, after) = self.rest.split_at(end);
            let field = field.strip_suffix('\r').unwrap_or(field);
            if field.len() > LONGEST {
                return Err(too_long());
            }
            let mut chars = after.chars();
            let mark = chars.next();
            self.rest = chars.as_str();
            self.line += usize::from(mark == Some('\n'));
            return Ok((field.to_owned(), mark));
        };
        let mut field = String::new();
        loop {
            let Some((part, after)) = rest.split_once('"') else {
                return Err(invalid(format!("a quote of line {line} is never closed")));
            };
            field.push_str(part);
            self.line += part.matches('\n').count();
            if field.len() > LONGEST {
                return Err(too_long());
            }
            match after.strip_prefix('"') {
                Some(after) => {
                    field.push('"');
                    rest = after;
                }
                None => {
                    let after = after.strip_prefix('\r').unwrap_or(after);
                    let mut chars = after.chars();
                    let mark = chars.next();
                    if !matches!(mark, None | Some(',' | '\n')) {
                        return Err(invalid(format!("text stands behind a closed quote in line {line}")));
                    }
                    self.rest = chars.as_str();
                    self.line += usize::from(mark == Some('\n'));
                    return Ok((field, mark));
                }
            }
        }
    }
}

/// The places of columns by their names.
///
/// # Errors
/// `Invalid` naming one that is missing.
pub(super) fn columns<const N: usize, T: AsRef<str>>(header: &[T], wanted: [&str; N]) -> Result<[usize; N], Fault> {
    let mut places = [0; N];
    for (place, name) in places.iter_mut().zip(wanted) {
        let found = header.iter().position(|column| column.as_ref().trim() == name);
        *place = found.ok_or_else(|| invalid(format!("the column `{name}` is missing")))?;
    }
    Ok(places)
}

/// A field of a line; empty where the line is short.
pub(super) fn at<T: AsRef<str>>(fields: &[T], place: usize) -> &str {
    fields.get(place).map_or("", |field| field.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_hold_commas_and_ends_of_lines() {
        let mut csv = Csv::new("a,\"b,\"\"c\"\"\nd\",\r\n\r\ne,,f", 1);
        assert_eq!(csv.next().unwrap(), Some((1, vec!["a".into(), "b,\"c\"\nd".into(), String::new()])));
        assert_eq!(csv.next().unwrap(), Some((4, vec!["e".into(), String::new(), "f".into()])));
        assert_eq!(csv.next().unwrap(), None);
        assert!(Csv::new("\"a", 1).next().is_err() && Csv::new("\"a\"b", 1).next().is_err());
        assert!(Csv::new(&",".repeat(5000), 1).next().is_err());
    }
}
