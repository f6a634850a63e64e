//! Search expressions that are no plain paths, by FHIRPath: taken where what they find rests on the resource alone.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use meridian_fhirpath::{Asked, Context, Expression, Item, Node, Outside, Purse, TypeInfo};
use meridian_model::both;
use meridian_model::definitions::compile::Component;
use meridian_model::definitions::{ChildKind, Definitions, Evaluate, Evaluator, Expressions, Found, Together};
use meridian_model::language::Both;
use meridian_model::reference::Reference;
use serde_json::{Value, json};

use crate::meaning::values;

/// Steps that a parameter may take in any resource, and those that it may take for each of its values.
const STEPS: u64 = 100_000;
const STEPS_A_VALUE: u64 = 50;
/// Values that a parameter may find in one resource: each is a row, and an expression can pair all with all.
const MOST_VALUES: usize = 10_000;

/// The engine for expressions that are beyond path programs.
#[derive(Debug, Clone, Copy)]
pub struct FhirPath;

/// One parameter of one base type.
#[derive(Debug)]
struct Program {
    text: String,
    /// What is found together; of a composite its anchors.
    branches: Vec<Expression>,
    /// Of a composite: each part, seen from an anchor.
    parts: Vec<Vec<Expression>>,
    ends: Vec<Option<Vec<&'static str>>>,
}

impl Expressions for FhirPath {
    fn compile(&self, base: &str, expression: &str, parts: &[Component<'_>]) -> Result<Evaluator, Both> {
        let mut text = format!("{base}: {expression}");
        let mut branches = read(expression)?;
        branches.retain(|branch| is_about(base, branch));
        if branches.is_empty() {
            return Err(both!("no part of it is about {base}", "表达式中没有哪一部分是关于 {base} 的"));
        }
        let types = found_in(&branches, &[base])?;
        let mut program = Program { text: String::new(), branches, parts: Vec::new(), ends: Vec::new() };
        if parts.is_empty() {
            program.ends.push(types.as_deref().and_then(ends));
        }
        for part in parts {
            let branches = read(part.expression)?;
            let found = match &types {
                Some(anchors) => found_in(&branches, &elements(anchors)?)?,
                None => None,
            };
            program.ends.push(found.as_deref().and_then(ends));
            program.parts.push(branches);
            text = format!("{text}\n{}: {}", part.kind.code(), part.expression);
        }
        program.text = text;
        Ok(Evaluator::new(program))
    }
}

fn read(text: &str) -> Result<Vec<Expression>, Both> {
    let branches = Expression::branches(text).map_err(|fault| Both::of(&fault))?;
    match branches.iter().flat_map(Expression::asks).next() {
        Some(ask) => Err(both!(
            "at character {}: `{}` {}",
            "第 {} 个字符处：`{}` {}",
            ask.place + 1,
            ask.name,
            refusal(ask.what)
        )),
        None => Ok(branches),
    }
}

/// Why an expression may not ask for this: what a resource is found by must change with the resource alone.
fn refusal(what: Asked) -> Both {
    match what {
        Asked::Time => both!(
            "asks for the time, which passes without the resource being written",
            "用到了当前时间，而时间变化时资源并不重写"
        ),
        Asked::Terminology => both!(
            "asks for terminology, which changes without the resource being written",
            "用到了术语，而术语变化时资源并不重写"
        ),
        Asked::Structure => both!(
            "asks for a profile, which changes without the resource being written",
            "用到了规范，而规范变化时资源并不重写"
        ),
        Asked::Listener => both!("tells somebody what is found, and nobody listens", "会输出中间结果，此处无人接收"),
        Asked::Resource => both!(
            "leads to another resource; only its type may be asked for (`resolve() is Patient`)",
            "通向另一个资源；只能问它的类型（`resolve() is Patient`）"
        ),
        Asked::Variable => both!("is no variable here", "在此处不是变量"),
    }
}

/// Search expressions are written for many types at once: what begins with names of other types alone is about those.
fn is_about(base: &str, branch: &Expression) -> bool {
    let r4 = Definitions::r4();
    let mut heads = branch.heads().into_iter().filter(|name| r4.is_resource_type(name)).peekable();
    heads.peek().is_none() || heads.any(|name| r4.is_a(base, name) || r4.is_a(name, base))
}

/// The types of what the branches find on any of these types; `None` where that is not known.
fn found_in(branches: &[Expression], on: &[&str]) -> Result<Option<Vec<TypeInfo>>, Both> {
    let mut all: Option<Vec<TypeInfo>> = Some(Vec::new());
    for (branch, of) in branches.iter().flat_map(|branch| on.iter().map(move |of| (branch, of))) {
        let found = branch.found_in(of).map_err(|fault| Both::of(&fault))?;
        all = all.zip(found).map(|(mut all, found)| {
            all.extend(found.into_iter().filter(|one| !all.contains(one)).collect::<Vec<_>>());
            all
        });
    }
    Ok(all)
}

/// The anchors of a composite are elements.
fn elements(anchors: &[TypeInfo]) -> Result<Vec<&'static str>, Both> {
    let element = |anchor: &TypeInfo| match anchor {
        TypeInfo { model: "FHIR", name } => Ok(*name),
        TypeInfo { name, .. } => Err(both!(
            "the parts of a composite stand in elements, and not in a {name}",
            "组合参数的各部分应在元素中，不能在 {name} 中"
        )),
    };
    anchors.iter().map(element).collect()
}

