//! Reflection: any `Serialize` type as a plain tree, for the inspector, labels, JSON output and differences.

mod diff;
mod kind;
mod tree;

pub use diff::{Change, diff};
pub use kind::kind;

use crate::{LinkId, Micros, NodeId, Skew, json::Json, walk::walk};
use serde::Serialize;
use std::fmt;

/// A value as the inspector shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Value {
    /// Nothing: `()`, `None`, a unit struct.
    Nothing,
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i128),
    /// A text.
    Text(String),
    /// A node: shown by its name, and it selects the node.
    Node(NodeId),
    /// A link.
    Link(LinkId),
    /// A time or a span.
    Time(Micros),
    /// A span that may be below zero.
    Skew(Skew),
    /// A sequence, set or tuple.
    List(Vec<Value>),
    /// A map, in the order of its keys.
    Map(Vec<(Value, Value)>),
    /// A struct, or an enum variant with fields: its name and its named fields.
    Record(&'static str, Vec<(&'static str, Value)>),
    /// An enum variant: its name and what it holds, if anything.
    Variant(&'static str, Option<Box<Value>>),
}

impl Value {
    /// The tree of any serializable value. Floats are refused by type: no state holds one.
    pub fn of<T: Serialize + ?Sized>(value: &T) -> Self {
        let mut tree = tree::Tree::default();
        walk(value, &mut tree);
        tree.done()
    }

    /// The named fields of a record or of a variant that holds one; else nothing.
    pub fn fields(&self) -> &[(&'static str, Value)] {
        match self {
            Self::Record(_, fields) => fields,
            Self::Variant(_, Some(inner)) => inner.fields(),
            _ => &[],
        }
    }

    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Value> {
        self.fields().iter().find(|(field, _)| *field == name).map(|(_, value)| value)
    }

    /// As JSON: records become objects, variants `{"Name": …}` or `"Name"`, nodes and links their numbers, times
    /// microseconds.
    pub fn to_json(&self) -> Json {
        let one = |name: &str, value: &Self| {
            let mut object = serde_json::Map::new();
            object.insert(name.to_owned(), value.to_json());
            object
        };
        match self {
            Self::Nothing => Json::Null,
            Self::Bool(yes) => Json::Bool(*yes),
            Self::Int(number) => match i64::try_from(*number) {
                Ok(number) => number.into(),
                Err(_) => Json::String(number.to_string()),
            },
            Self::Text(text) => Json::String(text.clone()),
            Self::Node(node) => node.0.into(),
            Self::Link(link) => link.0.into(),
            Self::Time(time) => time.0.into(),
            Self::Skew(skew) => skew.0.into(),
            Self::List(items) => Json::Array(items.iter().map(Self::to_json).collect()),
            Self::Map(entries) => {
                let mut object = serde_json::Map::new();
                for (key, value) in entries {
                    object.insert(key.to_string(), value.to_json());
                }
                Json::Object(object)
            }
            Self::Record(_, fields) => {
                let mut object = serde_json::Map::new();
                for (name, value) in fields {
                    object.insert((*name).to_owned(), value.to_json());
                }
                Json::Object(object)
            }
            Self::Variant(name, None) => Json::String((*name).to_owned()),
            Self::Variant(name, Some(inner)) => Json::Object(one(name, inner)),
        }
    }

    /// The same tree with a text in place of every node: its name in some world.
    #[must_use]
    pub fn with_names(self, name: &dyn Fn(NodeId) -> String) -> Self {
        let again = |value: Self| value.with_names(name);
        match self {
            Self::Node(node) => Self::Text(name(node)),
            Self::List(items) => Self::List(items.into_iter().map(again).collect()),
            Self::Map(entries) => {
                Self::Map(entries.into_iter().map(|(key, value)| (again(key), again(value))).collect())
            }
            Self::Record(record, fields) => {
                Self::Record(record, fields.into_iter().map(|(field, value)| (field, again(value))).collect())
            }
            Self::Variant(variant, inner) => Self::Variant(variant, inner.map(|inner| Box::new(again(*inner)))),
            other => other,
        }
    }

    /// What a message says in one line: `REQUEST 12·P3`. At most two fields, those that tell most.
    pub fn telling(&self) -> String {
        let (name, inner) = match self {
            Self::Variant(name, inner) => (*name, inner.as_deref()),
            Self::Record(name, _) => (*name, Some(self)),
            other => return other.to_string(),
        };
        let shown: Vec<String> = match inner {
            None => vec![],
            Some(Self::Record(_, fields)) => fields.iter().take(2).map(|(_, value)| value.to_string()).collect(),
            Some(Self::List(items)) => items.iter().take(3).map(ToString::to_string).collect(),
            Some(other) => vec![other.to_string()],
        };
        let name = upper_words(name);
        if shown.is_empty() { name } else { format!("{name} {}", shown.join("·")) }
    }
}

/// `ProbeReply` as `PROBE REPLY`.
pub(crate) fn upper_words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for (index, letter) in name.chars().enumerate() {
        if index > 0 && letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_uppercase());
    }
    words
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn joined<'a>(
            f: &mut fmt::Formatter<'_>,
            open: &str,
            items: impl Iterator<Item = (Option<String>, &'a Value)>,
            close: &str,
        ) -> fmt::Result {
            f.write_str(open)?;
            for (index, (label, value)) in items.enumerate() {
                if index > 0 {
                    f.write_str(", ")?;
                }
                if let Some(label) = label {
                    write!(f, "{label}: ")?;
                }
                write!(f, "{value}")?;
            }
            f.write_str(close)
        }
        match self {
            Self::Nothing => f.write_str("–"),
            Self::Bool(true) => f.write_str("yes"),
            Self::Bool(false) => f.write_str("no"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
            Self::Node(node) => write!(f, "{node}"),
            Self::Link(link) => write!(f, "link {}", link.0),
            Self::Time(time) => write!(f, "{time}"),
            Self::Skew(skew) => write!(f, "{skew}"),
            Self::List(items) => joined(f, "[", items.iter().map(|item| (None, item)), "]"),
            Self::Map(entries) => {
                joined(f, "{", entries.iter().map(|(key, value)| (Some(key.to_string()), value)), "}")
            }
            Self::Record(_, fields) => joined(f, "(", fields.iter().map(|(_, value)| (None, value)), ")"),
            Self::Variant(name, None) => f.write_str(name),
            Self::Variant(name, Some(inner)) => match inner.as_ref() {
                inner @ (Self::Record(..) | Self::List(_)) => write!(f, "{name} {inner}"),
                inner => write!(f, "{name}({inner})"),
            },
        }
    }
}

