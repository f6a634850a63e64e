//! The expressions that FHIRPath is measured with: the official suite, and some simple ones.

use std::path::Path;

use anyhow::{Context as _, bail};
use meridian_fhirpath::{Context, Expression, Item, Moment, Outside};
use meridian_model::reader;
use meridian_xml::tree;
use serde_json::{Map, Value, json};

const SUITE: &str = "fhir_test_cases/r4/fhirpath/tests-fhir-r4.xml";
/// Where inputs of the suite stand, the second as JSON.
const INPUTS: [&str; 2] = ["fhir_test_cases/r4", "fhir_r4_examples"];

/// What people and rules ask most: a step or a few, of one resource.
pub(crate) const SIMPLE: [&str; 9] = [
    "birthDate",
    "name.given",
    "Patient.name.family.exists()",
    "name.where(use = 'official').given.first()",
    "identifier.where(system = 'urn:b').value",
    "telecom.exists(system = 'phone' and use = 'home')",
    "deceased is boolean",
    "birthDate < @2000-01-01",
    "contact.all(name.exists() or telecom.exists() or address.exists() or organization.exists())",
];

/// One expression on one input, and what it must give.
pub(crate) struct Case {
    pub(crate) expression: String,
    pub(crate) input: String,
    wanted: Wanted,
}

enum Wanted {
    Items(Vec<Option<bool>>),
    Anything,
}

pub(crate) struct Cases {
    pub(crate) inputs: Map<String, Value>,
    pub(crate) all: Vec<Case>,
}

impl Cases {
    /// The patient and the expressions of [`SIMPLE`].
    pub(crate) fn simple() -> Cases {
        let patient = json!({"resourceType": "Patient", "id": "p", "active": true,
            "meta": {"profile": ["http://example.org/p"]},
            "identifier": [{"system": "urn:a", "value": "1"}, {"system": "urn:b", "value": "2"}],
            "name": [{"use": "usual", "given": ["Jim"]},
                     {"use": "official", "family": "Chalmers", "given": ["Peter", "James"]}],
            "telecom": [{"system": "phone", "value": "1", "use": "home"},
                        {"system": "email", "value": "a@b", "use": "work"}],
            "gender": "male", "birthDate": "1974-12-25", "deceasedBoolean": false,
            "address": [{"city": "x", "line": ["a"]}], "contact": [{"name": {"family": "y"}}]});
        let all = SIMPLE.iter().map(|text| Case {
            expression: (*text).to_owned(),
            input: "patient".to_owned(),
            wanted: Wanted::Anything,
        });
        Cases { inputs: Map::from_iter([("patient".to_owned(), patient)]), all: all.collect() }
    }

    /// The official suite without the tests that must end with a fault; `None` where it is not there.
    pub(crate) fn official(materials: &Path) -> anyhow::Result<Option<Cases>> {
        let file = materials.join(SUITE);
        if !file.is_file() {
            return Ok(None);
        }
        let limits = meridian_xml::Limits { bytes: 64 << 20, ..Default::default() };
        let suite = tree::read(&std::fs::read(&file)?, &limits).ok().context("the suite cannot be read")?;
        let mut cases = Cases { inputs: Map::new(), all: Vec::new() };
        for test in suite.all("group").flat_map(|group| group.all("test")) {
            let Some(expression) = test.child("expression").filter(|it| it.attribute("invalid").is_none()) else {
                continue;
            };
            let input = test.attribute("inputfile").unwrap_or("patient-example.xml");
            if !cases.inputs.contains_key(input) {
                cases.inputs.insert(input.to_owned(), resource(materials, input)?);
            }
            let truth = |output: &tree::Element| match output.attribute("type") {
                Some("boolean") => Some(output.text() == "true"),
                _ => None,
            };
            // A predicate's answer is whether there is any.
            let wanted = match test.attribute("predicate") {
                Some("true") => Wanted::Anything,
                _ => Wanted::Items(test.all("output").map(truth).collect()),
            };
            cases.all.push(Case { expression: expression.text().trim().to_owned(), input: input.to_owned(), wanted });
        }
        Ok(Some(cases))
    }

