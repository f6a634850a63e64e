//! Laws: an expansion and membership say the same, pages are a whole, subsumption is an order.

use proptest::prelude::*;

use super::*;
use crate::terms::{Codes, Subsumes};

/// A hierarchy: of each concept the numbers of some concepts before it, its parents.
fn hierarchy() -> impl Strategy<Value = Vec<Vec<usize>>> {
    prop::collection::vec(prop::collection::vec(any::<prop::sample::Index>(), 0..3), 1..20).prop_map(|all| {
        let parents = |(nth, parents): (usize, Vec<prop::sample::Index>)| {
            if nth == 0 { Vec::new() } else { parents.iter().map(|parent| parent.index(nth)).collect() }
        };
        all.into_iter().enumerate().map(parents).collect()
    })
}

fn system(parents: &[Vec<usize>]) -> Value {
    let concepts = parents.iter().enumerate().map(|(nth, parents)| {
        let mut properties: Vec<Value> =
            parents.iter().map(|parent| json!({"code": "parent", "valueCode": format!("c{parent}")})).collect();
        properties.push(json!({"code": "odd", "valueBoolean": nth % 2 == 1}));
        json!({"code": format!("c{nth}"), "display": format!("concept {nth}"), "property": properties})
    });
    json!({"resourceType": "CodeSystem", "url": "http://x/laws", "content": "complete", "concept": concepts.collect::<Vec<_>>()})
}

/// The ancestors of a concept and itself, by walking.
fn above(parents: &[Vec<usize>], nth: usize) -> Vec<usize> {
    let mut all = vec![nth];
    let mut at = 0;
    while at < all.len() {
        for parent in &parents[all[at]] {
            if !all.contains(parent) {
                all.push(*parent);
            }
        }
        at += 1;
    }
    all
}

fn part() -> impl Strategy<Value = Value> {
    let code = (0..22_usize).prop_map(|nth| format!("c{nth}"));
    let op = prop::sample::select(vec!["is-a", "descendent-of", "is-not-a", "generalizes", "in", "not-in", "="]);
    let filter =
        (op, 0..20_usize).prop_map(|(op, nth)| json!([{"property": "concept", "op": op, "value": format!("c{nth}")}]));
    prop_oneof![
        prop::collection::vec(code, 1..6).prop_map(|codes| {
            let codes: Vec<Value> = codes.into_iter().map(|code| json!({"code": code})).collect();
            json!({"system": "http://x/laws", "concept": codes})
        }),
        filter.prop_map(|filter| json!({"system": "http://x/laws", "filter": filter})),
        Just(json!({"system": "http://x/laws", "filter": [{"property": "odd", "op": "=", "value": "true"}]})),
        Just(json!({"system": "http://x/laws"})),
    ]
}

proptest! {
    #[test]
    fn what_is_expanded_is_a_member_and_nothing_else(
        parents in hierarchy(), include in prop::collection::vec(part(), 1..4), exclude in prop::collection::vec(part(), 0..3),
    ) {
        let terms = with(&[system(&parents)]);
        let compose = json!({"include": include, "exclude": exclude});
        let set = json!({"resourceType": "ValueSet", "url": "http://x/set", "status": "active", "compose": compose});
        let terms = terms.with(&[set]).unwrap();
        // A filter on a code that is not there is refused by both.
        if let Ok(all) = expanded(&terms, &compose, "") {
            let mut sorted = all.clone();
            sorted.sort();
            sorted.dedup();
            prop_assert_eq!(sorted.len(), all.len());
            for nth in 0..22 {
                let query = format!("url=http://x/set&system=http://x/laws&code=c{nth}");
                let found = terms.validate_in_set(&asked(&params(&query), &[])).unwrap();
                prop_assert_eq!(answer(&found, "result"), &json!(all.contains(&format!("c{nth}"))), "c{} of {}", nth, &compose);
            }
            // Pages put together are the whole.
            let pages: Vec<String> = (0..all.len()).step_by(3)
                .flat_map(|offset| expanded(&terms, &compose, &format!("count=3&offset={offset}")).unwrap()).collect();
            prop_assert_eq!(pages, all);
        }
    }

    #[test]
    fn subsumption_is_what_walking_finds(parents in hierarchy()) {
        let terms = with(&[system(&parents)]);
        for a in 0..parents.len() {
            for b in 0..parents.len() {
                let expected = match (above(&parents, b).contains(&a), above(&parents, a).contains(&b)) {
                    (true, true) => Subsumes::Equivalent,
                    (true, false) => Subsumes::Subsumes,
                    (false, true) => Subsumes::SubsumedBy,
                    (false, false) => Subsumes::NotSubsumed,
                };
                prop_assert_eq!(Codes::subsumes(&terms, "http://x/laws", &format!("c{a}"), &format!("c{b}")), Some(expected));
            }
            let below = terms.codes_around("http://x/laws", &format!("c{a}"), true).unwrap();
            prop_assert_eq!(below.len(), (0..parents.len()).filter(|b| above(&parents, *b).contains(&a)).count());
        }
    }

    #[test]
    fn nothing_panics(text in "\\PC{0,40}", other in "\\PC{0,40}") {
        let terms = Terms::embedded();
        for name in ["url", "filter", "displayLanguage", "count", "property", "version", "force-system-version"] {
            let params = [
                ("url".to_owned(), "http://hl7.org/fhir/ValueSet/administrative-gender".to_owned()),
                ("system".to_owned(), "http://hl7.org/fhir/administrative-gender".to_owned()),
                ("code".to_owned(), other.clone()), (name.to_owned(), text.clone()),
            ];
            let question = asked(&params, &[]);
            let _ = (terms.expand(&question), terms.lookup(&question), terms.validate_in_set(&question), terms.translate(&question));
        }
        let _ = (terms.codes_in(&text), terms.codes_around(&text, &other, true));
        let _ = crate::terms::import::read(&[crate::terms::import::File { name: &other, bytes: text.as_bytes() }]);
    }
}
