//! The one serializer: it takes whatever can be serialized apart and hands the pieces to a [`Sink`].
//!
//! A serializer is compiled anew for every type. This one does nothing but pass on, so that a type costs the page one
//! call for each of its fields; what is done with the pieces is compiled once.

use serde::{Serialize, Serializer, ser};
use std::fmt;

/// What consists of others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// Items.
    List,
    /// Keys and values in turns.
    Map,
    /// A struct of this name, or what a variant with named fields holds: [`Sink::field`] comes before each value.
    Record(&'static str),
    /// A variant that holds the one value that follows.
    Variant(&'static str),
}

/// Takes the pieces of a value in their order.
pub trait Sink {
    /// Nothing.
    fn nothing(&mut self);
    /// Yes or no.
    fn truth(&mut self, yes: bool);
    /// A whole number.
    fn whole(&mut self, number: i64);
    /// A whole number that is not negative and may be large.
    fn large(&mut self, number: u64);
    /// A number with a fraction.
    fn float(&mut self, number: f64);
    /// A text.
    fn text(&mut self, text: &str);
    /// A variant that holds nothing.
    fn variant(&mut self, name: &'static str);
    /// The value that follows is the inside of a struct of this name with one unnamed field.
    fn newtype(&mut self, name: &'static str);
    /// The values that follow belong together, up to the [`close`](Sink::close) that belongs to it.
    fn open(&mut self, shape: Shape);
    /// The value that follows is the field of this name.
    fn field(&mut self, name: &'static str);
    /// What was opened last is complete.
    fn close(&mut self);
}

/// Hands the pieces of a value to a sink.
pub fn walk<T: Serialize + ?Sized>(value: &T, sink: &mut dyn Sink) {
    match value.serialize(Walk(sink)) {
        Ok(()) => {}
        Err(never) => match never {},
    }
}

struct Walk<'a>(&'a mut dyn Sink);

/// A walk cannot fail.
#[derive(Debug)]
enum Failed {}

impl fmt::Display for Failed {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}
impl std::error::Error for Failed {}
impl ser::Error for Failed {
    fn custom<T: fmt::Display>(_: T) -> Self {
        unreachable!("what this program shows can be shown")
    }
}

/// What is open, and how often it must be closed: twice, where it stands in a variant.
struct Open<'a>(&'a mut dyn Sink, bool);

impl<'a> Walk<'a> {
    fn open(self, variant: Option<&'static str>, shape: Shape) -> Open<'a> {
        if let Some(name) = variant {
            self.0.open(Shape::Variant(name));
        }
        self.0.open(shape);
        Open(self.0, variant.is_some())
    }
}

impl Open<'_> {
    fn close(self) {
        self.0.close();
        if self.1 {
            self.0.close();
        }
    }
}

type Done = Result<(), Failed>;

macro_rules! pass_on {
    ($($method:ident($type:ty) => $piece:ident($as:ty)),*) => {
        $(fn $method(self, value: $type) -> Done {
            self.0.$piece(value as $as);
            Ok(())
        })*
    };
}

impl<'a> Serializer for Walk<'a> {
    type Ok = ();
    type Error = Failed;
    type SerializeSeq = Open<'a>;
    type SerializeTuple = Open<'a>;
    type SerializeTupleStruct = Open<'a>;
    type SerializeTupleVariant = Open<'a>;
    type SerializeMap = Open<'a>;
    type SerializeStruct = Open<'a>;
    type SerializeStructVariant = Open<'a>;

    pass_on!(serialize_bool(bool) => truth(bool), serialize_i8(i8) => whole(i64), serialize_i16(i16) => whole(i64),
        serialize_i32(i32) => whole(i64), serialize_i64(i64) => whole(i64), serialize_u8(u8) => whole(i64),
        serialize_u16(u16) => whole(i64), serialize_u32(u32) => whole(i64), serialize_u64(u64) => large(u64),
        serialize_f32(f32) => float(f64), serialize_f64(f64) => float(f64));

    fn serialize_i128(self, number: i128) -> Done {
        self.collect_str(&number)
    }
    fn serialize_u128(self, number: u128) -> Done {
        self.collect_str(&number)
    }
    fn serialize_char(self, letter: char) -> Done {
        self.collect_str(&letter)
    }
    fn serialize_str(self, text: &str) -> Done {
        self.0.text(text);
        Ok(())
    }
    fn collect_str<T: fmt::Display + ?Sized>(self, shown: &T) -> Done {
        self.0.text(&shown.to_string());
        Ok(())
    }
    fn serialize_bytes(self, bytes: &[u8]) -> Done {
        self.collect_seq(bytes)
    }
    fn serialize_none(self) -> Done {
        self.0.nothing();
        Ok(())
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Done {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Done {
        self.serialize_none()
    }
    fn serialize_unit_struct(self, _: &'static str) -> Done {
        self.serialize_none()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Done {
        self.0.variant(variant);
        Ok(())
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Done {
        self.0.newtype(name);
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Done {
        self.0.open(Shape::Variant(variant));
        value.serialize(Walk(&mut *self.0))?;
        self.0.close();
        Ok(())
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Open<'a>, Failed> {
        Ok(self.open(None, Shape::List))
    }
    fn serialize_tuple(self, _: usize) -> Result<Open<'a>, Failed> {
        Ok(self.open(None, Shape::List))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Open<'a>, Failed> {
        Ok(self.open(None, Shape::List))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'a>, Failed> {
        Ok(self.open(Some(variant), Shape::List))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Open<'a>, Failed> {
        Ok(self.open(None, Shape::Map))
    }
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Open<'a>, Failed> {
        Ok(self.open(None, Shape::Record(name)))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Open<'a>, Failed> {
        Ok(self.open(Some(variant), Shape::Record(variant)))
    }
}

macro_rules! items {
    ($($trait:ident $method:ident),*) => {$(
        impl ser::$trait for Open<'_> {
            type Ok = ();
            type Error = Failed;
            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Done {
                item.serialize(Walk(&mut *self.0))
            }
            fn end(self) -> Done {
                self.close();
                Ok(())
            }
        }
    )*};
}
items!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field);

macro_rules! fields {
    ($($trait:ident),*) => {$(
        impl ser::$trait for Open<'_> {
            type Ok = ();
            type Error = Failed;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Done {
                self.0.field(name);
                value.serialize(Walk(&mut *self.0))
            }
            fn end(self) -> Done {
                self.close();
                Ok(())
            }
        }
    )*};
}
fields!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Open<'_> {
    type Ok = ();
    type Error = Failed;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Done {
        key.serialize(Walk(&mut *self.0))
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Done {
        value.serialize(Walk(&mut *self.0))
    }
    fn end(self) -> Done {
        self.close();
        Ok(())
    }
}
