//! A search as data, and the names and values that say it in an address.

use std::fmt::Write as _;

use crate::time::Prefix;

/// One search.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// The compartment that is searched, `Patient` and an id.
    pub(crate) within: Option<(&'static str, String)>,
    /// One type, or several for a search of the whole system.
    pub(crate) kinds: Vec<&'static str>,
    pub(crate) clauses: Vec<Clause>,
    /// Whether it goes down, and the parameter.
    pub(crate) sort: Vec<(bool, &'static str)>,
    pub(crate) count: u32,
    /// `_total=accurate`.
    pub(crate) accurate: bool,
    pub(crate) includes: Vec<Include>,
}

#[derive(Clone, Debug)]
pub(crate) enum Clause {
    Test {
        code: &'static str,
        modifier: Modifier,
        any: Vec<Want>,
    },
    Chain {
        code: &'static str,
        target: Option<&'static str>,
        rest: Box<Clause>,
    },
    Has {
        kind: &'static str,
        code: &'static str,
        rest: Box<Clause>,
    },
    Filter(Filter),
    List(String),
    Words {
        content: bool,
        text: String,
    },
    /// Latitude, longitude, kilometres.
    Near(f64, f64, f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Modifier {
    None,
    Missing(bool),
    Exact,
    Contains,
    Not,
    Text,
    OfType,
    Identifier,
    Type(&'static str),
    Above,
    Below,
    In,
    NotIn,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum System {
    Any,
    Absent,
    Is(String),
}

#[derive(Clone, Debug)]
pub(crate) enum Unit {
    Any,
    /// System and code.
    Coded(String, String),
    /// `||mg`: a code or a unit as people write it.
    Written(String),
}

#[derive(Clone, Debug)]
pub(crate) enum Want {
    Truth(bool),
    Text(String),
    Token(System, Option<String>),
    Typed {
        system: String,
        code: String,
        value: String,
    },
    Uri(String),
    Date(Prefix, String),
    Number(Prefix, String),
    Quantity(Prefix, String, Unit),
    /// A type (or none) and an id.
    Local(Option<String>, String),
    /// An absolute address or a urn.
    Link(String),
    Pair(Box<Want>, Box<Want>),
}

#[derive(Clone, Debug)]
pub(crate) enum Filter {
    And(Box<Filter>, Box<Filter>),
    Or(Box<Filter>, Box<Filter>),
    Not(Box<Filter>),
    /// A parameter, or a chain of them; the operator; the value.
    Test(Vec<&'static str>, &'static str, Want),
}

/// `_include` or `_revinclude`.
#[derive(Clone, Debug)]
pub(crate) struct Include {
    pub(crate) reverse: bool,
    pub(crate) iterate: bool,
    /// `None`: `*`.
    pub(crate) source: Option<&'static str>,
    /// `None`: every reference of the source.
    pub(crate) code: Option<&'static str>,
    pub(crate) target: Option<&'static str>,
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, ',' | '|' | '$' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

impl Want {
    pub(crate) fn text(&self) -> String {
        match self {
            Want::Truth(truth) => truth.to_string(),
            Want::Text(text) | Want::Uri(text) | Want::Link(text) => escaped(text),
            Want::Token(system, code) => {
                let code = escaped(code.as_deref().unwrap_or_default());
                match system {
                    System::Any => code,
                    System::Absent => format!("|{code}"),
                    System::Is(system) => format!("{}|{code}", escaped(system)),
                }
            }
            Want::Typed { system, code, value } => {
                format!("{}|{}|{}", escaped(system), escaped(code), escaped(value))
            }
            Want::Date(prefix, text) | Want::Number(prefix, text) => format!("{}{text}", prefix.text()),
            Want::Quantity(prefix, number, unit) => {
                let number = format!("{}{number}", prefix.text());
                match unit {
                    Unit::Any => number,
                    Unit::Coded(system, code) => format!("{number}|{}|{}", escaped(system), escaped(code)),
                    Unit::Written(unit) => format!("{number}||{}", escaped(unit)),
                }
            }
            Want::Local(kind, id) => kind.as_ref().map_or_else(|| id.clone(), |kind| format!("{kind}/{id}")),
            Want::Pair(first, second) => format!("{}${}", first.text(), second.text()),
        }
    }
}

impl Modifier {
    fn text(self) -> String {
        match self {
            Modifier::None => String::new(),
            Modifier::Missing(_) => ":missing".into(),
            Modifier::Exact => ":exact".into(),
            Modifier::Contains => ":contains".into(),
            Modifier::Not => ":not".into(),
            Modifier::Text => ":text".into(),
            Modifier::OfType => ":of-type".into(),
            Modifier::Identifier => ":identifier".into(),
            Modifier::Type(kind) => format!(":{kind}"),
            Modifier::Above => ":above".into(),
            Modifier::Below => ":below".into(),
            Modifier::In => ":in".into(),
            Modifier::NotIn => ":not-in".into(),
        }
    }
}

impl Filter {
    fn text(&self) -> String {
        match self {
            Filter::And(a, b) => format!("({} and {})", a.text(), b.text()),
            Filter::Or(a, b) => format!("({} or {})", a.text(), b.text()),
            Filter::Not(a) => format!("not ({})", a.text()),
            Filter::Test(path, op, want) => {
                let value = match want {
                    Want::Text(text) => format!("\"{text}\""),
                    other => other.text(),
                };
                format!("{} {op} {value}", path.join("."))
            }
        }
    }
}

impl Clause {
    /// Name and value.
    pub(crate) fn pair(&self) -> (String, String) {
        match self {
            Clause::Test { code, modifier, any } => {
                let values: Vec<String> = any.iter().map(Want::text).collect();
                (format!("{code}{}", modifier.text()), values.join(","))
            }
            Clause::Chain { code, target, rest } => {
                let (name, value) = rest.pair();
                let mut via = (*code).to_owned();
                if let Some(target) = target {
                    let _ = write!(via, ":{target}");
                }
                (format!("{via}.{name}"), value)
            }
            Clause::Has { kind, code, rest } => {
                let (name, value) = rest.pair();
                (format!("_has:{kind}:{code}:{name}"), value)
            }
            Clause::Filter(filter) => ("_filter".into(), filter.text()),
            Clause::List(id) => ("_list".into(), id.clone()),
            Clause::Words { content, text } => (if *content { "_content" } else { "_text" }.into(), escaped(text)),
            Clause::Near(latitude, longitude, km) => ("near".into(), format!("{latitude}|{longitude}|{km}|km")),
        }
    }
}

impl Include {
    fn pair(&self) -> (String, String) {
        let name = if self.reverse { "_revinclude" } else { "_include" };
        let mut value = self.source.unwrap_or("*").to_owned();
        if let (Some(_), code) = (self.source, self.code.unwrap_or("*")) {
            let _ = write!(value, ":{code}");
        }
        if let Some(target) = self.target {
            let _ = write!(value, ":{target}");
        }
        (format!("{name}{}", if self.iterate { ":iterate" } else { "" }), value)
    }
}

impl Ask {
    /// What stands in the address.
    pub(crate) fn params(&self) -> Vec<(String, String)> {
        let mut params: Vec<(String, String)> = self.clauses.iter().map(Clause::pair).collect();
        if self.kinds.len() > 1 {
            params.push(("_type".into(), self.kinds.join(",")));
        }
        if !self.sort.is_empty() {
            let key = |(down, code): &(bool, &str)| format!("{}{code}", if *down { "-" } else { "" });
            params.push(("_sort".into(), self.sort.iter().map(key).collect::<Vec<_>>().join(",")));
        }
        params.push(("_count".into(), self.count.to_string()));
        if self.accurate {
            params.push(("_total".into(), "accurate".into()));
        }
        params.extend(self.includes.iter().map(Include::pair));
        params
    }

    pub(crate) fn told(&self) -> String {
        let kind = if let [kind] = self.kinds[..] { kind } else { "" };
        let kind = self.within.as_ref().map_or(kind.to_owned(), |(of, id)| format!("{of}/{id}/{kind}"));
        let params: Vec<String> = self.params().iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{kind}?{}", params.join("&"))
    }
}
