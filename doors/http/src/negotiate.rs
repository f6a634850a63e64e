//! What the two sides speak: JSON, XML, and pages for people; what is asked for in another form is refused by name.

use meridian_model::both;
use meridian_model::language::Both;

use axum::http::{HeaderMap, StatusCode, header};

use crate::problem::Problem;

pub(crate) const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";
pub(crate) const FHIR_XML: &str = "application/fhir+xml; charset=utf-8";

/// The wishes in `Prefer`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Prefer {
    pub(crate) minimal: bool,
    pub(crate) representation: bool,
    pub(crate) outcome: bool,
    pub(crate) lenient: bool,
}

impl Prefer {
    pub(crate) fn of(headers: &HeaderMap) -> Prefer {
        let mut prefer = Prefer::default();
        let all = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
        for wish in all.flat_map(|value| value.split([',', ';'])) {
            match wish.trim() {
                "return=minimal" => prefer.minimal = true,
                "return=representation" => prefer.representation = true,
                "return=OperationOutcome" => prefer.outcome = true,
                "handling=lenient" => prefer.lenient = true,
                _ => {}
            }
        }
        prefer
    }
}

/// How an answer is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Format {
    Json,
    Xml,
    /// A page for people: JSON with links, narratives, searches as forms.
    Html,
}

/// The names of each format, as `_format` and `Accept` may give them.
const NAMES: [(&str, Format); 13] = [
    ("application/fhir+json", Format::Json),
    ("application/json", Format::Json),
    ("application/json+fhir", Format::Json),
    ("text/json", Format::Json),
    ("json", Format::Json),
    ("application/fhir+xml", Format::Xml),
    ("application/xml", Format::Xml),
    ("application/xml+fhir", Format::Xml),
    ("text/xml", Format::Xml),
    ("xml", Format::Xml),
    ("text/html", Format::Html),
    ("application/xhtml+xml", Format::Html),
    ("html", Format::Html),
];

/// The format that the client likes best. `_format` counts more than `Accept`.
///
/// # Errors
/// 406 when it takes none of ours.
pub(crate) fn format(headers: &HeaderMap, asked: Option<&str>) -> Result<Format, Problem> {
    let refused = |what: &str| {
        let says = both!(
            "`{what}` is not spoken here; `application/fhir+json` and `application/fhir+xml` are, and `text/html` for people",
            "不支持格式 `{what}`，可用 `application/fhir+json`、`application/fhir+xml`，给人看的用 `text/html`"
        );
        Problem::new(StatusCode::NOT_ACCEPTABLE, "not-supported", says)
    };
    if let Some(asked) = asked {
        // `_format=application/fhir+json` is often sent as it stands, and a plus in a query is a blank.
        let asked = asked.replace("fhir json", "fhir+json").replace("json fhir", "json+fhir");
        let asked = asked.replace("fhir xml", "fhir+xml").replace("xml fhir", "xml+fhir");
        return known(&asked).filter(|_| is_r4(&asked)).ok_or_else(|| refused(&asked));
    }
    let accept: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut best: Option<(Format, f32)> = None;
    let mut said = false;
    for range in accept.iter().flat_map(|value| value.split(',')).map(str::trim).filter(|range| !range.is_empty()) {
        said = true;
        let weight = weight(range);
        let any = matches!(mime(range), "*/*" | "application/*" | "text/*");
        let format = known(range).filter(|_| range.contains('/') && is_r4(range)).or(any.then_some(Format::Json));
        if let Some(format) = format.filter(|_| weight > 0.0 && best.is_none_or(|(_, before)| weight > before)) {
            best = Some((format, weight));
        }
    }
    match best {
        Some((format, _)) => Ok(format),
        None if said => Err(refused(&accept.join(", "))),
        None => Ok(Format::Json),
    }
}

fn known(range: &str) -> Option<Format> {
    let name = mime(range).to_ascii_lowercase();
    NAMES.iter().find(|(known, _)| *known == name).map(|(_, format)| *format)
}

/// The parameters of a media range.
fn parameter<'a>(range: &'a str, name: &str) -> Option<&'a str> {
    let pairs = range.split(';').skip(1).filter_map(|pair| pair.split_once('='));
    let mut pairs = pairs.map(|(key, value)| (key.trim(), value.trim().trim_matches('"')));
    pairs.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// How much a range is liked; what is no number is as if it were not said.
fn weight(range: &str) -> f32 {
    parameter(range, "q").and_then(|text| text.parse().ok()).unwrap_or(1.0)
}

/// Whether a range wants no other version of FHIR than the one spoken here.
fn is_r4(range: &str) -> bool {
    parameter(range, "fhirVersion").is_none_or(|version| matches!(version, "4.0" | "4.0.0" | "4.0.1"))
}

/// Refuses a body that does not say that it is JSON, or that is compressed.
pub(crate) fn is_json_body(headers: &HeaderMap) -> Result<(), Problem> {
    const READ: &[&str] = &["application/fhir+json"];
    match body_in(headers, READ)? {
        Format::Json => Ok(()),
        _ => Err(unread(headers, READ)),
    }
}

/// Whether a body is a resource in JSON or in XML.
///
/// # Errors
/// 415 for other bodies, for such that don't say what they are, and for compressed ones.
pub(crate) fn body_format(headers: &HeaderMap) -> Result<Format, Problem> {
    const READ: &[&str] = &["application/fhir+json", "application/fhir+xml"];
    match body_in(headers, READ)? {
        Format::Html => Err(unread(headers, READ)),
        format => Ok(format),
    }
}

