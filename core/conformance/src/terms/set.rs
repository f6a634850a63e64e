//! A value set in memory: what its ValueSet resource composes, or only lists.

use meridian_model::both;
use meridian_model::language::Both;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use meridian_fhirpath::pattern::{Meaning, Pattern};
use serde_json::{Map, Value};

use super::canonical;
use super::fault::{Fault, shown};
use super::json::{list, owned, text};

/// Most parts of one value set, and most codes that it lists.
const MOST_PARTS: usize = 10_000;
const MOST_LISTED: usize = 1_000_000;
/// A regular expression may be this long.
const LONGEST_REGEX: usize = 4096;

/// A value set.
#[derive(Debug)]
pub(super) struct ValueSet {
    pub(super) url: Option<String>,
    pub(super) version: Option<String>,
    pub(super) include: Vec<Part>,
    pub(super) exclude: Vec<Part>,
    /// Inactive codes belong to it unless this says no.
    pub(super) inactive: Option<bool>,
    /// The codes of an expansion that stands in the resource, where it composes nothing.
    pub(super) listed: Option<Given>,
    /// The value sets that the resource contains, by the ids by which it includes them (`#id`).
    pub(super) contained: Arc<Contained>,
    /// It is contained in another, and finds what that contains.
    pub(super) is_contained: bool,
    /// The elements of the resource that an answer repeats.
    pub(super) head: Map<String, Value>,
}

/// Value sets by their ids.
pub(super) type Contained = HashMap<String, Arc<ValueSet>>;

/// One include or exclude: what all of these say.
#[derive(Debug, Default)]
pub(super) struct Part {
    pub(super) system: Option<String>,
    pub(super) version: Option<String>,
    pub(super) codes: Option<Listed>,
    pub(super) filters: Vec<Filter>,
    /// Canonicals.
    pub(super) value_sets: Vec<String>,
}

/// Codes of one system that are listed one by one.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) codes: Vec<ListedCode>,
    by_code: HashMap<Box<str>, u32>,
}

#[derive(Debug)]
pub(super) struct ListedCode {
    pub(super) code: Box<str>,
    pub(super) display: Option<Box<str>>,
    /// As in the resource.
    pub(super) designations: Vec<Value>,
}

/// An expansion that somebody else made.
#[derive(Debug)]
pub(super) struct Given {
    /// System, version, and the codes.
    pub(super) parts: Vec<Part>,
    /// It does not say all.
    pub(super) cut: bool,
}

/// What a filter asks of a property.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Operator {
    Equals,
    IsA,
    DescendentOf,
    IsNotA,
    Regex,
    In,
    NotIn,
    Generalizes,
    Exists,
}

#[derive(Debug)]
pub(super) struct Filter {
    pub(super) property: String,
    pub(super) operator: Operator,
    pub(super) value: String,
    pub(super) regex: Option<Pattern>,
    /// The values of `in` and `not-in`, apart.
    pub(super) values: OnceLock<Vec<String>>,
}

impl ValueSet {
    /// Reads a ValueSet.
    ///
    /// # Errors
    /// `Invalid` naming what is wrong with it.
    pub(super) fn parse(resource: &Value) -> Result<ValueSet, Fault> {
        let compose = resource.get("compose");
        let read = |key: &str| -> Result<Vec<Part>, Fault> {
            let parts = compose.map_or(&[][..], |compose| list(compose, key));
            if parts.len() > MOST_PARTS {
                return Err(Fault::too_costly(both!(
                    "more than {MOST_PARTS} parts are composed",
                    "compose 的部分超过 {MOST_PARTS} 个"
                )));
            }
            parts.iter().map(Part::parse).collect()
        };
        let head = resource.as_object().into_iter().flatten();
        let head = head.filter(|(key, _)| !matches!(key.as_str(), "compose" | "expansion" | "text" | "contained"));
        Ok(ValueSet {
            url: owned(resource, "url"),
            version: owned(resource, "version"),
            include: read("include")?,
            exclude: read("exclude")?,
            inactive: compose.and_then(|compose| compose.get("inactive")).and_then(Value::as_bool),
            listed: match (compose, resource.get("expansion")) {
                (None, Some(expansion)) => Some(Given::parse(expansion)?),
                _ => None,
            },
            contained: Arc::new(Self::contained(resource)?),
            is_contained: false,
            head: head.map(|(key, value)| (key.clone(), value.clone())).collect(),
        })
    }

