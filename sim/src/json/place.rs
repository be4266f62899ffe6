//! Where in a text a value stands.

use super::parse::Parser;

/// One step of the way to a value.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Turn {
    /// The field of this name.
    Field(String),
    /// The item at this position.
    Item(usize),
}

/// What of the value at the end of the way is meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Spot {
    /// The value itself.
    Value,
    /// The end of an object: what is missing could stand before it.
    End,
    /// The name of this field.
    Name(String),
}

/// Line and column of a spot of the value to which a way leads. The text has been parsed, so that it is in order.
pub fn place(text: &str, way: &[Turn], spot: &Spot) -> (usize, usize) {
    let mut parser = Parser::new(text);
    // A text in order gives no error on the way; and if it did, the place would be where one has come to.
    for turn in way {
        parser.space();
        parser.at += 1;
        match turn {
            Turn::Field(name) => _ = to_name(&mut parser, name),
            Turn::Item(index) => {
                for _ in 0..*index {
                    let _ = parser.value();
                    parser.space();
                    parser.take(b',');
                }
            }
        }
    }
    parser.space();
    match spot {
        Spot::Value => {}
        Spot::End => {
            let _ = parser.value();
            parser.at -= 1;
        }
        Spot::Name(name) => {
            parser.at += 1;
            parser.at = to_name(&mut parser, name);
        }
    }
    parser.place()
}

/// From behind the brace of an object to behind the colon of a field; the end of its name.
fn to_name(parser: &mut Parser<'_>, name: &str) -> usize {
    loop {
        parser.space();
        if parser.peek() != Some(b'"') {
            return parser.at;
        }
        let found = parser.string().is_ok_and(|key| key == name);
        let end = parser.at - 1;
        parser.space();
        parser.take(b':');
        if found {
            return end;
        }
        let _ = parser.value();
        parser.space();
        parser.take(b',');
    }
}
