//! What the two sides speak: JSON now; what is asked for in another form is refused by name.

use axum::http::{HeaderMap, StatusCode, header};

use crate::problem::Problem;

pub(crate) const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

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

/// Refuses when the client takes no JSON. `_format` counts more than `Accept`.
pub(crate) fn accepts(headers: &HeaderMap, format: Option<&str>) -> Result<(), Problem> {
    let refused = |what: &str| {
        let says = format!("`{what}` is not spoken here; `application/fhir+json` is");
        Err(Problem::new(StatusCode::NOT_ACCEPTABLE, "not-supported", says))
    };
    if let Some(format) = format {
        // `_format=application/fhir+json` is often sent as it stands, and a plus in a query is a blank.
        let format = &format.replace(' ', "+");
        return if is_json(format) || format == "json" { Ok(()) } else { refused(format) };
    }
    let accept: Vec<&str> = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut ranges = accept.iter().flat_map(|value| value.split(',')).map(str::trim).peekable();
    if ranges.peek().is_none() {
        return Ok(());
    }
    let fits = |range: &str| is_json(range) || matches!(mime(range), "*/*" | "application/*" | "text/html" | "text/*");
    if ranges.any(fits) { Ok(()) } else { refused(&accept.join(", ")) }
}

/// Refuses a body that does not say that it is JSON, or that is compressed.
pub(crate) fn is_json_body(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(coding) = text(header::CONTENT_ENCODING).filter(|coding| *coding != "identity") {
        let says = format!("a body in `{coding}` is not read here");
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-supported", says));
    }
    match text(header::CONTENT_TYPE) {
        Some(kind) if is_json(kind) => Ok(()),
        other => {
            let says = format!("the body is `{}`; `application/fhir+json` is read here", other.unwrap_or("of no type"));
            Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not-supported", says))
        }
    }
}

fn mime(range: &str) -> &str {
    range.split(';').next().unwrap_or_default().trim()
}

fn is_json(range: &str) -> bool {
    let kind = mime(range).to_ascii_lowercase();
    matches!(kind.as_str(), "application/fhir+json" | "application/json" | "application/json+fhir" | "text/json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn with(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn json_is_taken_in_its_usual_names() {
        assert!(accepts(&HeaderMap::new(), None).is_ok());
        assert!(accepts(&with(header::ACCEPT, "text/html, application/xhtml+xml"), None).is_ok());
        assert!(accepts(&with(header::ACCEPT, "application/fhir+xml"), None).is_err());
        assert!(accepts(&with(header::ACCEPT, "application/fhir+xml"), Some("json")).is_ok());
        assert!(accepts(&HeaderMap::new(), Some("xml")).is_err());
        assert!(is_json_body(&with(header::CONTENT_TYPE, "Application/FHIR+JSON; charset=utf-8")).is_ok());
        assert!(is_json_body(&with(header::CONTENT_TYPE, "text/plain")).is_err());
        assert!(is_json_body(&HeaderMap::new()).is_err());
    }

    #[test]
    fn wishes_are_read_one_by_one() {
        let prefer = Prefer::of(&with(header::HeaderName::from_static("prefer"), "return=minimal; handling=lenient"));
        assert_eq!(prefer, Prefer { minimal: true, lenient: true, ..Prefer::default() });
    }
}