    /// Those that a resource contains; a contained resource contains none itself.
    fn contained(resource: &Value) -> Result<Contained, Fault> {
        let all = list(resource, "contained").iter().filter(|one| text(one, "resourceType") == Some("ValueSet"));
        all.filter_map(|one| Some((text(one, "id")?, one)))
            .map(|(id, one)| {
                let mut bare = one.clone();
                if let Some(map) = bare.as_object_mut() {
                    map.remove("contained");
                }
                let set = ValueSet { is_contained: true, ..ValueSet::parse(&bare)? };
                Ok((id.to_owned(), Arc::new(set)))
            })
            .collect()
    }

    /// A value set of one part, as implicit ones are.
    pub(super) fn of_part(url: &str, name: &str, part: Part) -> ValueSet {
        let head = serde_json::json!({
            "resourceType": "ValueSet", "url": url, "name": name, "status": "active",
        });
        ValueSet {
            url: Some(url.to_owned()),
            version: None,
            include: vec![part],
            exclude: Vec::new(),
            inactive: None,
            listed: None,
            contained: Arc::default(),
            is_contained: false,
            head: head.as_object().cloned().unwrap_or_default(),
        }
    }

    /// By which it is named in messages.
    pub(super) fn named(&self) -> Both {
        match &self.url {
            Some(url) => Both::alike(canonical::join(url, self.version.as_deref())),
            None => both!("the value set of the request", "请求中的值集"),
        }
    }
}

impl Part {
    fn parse(part: &Value) -> Result<Part, Fault> {
        let (system, behind) = match text(part, "system").map(canonical::split) {
            Some((system, version)) => (Some(system.to_owned()), version),
            None => (None, None),
        };
        let version = text(part, "version").or(behind).filter(|version| *version != "*").map(str::to_owned);
        let codes = match list(part, "concept") {
            [] => None,
            codes => Some(Listed::parse(codes)?),
        };
        let filters = list(part, "filter").iter().map(Filter::parse).collect::<Result<Vec<_>, _>>()?;
        let value_sets: Vec<String> =
            list(part, "valueSet").iter().filter_map(Value::as_str).map(str::to_owned).collect();
        if system.is_none() && value_sets.is_empty() {
            return Err(Fault::invalid(both!(
                "a part of `compose` names neither a system nor a value set",
                "`compose` 中有一部分既没有写代码系统，也没有写值集"
            )));
        }
        if system.is_none() && (codes.is_some() || !filters.is_empty()) {
            return Err(Fault::invalid(both!(
                "a part of `compose` has codes or filters, and no system",
                "`compose` 中有一部分写了代码或过滤条件，却没有写 system"
            )));
        }
        Ok(Part { system, version, codes, filters, value_sets })
    }

    /// All codes of a system.
    pub(super) fn whole(system: &str, version: Option<&str>) -> Part {
        Part { system: Some(system.to_owned()), version: version.map(str::to_owned), ..Part::default() }
    }

    pub(super) fn filtered(mut self, property: &str, operator: Operator, value: &str) -> Part {
        let (property, value) = (property.to_owned(), value.to_owned());
        self.filters.push(Filter { property, operator, value, regex: None, values: OnceLock::new() });
        self
    }
}

impl Listed {
    fn parse(codes: &[Value]) -> Result<Listed, Fault> {
        let mut listed = Listed::default();
        for concept in codes {
            let Some(code) = text(concept, "code") else {
                return Err(Fault::invalid(both!(
                    "a concept of `compose` has no code",
                    "`compose` 的 concept 没有 code"
                )));
            };
            listed.put(code, text(concept, "display"), list(concept, "designation"))?;
        }
        Ok(listed)
    }

