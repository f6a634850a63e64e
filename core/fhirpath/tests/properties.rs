//! Whatever is fed: an answer or a fault, never a panic, within the budget: no more items than steps, and no more time.

#![cfg(test)]

use std::time::{Duration, Instant};

use meridian_fhirpath::{Context, Expression, FaultKind, Item, Moment, patch};
use meridian_model::Value;
use proptest::prelude::*;
use serde_json::json;

fn patient() -> Value {
    json!({
        "resourceType": "Patient", "id": "p", "active": true, "birthDate": "1974-12", "_birthDate": {"id": "b"},
        "name": [{"use": "official", "family": "a", "given": ["b", null], "_given": [null, {"id": "g"}]}, {"text": "x"}],
        "telecom": [{"rank": 1, "value": "1.5"}], "deceasedDateTime": "2020-02-30",
        "extension": [{"url": "u", "valueQuantity": {"value": 1.5, "code": "mg", "system": "http://unitsofmeasure.org"}}],
    })
}

/// A long text of few letters.
fn long() -> &'static str {
    static LONG: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        let mut seed = 1_u32;
        let letter = |_| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if seed >> 31 == 0 { 'a' } else { 'b' }
        };
        (0..200_000).map(letter).collect()
    });
    &LONG
}

fn run(text: &str, steps: u64) -> Option<FaultKind> {
    let patient = patient();
    let expression = match Expression::parse(text) {
        Ok(expression) => expression,
        Err(fault) => {
            assert!(fault.place <= text.len(), "{text}");
            return Some(fault.kind);
        }
    };
    let _ = expression.check("Patient");
    let many: Vec<Item<'_>> = (0..300).map(Item::integer).collect();
    let context = Context::new(&patient).steps(steps).now(Moment { millis: 0, offset_minutes: 0 });
    let context = context.variable("many", many).variable("long", vec![Item::text(long())]);
    match expression.evaluate(Item::resource(&patient), &context) {
        Ok(found) => {
            assert!(u64::try_from(found.len()).unwrap() <= steps, "{text}: {} items", found.len());
            for item in &found {
                let _ = (item.to_json(), item.to_text(), item.type_name());
            }
            None
        }
        Err(fault) => Some(fault.kind),
    }
}

