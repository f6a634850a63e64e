//! What a call asks for.

use meridian_engine::EngineError;
use meridian_engine::operations::Call;
use meridian_model::Value;
use meridian_model::both;
use meridian_model::date::{DateRange, Zone};
use meridian_model::language::Both;
use meridian_model::outcome::Issue;

use crate::view::write::Format;

/// The parameters that are known; another one is refused by name.
const KNOWN: [&str; 10] = [
    "_format",
    "header",
    "viewReference",
    "viewResource",
    "patient",
    "group",
    "_since",
    "_limit",
    "resource",
    "source",
];

#[derive(Debug, Clone, Default)]
pub(super) struct Asked {
    pub(super) format: Option<Format>,
    pub(super) header: bool,
    /// `Library/id`, `ViewDefinition/id` or a canonical address.
    pub(super) reference: Option<String>,
    pub(super) patients: Vec<String>,
    pub(super) groups: Vec<String>,
    pub(super) since: Option<i64>,
    pub(super) limit: Option<usize>,
}

impl Asked {
    pub(super) fn format(&self) -> Format {
        self.format.unwrap_or(Format::Ndjson)
    }
}

pub(super) fn read(call: &Call) -> Result<Asked, EngineError> {
    let mut asked = Asked { header: true, ..Asked::default() };
    for (name, value) in &call.params {
        match name.as_str() {
            "_format" => asked.format = Some(format(value)?),
            "header" => {
                asked.header = match value.as_str() {
                    "true" => true,
                    "false" => false,
                    _ => {
                        return Err(EngineError::invalid(
                            "header",
                            both!("true or false is expected", "应为 true 或 false"),
                        ));
                    }
                }
            }
            "viewReference" => asked.reference = Some(value.clone()),
            "patient" => asked.patients.extend(value.split(',').map(str::to_owned)),
            "group" => asked.groups.extend(value.split(',').map(str::to_owned)),
            "_since" => {
                // A plus in a query is often sent as it is, and is a blank then.
                let range = DateRange::parse(&value.replace(' ', "+"), Zone::CHINA);
                let range = range.ok_or_else(|| {
                    EngineError::invalid(
                        "_since",
                        both!("`{value}` is no instant", "`{value}` 不是时刻（带时区的 YYYY-MM-DDThh:mm:ss）"),
                    )
                })?;
                asked.since = Some(range.lo);
            }
            "_limit" => {
                let number = value.parse::<usize>().ok();
                let says =
                    || EngineError::invalid("_limit", both!("`{value}` is no number of rows", "`{value}` 不是行数"));
                asked.limit = Some(number.ok_or_else(says)?);
            }
            "source" => {
                return Err(unsupported(
                    "source",
                    both!(
                        "only the record itself and resources that are sent are read",
                        "只读取本机的档案和随请求发送的资源"
                    ),
                ));
            }
            _ if KNOWN.contains(&name.as_str()) => {
                return Err(EngineError::invalid(
                    name.as_str(),
                    both!("this parameter has another type", "这个参数的类型不对"),
                ));
            }
            _ => return Err(unsupported(name, both!("this parameter is not known", "没有这个参数"))),
        }
    }
    for (name, value) in &call.values {
        let reference = value.get("reference").and_then(Value::as_str).unwrap_or_default().to_owned();
        match name.as_str() {
            _ if reference.is_empty() => {
                return Err(EngineError::invalid(name.as_str(), both!("a reference is expected", "应是引用")));
            }
            "viewReference" => asked.reference = Some(reference),
            "patient" => asked.patients.push(reference),
            "group" => asked.groups.push(reference),
            _ => {
                return Err(unsupported(
                    name,
                    both!("this parameter is not known, or has another type", "没有这个参数，或类型不对"),
                ));
            }
        }
    }
    let is_known = |name: &str| matches!(name, "viewResource" | "resource");
    if let Some((name, _)) = call.resources.iter().find(|(name, _)| !is_known(name)) {
        return Err(unsupported(
            name,
            both!("this parameter is not known, or has another type", "没有这个参数，或类型不对"),
        ));
    }
    if asked.format.is_none() {
        asked.format = accepted(&call.accept)?;
    }
    Ok(asked)
}

