//! What changed between two states, field by field.

use super::Value;

/// One place at which two values differ.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// The way to the place: field names, keys and positions.
    pub path: Vec<String>,
    /// What stood there before; nothing where it is new.
    pub old: Option<Value>,
    /// What stands there now; nothing where it is gone.
    pub new: Option<Value>,
}

/// Every smallest place at which `new` differs from `old`, in the order of the new value.
pub fn diff(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    walk(&mut Vec::new(), Some(old), Some(new), &mut changes);
    changes
}

fn walk(path: &mut Vec<String>, old: Option<&Value>, new: Option<&Value>, changes: &mut Vec<Change>) {
    if old == new {
        return;
    }
    let pair = match (old, new) {
        (Some(old), Some(new)) => children(old).zip(children(new)),
        _ => None,
    };
    let same_shape = match (old, new) {
        (Some(Value::Variant(a, _)), Some(Value::Variant(b, _)))
        | (Some(Value::Record(a, _)), Some(Value::Record(b, _))) => a == b,
        (Some(a), Some(b)) => std::mem::discriminant(a) == std::mem::discriminant(b),
        _ => false,
    };
    let Some((old_children, new_children)) = pair.filter(|_| same_shape) else {
        changes.push(Change { path: path.clone(), old: old.cloned(), new: new.cloned() });
        return;
    };
    for (name, new) in &new_children {
        let old = old_children.iter().find(|(other, _)| other == name).map(|(_, value)| *value);
        path.push(name.clone());
        walk(path, old, Some(new), changes);
        path.pop();
    }
    for (name, old) in &old_children {
        if new_children.iter().all(|(other, _)| other != name) {
            path.push(name.clone());
            walk(path, Some(old), None, changes);
            path.pop();
        }
    }
}

/// The named parts of a value, or nothing for a leaf.
fn children(value: &Value) -> Option<Vec<(String, &Value)>> {
    match value {
        Value::List(items) => Some(items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()),
        Value::Map(entries) => Some(entries.iter().map(|(key, value)| (key.to_string(), value)).collect()),
        Value::Record(_, fields) => Some(fields.iter().map(|(name, value)| ((*name).to_owned(), value)).collect()),
        Value::Variant(_, Some(inner)) => children(inner),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Serialize;
    use std::collections::BTreeMap;

    #[derive(Serialize)]
    struct State {
        clock: u64,
        replies: BTreeMap<u8, bool>,
        phase: Option<u8>,
    }

    #[test]
    fn only_the_smallest_places_are_named() {
        let old = State { clock: 1, replies: [(1, true), (2, false)].into(), phase: None };
        let new = State { clock: 2, replies: [(1, true), (3, false)].into(), phase: None };
        let changes = diff(&Value::of(&old), &Value::of(&new));
        let places: Vec<String> = changes.iter().map(|change| change.path.join(".")).collect();
        assert_eq!(places, ["clock", "replies.3", "replies.2"]);
        assert_eq!(changes[2].new, None);
    }
}