/// Expressions put together from parts that mean something.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        prop::sample::select(vec![
            "name",
            "birthDate",
            "telecom.rank",
            "extension.value",
            "deceased",
            "$this",
            "$index",
            "$total",
            "{}",
            "true",
            "1",
            "-1",
            "2147483647",
            "9223372036854775807L",
            "0.1",
            "99999999999999999999999999999999.9",
            "'a'",
            "'1.5'",
            "'\\u00e9'",
            "@2020-01",
            "@9999-12-31T23:59:59.999+14:00",
            "@T23:59",
            "4 days",
            "1 'mg'",
            "1 '[degF]'",
            "1000000000000 years",
            "%resource",
            "%context",
            "now()",
            "children()",
            "descendants()",
            "name.given",
            "'(a+)+$'",
            "'yyyy'",
            "%x",
            "%many",
            "%long",
            "$total.select($total)",
            "defineVariable('x', %many).select(%x)",
            "'(a|b)*a(a|b){200}c'",
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(5, 40, 3, |inner| {
        let operators = prop::sample::select(vec![
            "+",
            "-",
            "*",
            "/",
            "div",
            "mod",
            "&",
            "|",
            "<",
            ">=",
            "=",
            "!=",
            "~",
            "!~",
            "in",
            "contains",
            "and",
            "or",
            "xor",
            "implies",
            "is Quantity |",
            "as string |",
        ]);
        let functions = prop::sample::select(vec![
            "empty",
            "not",
            "count",
            "distinct",
            "isDistinct",
            "allTrue",
            "single",
            "first",
            "last",
            "tail",
            "toInteger",
            "toDecimal",
            "toQuantity",
            "toString",
            "toDate",
            "toDateTime",
            "toTime",
            "toBoolean",
            "toLong",
            "length",
            "toChars",
            "upper",
            "trim",
            "abs",
            "ceiling",
            "exp",
            "ln",
            "sqrt",
            "truncate",
            "round",
            "children",
            "descendants",
            "lowBoundary",
            "highBoundary",
            "precision",
            "type",
            "sum",
            "min",
            "max",
            "avg",
            "hasValue",
            "resolve",
            "htmlChecks",
            "pathname",
            "yearOf",
            "timeOf",
            "sort",
            "getReferenceKey",
            "join",
        ]);
        let with = prop::sample::select(vec![
            "where",
            "select",
            "exists",
            "all",
            "repeat",
            "union",
            "combine",
            "intersect",
            "exclude",
            "subsetOf",
            "skip",
            "take",
            "substring",
            "startsWith",
            "matches",
            "split",
            "power",
            "log",
            "round",
            "lowBoundary",
            "extension",
            "aggregate",
            "sort",
            "trace",
            "indexOf",
            "toDate",
            "toQuantity",
            "encode",
            "unescape",
            "comparable",
            "defineVariable",
            "memberOf",
            "coalesce",
            "repeatAll",
            "highBoundary",
        ]);
        let two = prop::sample::select(vec!["iif", "replace", "replaceMatches", "substring", "duration", "aggregate"]);
        prop_oneof![
            (inner.clone(), operators, inner.clone()).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            (inner.clone(), functions).prop_map(|(a, f)| format!("{a}.{f}()")),
            (inner.clone(), with, inner.clone()).prop_map(|(a, f, b)| format!("({a}).{f}({b})")),
            (inner.clone(), two, inner.clone(), inner.clone()).prop_map(|(a, f, b, c)| format!("({a}).{f}({b}, {c})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}]")),
            inner.prop_map(|a| format!("-({a})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_answered(text in "\\PC{0,40}") {
        run(&text, 10_000);
    }

    #[test]
    fn any_row_of_tokens_is_answered(text in "([a-z]{1,4}|[0-9]{1,3}|[-+*/().,<>=~!|&%$@'`{}\\[\\]T:\\\\ ]){0,30}") {
        run(&text, 10_000);
    }

    #[test]
    fn any_expression_is_answered(text in expression()) {
        run(&text, 20_000);
    }

    #[test]
    fn any_patch_is_answered(
        act in "add|insert|delete|replace|move|x",
        path in prop_oneof![expression(), "name(\\[[0-3]\\])?(\\.given)?(\\[[0-3]\\])?", "\\PC{0,10}"],
        name in "name|given|deceased|birthDate|x|contact",
        numbers in prop::array::uniform3(0_u8..4),
        value in prop::sample::select(vec![
            json!({"valueString": "x"}), json!({"valueHumanName": {"family": "x"}}), json!({"_valueDate": {"id": "x"}}),
            json!({"part": [{"name": "gender", "valueCode": "male"}]}), json!({}), json!({"resource": {}}), json!({"part": 1}),
        ]),
    ) {
        let mut value = value;
        value["name"] = json!("value");
        let part = |name: &str, number: u8| json!({"name": name, "valueInteger": number});
        let parameters = json!({"resourceType": "Parameters", "parameter": [{"name": "operation", "part": [
            {"name": "type", "valueCode": act}, {"name": "path", "valueString": path}, {"name": "name", "valueString": name},
            value, part("index", numbers[0]), part("source", numbers[1]), part("destination", numbers[2]),
        ]}]});
        let mut patched = patient();
        if patch::apply(&parameters, &mut patched).is_err() {
            prop_assert_eq!(patched, patient());
        }
    }
}

#[test]
fn what_would_take_for_ever_ends_with_the_budget() {
    for text in [
        "name.repeatAll($this)",
        "'a'.repeatAll(replace('a', 'aa'))",
        "(1 | 2 | 3 | 4 | 5 | 6 | 7 | 8).repeat($this + 1)",
        "descendants().select(%resource.descendants().select(%resource.descendants().select(%resource.descendants().select(%resource.descendants()))))",
        "('a' | 'b').aggregate($total & $total & $this, 'aaaaaaaaaaaaaaaa').repeat($this & $this)",
        "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'.repeat($this.replace('', $this))",
        "'((((((((a{1,99}){1,99}){1,99}){1,99}){1,99}){1,99}){1,99}){1,99})'.select('a'.matches($this))",
        "name.repeat(%resource.name.combine(1).combine($index)).repeat('x' & toString() & 'y')",
    ] {
        let start = Instant::now();
        let kind = run(text, 1_000_000);
        assert!(
            matches!(kind, Some(FaultKind::Budget | FaultKind::Execution)) || text.starts_with("name.repeat("),
            "{text}: {kind:?}"
        );
        assert!(start.elapsed() < Duration::from_secs(20), "{text}: {:?}", start.elapsed());
    }
}

/// What copies, compares and matches pays for all of it, so that few steps can't take much memory or time.
#[test]
fn work_is_paid_for_by_its_amount() {
    for text in [
        // Copies of collections.
        "(1|2|3|4|5).aggregate($total.select($total), 1.combine(2))",
        "defineVariable('x', %many).select(%x).select(%x).select(%x)",
        "%many.select(%many).select(%context | %many)",
        "%many.aggregate($total.combine($total), 1)",
        "%many.repeatAll(%many)",
        "%many.aggregate($total.combine($total).tail(), 1.combine(2).combine(3))",
        // Comparisons of long texts.
        "%many.combine(%many).combine(%many).select(%many.select((%long & 'a') = (%long & 'b'))).count()",
        "defineVariable('y', %long & 'x').select(%many.select(%many.select(%long ~ %y)))",
        "defineVariable('y', %long & 'x').select(%many.select(%many.select(%long < %y)))",
        "%many.select(%many.select(%long | %long))",
        // Patterns with large programs, many tries, and matches that look to the end again and again.
        "%long.matches('(a|b)*a(a|b){300}c')",
        "%many.select(%many.select(%long.matches('(a|b)*a(a|b){12}c')))",
        "%long.replaceMatches('[ab]+c|a', 'x')",
    ] {
        let start = Instant::now();
        let kind = run(text, 2_000_000);
        assert_eq!(kind, Some(FaultKind::Budget), "{text}");
        assert!(start.elapsed() < Duration::from_secs(20), "{text}: {:?}", start.elapsed());
    }
    // What is usual stays within it.
    for text in
        ["%long.matches('^[ab]+$')", "%long.contains('c')", "%many.select($this + 1).where($this > 7).sort(-$this)"]
    {
        assert_eq!(run(text, 2_000_000), None, "{text}");
    }
}

#[test]
fn the_deepest_expression_fits_a_small_stack() {
    let deep = |open: &str, close: &str| format!("{}1{}", open.repeat(98), close.repeat(98));
    let texts = [
        deep("(", ")"),
        deep("iif(true, ", ")"),
        deep("name.where(exists(", ")").replace("))", ")))").chars().collect::<String>(),
        deep("-", ""),
        deep("$this[", "]"),
        deep("name.select(", ")"),
        deep("name.all(", ")"),
    ];
    let thread = std::thread::Builder::new().stack_size(1 << 21);
    let worker = thread.spawn(move || {
        for text in &texts {
            run(text, 1_000_000);
        }
    });
    worker.unwrap().join().unwrap();
}