fn format(name: &str) -> Result<Format, EngineError> {
    // `application/fhir+json` in a query, its plus a blank.
    Format::of(&name.replace(' ', "+")).ok_or_else(|| {
        unsupported(
            "_format",
            both!(
                "`{name}` is not written; ndjson, json, csv and parquet are",
                "不支持输出 `{name}`，可用 ndjson、json、csv、parquet"
            ),
        )
    })
}

/// The form that the client likes best among ours.
fn accepted(accept: &str) -> Result<Option<Format>, EngineError> {
    let weight = |range: &str| {
        let q = range.split(';').skip(1).find_map(|pair| pair.trim().strip_prefix("q="));
        q.and_then(|text| text.trim().parse::<f32>().ok()).unwrap_or(1.0)
    };
    let mut best: Option<(Option<Format>, f32)> = None;
    for range in accept.split(',').map(str::trim).filter(|range| !range.is_empty()) {
        let name = range.split(';').next().unwrap_or_default().trim();
        let format = match name {
            // FHIR and pages for people are what every client of ours says; this answer is a table.
            "*/*" | "application/*" | "text/html" => None,
            name => match Format::of(name) {
                Some(format) => Some(format),
                None => continue,
            },
        };
        let weight = weight(range);
        if weight > 0.0 && best.is_none_or(|(_, before)| weight > before) {
            best = Some((format, weight));
        }
    }
    match best {
        Some((format, _)) => Ok(format),
        None if accept.trim().is_empty() => Ok(None),
        None => Err(unsupported(
            "_format",
            both!(
                "`{accept}` is not written; ndjson, json, csv and parquet are",
                "不支持输出 `{accept}`，可用 ndjson、json、csv、parquet"
            ),
        )),
    }
}

pub(super) fn unsupported(name: &str, says: Both) -> EngineError {
    EngineError::Invalid(vec![Issue::error("not-supported", says).at(name)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn call(params: &[(&str, &str)], accept: &str) -> Call {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Call { params, accept: accept.to_owned(), ..Call::default() }
    }

    #[test]
    fn the_parameter_counts_more_than_the_header() {
        let format = |params: &[(&str, &str)], accept: &str| read(&call(params, accept)).map(|asked| asked.format());
        assert_eq!(format(&[], "").unwrap(), Format::Ndjson);
        assert_eq!(format(&[], "text/html, */*;q=0.8").unwrap(), Format::Ndjson);
        assert_eq!(format(&[], "text/csv;q=0.5, application/json").unwrap(), Format::Json);
        assert_eq!(format(&[("_format", "csv")], "application/json").unwrap(), Format::Csv);
        assert_eq!(format(&[], "application/vnd.apache.parquet").unwrap(), Format::Parquet);
        assert!(format(&[], "image/png").is_err());
        assert!(format(&[("_format", "xml")], "").is_err());
    }

    #[test]
    fn what_is_asked_wrongly_is_named() {
        for (name, value) in [
            ("header", "yes"),
            ("_since", "x"),
            ("_limit", "-1"),
            ("_limit", "x"),
            ("source", "s3://b"),
            ("limit", "1"),
        ] {
            let error = read(&call(&[(name, value)], "")).unwrap_err();
            assert_eq!(error.issues()[0].expression, [name], "{value}");
        }
        let asked =
            read(&call(&[("patient", "Patient/1,Patient/2"), ("_limit", "5"), ("header", "false")], "")).unwrap();
        assert_eq!((asked.patients.len(), asked.limit, asked.header), (2, Some(5), false));
    }
}