impl Serialize for Value {
    /// As JSON: records become objects, variants `{"Name": …}` or `"Name"`, nodes and links their numbers, times
    /// microseconds.
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Nothing => serializer.serialize_none(),
            Self::Bool(yes) => serializer.serialize_bool(*yes),
            Self::Int(number) => match i64::try_from(*number) {
                Ok(number) => serializer.serialize_i64(number),
                Err(_) => serializer.collect_str(number),
            },
            Self::Text(text) => serializer.serialize_str(text),
            Self::Node(node) => serializer.serialize_u32(node.0),
            Self::Link(link) => serializer.serialize_u32(link.0),
            Self::Time(time) => serializer.serialize_u64(time.0),
            Self::Skew(skew) => serializer.serialize_i64(skew.0),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (key.to_string(), value))),
            Self::Record(_, fields) => serializer.collect_map(fields.iter().map(|(name, value)| (name, value))),
            Self::Variant(name, None) => serializer.serialize_str(name),
            Self::Variant(name, Some(inner)) => serializer.collect_map([(name, inner)]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[derive(Serialize)]
    enum Message {
        Request { stamp: u64, from: NodeId },
        ProbeReply(bool),
        Token,
    }

    #[test]
    fn a_message_tells_its_kind_and_two_fields() {
        assert_eq!(Value::of(&Message::Request { stamp: 12, from: NodeId(3) }).telling(), "REQUEST 12·P3");
        assert_eq!(Value::of(&Message::ProbeReply(true)).telling(), "PROBE REPLY yes");
        assert_eq!(Value::of(&Message::Token).telling(), "TOKEN");
    }

    #[test]
    fn maps_lists_and_options_are_reflected() {
        let map: BTreeMap<NodeId, Vec<Option<u8>>> = [(NodeId(1), vec![Some(4), None])].into();
        assert_eq!(Value::of(&map).to_string(), "{P1: [4, –]}");
    }
}
