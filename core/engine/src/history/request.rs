//! What somebody asks of a history.

use meridian_model::both;
use meridian_model::date::{DateRange, Zone};
use meridian_store::{Place, Span, Stored};

use crate::EngineError;

/// The most versions that one answer holds.
const MOST: u32 = 1_000;
/// How many it holds when nobody says.
const USUAL: u32 = 100;

/// Whose history.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Of {
    System,
    Type(String),
    /// Type and id.
    Instance(String, String),
}

/// A history as it was asked for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    pub of: Of,
    pub(super) span: Span,
    pub(super) count: u32,
    /// The last version of the page before.
    pub(super) after: Option<After>,
    /// What it was understood as, but for the page.
    pub(super) used: Vec<(String, String)>,
}

/// Where a page begins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum After {
    Version(i64),
    Place(Place),
}

impl Request {
    /// Reads the parameters; with `lenient`, those that no history knows are left out.
    ///
    /// # Errors
    /// `Invalid` naming the parameter.
    pub fn parse(of: Of, params: &[(String, String)], lenient: bool) -> Result<Request, EngineError> {
        let mut request = Request { of, span: Span::default(), count: USUAL, after: None, used: Vec::new() };
        for (name, value) in params {
            match name.as_str() {
                "_count" => {
                    let count = value.parse::<u32>();
                    let says = both!("`{value}` is not a number from 0", "`{value}` 不是从 0 起的整数");
                    request.count = count.map_err(|_| EngineError::invalid(name, says))?.clamp(1, MOST);
                }
                "_since" => request.span.since = Some(time(name, value)?.lo),
                "_at" => {
                    let range = time(name, value)?;
                    request.span.during = Some((range.lo, range.hi));
                }
                "_cursor" => {
                    request.after = Some(After::read(value).ok_or_else(no_cursor)?);
                    continue;
                }
                "_format" | "_pretty" | "_summary" | "_elements" => {}
                _ if lenient => continue,
                _ => {
                    let says = both!(
                        "a history has no parameter `{name}`: it has _since, _at and _count",
                        "历史没有参数 `{name}`，可用的有 _since、_at、_count"
                    );
                    let issue = meridian_model::outcome::Issue::error("not-supported", says).at(format!("http.{name}"));
                    return Err(EngineError::Invalid(vec![issue]));
                }
            }
            request.used.push((name.clone(), value.clone()));
        }
        Ok(request)
    }

    /// The newest `count` versions.
    pub fn newest(of: Of, count: u32) -> Request {
        Request { of, span: Span::default(), count: count.clamp(1, MOST), after: None, used: Vec::new() }
    }
}

fn time(name: &str, value: &str) -> Result<DateRange, EngineError> {
    // A plus in a query is a blank when nobody has encoded it.
    let text = value.replace(' ', "+");
    let range = DateRange::parse(&text, Zone::CHINA);
    range.ok_or_else(|| EngineError::invalid(name, both!("`{value}` is no date or time", "`{value}` 不是日期或时间")))
}

pub(super) fn no_cursor() -> EngineError {
    EngineError::invalid("_cursor", both!("not a cursor of this history", "不是这份历史的翻页游标"))
}

pub(super) fn place(row: &Stored) -> Place {
    Place { at: row.at, key: row.key.0, version: row.version }
}

impl After {
    fn read(text: &str) -> Option<After> {
        let numbers: Vec<i64> = text.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
        match numbers.as_slice() {
            [version] => Some(After::Version(*version)),
            [at, key, version] => Some(After::Place(Place { at: *at, key: *key, version: *version })),
            _ => None,
        }
    }

    pub(super) fn write(self) -> String {
        match self {
            After::Version(version) => version.to_string(),
            After::Place(Place { at, key, version }) => format!("{at}.{key}.{version}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(params: &[(&str, &str)]) -> Result<Request, EngineError> {
        let params: Vec<_> = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Request::parse(Of::System, &params, false)
    }

    #[test]
    fn what_a_history_does_not_know_is_refused_by_name() {
        for (name, value) in
            [("_since", "tomorrow"), ("_at", ""), ("_count", "-1"), ("_cursor", "x"), ("_cursor", "1.2"), ("name", "x")]
        {
            let refused = parse(&[(name, value)]).unwrap_err();
            assert!(refused.issues()[0].expression[0].ends_with(name), "{name}");
        }
        let lenient = Request::parse(Of::System, &[("name".into(), "x".into())], true).unwrap();
        assert!(lenient.used.is_empty());
    }

    #[test]
    fn a_time_may_be_a_day_and_a_zone_may_lack_its_plus() {
        let day = parse(&[("_at", "2026-01-02")]).unwrap().span.during.unwrap();
        assert_eq!(day.1 - day.0, 86_400_000);
        let zoned = parse(&[("_since", "2026-01-02T00:00:00 08:00")]).unwrap().span.since.unwrap();
        assert_eq!(zoned, day.0);
        for after in [After::Version(7), After::Place(Place { at: 1, key: 2, version: 3 })] {
            assert_eq!(After::read(&after.write()), Some(after));
        }
    }
}
