//! From a tree to the types of this program.

use super::{
    Json,
    place::{Spot, Turn, place},
};
use crate::FileError;
use std::fmt;

/// A type that can be read from JSON: see [`read_record!`](crate::read_record) and
/// [`read_variants!`](crate::read_variants).
pub trait Read: Sized {
    /// Reads a value.
    fn read(json: &Json) -> Result<Self, Wrong>;
    /// What it is where its field is missing, if that may be.
    fn missing() -> Option<Self> {
        None
    }
}

/// What is wrong with a value, and the way to it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrong(Box<Inner>);

#[derive(Clone, PartialEq, Eq, Debug)]
struct Inner {
    message: String,
    spot: Spot,
    /// From the inside out.
    way: Vec<Turn>,
}

impl Wrong {
    /// This is wrong with the value.
    pub fn new(message: impl Into<String>) -> Self {
        Self::at(Spot::Value, message.into())
    }
    fn at(spot: Spot, message: String) -> Self {
        Self(Box::new(Inner { message, spot, way: vec![] }))
    }
    /// Something else was expected.
    pub fn expected(what: &str, json: &Json) -> Self {
        let text = super::compact(json);
        let found = match text.char_indices().nth(40) {
            None => text,
            Some((end, _)) => format!("{} …", &text[..end]),
        };
        Self::new(format!("expected {what}, not {found}"))
    }
    /// It is wrong with the field of this name.
    #[must_use]
    pub fn in_field(mut self, name: &str) -> Self {
        self.0.way.push(Turn::Field(name.to_owned()));
        self
    }
    /// It is wrong with the item at this position.
    #[must_use]
    pub fn in_item(mut self, index: usize) -> Self {
        self.0.way.push(Turn::Item(index));
        self
    }
    /// The way to the value: `script[2].at`.
    fn way(&self) -> String {
        let mut way = String::new();
        for turn in self.0.way.iter().rev() {
            match turn {
                Turn::Field(name) => {
                    if !way.is_empty() {
                        way.push('.');
                    }
                    way.push_str(name);
                }
                Turn::Item(index) => way.push_str(&format!("[{index}]")),
            }
        }
        way
    }
    /// The error with its line and column in the text that was read.
    pub fn in_text(mut self, text: &str) -> FileError {
        let way = self.way();
        self.0.way.reverse();
        let place = place(text, &self.0.way, &self.0.spot);
        let field = if way.is_empty() { None } else { Some(way) };
        FileError { place: Some(place), field, message: self.0.message }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = self.way();
        if !way.is_empty() {
            write!(f, "`{way}`: ")?;
        }
        f.write_str(&self.0.message)
    }
}

impl From<Wrong> for FileError {
    fn from(wrong: Wrong) -> Self {
        let way = wrong.way();
        Self { place: None, field: Some(way).filter(|way| !way.is_empty()), message: wrong.0.message }
    }
}

/// The fields of an object. What is wrong is kept, and told at the end: a way out behind each field would have to clean
/// up after all before it.
pub struct Fields<'a> {
    fields: &'a serde_json::Map<String, Json>,
    wrong: Option<Wrong>,
}

impl<'a> Fields<'a> {
    /// An object with these fields, or some of them, and no other.
    pub fn of(json: &'a Json, known: &[&str]) -> Result<Self, Wrong> {
        let Json::Object(fields) = json else {
            return Err(Wrong::expected(&format!("an object with {}", listed("", known)), json));
        };
        match fields.keys().find(|name| !known.contains(&name.as_str())) {
            None => Ok(Self { fields, wrong: None }),
            Some(name) => {
                let message = format!("unknown field `{name}`, expected {}", listed("one of ", known));
                Err(Wrong::at(Spot::Name(name.clone()), message))
            }
        }
    }

    /// The field of this name; nothing where it is wrong or missing.
    pub fn field<T: Read>(&mut self, name: &str) -> Option<T> {
        let found = match self.fields.get(name) {
            Some(json) => T::read(json).map_err(|wrong| wrong.in_field(name)),
            None => T::missing().ok_or_else(|| missing(name)),
        };
        self.keep(found)
    }

    /// The field of this name, or what it is where it is missing; nothing where it is wrong.
    pub fn or<T: Read>(&mut self, name: &str, default: T) -> Option<T> {
        match self.fields.get(name) {
            Some(json) => self.keep(T::read(json).map_err(|wrong| wrong.in_field(name))),
            None => Some(default),
        }
    }

    fn keep<T>(&mut self, found: Result<T, Wrong>) -> Option<T> {
        found.map_err(|wrong| _ = self.wrong.get_or_insert(wrong)).ok()
    }

