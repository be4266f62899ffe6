//! Payloads: typed inside, erased at the edge.

use crate::{Value, fingerprint::Fingerprint, value};
use serde::Serialize;
use std::{
    any::Any,
    fmt,
    hash::Hash,
    sync::{Arc, OnceLock},
};

/// Anything that travels, is remembered or is shown.
///
/// `Serialize` is reflection for the inspector, not a file format; `Eq + Hash` keep floats out of every state.
pub trait Data: Clone + Eq + Hash + Serialize + Send + Sync + 'static {}
impl<T: Clone + Eq + Hash + Serialize + Send + Sync + 'static> Data for T {}

/// [`Data`] with its type erased.
trait AnyData: Any + Send + Sync {
    fn fingerprint(&self) -> Fingerprint;
    fn reflect(&self) -> Value;
    fn kind(&self) -> &'static str;
}

impl<T: Data> AnyData for T {
    fn fingerprint(&self) -> Fingerprint {
        crate::fingerprint::fingerprint(self)
    }
    fn reflect(&self) -> Value {
        Value::of(self)
    }
    fn kind(&self) -> &'static str {
        value::kind(self)
    }
}

struct Kept<T: ?Sized> {
    /// In two halves: what asks for 16 bytes of alignment takes the allocator of the page twice as long.
    fingerprint: OnceLock<[u64; 2]>,
    value: T,
}

/// A payload of any type, shared and immutable, whose fingerprint is computed once, when it is first asked for.
#[derive(Clone)]
pub struct Datum(Arc<Kept<dyn AnyData>>);

impl Datum {
    /// Erases the type of `value`.
    pub fn new<T: Data>(value: T) -> Self {
        Self(Arc::new(Kept { fingerprint: OnceLock::new(), value }))
    }

    /// The value again, where its type is `T`.
    pub fn get<T: Data>(&self) -> Option<&T> {
        (&self.0.value as &dyn Any).downcast_ref()
    }

    /// The fingerprint of the value.
    pub fn fingerprint(&self) -> Fingerprint {
        let halves = self.0.fingerprint.get_or_init(|| {
            let whole = self.0.value.fingerprint();
            [(whole >> 64) as u64, whole as u64]
        });
        Fingerprint::from(halves[0]) << 64 | Fingerprint::from(halves[1])
    }

    /// The value as a tree.
    pub fn reflect(&self) -> Value {
        self.0.value.reflect()
    }

    /// The name of its variant: what messages and outputs are counted by.
    pub fn kind(&self) -> &'static str {
        self.0.value.kind()
    }
}

/// Values of one type with the same fingerprint are equal: by it states are known again, too.
impl PartialEq for Datum {
    fn eq(&self, other: &Self) -> bool {
        let (one, two): (&dyn Any, &dyn Any) = (&self.0.value, &other.0.value);
        Arc::ptr_eq(&self.0, &other.0) || (one.type_id() == two.type_id() && self.fingerprint() == other.fingerprint())
    }
}
impl Eq for Datum {}

impl fmt::Debug for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.reflect())
    }
}
