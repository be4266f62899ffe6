//! The name of an enum's variant, without building anything: what messages are counted by.

use serde::{Serialize, Serializer, ser};
use std::fmt;

/// The variant's name of an enum, or the name of a struct; `""` for anything else.
pub fn kind<T: Serialize + ?Sized>(value: &T) -> &'static str {
    match value.serialize(FindKind) {
        Ok(Found(name)) | Err(Found(name)) => name,
    }
}

struct FindKind;

/// The answer, returned as an error as soon as it is known, so that no field is visited.
#[derive(Debug)]
struct Found(&'static str);

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}
impl std::error::Error for Found {}
impl ser::Error for Found {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self("")
    }
}

macro_rules! nameless {
    ($($method:ident: $type:ty),*) => {
        $(fn $method(self, _: $type) -> Result<Found, Found> { Ok(Found("")) })*
    };
}

impl Serializer for FindKind {
    type Ok = Found;
    type Error = Found;
    type SerializeSeq = ser::Impossible<Found, Found>;
    type SerializeTuple = ser::Impossible<Found, Found>;
    type SerializeTupleStruct = ser::Impossible<Found, Found>;
    type SerializeTupleVariant = ser::Impossible<Found, Found>;
    type SerializeMap = ser::Impossible<Found, Found>;
    type SerializeStruct = ser::Impossible<Found, Found>;
    type SerializeStructVariant = ser::Impossible<Found, Found>;

    nameless!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_f32: f32,
        serialize_f64: f64, serialize_char: char, serialize_str: &str, serialize_bytes: &[u8]);

    fn serialize_none(self) -> Result<Found, Found> {
        Ok(Found(""))
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Found, Found> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<Found, Found> {
        Ok(Found(""))
    }
    fn serialize_unit_struct(self, name: &'static str) -> Result<Found, Found> {
        Ok(Found(name))
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Found, Found> {
        Ok(Found(variant))
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, name: &'static str, _: &T) -> Result<Found, Found> {
        Ok(Found(name))
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: &T,
    ) -> Result<Found, Found> {
        Ok(Found(variant))
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Self::SerializeSeq, Found> {
        Err(Found(""))
    }
    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, Found> {
        Err(Found(""))
    }
    fn serialize_tuple_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeTupleStruct, Found> {
        Err(Found(name))
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, Found> {
        Err(Found(variant))
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Self::SerializeMap, Found> {
        Err(Found(""))
    }
    fn serialize_struct(self, name: &'static str, _: usize) -> Result<Self::SerializeStruct, Found> {
        Err(Found(name))
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, Found> {
        Err(Found(variant))
    }
}
