//! How fast simple evaluations are. Printed where `MERIDIAN_SPEED` asks for it, never judged here.

use std::time::Instant;

use meridian_fhirpath::{Context, Expression, Item};

#[test]
fn evaluations_a_second() {
    if std::env::var_os("MERIDIAN_SPEED").is_none() {
        println!("SKIPPED: MERIDIAN_SPEED is not set");
        return;
    }
    let patient: meridian_model::Value = serde_json::from_str(
        r#"{"resourceType":"Patient","id":"p","active":true,"meta":{"profile":["http://example.org/p"]},
            "identifier":[{"system":"urn:a","value":"1"},{"system":"urn:b","value":"2"}],
            "name":[{"use":"usual","given":["Jim"]},{"use":"official","family":"Chalmers","given":["Peter","James"]}],
            "telecom":[{"system":"phone","value":"1","use":"home"},{"system":"email","value":"a@b","use":"work"}],
            "gender":"male","birthDate":"1974-12-25","deceasedBoolean":false,
            "address":[{"city":"x","line":["a"]}],"contact":[{"name":{"family":"y"}}]}"#,
    )
    .unwrap();
    let context = Context::new(&patient);
    for text in [
        "birthDate",
        "name.given",
        "Patient.name.family.exists()",
        "name.where(use='official').given.first()",
        "identifier.where(system = 'urn:b').value",
        "telecom.exists(system = 'phone' and use = 'home')",
        "deceased is boolean",
        "birthDate < @2000-01-01",
        "contact.all(name.exists() or telecom.exists() or address.exists() or organization.exists())",
    ] {
        let expression = Expression::parse(text).unwrap();
        let rounds = 200_000_u32;
        let start = Instant::now();
        for _ in 0..rounds {
            let found = expression.evaluate(Item::resource(&patient), &context).unwrap();
            std::hint::black_box(&found);
        }
        let each = start.elapsed() / rounds;
        println!("{:>10} /s  {each:?}  {text}", 1_000_000_000 / each.as_nanos().max(1));
    }
}