    /// Whether all that was asked for was there.
    pub fn check(&mut self) -> Result<(), Wrong> {
        self.wrong.take().map_or(Ok(()), Err)
    }
}

fn missing(name: &str) -> Wrong {
    Wrong::at(Spot::End, format!("missing field `{name}`"))
}

/// "`a`", "one of `a`, `b`".
fn listed(several: &str, names: &[&str]) -> String {
    let start = if names.len() > 1 { several } else { "" };
    format!("{start}`{}`", names.join("`, `"))
}

/// The items of a list whose length is known.
pub struct Items<'a>(&'a [Json]);

impl<'a> Items<'a> {
    /// A list of so many items.
    pub fn of(json: &'a Json, count: usize) -> Result<Self, Wrong> {
        match json {
            Json::Array(items) if items.len() == count => Ok(Self(items)),
            _ => Err(Wrong::expected(&format!("a list of {count}"), json)),
        }
    }
    /// The item at this position.
    pub fn item<T: Read>(&self, index: usize) -> Result<T, Wrong> {
        T::read(&self.0[index]).map_err(|wrong| wrong.in_item(index))
    }
}

/// A variant of an enum: its name, and what it holds.
pub struct Variant<'a> {
    /// Its name.
    pub name: &'a str,
    content: &'a Json,
}

impl<'a> Variant<'a> {
    /// One of these variants: `"Name"`, or `{"Name": …}`.
    pub fn of(json: &'a Json, known: &[&str]) -> Result<Self, Wrong> {
        let (name, content, spot) = match json {
            Json::String(name) => (name, &Json::Null, Spot::Value),
            Json::Object(fields) if fields.len() == 1 => {
                let Some((name, content)) = fields.iter().next() else { return Err(missing("")) };
                (name, content, Spot::Name(name.clone()))
            }
            _ => return Err(Wrong::expected(&listed("one of ", known), json)),
        };
        if known.contains(&name.as_str()) {
            return Ok(Self { name, content });
        }
        Err(Wrong::at(spot, format!("unknown variant `{name}`, expected {}", listed("one of ", known))))
    }
    fn within<T>(&self, read: Result<T, Wrong>) -> Result<T, Wrong> {
        read.map_err(|wrong| wrong.in_field(self.name))
    }
    /// It holds nothing.
    pub fn nothing(&self) -> Result<(), Wrong> {
        match self.content {
            Json::Null => Ok(()),
            other => self.within(Err(Wrong::expected("nothing", other))),
        }
    }
    /// It holds one value.
    pub fn value<T: Read>(&self) -> Result<T, Wrong> {
        self.within(T::read(self.content))
    }
    /// It holds these fields.
    pub fn fields(&self, known: &[&str]) -> Result<Fields<'a>, Wrong> {
        self.within(Fields::of(self.content, known))
    }
    /// It holds so many values.
    pub fn items(&self, count: usize) -> Result<Items<'a>, Wrong> {
        self.within(Items::of(self.content, count))
    }
    /// No variant is left: `of` has let none of that name through.
    pub fn unknown<T>(&self) -> Result<T, Wrong> {
        Err(Wrong::new(format!("unknown variant `{}`", self.name)))
    }
}

/// How a struct is read: `read_record!(Config { clocks, rates = vec![] })`. A field is read by its type; one with `=` has
/// that value where it is missing. `from "clock-rate"` gives a field another name in the JSON.
#[macro_export]
macro_rules! read_record {
    ($type:ident { $($field:ident $(from $name:literal)? $(= $default:expr)?),* $(,)? }) => {
        impl $crate::json::Read for $type {
            fn read(json: &$crate::json::Json) -> Result<Self, $crate::json::Wrong> {
                let mut fields = $crate::json::Fields::of(json, &[$($crate::read_record!(@name $field $($name)?)),*])?;
                $(let $field = $crate::read_record!(@field fields, $crate::read_record!(@name $field $($name)?) $(, $default)?);)*
                fields.check()?;
                Ok(Self { $($field: $field.expect($crate::json::CHECKED)),* })
            }
        }
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident $name:literal) => { $name };
    (@field $fields:ident, $name:expr) => { $fields.field($name) };
    (@field $fields:ident, $name:expr, $default:expr) => { $fields.or($name, $default) };
}

/// Why a field is there.
pub const CHECKED: &str = "every field was checked";

