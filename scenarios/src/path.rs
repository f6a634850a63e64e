//! Paths into JSON: `entry[0].resource.id`, and `entry[].resource.id` for each.

use serde_json::Value;

/// Every value at a path.
pub(crate) fn values<'a>(root: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![root];
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let (key, indices) = part.split_once('[').map_or((part, None), |(key, rest)| (key, Some(rest)));
        if !key.is_empty() {
            found = found.into_iter().filter_map(|value| value.get(key)).collect();
        }
        for index in indices.into_iter().flat_map(|text| text.split('[')) {
            found = match index.trim_end_matches(']').parse::<usize>() {
                Ok(number) => found.into_iter().filter_map(|value| value.get(number)).collect(),
                Err(_) => found.into_iter().filter_map(Value::as_array).flatten().collect(),
            };
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::values;

    #[test]
    fn paths_go_through_lists() {
        let bundle = json!({"entry": [{"r": {"id": "a"}}, {"r": {"id": "b"}}, {}], "m": [[1, 2]]});
        assert_eq!(values(&bundle, "entry[].r.id"), [&json!("a"), &json!("b")]);
        assert_eq!(values(&bundle, "entry[1].r.id"), [&json!("b")]);
        assert_eq!(values(&bundle, "m[0][1]"), [&json!(2)]);
        assert!(values(&bundle, "entry[9].r").is_empty());
    }
}