    fn put(&mut self, code: &str, display: Option<&str>, designations: &[Value]) -> Result<(), Fault> {
        if code.len() > super::system::LONGEST_CODE {
            return Err(Fault::invalid(both!(
                "the code `{}` is longer than 4,096 bytes",
                "代码 `{}` 超过 4096 字节",
                shown(code)
            )));
        }
        if self.codes.len() >= MOST_LISTED {
            return Err(Fault::too_costly(both!(
                "more than {MOST_LISTED} codes are listed",
                "列出的代码超过 {MOST_LISTED} 个"
            )));
        }
        let at = u32::try_from(self.codes.len()).unwrap_or(u32::MAX);
        self.by_code.entry(code.into()).or_insert(at);
        let display = display.map(Into::into);
        self.codes.push(ListedCode { code: code.into(), display, designations: designations.to_vec() });
        Ok(())
    }

    pub(super) fn find(&self, code: &str) -> Option<&ListedCode> {
        self.by_code.get(code).and_then(|at| self.codes.get(*at as usize))
    }
}

impl Given {
    fn parse(expansion: &Value) -> Result<Given, Fault> {
        let mut parts: Vec<Part> = Vec::new();
        let mut places: HashMap<(&str, Option<&str>), usize> = HashMap::new();
        let mut open: Vec<&Value> = list(expansion, "contains").iter().rev().collect();
        let mut count: u64 = 0;
        while let Some(one) = open.pop() {
            count += 1;
            open.extend(list(one, "contains").iter().rev());
            let is_abstract = one.get("abstract").and_then(Value::as_bool) == Some(true);
            let (Some(system), Some(code), false) = (text(one, "system"), text(one, "code"), is_abstract) else {
                continue;
            };
            let version = text(one, "version");
            let place = *places.entry((system, version)).or_insert(parts.len());
            if place == parts.len() {
                if place >= MOST_PARTS {
                    return Err(Fault::too_costly(both!(
                        "codes of more than {MOST_PARTS} systems are listed",
                        "列出的代码涉及超过 {MOST_PARTS} 个代码系统"
                    )));
                }
                parts.push(Part::whole(system, version));
            }
            let Some(part) = parts.get_mut(place) else { continue };
            part.codes.get_or_insert_default().put(code, text(one, "display"), list(one, "designation"))?;
        }
        let total = expansion.get("total").and_then(Value::as_u64);
        Ok(Given { parts, cut: total.is_some_and(|total| total > count) })
    }
}

impl Filter {
    fn parse(filter: &Value) -> Result<Filter, Fault> {
        let part = |key: &str| {
            owned(filter, key).ok_or_else(|| Fault::invalid(both!("a filter has no `{key}`", "过滤条件缺少 `{key}`")))
        };
        let (property, op) = (part("property")?, part("op")?);
        let value = part("value")?;
        let operator = match op.as_str() {
            "=" => Operator::Equals,
            "is-a" => Operator::IsA,
            "descendent-of" => Operator::DescendentOf,
            "is-not-a" => Operator::IsNotA,
            "regex" => Operator::Regex,
            "in" => Operator::In,
            "not-in" => Operator::NotIn,
            "generalizes" => Operator::Generalizes,
            "exists" => Operator::Exists,
            other => {
                return Err(Fault::invalid(both!(
                    "a filter has the unknown operator `{}`",
                    "过滤条件中有不认识的 op `{}`",
                    shown(other)
                )));
            }
        };
        if operator == Operator::Exists && !matches!(value.as_str(), "true" | "false") {
            return Err(Fault::invalid(both!(
                "a filter `exists` has the value true or false",
                "`exists` 过滤条件的值应为 true 或 false"
            )));
        }
        let regex = if operator == Operator::Regex { Some(regex(&value)?) } else { None };
        Ok(Filter { property, operator, value, regex, values: OnceLock::new() })
    }

    /// The values of a list.
    pub(super) fn values(&self) -> &[String] {
        self.values.get_or_init(|| self.value.split(',').map(|one| one.trim().to_owned()).collect())
    }
}

/// An expression that the whole of a text must match.
fn regex(text: &str) -> Result<Pattern, Fault> {
    let wrong =
        |why: Both| Fault::invalid(both!("the regular expression `{}` {}", "正则表达式 `{}` {}", shown(text), why));
    if text.len() > LONGEST_REGEX {
        return Err(wrong(both!("is longer than {LONGEST_REGEX} bytes", "超过 {LONGEST_REGEX} 字节")));
    }
    let whole = Meaning { whole: true, ..Meaning::default() };
    Pattern::read(text, whole).map_err(wrong)
}