    pub(crate) fn input(&self, case: &Case) -> &Value {
        self.inputs.get(&case.input).unwrap_or(&Value::Null)
    }

    /// What another engine is given: without groups to say what it makes of them, with groups to be measured.
    pub(crate) fn task(&self, groups: &[Vec<usize>], quick: bool) -> Value {
        let cases = self.all.iter().map(|one| json!({"expression": one.expression, "input": one.input}));
        let (samples, seconds) = if quick { (1, 0.05) } else { (5, 0.3) };
        json!({"inputs": self.inputs, "cases": cases.collect::<Vec<_>>(), "groups": groups,
               "samples": samples, "seconds": seconds})
    }
}

impl Case {
    /// Whether an answer (`null`, or its items with what is no scalar as `{}`) is the suite's.
    pub(crate) fn fits(&self, answer: &Value) -> bool {
        let Some(items) = answer.as_array() else { return false };
        let Wanted::Items(wanted) = &self.wanted else { return true };
        items.len() == wanted.len()
            && items.iter().zip(wanted).all(|(item, wanted)| wanted.is_none_or(|truth| *item == Value::Bool(truth)))
    }

    /// What Meridian makes of it, in the same form.
    pub(crate) fn answer(&self, resource: &Value) -> Value {
        let context = context(resource);
        let found = Expression::parse(&self.expression)
            .and_then(|expression| expression.evaluate(Item::resource(resource), &context));
        let scalar = |item: &Item<'_>| match item.to_json() {
            json @ (Value::Bool(_) | Value::Number(_) | Value::String(_)) => json,
            _ => json!({}),
        };
        found.map_or(Value::Null, |items| items.iter().map(scalar).collect())
    }
}

/// Knows of structures whether they are those of the type.
struct Types;

impl Outside for Types {
    fn conforms_to(&self, _: &Value, type_name: &str, structure: &str) -> Option<bool> {
        let name = structure.strip_prefix("http://hl7.org/fhir/StructureDefinition/")?;
        meridian_model::definitions::Definitions::r4().group(name).map(|_| name == type_name)
    }
}

pub(crate) fn context(resource: &Value) -> Context<'_> {
    Context::new(resource).outside(&Types).now(Moment { millis: 1_795_000_000_000, offset_minutes: 480 })
}

/// An input as JSON. One of the suite has its elements in another order than FHIR's, which the reader of XML refuses;
/// the same example stands among R4's own as JSON.
fn resource(materials: &Path, name: &str) -> anyhow::Result<Value> {
    let [beside, examples] = INPUTS.map(|folder| materials.join(folder).join(name));
    let own = std::fs::read(&beside).with_context(|| format!("cannot read {name}"))?;
    let limits = reader::Limits::default();
    if beside.extension().is_none_or(|kind| kind != "xml") {
        return reader::parse(&own, &limits).ok().with_context(|| format!("{name} cannot be read"));
    }
    if let Ok(resource) = meridian_xml::read(&own, &meridian_xml::Limits::default()) {
        return Ok(resource);
    }
    let Ok(text) = std::fs::read(examples.with_extension("json")) else { bail!("{name} cannot be read") };
    reader::parse(&text, &limits).ok().with_context(|| format!("{name} cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_simple_expression_finds_something() {
        let cases = Cases::simple();
        for case in &cases.all {
            let answer = case.answer(cases.input(case));
            assert!(answer.as_array().is_some_and(|items| !items.is_empty()), "{}: {answer}", case.expression);
        }
    }

    #[test]
    fn an_answer_is_judged_by_count_and_truth() {
        let case = |wanted| Case { expression: String::new(), input: String::new(), wanted: Wanted::Items(wanted) };
        assert!(case(vec![Some(true)]).fits(&json!([true])) && case(vec![None, None]).fits(&json!(["a", {}])));
        assert!(!case(vec![Some(true)]).fits(&json!([false])) && !case(vec![None]).fits(&json!([])));
        assert!(!case(vec![]).fits(&Value::Null));
    }
}
