//! `tests-fhir-r4.xml`: expressions with what they must give, or the fault that they must end with.

use std::collections::HashMap;

use meridian_fhirpath::{Context, Expression, Item, Moment, Outside};
use meridian_model::Value;
use meridian_xml::tree;

use crate::{material, resource};

const SUITE: &str = "fhir_test_cases/r4/fhirpath/tests-fhir-r4.xml";

/// Knows of structures whether they are those of the type.
struct Types;

impl Outside for Types {
    fn conforms_to(&self, _: &Value, type_name: &str, structure: &str) -> Option<bool> {
        let name = structure.strip_prefix("http://hl7.org/fhir/StructureDefinition/")?;
        meridian_model::definitions::Definitions::r4().group(name).map(|_| name == type_name)
    }
}

#[test]
fn the_official_suite() {
    let Some(file) = material(SUITE) else { return };
    let limits = meridian_xml::Limits { bytes: 64 << 20, ..Default::default() };
    let suite = tree::read(&std::fs::read(&file).unwrap(), &limits).unwrap();
    let folder = file.parent().unwrap().parent().unwrap().to_path_buf();
    let mut inputs: HashMap<String, Value> = HashMap::new();
    let (mut all, mut passed, mut failures) = (0, 0, Vec::new());
    for group in suite.all("group") {
        for test in group.all("test") {
            let name = test.attribute("name").unwrap_or("?").to_owned();
            let input = test.attribute("inputfile").unwrap_or("patient-example.xml").to_owned();
            let value = inputs.entry(input.clone()).or_insert_with(|| resource(&folder.join(&input)));
            all += 1;
            match run(test, value) {
                Ok(()) => passed += 1,
                Err(why) => failures.push(format!("{name}: {}\n    {why}", text(test).trim())),
            }
        }
    }
    println!("FHIRPath R4: {passed} of {all}");
    for failure in &failures {
        println!("  {failure}");
    }
    assert!(passed * 100 >= all * 99, "{passed} of {all}");
}

fn text(test: &tree::Element) -> String {
    test.child("expression").map(tree::Element::text).unwrap_or_default()
}

fn run(test: &tree::Element, value: &Value) -> Result<(), String> {
    let source = text(test);
    let invalid = test.child("expression").and_then(|it| it.attribute("invalid"));
    let strict = test.attribute("mode") == Some("strict");
    let kind = value["resourceType"].as_str().unwrap_or("");
    let context = Context::new(value).outside(&Types).now(Moment { millis: 1_795_000_000_000, offset_minutes: 480 });
    let found = Expression::parse(source.trim()).and_then(|expression| {
        // A static fault may be found by looking at the types alone, and must not be found anywhere else.
        if invalid.is_none() || invalid == Some("semantic") || strict {
            expression.check(kind)?;
        }
        expression.evaluate(Item::resource(value), &context)
    });
    let found = match (found, invalid) {
        (Err(_), Some(_)) => return Ok(()),
        (Ok(found), Some(kind)) => return Err(format!("should be a {kind} fault, gives {}", shown(&found))),
        (Err(fault), None) => return Err(format!("{:?} {fault}", fault.kind)),
        (Ok(found), None) => found,
    };
    let wanted: Vec<_> = test.all("output").collect();
    if test.attribute("predicate") == Some("true") {
        let truth = !found.is_empty();
        return if wanted.iter().all(|output| output.text() == truth.to_string()) {
            Ok(())
        } else {
            Err(shown(&found))
        };
    }
    if found.len() != wanted.len() {
        return Err(format!("{} items instead of {}: {}", found.len(), wanted.len(), shown(&found)));
    }
    for (item, output) in found.iter().zip(&wanted) {
        let wanted_text = output.text();
        let of_type = output.attribute("type").unwrap_or("");
        if !fits(item, of_type, &wanted_text) {
            return Err(format!("gives {}, wanted {of_type} {wanted_text}", shown(&found)));
        }
    }
    Ok(())
}

fn fits(item: &Item<'_>, of_type: &str, wanted: &str) -> bool {
    let text = item.to_text().unwrap_or_default().into_owned();
    let plain = wanted.strip_prefix("@T").or(wanted.strip_prefix('@')).unwrap_or(wanted);
    let (_, name) = item.type_name();
    let type_fits = of_type.is_empty()
        || name.eq_ignore_ascii_case(of_type)
        || (of_type == "code" && name == "code")
        || (of_type == "string" && name == "String")
        || (of_type == "decimal" && name == "Integer");
    // Numbers are compared as numbers, all else as text.
    let value_fits = text == plain || {
        let number = |text: &str| text.parse::<f64>().ok();
        matches!((number(&text), number(plain)), (Some(one), Some(two)) if (one - two).abs() < 1e-12)
    };
    type_fits && value_fits
}

fn shown(items: &[Item<'_>]) -> String {
    let show = |item: &Item<'_>| format!("{} {}", item.type_name().1, item.to_text().unwrap_or("…".into()));
    format!("[{}]", items.iter().map(show).collect::<Vec<_>>().join(", "))
}
