//! Processes and resources by their names, P4 and R2, in files, on the screen and as parts of a picture.

use crate::{
    PartId,
    json::{Json, Read, Wrong},
};
use serde::{Serialize, Serializer};
use std::fmt;

/// Numbers of processes and of resources are below this, so that parts of both kinds have numbers of their own.
pub const NUMBERS: u32 = 1_000;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $letter:literal, $first_part:expr) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub u32);

        impl $name {
            /// Its number as a part of a site.
            pub fn part(self) -> PartId {
                PartId($first_part + self.0)
            }

            /// The one that has this number as a part; nothing where it is of the other kind.
            pub fn of_part(part: PartId) -> Option<Self> {
                part.0.checked_sub($first_part).filter(|&number| number < NUMBERS).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($letter, "{}"), self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl Read for $name {
            fn read(json: &Json) -> Result<Self, Wrong> {
                number(json, $letter).map(Self)
            }
        }
    };
}

/// The number of a name that begins with this letter.
fn number(json: &Json, letter: char) -> Result<u32, Wrong> {
    let number = json.as_str().and_then(|name| name.strip_prefix(letter)?.parse().ok());
    let expected = || Wrong::expected(&format!("a name such as \"{letter}1\", with a number below {NUMBERS}"), json);
    number.filter(|&number| number < NUMBERS).ok_or_else(expected)
}

name! {
    /// A process, by the number in its name: P4.
    ProcessId, 'P', 0
}
name! {
    /// A resource type, by the number in its name: R4.
    ResourceId, 'R', NUMBERS
}
