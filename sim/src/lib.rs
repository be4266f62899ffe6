//! Interleave's core: engine, algorithms, scenarios, scenes.
//!
//! It names no browser, no wall clock, no file, no thread: the same crate runs in the page, in a Web Worker, on the
//! command line and in tests, and gives the same run, bit for bit, in all of them. Start reading at [`process`], then
//! [`world`].

#![forbid(unsafe_code)]

pub mod address;
pub mod algorithm;
pub mod algorithms;
pub mod bench;
pub mod causality;
pub mod clock;
pub mod clock_lines;
pub mod data;
mod erased;
pub mod event;
pub mod experiment;
pub mod fingerprint;
pub mod graph;
pub mod ids;
pub mod json;
pub mod limits;
pub mod link;
pub mod narrate;
pub mod order;
pub mod payload;
pub mod process;
pub mod property;
pub mod random;
pub mod scenario;
pub mod scene;
pub mod session;
pub mod setup;
mod shown;
pub mod sorted;
pub mod step;
pub mod testing;
pub mod time;
pub mod value;
pub mod walk;
pub mod world;

pub use algorithm::{Algorithm, Assumption, Membership, Texts};
pub use bench::{Cell, Edit, Row, Setting, Stand, Table};
pub use clock::{ClockBounds, Correction, HardwareClock, Rate};
pub use data::{Data, Datum};
pub use erased::AnyProcess;
pub use event::{Event, Order, PayloadId, Place};
pub use experiment::Experiment;
pub use fingerprint::Fingerprint;
pub use ids::{LinkId, MessageId, NodeId, RequestId, TimerId};
pub use link::{Hop, Link};
pub use payload::{Payload, Payloads};
pub use process::{
    Context, EdgeKind, Flag, Gauge, Members, Never, Offer, Part, PartEdge, PartId, PartKind, Process, Range, Ranges,
    Status, Tone, View, Wait,
};
pub use property::{Judge, Property, Verdict, Violation};
pub use random::Delay;
pub use scenario::{FileError, Scenario};
pub use session::{Moment, MomentId, Session};
pub use setup::{Scripted, Setup};
pub use step::{Cause, Effect, Stamp, Stamps, Step};
pub use time::{Micros, Skew};
pub use value::Value;
pub use world::{Choice, Flight, Life, Mode, Node, Refusal, Stamping, World};
