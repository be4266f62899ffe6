//! Places in a scenario: `policy.threshold`, `workload[0].after.exponential`.

use crate::json::Json;

/// Puts a value into its place. Fields that are missing are made; a list must have the item.
pub fn put(json: &mut Json, path: &str, value: Json) -> Result<(), String> {
    let mut place = json;
    for (name, index) in path.split('.').map(split) {
        if name.is_empty() {
            return Err(format!("`{path}` names no place: expected names and points, as in `policy.threshold`"));
        }
        if place.is_null() {
            *place = Json::Object(serde_json::Map::new());
        }
        let Json::Object(fields) = place else { return Err(format!("`{path}`: there is nothing called `{name}`")) };
        place = fields.entry(name).or_insert(Json::Null);
        if let Some(index) = index {
            let index: usize = index.parse().map_err(|_| format!("`{path}`: `{index}` is no position in a list"))?;
            let count = place.as_array().map_or(0, Vec::len);
            place =
                place.get_mut(index).ok_or_else(|| format!("`{path}`: `{name}` has {count} items, counted from 0"))?;
        }
    }
    *place = value;
    Ok(())
}

/// `workload[0]`: the name, and the position if there is one.
fn split(part: &str) -> (&str, Option<&str>) {
    match part.split_once('[') {
        Some((name, rest)) => (name, Some(rest.trim_end_matches(']'))),
        None => (part, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_are_put_into_their_places() {
        let mut json = json!({"nodes": 3, "workload": [{"after": {"constant": 1}}]});
        for (path, value) in [("nodes", json!(5)), ("workload[0].after.constant", json!(7)), ("policy.limit", json!(2))]
        {
            put(&mut json, path, value).unwrap();
        }
        let expected = json!({"nodes": 5, "workload": [{"after": {"constant": 7}}], "policy": {"limit": 2}});
        assert_eq!(json, expected);
        for path in ["", "workload[1]", "workload[x]", "nodes.x", "script[0].event"] {
            assert!(put(&mut json, path, json!(0)).is_err(), "{path}");
        }
    }
}
