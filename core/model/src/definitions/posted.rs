//! A SearchParameter resource that somebody posted → parameters that can be in force.

use std::borrow::Cow;

use serde_json::Value;

use super::compile::{self, Compiled, Component};
use super::expression::{Shapes, TypeOf};
use super::{Definitions, Evaluator, Expressions, Kind, Part, SearchParam};
use crate::both;
use crate::index::leading;
use crate::language::Both;
use crate::outcome::Issue;

/// The longest code, in bytes.
const LONGEST_CODE: usize = 64;
/// The most components of a composite, and the most base types.
const MOST: usize = 200;
/// The longest expression, in bytes.
const LONGEST: usize = 8 << 10;
/// The most parameters of one type that an engine for expressions finds the values of: every write of the type waits for
/// them.
pub const MOST_EVALUATED: usize = 50;

/// A posted parameter that can be in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub url: String,
    pub code: String,
    pub kind: Kind,
    pub description: String,
    pub expression: String,
    /// The URLs of the parameters that a composite is made of.
    pub definitions: Vec<String>,
    targets: Vec<String>,
    bases: Vec<Base>,
}

/// What it is for one base type.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Base {
    name: String,
    compiled: Compiled,
    components: Vec<(String, Kind)>,
    /// Instead of path programs, where the expression is beyond them.
    evaluator: Option<Evaluator>,
}

/// Whether a SearchParameter asks to be in force: `active` does, a draft or what was retired does not.
#[must_use]
pub fn is_active(resource: &Value) -> bool {
    text(resource, "status") == Some("active")
}

impl Posted {
    /// Reads a SearchParameter, which is to be in force besides R4's and `others`. What is beyond path programs is left to
    /// `expressions`.
    ///
    /// # Errors
    /// Issues, each with the element that is the reason.
    pub fn read(resource: &Value, others: &[Self], expressions: Option<&dyn Expressions>) -> Result<Self, Vec<Issue>> {
        let mut issues = Vec::new();
        let read = Reading { resource, others, expressions, issues: &mut issues }.read();
        match read {
            Some(posted) if issues.is_empty() => Ok(posted),
            _ => Err(issues),
        }
    }

    /// The base types.
    pub fn bases(&self) -> impl Iterator<Item = &str> {
        self.bases.iter().map(|base| base.name.as_str())
    }

    /// Whether an engine for expressions finds its values, in any of its base types.
    #[must_use]
    pub fn is_evaluated(&self) -> bool {
        self.bases.iter().any(|base| base.evaluator.is_some())
    }

    /// Whether an engine for expressions finds its values in this type.
    fn is_evaluated_for(&self, kind: &str) -> bool {
        let mut evaluated = self.bases.iter().filter(|base| base.evaluator.is_some());
        evaluated.any(|base| Definitions::r4().is_a(kind, &base.name))
    }

    /// Whether rows that were made for `other` are right for this one too: only what is said about it changed.
    #[must_use]
    pub fn means_the_same(&self, other: &Self) -> bool {
        (&self.code, self.kind, &self.targets, &self.bases) == (&other.code, other.kind, &other.targets, &other.bases)
    }

    /// The parameters, one for each base type, under a number. They stay as long as the program does.
    #[must_use]
    pub fn params(self, number: u16) -> Vec<&'static SearchParam> {
        let (code, url) = (String::leak(self.code), String::leak(self.url));
        let (expression, description): (_, &'static str) =
            (String::leak(self.expression), String::leak(self.description));
        let leak = |texts: Vec<String>| texts.into_iter().map(|text| &*String::leak(text)).collect::<Vec<_>>();
        let targets = leak(self.targets);
        let one = |base: Base| {
            let Compiled { paths, parts, .. } = base.compiled;
            let parts = base.components.into_iter().zip(parts);
            let part = |((code, kind), paths): ((String, Kind), _)| Part {
                code: String::leak(code),
                kind,
                paths: leak(paths),
            };
            &*Box::leak(Box::new(SearchParam {
                number,
                code,
                base: String::leak(base.name),
                kind: self.kind,
                url,
                description: Cow::Borrowed(description),
                expression,
                targets: targets.clone(),
                paths: leak(paths),
                parts: parts.map(part).collect(),
                evaluator: base.evaluator,
                unsupported: None,
            }))
        };
        self.bases.into_iter().map(one).collect()
    }
}

