//! R4's own search parameters and Meridian's, as SearchParameter resources.

use std::collections::{BTreeMap, BTreeSet};

use meridian_model::definitions::{Definitions, SearchParam};
use serde_json::{Value, json};

use super::SEARCH_PARAMETER;

/// All of them, by id.
pub(super) fn all() -> Vec<Value> {
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
    fn what_r4_gives_is_there_once_for_all_its_types() {
        let all = all();
        let find = |id: &str| all.iter().find(|one| one["id"] == id);
        let gender = find("individual-gender").unwrap();
        assert_eq!(gender["base"], json!(["Patient", "Person", "Practitioner", "RelatedPerson"]));
        assert_eq!((&gender["code"], &gender["type"]), (&json!("gender"), &json!("token")));
        assert!(gender["expression"].as_str().unwrap().contains("Patient.gender"));
        assert!(find("Patient-pinyin").is_some() && all.len() > 1300, "{}", all.len());
    }
}
