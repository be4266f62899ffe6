//! The pieces of a value as a tree.

use super::Value;
use crate::{
    LinkId, Micros, NodeId, Skew,
    walk::{Shape, Sink},
};
use std::mem;

/// A tree under construction.
#[derive(Default)]
pub(super) struct Tree {
    open: Vec<Branch>,
    done: Option<Value>,
    /// The name of the struct around the next value, where it has one.
    newtype: &'static str,
}

struct Branch {
    shape: Shape,
    names: Vec<&'static str>,
    values: Vec<Value>,
}

impl Tree {
    pub fn done(self) -> Value {
        self.done.unwrap_or(Value::Nothing)
    }
    fn put(&mut self, value: Value) {
        self.newtype = "";
        match self.open.last_mut() {
            Some(branch) => branch.values.push(value),
            None => self.done = Some(value),
        }
    }
    fn number(&mut self, number: i128) {
        self.put(match self.newtype {
            "NodeId" => Value::Node(NodeId(number as u32)),
            "LinkId" => Value::Link(LinkId(number as u32)),
            "Micros" => Value::Time(Micros(number as u64)),
            "Skew" => Value::Skew(Skew(number as i64)),
            _ => Value::Int(number),
        });
    }
}

impl Sink for Tree {
    fn nothing(&mut self) {
        self.put(Value::Nothing);
    }
    fn truth(&mut self, yes: bool) {
        self.put(Value::Bool(yes));
    }
    fn whole(&mut self, number: i64) {
        self.number(number.into());
    }
    fn large(&mut self, number: u64) {
        self.number(number.into());
    }
    fn float(&mut self, _: f64) {
        self.put(Value::Text("a float is not part of a state".into()));
    }
    fn text(&mut self, text: &str) {
        self.put(Value::Text(text.to_owned()));
    }
    fn variant(&mut self, name: &'static str) {
        self.put(Value::Variant(name, None));
    }
    fn newtype(&mut self, name: &'static str) {
        self.newtype = name;
    }
    fn open(&mut self, shape: Shape) {
        self.newtype = "";
        self.open.push(Branch { shape, names: vec![], values: vec![] });
    }
    fn field(&mut self, name: &'static str) {
        if let Some(branch) = self.open.last_mut() {
            branch.names.push(name);
        }
    }
    fn close(&mut self) {
        let Some(Branch { shape, names, mut values }) = self.open.pop() else { return };
        self.put(match shape {
            Shape::List => Value::List(values),
            Shape::Record(name) => Value::Record(name, names.into_iter().zip(values).collect()),
            Shape::Variant(name) => Value::Variant(name, values.pop().map(Box::new)),
            Shape::Map => {
                let pair = |pair: &mut [Value]| {
                    let [key, value] = pair else { return (Value::Nothing, Value::Nothing) };
                    (mem::replace(key, Value::Nothing), mem::replace(value, Value::Nothing))
                };
                Value::Map(values.chunks_mut(2).map(pair).collect())
            }
        });
    }
}
