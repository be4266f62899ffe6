//! The one serializer behind [`Value::of`](super::Value::of).

use super::Value;
use crate::{LinkId, Micros, NodeId};
use serde::{Serialize, Serializer, ser};
use std::fmt;

#[derive(Clone, Copy)]
pub(super) struct Reflect;

/// Why a value cannot be shown. Only floats are refused.
#[derive(Debug)]
pub(super) struct Refused(String);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
impl std::error::Error for Refused {}
impl ser::Error for Refused {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

type Reflected = Result<Value, Refused>;

/// A list under construction, with the variant that it belongs to, if any.
pub(super) struct Items(Option<&'static str>, Vec<Value>);
/// A map under construction, with the key that waits for its value.
pub(super) struct Entries(Vec<(Value, Value)>, Option<Value>);
/// A record under construction: the variant that it belongs to, its name, its fields.
pub(super) struct Fields(Option<&'static str>, &'static str, Vec<(&'static str, Value)>);

macro_rules! whole_numbers {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, number: $type) -> Reflected { Ok(Value::Int(i128::from(number))) })*
    };
}

impl Serializer for Reflect {
    type Ok = Value;
    type Error = Refused;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Items;
    type SerializeMap = Entries;
    type SerializeStruct = Fields;
    type SerializeStructVariant = Fields;

    whole_numbers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_u8: u8,
        serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    fn serialize_bool(self, yes: bool) -> Reflected {
        Ok(Value::Bool(yes))
    }
    fn serialize_f32(self, _: f32) -> Reflected {
        Err(Refused("a float is not part of a state".into()))
    }
    fn serialize_f64(self, _: f64) -> Reflected {
        Err(Refused("a float is not part of a state".into()))
    }
    fn serialize_char(self, letter: char) -> Reflected {
        Ok(Value::Text(letter.to_string()))
    }
    fn serialize_str(self, text: &str) -> Reflected {
        Ok(Value::Text(text.to_owned()))
    }
    fn serialize_bytes(self, bytes: &[u8]) -> Reflected {
        Ok(Value::List(bytes.iter().map(|&byte| Value::Int(byte.into())).collect()))
    }
    fn serialize_none(self) -> Reflected {
        Ok(Value::Nothing)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Reflected {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Reflected {
        Ok(Value::Nothing)
    }
    fn serialize_unit_struct(self, _: &'static str) -> Reflected {
        Ok(Value::Nothing)
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Reflected {
        Ok(Value::Variant(variant, None))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, value: &T) -> Reflected {
        let inner = value.serialize(self)?;
        Ok(match (name, &inner) {
            ("NodeId", Value::Int(number)) => Value::Node(NodeId(*number as u32)),
            ("LinkId", Value::Int(number)) => Value::Link(LinkId(*number as u32)),
            ("Micros", Value::Int(number)) => Value::Time(Micros(*number as u64)),
            _ => inner,
        })
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Reflected {
        Ok(Value::Variant(variant, Some(Box::new(value.serialize(self)?))))
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Items, Refused> {
        Ok(Items(None, vec![]))
    }
    fn serialize_tuple(self, _: usize) -> Result<Items, Refused> {
        Ok(Items(None, vec![]))
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, Refused> {
        Ok(Items(None, vec![]))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Items, Refused> {
        Ok(Items(Some(variant), vec![]))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Entries, Refused> {
        Ok(Entries(vec![], None))
    }
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Fields, Refused> {
        Ok(Fields(None, name, vec![]))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Fields, Refused> {
        Ok(Fields(Some(variant), variant, vec![]))
    }
}

impl Items {
    fn push<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Refused> {
        self.1.push(item.serialize(Reflect)?);
        Ok(())
    }
    fn close(self) -> Value {
        let list = Value::List(self.1);
        match self.0 {
            Some(variant) => Value::Variant(variant, Some(Box::new(list))),
            None => list,
        }
    }
}

macro_rules! items {
    ($($trait:ident $method:ident),*) => {$(
        impl ser::$trait for Items {
            type Ok = Value;
            type Error = Refused;
            fn $method<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Refused> {
                self.push(item)
            }
            fn end(self) -> Reflected {
                Ok(self.close())
            }
        }
    )*};
}
items!(SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field);

impl ser::SerializeMap for Entries {
    type Ok = Value;
    type Error = Refused;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Refused> {
        self.1 = Some(key.serialize(Reflect)?);
        Ok(())
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Refused> {
        let key = self.1.take().unwrap_or(Value::Nothing);
        self.0.push((key, value.serialize(Reflect)?));
        Ok(())
    }
    fn end(self) -> Reflected {
        Ok(Value::Map(self.0))
    }
}

impl Fields {
    fn push<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Refused> {
        self.2.push((name, value.serialize(Reflect)?));
        Ok(())
    }
    fn close(self) -> Value {
        let record = Value::Record(self.1, self.2);
        match self.0 {
            Some(variant) => Value::Variant(variant, Some(Box::new(record))),
            None => record,
        }
    }
}

macro_rules! fields {
    ($($trait:ident),*) => {$(
        impl ser::$trait for Fields {
            type Ok = Value;
            type Error = Refused;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Refused> {
                self.push(name, value)
            }
            fn end(self) -> Reflected {
                Ok(self.close())
            }
        }
    )*};
}
fields!(SerializeStruct, SerializeStructVariant);