/// The types as search parameters name them; `None` where one may be any.
fn ends(types: &[TypeInfo]) -> Option<Vec<&'static str>> {
    let mut all = Vec::new();
    for one in types {
        match one.name {
            "" | "Any" | "Element" | "BackboneElement" => return None,
            // HL7's own parameters name an extension and mean its value.
            "Extension" => {
                let value = Definitions::r4().element("Extension", "value")?;
                all.extend(value.types.iter().map(|kind| kind.code));
            }
            _ => all.push(end(*one)),
        }
    }
    all.sort_unstable();
    all.dedup();
    Some(all)
}

fn end(of: TypeInfo) -> &'static str {
    let is_resource = |name| Definitions::r4().is_resource_type(name) || matches!(name, "Resource" | "DomainResource");
    match (of.model, of.name) {
        ("FHIR", name) if is_resource(name) => "Resource",
        ("System", "Boolean") => "boolean",
        ("System", "Integer" | "Long") => "integer",
        ("System", "Decimal") => "decimal",
        ("System", "String") => "string",
        ("System", "Date") => "date",
        ("System", "DateTime") => "dateTime",
        ("System", "Time") => "time",
        (_, name) => name,
    }
}

impl Evaluate for Program {
    fn text(&self) -> &str {
        &self.text
    }

    fn ends(&self, part: usize) -> Option<&[&'static str]> {
        self.ends.get(part)?.as_deref()
    }

    fn values<'v>(&self, resource: &'v Value) -> Result<Vec<Together<'v>>, String> {
        let purse = Purse::new(STEPS.saturating_add(values(resource).saturating_mul(STEPS_A_VALUE)));
        let context = Context::new(resource).outside(&TypesOnly).as_filters().purse(&purse);
        let all = |branches: &[Expression], focus: &Item<'v>| {
            let mut found = Vec::new();
            for branch in branches {
                found.extend(branch.evaluate(focus.clone(), &context).map_err(|fault| fault.to_string())?);
            }
            Ok::<_, String>(found)
        };
        let found = all(&self.branches, &Item::resource(resource))?;
        let few = |count: usize| {
            let says = || format!("it finds more than {MOST_VALUES} values");
            if count > MOST_VALUES { Err(says()) } else { Ok(()) }
        };
        few(found.len())?;
        if self.parts.is_empty() {
            return Ok(vec![vec![found.iter().filter_map(value).collect()]]);
        }
        let mut rows = 0_usize;
        let mut together = Vec::with_capacity(found.len());
        for anchor in &found {
            let part = |part: &Vec<Expression>| Ok(all(part, anchor)?.iter().filter_map(value).collect());
            let one = self.parts.iter().map(part).collect::<Result<Together<'v>, String>>()?;
            // Of a composite each combination of its parts is a row.
            rows = rows.saturating_add(one.iter().map(Vec::len).fold(1, usize::saturating_mul));
            few(rows)?;
            together.push(one);
        }
        Ok(together)
    }
}

/// What was found, with its type as search parameters name it.
fn value<'v>(item: &Item<'v>) -> Option<Found<'v>> {
    let (model, name) = item.type_name();
    let Some(node) = item.as_node() else {
        return Some((Cow::Owned(item.to_json()), end(TypeInfo { model, name })));
    };
    if name == "Extension" {
        return extended(node);
    }
    Some((Cow::Borrowed(node.value()), end(TypeInfo { model, name })))
}

