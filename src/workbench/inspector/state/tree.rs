//! A value as rows of a table: nested values fold, what has changed is marked and keeps its old value at hand.

use crate::{lab::LabHandle, markup::html, workbench::controls::node_chip};
use sim::{Value, World, narrate, value::Change};
use yew::Html;

/// Parts up to which a nested value stands in one line.
const INLINE: usize = 6;
/// Parts of one value that are shown at most.
const PARTS: usize = 100;

/// What the rows are made from.
pub struct Tree<'a> {
    pub lab: &'a LabHandle,
    pub world: &'a World,
    /// What the latest step has changed.
    pub changes: &'a [Change],
}

impl Tree<'_> {
    /// The fields of a process as rows; a process without fields is one value.
    pub fn rows(&self, value: &Value) -> Html {
        let mut path = Vec::new();
        match parts(value) {
            Some(parts) => self.parts(&parts, &mut path),
            None => self.row("state", value, &mut path),
        }
    }

    fn parts(&self, parts: &[(String, &Value)], path: &mut Vec<String>) -> Html {
        let mut rows: Vec<Html> = Vec::new();
        for (name, value) in parts.iter().take(PARTS) {
            path.push(name.clone());
            rows.push(self.row(name, value, path));
            path.pop();
        }
        rows.extend(self.gone(path));
        if parts.len() > PARTS {
            rows.push(
                html! { <tr><td colspan="2" class="quiet">{ format!("and {} more", parts.len() - PARTS) }</td></tr> },
            );
        }
        html! { { for rows } }
    }

    fn row(&self, name: &str, value: &Value, path: &mut Vec<String>) -> Html {
        // Field names are written as in the code, with blanks for underscores.
        let label = name.replace('_', " ");
        let change = self.changes.iter().find(|change| change.path == *path);
        if let (None, Some(parts)) = (change, parts(value).filter(|_| !is_short(value))) {
            let touched = self.changes.iter().any(|change| change.path.starts_with(path));
            return html! {
                <tr class="nest">
                    <td colspan="2">
                        <details open={touched || parts.len() <= 2 * INLINE}>
                            <summary>{ label }<span class="quiet">{ format!(" {}", count(value)) }</span></summary>
                            <table class="fields"><tbody>{ self.parts(&parts, path) }</tbody></table>
                        </details>
                    </td>
                </tr>
            };
        }
        // A short value is one line, and so is a change somewhere in it.
        let inner = self.changes.iter().find(|change| change.path.starts_with(path));
        html! {
            <tr>
                <th scope="row">{ label }</th>
                <td>
                    if let Some(change) = change.or(inner) { { self.marked(value, change, path.len()) } } else { { self.inline(value) } }
                </td>
            </tr>
        }
    }

    /// A changed value. What stood there before shows when it has the focus or the pointer.
    fn marked(&self, value: &Value, change: &Change, depth: usize) -> Html {
        let place = change.path[depth.min(change.path.len())..].join(" ");
        let old = match &change.old {
            Some(old) => narrate::named(self.world, old.clone()),
            None => "nothing".into(),
        };
        let before = if place.is_empty() { format!("before: {old}") } else { format!("{place} before: {old}") };
        html! {
            <span class="changed" tabindex="0">
                { self.inline(value) }
                <span class="before">{ before }</span>
            </span>
        }
    }

    /// Rows of what was there before the step and is no more.
    fn gone(&self, path: &[String]) -> Vec<Html> {
        let gone = self.changes.iter().filter(|change| {
            change.new.is_none() && change.path.len() == path.len() + 1 && change.path.starts_with(path)
        });
        let row = |change: &Change| {
            let old = change.old.clone().map_or_else(String::new, |old| narrate::named(self.world, old));
            html! {
                <tr class="gone">
                    <th scope="row">{ change.path.last().cloned().unwrap_or_default() }</th>
                    <td><del>{ old }</del><span class="visually-hidden">{ " is gone" }</span></td>
                </tr>
            }
        };
        gone.map(row).collect()
    }

    /// A value in one line, with nodes that can be selected.
    fn inline(&self, value: &Value) -> Html {
        let list = |open: &'static str, items: Vec<Html>, close: &'static str| {
            html! {
                <>
                    { open }
                    { for items.into_iter().enumerate().map(|(index, item)| html! { <>{ if index > 0 { ", " } else { "" } }{ item }</> }) }
                    { close }
                </>
            }
        };
        match value {
            Value::Node(id) => node_chip(self.lab, self.world, *id),
            Value::List(items) if items.is_empty() => html! { <span class="quiet">{ "none" }</span> },
            Value::Map(entries) if entries.is_empty() => html! { <span class="quiet">{ "none" }</span> },
            Value::List(items) => list("", items.iter().map(|item| self.inline(item)).collect(), ""),
            Value::Map(entries) => {
                let pair =
                    |(key, value): &(Value, Value)| html! { <>{ self.inline(key) }{ ": " }{ self.inline(value) }</> };
                list("", entries.iter().map(pair).collect(), "")
            }
            Value::Record(_, fields) => list("(", fields.iter().map(|(_, value)| self.inline(value)).collect(), ")"),
            Value::Variant(name, None) => html! { { *name } },
            Value::Variant(name, Some(inner)) => html! { <>{ *name }{ " " }{ self.inline(inner) }</> },
            other => html! { { narrate::named(self.world, other.clone()) } },
        }
    }
}

/// The named parts of a value, as differences name them; nothing for a leaf.
fn parts(value: &Value) -> Option<Vec<(String, &Value)>> {
    match value {
        Value::List(items) => Some(items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect()),
        Value::Map(entries) => Some(entries.iter().map(|(key, value)| (key.to_string(), value)).collect()),
        Value::Record(_, fields) => Some(fields.iter().map(|(name, value)| ((*name).to_owned(), value)).collect()),
        Value::Variant(_, Some(inner)) => parts(inner),
        _ => None,
    }
}

fn count(value: &Value) -> String {
    match value {
        Value::Variant(name, Some(inner)) => format!("{name}, {}", count(inner)),
        other => match parts(other).map_or(0, |parts| parts.len()) {
            1 => "1 entry".into(),
            many => format!("{many} entries"),
        },
    }
}

/// Whether a value is readable in one line.
fn is_short(value: &Value) -> bool {
    fn leaves(value: &Value) -> usize {
        match value {
            Value::List(items) => items.iter().map(leaves).sum(),
            Value::Map(entries) => entries.iter().map(|(_, value)| 1 + leaves(value)).sum(),
            Value::Record(_, fields) => fields.iter().map(|(_, value)| leaves(value)).sum(),
            Value::Variant(_, Some(inner)) => leaves(inner),
            _ => 1,
        }
    }
    leaves(value) <= INLINE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_values_stay_in_a_line() {
        let list = |n| Value::List((0..n).map(Value::Int).collect());
        assert!(is_short(&list(6)) && !is_short(&list(7)));
        let stamp = Value::Record("Stamp", vec![("ts", Value::Int(1)), ("id", Value::Node(sim::NodeId(2)))]);
        assert!(is_short(&Value::Variant("Wanted", Some(Box::new(stamp.clone())))));
        assert!(!is_short(&Value::List(vec![stamp; 4])));
    }

    #[test]
    fn parts_have_the_names_of_differences() {
        let map = Value::Map(vec![(Value::Node(sim::NodeId(1)), Value::Int(4))]);
        let names: Vec<String> = parts(&map).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["P1"]);
        assert_eq!(count(&map), "1 entry");
    }
}