struct Reading<'a> {
    resource: &'a Value,
    others: &'a [Posted],
    expressions: Option<&'a dyn Expressions>,
    issues: &'a mut Vec<Issue>,
}

impl Reading<'_> {
    fn wrong(&mut self, element: &str, says: Both) {
        self.issues.push(Issue::error("business-rule", says).at(format!("SearchParameter.{element}")));
    }

    fn needed(&mut self, element: &str) -> String {
        let text = text(self.resource, element).unwrap_or_default().to_owned();
        if text.is_empty() {
            self.wrong(
                element,
                both!("a search parameter in force needs its {element}", "要生效的检索参数必须有 {element}"),
            );
        }
        text
    }

    fn read(mut self) -> Option<Posted> {
        let (url, code, kind) = (self.needed("url"), self.needed("code"), self.needed("type"));
        if !code.is_empty() && !is_code(&code) {
            let says = both!(
                "a code is letters, digits, `-` and `_`, begins with a letter and has at most 64 of them",
                "code 只能由字母、数字、`-` 和 `_` 组成，以字母开头，最长 64 个字符"
            );
            self.wrong("code", says);
        }
        let kind = match Kind::of(&kind) {
            Some(Kind::Special) => {
                self.wrong(
                    "type",
                    both!(
                        "a special parameter has rules of its own that nobody can post",
                        "special 类参数有专门的规则，不能自行提交"
                    ),
                );
                None
            }
            Some(kind) => Some(kind),
            None if kind.is_empty() => None,
            None => {
                self.wrong("type", both!("`{kind}` is no type of search parameter", "`{kind}` 不是检索参数的类型"));
                None
            }
        };
        let bases = self.types("base");
        if bases.is_empty() && self.issues.is_empty() {
            self.wrong(
                "base",
                both!(
                    "a search parameter in force needs its base types",
                    "要生效的检索参数必须写明 base（适用的资源类型）"
                ),
            );
        }
        let targets = self.types("target");
        let expression = self.needed("expression");
        if expression.len() > LONGEST {
            self.wrong(
                "expression",
                both!("an expression is at most {LONGEST} bytes long", "表达式最长 {LONGEST} 字节"),
            );
        }
        let (kind, true) = (kind?, self.issues.is_empty()) else { return None };
        self.clash(&code, &url, &bases);
        let components = self.components(kind);
        let mut compiled = Vec::new();
        for base in bases {
            match self.compile(&base, kind, &expression, &components) {
                Some(one) if self.issues.is_empty() => compiled.push(one),
                _ => return None,
            }
        }
        let definitions = components.into_iter().map(|(url, _)| url).collect();
        let description = text(self.resource, "description").unwrap_or_default().to_owned();
        let posted = Posted { url, code, kind, description, expression, definitions, targets, bases: compiled };
        self.crowd(&posted);
        Some(posted)
    }

    /// Resource types named by an element, each once and in order.
    fn types(&mut self, element: &str) -> Vec<String> {
        let given = self.resource.get(element).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut types: Vec<String> = Vec::new();
        for (nth, name) in given.iter().filter_map(Value::as_str).enumerate().take(MOST) {
            let r4 = Definitions::r4();
            if r4.is_resource_type(name) || r4.type_of(name) == Some(TypeOf::Abstract) {
                types.push(name.to_owned());
            } else {
                self.wrong(
                    &format!("{element}[{nth}]"),
                    both!("`{name}` is no resource type of R4", "`{name}` 不是 R4 的资源类型，请核对拼写"),
                );
            }
        }
        types.sort_unstable();
        types.dedup();
        types
    }

    /// A code has one meaning for each type, a URL one in all.
    fn clash(&mut self, code: &str, url: &str, bases: &[String]) {
        let r4 = Definitions::r4();
        for kind in r4.resource_types().filter(|kind| bases.iter().any(|base| r4.is_a(kind, base))) {
            let posted = self.others.iter().filter(|other| other.code == code);
            let mut posted =
                posted.filter(|other| other.bases().any(|base| r4.is_a(kind, base))).map(|other| &*other.url);
            if let Some(other) = r4.search_param(kind, code).map(|param| param.url).or_else(|| posted.next()) {
                let says = both!(
                    "{kind} is searched by `{code}` already, which is {other}",
                    "{kind} 已经有检索参数 `{code}`（{other}），请换一个 code"
                );
                return self.wrong("code", says);
            }
        }
        let all = r4.resource_types().flat_map(|kind| r4.search_params(kind)).map(|param| param.url);
        if all.chain(self.others.iter().map(|other| &*other.url)).any(|other| other == url) {
            self.wrong(
                "url",
                both!("another search parameter in force is {url}", "已有生效的检索参数使用 {url}，请换一个 url"),
            );
        }
    }

    /// A type has not too many whose expressions are evaluated at each write.
    fn crowd(&mut self, posted: &Posted) {
        let all = |kind: &str| self.others.iter().filter(|other| other.is_evaluated_for(kind)).count();
        let mut kinds = Definitions::r4().resource_types().filter(|kind| posted.is_evaluated_for(kind));
        if let Some(kind) = kinds.find(|kind| all(kind) >= MOST_EVALUATED) {
            let says = both!(
                "{kind} has {MOST_EVALUATED} parameters already whose expressions are no plain paths",
                "{kind} 已有 {MOST_EVALUATED} 个表达式不是简单路径的检索参数，不能再加"
            );
            self.wrong("expression", says);
        }
    }

    /// URL and expression of each component of a composite.
    fn components(&mut self, kind: Kind) -> Vec<(String, String)> {
        let resource = self.resource;
        let given = resource.get("component").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let fits = if kind == Kind::Composite { (2..=MOST).contains(&given.len()) } else { given.is_empty() };
        if !fits {
            self.wrong(
                "component",
                both!(
                    "a composite has two components or more, any other parameter none",
                    "composite 类参数至少要有两个 component，其他类型不能有"
                ),
            );
        }
        let part = |part: &Value| {
            let url = text(part, "definition").unwrap_or_default();
            let url = url.split_once('|').map_or(url, |(url, _)| url);
            (url.to_owned(), text(part, "expression").unwrap_or_default().to_owned())
        };
        given.iter().map(part).collect()
    }

    fn compile(&mut self, base: &str, kind: Kind, expression: &str, given: &[(String, String)]) -> Option<Base> {
        let mut components = Vec::new();
        for (nth, (url, expression)) in given.iter().enumerate() {
            match self.definition(base, url) {
                Some((_, Kind::Composite | Kind::Special)) => {
                    self.wrong(
                        &format!("component[{nth}].definition"),
                        both!("{url} cannot be a component", "{url} 不能作 component"),
                    );
                }
                Some((code, kind)) => components.push((code, kind, expression)),
                None => {
                    let says =
                        both!("no search parameter in force on {base} is {url}", "{base} 没有生效的检索参数 {url}");
                    self.wrong(&format!("component[{nth}].definition"), says);
                }
            }
        }
        if components.len() != given.len() {
            return None;
        }
        let kinds: Vec<Kind> = components.iter().map(|(_, kind, _)| *kind).collect();
        if kind == Kind::Composite && leading(&kinds).is_none() {
            self.wrong(
                "component",
                both!(
                    "a composite is a token or a reference and one more, or two numbers",
                    "composite 应由一个 token 或 reference 加另一个参数组成，或由两个数值组成"
                ),
            );
            return None;
        }
        let r4 = Definitions::r4();
        let parts: Vec<Component<'_>> =
            components.iter().map(|(code, kind, expression)| Component { code, kind: *kind, expression }).collect();
        let compiled = match kind {
            Kind::Composite => compile::composite(r4, base, expression, &parts),
            _ => compile::simple(r4, base, kind, false, expression),
        };
        let compiled = match (compiled, self.expressions) {
            (Ok(compiled), _) => Ok((compiled, None)),
            (Err(says), None) => Err(says),
            (Err(_), Some(engine)) => evaluated(engine, base, kind, expression, &parts),
        };
        match compiled {
            Ok((compiled, evaluator)) => {
                let components = components.into_iter().map(|(code, kind, _)| (code, kind)).collect();
                Some(Base { name: base.to_owned(), compiled, components, evaluator })
            }
            Err(says) => {
                self.wrong("expression", both!("{base}: {}", "{base}：{}", says));
                None
            }
        }
    }

    /// Code and kind of the parameter in force on `base` that has this URL.
    fn definition(&self, base: &str, url: &str) -> Option<(String, Kind)> {
        let r4 = Definitions::r4();
        // What holds for all types holds for any of them.
        let kind = r4.resource_types().find(|kind| r4.is_a(kind, base))?;
        let fixed = r4
            .search_params(kind)
            .iter()
            .find(|param| param.url == url && (kind == base || matches!(param.base, "Resource") || param.base == base));
        let posted = self.others.iter().find(|other| {
            other.url == url && other.bases().any(|one| one == base || matches!(one, "Resource") || r4.is_a(base, one))
        });
        let posted = posted.map(|other| (other.code.clone(), other.kind));
        fixed.map(|param| (param.code.to_owned(), param.kind)).or(posted)
    }
}

