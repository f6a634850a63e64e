//! Where a page is: its address, its parameters, its language.

use axum::http::{HeaderMap, header};
use meridian_model::definitions::Definitions;

use super::words::{Language, OfPages as _};

pub(in crate::fhir) struct Place {
    /// Below `/fhir`, decoded.
    pub(in crate::fhir) path: Vec<String>,
    pub(in crate::fhir) params: Vec<(String, String)>,
    pub(in crate::fhir) language: Language,
    /// The language was asked for in the address, so links keep it there.
    keeps_language: bool,
    /// Asked with `GET`: the address says all.
    looks: bool,
}

impl Place {
    pub(in crate::fhir) fn new(
        headers: &HeaderMap,
        path: Vec<String>,
        params: Vec<(String, String)>,
        looks: bool,
    ) -> Place {
        let format = params.iter().find(|(name, _)| name == "_format").map(|(_, value)| value.as_str());
        let asked = format.and_then(|format| format.split(';').skip(1).find_map(|p| p.trim().strip_prefix("lang=")));
        let asked = asked.and_then(Language::of);
        let language = asked.or_else(|| liked(headers)).unwrap_or(Language::Chinese);
        Place { path, params, language, keeps_language: asked.is_some(), looks }
    }

    /// An address of this site, in the language that was asked for.
    pub(super) fn stay(&self, to: &str) -> String {
        if !self.keeps_language || to.contains("_format=") {
            return to.to_owned();
        }
        let sign = if to.contains('?') { '&' } else { '?' };
        format!("{to}{sign}_format={}", encode(self.language.format()))
    }

    /// This address in another format.
    pub(super) fn in_format(&self, format: &str) -> String {
        let others = self.params.iter().filter(|(name, _)| name != "_format");
        let others = others.map(|(name, value)| (name.as_str(), value.as_str()));
        address(&self.here(), others.chain([("_format", format)]))
    }

    /// The address without parameters.
    pub(super) fn here(&self) -> String {
        let mut here = "/fhir".to_owned();
        for segment in &self.path {
            here.push('/');
            here.push_str(&encode(segment));
        }
        here
    }

    /// The address without its empty parameters, when it has such.
    pub(in crate::fhir) fn without_empty(&self) -> Option<String> {
        if !self.looks || !self.params.iter().any(|(_, value)| value.is_empty()) {
            return None;
        }
        let full = self.params.iter().filter(|(_, value)| !value.is_empty());
        Some(address(&self.here(), full.map(|(name, value)| (name.as_str(), value.as_str()))))
    }

    pub(in crate::fhir) fn is_start(&self) -> bool {
        self.looks && self.path.is_empty() && self.params.iter().all(|(name, _)| name == "_format")
    }

    /// The way from `/fhir` to here, step by step.
    pub(super) fn steps(&self) -> Vec<(String, String)> {
        let mut to = "/fhir".to_owned();
        let mut steps = Vec::new();
        for segment in &self.path {
            to.push('/');
            to.push_str(&encode(segment));
            steps.push((to.clone(), segment.clone()));
        }
        steps
    }

    /// The type that is searched here.
    pub(super) fn searched(&self) -> Option<&str> {
        let [kind] = self.path.as_slice() else { return None };
        Definitions::r4().is_resource_type(kind).then_some(kind)
    }

    /// Whether the answer may be a Bundle of many, and not one that is stored.
    pub(super) fn is_many(&self) -> bool {
        !self.is_resource("Bundle")
    }

    /// Whether this is the address of a stored resource of a type, or of a version of it.
    pub(super) fn is_resource(&self, kind: &str) -> bool {
        let path: Vec<&str> = self.path.iter().map(String::as_str).collect();
        match path.as_slice() {
            [found, id] => *found == kind && !id.starts_with(['$', '_']),
            [found, _, "_history", _] => *found == kind,
            _ => false,
        }
    }

    /// Whether a resource of this type here speaks of the request.
    pub(super) fn is_elsewhere(&self, kind: &str) -> bool {
        !self.is_resource(kind)
    }
}

fn address<'a>(path: &str, params: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let query = params.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// A text as it stands in an address.
pub(in crate::fhir) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'$' | b'*' | b':' => {
                out.push(char::from(byte));
            }
            byte => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

/// The language of ours that the client likes best.
pub(in crate::fhir) fn liked(headers: &HeaderMap) -> Option<Language> {
    Language::liked(headers.get_all(header::ACCEPT_LANGUAGE).iter().filter_map(|value| value.to_str().ok()))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn place(path: &str, params: &[(&str, &str)], languages: &'static str) -> Place {
        let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, HeaderValue::from_static(languages))]);
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Place::new(&headers, path.split('/').filter(|s| !s.is_empty()).map(str::to_owned).collect(), params, true)
    }

    #[test]
    fn the_language_is_what_the_address_says_or_the_browser_likes() {
        assert_eq!(place("", &[], "").language, Language::Chinese);
        assert_eq!(place("", &[], "de, en;q=0.8, zh;q=0.7").language, Language::English);
        let asked = place("Patient", &[("_format", "text/html;lang=en")], "zh-CN");
        assert_eq!(asked.language, Language::English);
        assert_eq!(asked.stay("/fhir/Patient?a=b"), "/fhir/Patient?a=b&_format=text%2Fhtml%3Blang%3Den");
        assert_eq!(place("", &[], "").stay("/fhir"), "/fhir");
    }

    #[test]
    fn addresses_are_written_anew_and_encoded() {
        let here = place("Patient", &[("name:exact", "王 &"), ("gender", ""), ("_format", "html")], "");
        assert_eq!(here.in_format("json"), "/fhir/Patient?name:exact=%E7%8E%8B%20%26&gender=&_format=json");
        assert_eq!(here.without_empty().unwrap(), "/fhir/Patient?name:exact=%E7%8E%8B%20%26&_format=html");
        assert_eq!(here.searched(), Some("Patient"));
        assert!(place("Patient", &[("a", "b")], "").without_empty().is_none());
        assert!(place("Bundle/1", &[], "").is_resource("Bundle") && !place("Bundle", &[], "").is_resource("Bundle"));
    }
}