fn extended<'v>(extension: &Node<'v>) -> Option<Found<'v>> {
    let group = Definitions::r4().group("Extension")?;
    extension.value().as_object()?.iter().filter(|(key, _)| key.starts_with("value")).find_map(|(key, value)| {
        match group.child(key)?.kind {
            ChildKind::Primitive(kind) | ChildKind::Group(kind) => Some((Cow::Borrowed(value), kind)),
            ChildKind::Resource => None,
        }
    })
}

/// Of other resources nothing is known but the types that references say.
struct TypesOnly;

/// A resource of each type that says nothing but its type.
static BARE: LazyLock<HashMap<&'static str, Value>> =
    LazyLock::new(|| Definitions::r4().resource_types().map(|kind| (kind, json!({ "resourceType": kind }))).collect());

impl Outside for TypesOnly {
    fn resolve<'a>(&'a self, reference: &str) -> Option<&'a Value> {
        let (kind, _) = Reference::parse(reference).target()?;
        BARE.get(kind)
    }

    fn said<'a>(&'a self, reference: &Value) -> Option<&'a Value> {
        BARE.get(reference.get("type")?.as_str()?)
    }
}

#[cfg(test)]
mod tests {
    use meridian_model::definitions::Kind;

    use super::*;

    fn found(base: &str, expression: &str, resource: &Value) -> Vec<(String, &'static str)> {
        let made = FhirPath.compile(base, expression, &[]).unwrap_or_else(|says| panic!("{expression}: {says:?}"));
        let values = made.values(resource).unwrap();
        values.into_iter().flatten().flatten().map(|(value, kind)| (value.to_string(), kind)).collect()
    }

    fn refused(base: &str, expression: &str) -> Both {
        FhirPath.compile(base, expression, &[]).map(|made| made.text().to_owned()).unwrap_err()
    }

    #[test]
    fn values_come_with_their_types() {
        let patient = json!({"resourceType": "Patient", "birthDate": "1980-02-01", "active": true,
            "name": [{"family": "Wu", "given": ["Min", "M"]}], "managingOrganization": {"type": "Organization", "identifier": {"value": "9"}},
            "generalPractitioner": [{"reference": "Practitioner/1"}, {"reference": "Organization/2"}],
            "extension": [{"url": "urn:a", "valueCodeableConcept": {"text": "x"}}], "contained": [{"resourceType": "Basic", "id": "b"}]});
        for (expression, value, kind) in [
            ("Patient.name.select(given.first() & ' ' & family)", "\"Min Wu\"", "string"),
            ("name.count()", "1", "integer"),
            ("Patient.birthDate + 1 year", "\"1981-02-01\"", "date"),
            ("iif(active, 3.0 + 1.5, 0)", "4.5", "decimal"),
            ("Patient.name.exists() and active", "true", "boolean"),
            ("Patient.name.where(given.count() > 1).family", "\"Wu\"", "string"),
            ("Patient.extension.where(url.endsWith('a'))", "{\"text\":\"x\"}", "CodeableConcept"),
            ("generalPractitioner.where(resolve() is Practitioner)", "{\"reference\":\"Practitioner/1\"}", "Reference"),
            ("contained.where(id = 'b')", "{\"resourceType\":\"Basic\",\"id\":\"b\"}", "Resource"),
            ("Person.name.exists() | Patient.name.exists().not()", "false", "boolean"),
            ("(Patient.name | Person.name).family.upper()", "\"WU\"", "string"),
            ("(Person.name | Patient.name).family.upper()", "\"WU\"", "string"),
            ("(Patient|Practitioner).name.family.upper()", "\"WU\"", "string"),
            ("(Practitioner | Patient).name.family.upper()", "\"WU\"", "string"),
            ("(Person.name.family & Patient.name.family).upper() | Person.name.count()", "\"WU\"", "string"),
            (
                "5 'mg'",
                "{\"value\":5,\"unit\":\"mg\",\"system\":\"http://unitsofmeasure.org\",\"code\":\"mg\"}",
                "Quantity",
            ),
        ] {
            assert_eq!(found("Patient", expression, &patient), [(value.to_owned(), kind)], "{expression}");
        }
        let organization = "managingOrganization.where((resolve() is Organization) and identifier.exists())";
        assert_eq!(found("Patient", organization, &patient).len(), 1, "a logical reference says its type");
    }