/// How an enum is read: `read_variants!(Request { Local, Send { to, name }, Set(value), Fire(node, number) })`, with
/// `from "set-delay"` behind a variant that has another name in the JSON.
#[macro_export]
macro_rules! read_variants {
    ($type:ident { $($variant:ident $(($($item:ident),*))? $({ $($field:ident),* })? $(from $name:literal)?),* $(,)? }) => {
        impl $crate::json::Read for $type {
            fn read(json: &$crate::json::Json) -> Result<Self, $crate::json::Wrong> {
                let variant = $crate::json::Variant::of(json, &[$($crate::read_record!(@name $variant $($name)?)),*])?;
                $(if variant.name == $crate::read_record!(@name $variant $($name)?) {
                    return $crate::read_variants!(@content variant, $variant $(($($item),*))? $({ $($field),* })?);
                })*
                variant.unknown()
            }
        }
    };
    (@content $held:ident, $variant:ident) => { $held.nothing().map(|()| Self::$variant) };
    (@content $held:ident, $variant:ident ($item:ident)) => { $held.value().map(Self::$variant) };
    (@content $held:ident, $variant:ident ($a:ident, $b:ident)) => {
        $held.value().map(|($a, $b)| Self::$variant($a, $b))
    };
    (@content $held:ident, $variant:ident ($a:ident, $b:ident, $c:ident)) => {
        $held.items(3).and_then(|items| Ok(Self::$variant(items.item(0)?, items.item(1)?, items.item(2)?)))
    };
    (@content $held:ident, $variant:ident { $($field:ident),* }) => {{
        let mut fields = $held.fields(&[$(stringify!($field)),*])?;
        $(let $field = fields.field(stringify!($field));)*
        fields.check().map_err(|wrong| wrong.in_field($held.name))?;
        Ok(Self::$variant { $($field: $field.expect($crate::json::CHECKED)),* })
    }};
}

/// A whole number within these bounds.
fn whole(json: &Json, least: i64, most: u64) -> Result<i128, Wrong> {
    let number = match json {
        Json::Number(number) => number.as_u64().map(i128::from).or_else(|| number.as_i64().map(i128::from)),
        _ => None,
    };
    let fits = number.filter(|number| (i128::from(least)..=i128::from(most)).contains(number));
    fits.ok_or_else(|| {
        let far = i128::from(most) - i128::from(least) > i128::from(u32::MAX);
        let what = if far { "a whole number".to_owned() } else { format!("a whole number from {least} to {most}") };
        Wrong::expected(&what, json)
    })
}

macro_rules! whole_numbers {
    ($($type:ident),*) => {$(
        impl Read for $type {
            fn read(json: &Json) -> Result<Self, Wrong> {
                whole(json, $type::MIN as i64, $type::MAX as u64).map(|number| number as Self)
            }
        }
    )*};
}
whole_numbers!(u8, u16, u32, u64, i16, i32, i64);

impl Read for usize {
    fn read(json: &Json) -> Result<Self, Wrong> {
        u32::read(json).map(|number| number as Self)
    }
}
impl Read for bool {
    fn read(json: &Json) -> Result<Self, Wrong> {
        json.as_bool().ok_or_else(|| Wrong::expected("true or false", json))
    }
}
impl Read for String {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json {
            Json::String(text) => Ok(text.clone()),
            _ => Err(Wrong::expected("a text", json)),
        }
    }
}
impl Read for Json {
    fn read(json: &Json) -> Result<Self, Wrong> {
        Ok(json.clone())
    }
}
impl Read for serde_json::Map<String, Json> {
    fn read(json: &Json) -> Result<Self, Wrong> {
        json.as_object().cloned().ok_or_else(|| Wrong::expected("an object in braces", json))
    }
}
impl Read for () {
    fn read(json: &Json) -> Result<Self, Wrong> {
        json.as_null().ok_or_else(|| Wrong::expected("null", json))
    }
}
impl<T: Read> Read for Option<T> {
    fn read(json: &Json) -> Result<Self, Wrong> {
        if json.is_null() { Ok(None) } else { T::read(json).map(Some) }
    }
    fn missing() -> Option<Self> {
        Some(None)
    }
}
impl<T: Read> Read for Vec<T> {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let Json::Array(items) = json else { return Err(Wrong::expected("a list", json)) };
        let mut list = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            list.push(T::read(item).map_err(|wrong| wrong.in_item(index))?);
        }
        Ok(list)
    }
}
impl<A: Read, B: Read> Read for (A, B) {
    fn read(json: &Json) -> Result<Self, Wrong> {
        let items = Items::of(json, 2)?;
        Ok((items.item(0)?, items.item(1)?))
    }
}