/// What path programs can't do.
fn evaluated(
    engine: &dyn Expressions,
    base: &str,
    kind: Kind,
    expression: &str,
    parts: &[Component<'_>],
) -> Result<(Compiled, Option<Evaluator>), Both> {
    let evaluator = engine.compile(base, expression, parts)?;
    let kinds: Vec<Kind> = match kind {
        Kind::Composite => parts.iter().map(|part| part.kind).collect(),
        _ => vec![kind],
    };
    for (part, kind) in kinds.into_iter().enumerate() {
        match evaluator.ends(part) {
            Some([]) => return Err(both!("no part of it is about {base}", "表达式中没有哪一部分是关于 {base} 的")),
            Some(ends) if !ends.iter().any(|end| compile::fits(kind, end)) => return Err(compile::unfit(kind, ends)),
            _ => {}
        }
    }
    let compiled = Compiled { parts: vec![Vec::new(); parts.len()], ..Compiled::default() };
    Ok((compiled, Some(evaluator)))
}

fn is_code(code: &str) -> bool {
    code.len() <= LONGEST_CODE
        && code.starts_with(|c: char| c.is_ascii_alphabetic())
        && code.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::program::Program;
    use super::*;

    fn nickname() -> Value {
        json!({"resourceType": "SearchParameter", "url": "urn:p:nick", "status": "active", "code": "nick", "base": ["Patient", "Person"],
            "type": "string", "description": "By nickname", "expression": "Patient.name.where(use='nickname') | Person.name.where(use='nickname')"})
    }

    fn with(key: &str, value: Value) -> Value {
        let mut resource = nickname();
        resource[key] = value;
        resource
    }

    fn place(resource: &Value, others: &[Posted]) -> String {
        let issues = Posted::read(resource, others, None).unwrap_err();
        issues
            .iter()
            .map(|issue| format!("{} {}", issue.expression[0], issue.diagnostics))
            .collect::<Vec<_>>()
            .join("; ")
    }

    #[test]
    fn a_parameter_is_made_for_each_base() {
        let posted = Posted::read(&nickname(), &[], None).unwrap();
        assert!(posted.bases().eq(["Patient", "Person"]) && is_active(&nickname()));
        assert!(posted.means_the_same(&Posted::read(&with("description", json!("By another")), &[], None).unwrap()));
        assert!(!posted.means_the_same(&Posted::read(&with("base", json!(["Patient"])), &[], None).unwrap()));
        let params = posted.params(20_007);
        let all: Vec<_> = params.iter().map(|param| (param.number, param.base, param.paths.as_slice())).collect();
        let path = &["name[use=nickname]:HumanName"][..];
        assert_eq!(all, [(20_007, "Patient", path), (20_007, "Person", path)]);
        assert!(params.iter().flat_map(|param| &param.paths).all(|path| Program::read(path).is_some()));
    }

    #[test]
    fn what_cannot_be_is_refused_by_its_element() {
        let others = [Posted::read(&nickname(), &[], None).unwrap()];
        for (resource, at) in [
            (with("url", Value::Null), "SearchParameter.url"),
            (with("code", json!("a b")), "SearchParameter.code"),
            (with("code", json!("_mine")), "SearchParameter.code"),
            (with("code", json!("name")), "SearchParameter.code Patient is searched by `name` already"),
            (with("type", json!("special")), "SearchParameter.type"),
            (with("type", json!("text")), "SearchParameter.type"),
            (with("base", json!(["Patient", "Dog"])), "SearchParameter.base[1]"),
            (with("base", json!([])), "SearchParameter.base"),
            (with("target", json!(["Cat"])), "SearchParameter.target[0]"),
            (
                with("expression", json!("Patient.name.count() | Person.name")),
                "SearchParameter.expression Patient: `count()`",
            ),
            (with("expression", json!("Patient.name")), "SearchParameter.expression Person: no part"),
            (
                with("type", json!("date")),
                "SearchParameter.expression Patient: a date parameter has no rows for HumanName",
            ),
            (with("type", json!("composite")), "SearchParameter.component"),
            (with("component", json!([{"definition": "urn:x", "expression": "name"}])), "SearchParameter.component"),
            (with("url", json!("http://hl7.org/fhir/SearchParameter/individual-gender")), "SearchParameter.url"),
        ] {
            let says = place(&resource, &[]);
            assert!(says.contains(at), "{says}");
        }
        assert!(place(&nickname(), &others).contains("SearchParameter.code Patient"));
        assert!(place(&with("code", json!("nick2")), &others).contains("SearchParameter.url"));
    }

    #[test]
    fn composites_are_made_of_what_is_in_force() {
        let code = json!({"url": "urn:p:kind", "status": "active", "code": "kind", "base": ["Observation"], "type": "token",
            "expression": "Observation.code"});
        let others = [Posted::read(&code, &[], None).unwrap()];
        let both = |second: &str| {
            json!({"url": "urn:p:both", "status": "active", "code": "kind-value", "base": ["Observation"], "type": "composite",
                "expression": "Observation | Observation.component", "component": [
                    {"definition": "urn:p:kind", "expression": "code"}, {"definition": second, "expression": "value.as(Quantity)"}]})
        };
        let value = "http://hl7.org/fhir/SearchParameter/Observation-value-quantity";
        let posted = Posted::read(&both(value), &others, None).unwrap();
        assert_eq!(posted.definitions, ["urn:p:kind", value]);
        let params = posted.params(20_000);
        let parts: Vec<_> = params[0].parts.iter().map(|part| (part.code, part.kind, part.paths.as_slice())).collect();
        let quantity = ("value-quantity", Kind::Quantity, &["valueQuantity:Quantity"][..]);
        assert_eq!(parts, [("kind", Kind::Token, &["code:CodeableConcept"][..]), quantity]);
        assert_eq!(params[0].paths, [":Observation", "component:Observation.component"]);
        assert!(place(&both(value), &[]).contains("component[0].definition"));
        assert!(place(&both("urn:no"), &others).contains("component[1].definition"));
    }
}
