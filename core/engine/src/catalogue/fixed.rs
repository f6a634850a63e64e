//! R4's own search parameters and Meridian's, as the SearchParameter resources that can be read by id. They are not
//! stored, and so no search of the store finds them; a door that has them found asks for all.

use std::collections::{BTreeMap, BTreeSet};

use meridian_model::definitions::{Definitions, SearchParam};
use serde_json::{Value, json};

use super::SEARCH_PARAMETER;
use crate::served::Served;

/// When R4 (4.0.1) was published, in milliseconds since 1970 UTC.
const PUBLISHED: i64 = 1_572_393_600_000;

/// The parameter whose URL ends in `id`.
pub(crate) fn fixed(id: &str) -> Option<Served> {
    let r4 = Definitions::r4();
    let all = r4.resource_types().flat_map(|kind| r4.search_params(kind).iter().copied());
    let same: Vec<&SearchParam> = all.filter(|param| param.url.rsplit('/').next() == Some(id)).collect();
    let param = same.first()?;
    let body = serde_json::to_vec(&resource(param, id, &same)).ok()?;
    Some(Served { kind: SEARCH_PARAMETER, id: id.to_owned(), version: 1, at: PUBLISHED, deleted: false, body })
}

/// All of them, by id.
pub fn fixed_parameters() -> Vec<Value> {
    let r4 = Definitions::r4();
    let mut by_id: BTreeMap<&str, Vec<&SearchParam>> = BTreeMap::new();
    for param in r4.resource_types().flat_map(|kind| r4.search_params(kind).iter().copied()) {
        by_id.entry(param.url.rsplit('/').next().unwrap_or_default()).or_default().push(param);
    }
    by_id.iter().filter_map(|(id, same)| Some(resource(same.first()?, id, same))).collect()
}

fn resource(param: &SearchParam, id: &str, same: &[&SearchParam]) -> Value {
    let bases: BTreeSet<&str> = same.iter().map(|param| param.base).collect();
    let mut resource = json!({
        "resourceType": SEARCH_PARAMETER, "id": id,
        "meta": {"versionId": "1", "lastUpdated": crate::engine::instant(PUBLISHED)},
        "url": param.url, "version": "4.0.1", "name": param.code, "status": "active",
        "description": param.description, "code": param.code, "base": bases, "type": param.kind.code(),
    });
    if let Some(members) = resource.as_object_mut() {
        if !param.expression.is_empty() {
            members.insert("expression".to_owned(), json!(param.expression));
        }
        if !param.targets.is_empty() {
            members.insert("target".to_owned(), json!(param.targets));
        }
    }
    resource
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_r4_gives_can_be_read() {
        let served = fixed("individual-gender").unwrap();
        let gender: Value = serde_json::from_slice(&served.body).unwrap();
        assert_eq!(gender["base"], json!(["Patient", "Person", "Practitioner", "RelatedPerson"]));
        assert_eq!((&gender["code"], &gender["type"]), (&json!("gender"), &json!("token")));
        assert!(gender["expression"].as_str().unwrap().contains("Patient.gender"));
        assert!(fixed("Patient-pinyin").is_some() && fixed("nothing").is_none());
        let all = fixed_parameters();
        assert!(all.len() > 1300 && all.contains(&gender), "{}", all.len());
    }
}