    #[test]
    fn what_rests_on_more_than_the_resource_is_refused_by_name() {
        for (expression, says) in [
            ("Patient.birthDate > today() - 1 year", "`today()` asks for the time"),
            ("Patient.maritalStatus.where(memberOf('urn:x'))", "`memberOf()` asks for terminology"),
            ("Patient.where(conformsTo('urn:x')).id", "`conformsTo()` asks for a profile"),
            ("Patient.managingOrganization.resolve().name", "`resolve()` leads to another resource"),
            ("Patient.name.trace('n').family", "`trace()` tells somebody"),
            ("Patient.name.where(use = %use).family", "`%use` is no variable"),
            ("Patient.missing.first()", "has no element `missing`"),
            ("Observation.code.first()", "no part of it is about Patient"),
            ("Patient.name.", "character"),
            ("Patient.name.frist()", "frist"),
        ] {
            let refused = refused("Patient", expression);
            assert!(refused.english.contains(says), "{expression}: {refused:?}");
        }
    }

    #[test]
    fn parts_of_a_composite_are_seen_from_their_anchor() {
        let parts = [
            Component { code: "code", kind: Kind::Token, expression: "code.coding.where(code.startsWith('8'))" },
            Component { code: "value", kind: Kind::Quantity, expression: "value.ofType(Quantity)" },
        ];
        let made = FhirPath.compile("Observation", "Observation.component.skip(1)", &parts).unwrap();
        assert_eq!((made.ends(0), made.ends(1)), (Some(&["Coding"][..]), Some(&["Quantity"][..])));
        let part =
            |code: &str, value: i64| json!({"code": {"coding": [{"code": code}]}, "valueQuantity": {"value": value}});
        let resource =
            json!({"resourceType": "Observation", "component": [part("80", 1), part("81", 2), part("9", 3)]});
        let values = made.values(&resource).unwrap();
        assert_eq!(values.iter().map(|one| (one[0].len(), one[1].len())).collect::<Vec<_>>(), [(1, 1), (0, 1)]);
        let wrong = [Component { expression: "nothing", ..parts[0] }, parts[1]];
        assert!(
            FhirPath
                .compile("Observation", "Observation.component.skip(1)", &wrong)
                .unwrap_err()
                .english
                .contains("nothing")
        );
    }

    #[test]
    fn a_resource_has_not_more_rows_of_a_parameter_than_one_looks_through() {
        let many = |count: usize| (0..count).map(|n| json!({"family": n.to_string()})).collect::<Vec<_>>();
        let pairs = "Patient.name.family.select(%resource.name.family)";
        let values = |count: usize| {
            let made = FhirPath.compile("Patient", pairs, &[]).unwrap();
            made.values(&json!({"resourceType": "Patient", "name": many(count)})).map(|found| found[0][0].len())
        };
        assert_eq!(values(30).unwrap(), 900);
        assert!(values(110).unwrap_err().contains("more than 10000 values"));
        let parts = ["a", "b"].map(|code| Component {
            code,
            kind: Kind::String,
            expression: "%resource.name.family.select($this & '-')",
        });
        let made = FhirPath.compile("Patient", "Patient.name.first()", &parts).unwrap();
        assert!(made.values(&json!({"resourceType": "Patient", "name": many(110)})).is_err());
        assert!(made.values(&json!({"resourceType": "Patient", "name": many(30)})).is_ok());
    }

    #[test]
    fn what_explodes_ends_and_says_so() {
        let names: Vec<Value> = (0..60).map(|n| json!({"family": format!("n{n}")})).collect();
        let patient = json!({"resourceType": "Patient", "name": names});
        for expression in [
            "Patient.name.select(%resource.name.select(%resource.name.select(%resource.name.family))).count()",
            "Patient.repeatAll(name | %resource).count()",
            "Patient.name.family.select($this & $this & $this & $this).aggregate($total & $total & $this, 'x')",
        ] {
            let made = FhirPath.compile("Patient", expression, &[]).unwrap();
            let start = std::time::Instant::now();
            let says = made.values(&patient).unwrap_err();
            assert!(says.contains("steps") || says.contains("bytes"), "{expression}: {says}");
            assert!(start.elapsed().as_secs() < 5, "{expression}: {:?}", start.elapsed());
        }
    }
}