fn body_in(headers: &HeaderMap, read: &[&str]) -> Result<Format, Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(coding) = text(header::CONTENT_ENCODING).filter(|coding| *coding != "identity") {
        let says = both!("a body in `{coding}` is not read here", "不支持 `{coding}` 压缩的请求内容，请不压缩发送");
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-supported", says));
    }
    let kind = text(header::CONTENT_TYPE).filter(|kind| kind.contains('/') && is_r4(kind));
    let format = kind.and_then(known).ok_or_else(|| unread(headers, read))?;
    // It counts more than what the document says of itself (RFC 7303): read otherwise, the letters would be others.
    match kind.and_then(|kind| parameter(kind, "charset")) {
        Some(charset) if !is_readable(charset, format) => {
            let says = both!(
                "a body in `{charset}` is not read here; send UTF-8",
                "不支持 `{charset}` 编码的请求内容，请用 UTF-8"
            );
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-supported", says))
        }
        _ => Ok(format),
    }
}

fn is_readable(charset: &str, format: Format) -> bool {
    let is = |name: &str| charset.eq_ignore_ascii_case(name);
    is("utf-8") || is("utf8") || is("us-ascii") || (format == Format::Xml && is("utf-16"))
}

fn unread(headers: &HeaderMap, read: &[&str]) -> Problem {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let kind = kind.map_or_else(
        || both!("of no type", "没有写明类型"),
        |kind| Both::new(format!("`{kind}`"), format!("的类型是 `{kind}`")),
    );
    let says = both!(
        "the body is {}; read here: {}",
        "请求内容{}，应为 {}",
        kind,
        Both::new(read.join(", "), read.join("、"))
    );
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-supported", says)
}

fn mime(range: &str) -> &str {
    range.split(';').next().unwrap_or_default().trim()
}

/// Whether a body of this type is a resource in JSON.
pub(crate) fn is_json(range: &str) -> bool {
    range.contains('/') && known(range) == Some(Format::Json)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn with(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn formats_are_taken_in_their_usual_names() {
        let accepts = |value: &'static str| format(&with(header::ACCEPT, value), None).ok();
        assert_eq!(format(&HeaderMap::new(), None).ok(), Some(Format::Json));
        for json in [
            "*/*",
            "application/fhir+json",
            "Application/JSON",
            "image/png, */*;q=0.1",
            "application/fhir+json, application/fhir+xml",
            "application/fhir+json; fhirVersion=4.0",
            "text/html;q=0.5, application/fhir+json",
            "text/html;q=0, */*",
        ] {
            assert_eq!(accepts(json), Some(Format::Json), "{json}");
        }
        for xml in [
            "application/fhir+xml",
            "Text/XML",
            "application/xml;q=0.9, */*;q=0.1",
            "application/fhir+xml; fhirVersion=4.0",
        ] {
            assert_eq!(accepts(xml), Some(Format::Xml), "{xml}");
        }
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";
        assert_eq!(accepts(browser), Some(Format::Html));
        for neither in [
            "text/turtle",
            "application/fhir+xml; fhirVersion=5.0",
            "application/fhir+json; fhirVersion=5.0",
            "json",
            "*/*;q=0",
        ] {
            assert_eq!(accepts(neither), None, "{neither}");
        }
        for (asked, wanted) in [
            ("json", Some(Format::Json)),
            ("application/fhir json", Some(Format::Json)),
            ("text/html", Some(Format::Html)),
            ("html", Some(Format::Html)),
            ("xml", Some(Format::Xml)),
            ("application/fhir xml", Some(Format::Xml)),
            ("ttl", None),
            ("application/fhir+json; fhirVersion=3.0", None),
        ] {
            assert_eq!(format(&with(header::ACCEPT, "application/fhir+xml"), Some(asked)).ok(), wanted, "{asked}");
        }
        assert!(is_json_body(&with(header::CONTENT_TYPE, "Application/FHIR+JSON; charset=utf-8")).is_ok());
        assert!(is_json_body(&with(header::CONTENT_TYPE, "text/html")).is_err());
        assert!(is_json_body(&with(header::CONTENT_TYPE, "application/fhir+xml")).is_err());
        let body = |kind| body_format(&with(header::CONTENT_TYPE, kind)).ok();
        assert_eq!(body("text/xml; charset=utf-8"), Some(Format::Xml));
        assert_eq!(body("application/json"), Some(Format::Json));
        assert_eq!((body("text/html"), body("xml"), body("text/turtle")), (None, None, None));
        assert!(is_json_body(&HeaderMap::new()).is_err());
        // Bytes of GBK may be UTF-8 as well, with other letters.
        for other in ["GBK", "gb18030", "\"GB2312\"", "iso-8859-1", "utf-16", "utf-7"] {
            let json = HeaderMap::from_iter([(
                header::CONTENT_TYPE,
                HeaderValue::try_from(format!("application/fhir+json; charset={other}")).unwrap(),
            )]);
            assert!(is_json_body(&json).is_err(), "{other}");
        }
        assert_eq!(body("application/fhir+xml; charset=GBK"), None);
        assert_eq!(body("application/fhir+xml;charset=\"utf-16\""), Some(Format::Xml));
        assert_eq!(body("text/xml; charset=US-ASCII"), Some(Format::Xml));
        assert_eq!(body("application/fhir+xml; fhirVersion=5.0"), None);
        assert_eq!(body("application/fhir+json; fhirVersion=4.0"), Some(Format::Json));
    }

    #[test]
    fn wishes_are_read_one_by_one() {
        let prefer = Prefer::of(&with(header::HeaderName::from_static("prefer"), "return=minimal; handling=lenient"));
        assert_eq!(prefer, Prefer { minimal: true, lenient: true, ..Prefer::default() });
    }
}
