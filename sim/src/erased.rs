//! A process with its type erased: world, history, search and page are compiled once, not once per algorithm.

use crate::{
    Correction, Datum, Edit, Members, NodeId, Part, PartEdge, Process, Stand, Status, Table, Value, View, Wait,
    fingerprint::{Fingerprint, fingerprint},
    json::{self, Json, Read as _, Wrong},
    process::{Ask, Context, Host, Offer},
};
use std::{any::Any, sync::Arc};

/// What a handler is called with.
pub(crate) enum Input<'a> {
    Start,
    Message(NodeId, &'a Datum),
    Timer(&'a Datum),
    Request(&'a Datum),
    Recover,
    Members(Members),
}

/// A [`Process`] of any type.
pub trait AnyProcess: Send + Sync {
    #[doc(hidden)]
    #[allow(private_interfaces)]
    fn handle(&mut self, input: Input<'_>, host: &mut dyn Host);
    /// A copy, to be changed.
    fn copy(&self) -> Arc<dyn AnyProcess>;
    /// The fingerprint of its state.
    fn fingerprint(&self) -> Fingerprint;
    /// Its state as a tree.
    fn reflect(&self) -> Value;
    /// See [`Process::status`].
    fn status(&self) -> Status;
    /// See [`Process::status_in`].
    fn status_in(&self, view: &View<'_>) -> Status;
    /// See [`Process::waits_for`].
    fn waits_for(&self) -> Vec<Wait>;
    /// See [`Process::above`].
    fn above(&self) -> Option<NodeId>;
    /// See [`Process::parts`].
    fn parts(&self) -> Vec<Part>;
    /// See [`Process::edges`].
    fn edges(&self) -> Vec<PartEdge>;
    /// See [`Process::stands`].
    fn stands(&self) -> Vec<Stand>;
    /// See [`Process::tables`].
    fn tables(&self, view: &View<'_>) -> Vec<Table>;
    /// See [`Process::addable`].
    fn addable(&self) -> &'static [&'static str];
    /// See [`Process::edit`]; the request as JSON.
    fn edit(&self, edit: Edit) -> Option<Json>;
    /// See [`Process::correction`].
    fn correction(&self, hardware: i64) -> Correction;
    /// See [`Process::after_crash`].
    fn after_crash(&self) -> Option<Arc<dyn AnyProcess>>;
    /// See [`Process::requests`]; the requests that are ready come with their JSON.
    fn offers(&self, view: &View<'_>) -> Vec<Offer<Json>>;
    /// Reads a request from its JSON; the error says what was expected.
    fn read_request(&self, json: &Json) -> Result<Datum, String>;
    /// See [`Process::check`].
    fn check(&self, request: &Datum, view: &View<'_>) -> Result<(), String>;
    /// See [`Process::telling`].
    fn telling(&self, message: &Datum) -> String;
    /// See [`Process::label`].
    fn label(&self, request: &Datum) -> Option<String>;
    /// The process itself, for properties and formulas of its own algorithm.
    fn as_any(&self) -> &dyn Any;
}

/// Adds an offer, with its request as JSON.
fn add(offers: &mut Vec<Offer<Json>>, offer: Offer<Value>) {
    let ask = match offer.ask {
        Ask::Ready(request) => Ask::Ready(request.to_json()),
        Ask::Form { name, fields } => Ask::Form { name, fields },
    };
    offers.push(Offer { label: offer.label, refused: offer.refused, towards: offer.towards, ask });
}

fn no_request(json: &Json, wrong: &Wrong) -> String {
    format!("`{}` is not a request that this process knows: {wrong}", json::compact(json))
}

impl<P: Process> AnyProcess for P {
    #[allow(private_interfaces)]
    fn handle(&mut self, input: Input<'_>, host: &mut dyn Host) {
        let mut ctx = Context::<P>::new(host);
        // A payload of another type cannot come here: one algorithm has one `Message`, and timers and requests are
        // made by the process that gets them.
        match input {
            Input::Start => self.on_start(&mut ctx),
            Input::Message(from, message) => {
                if let Some(message) = message.get::<P::Message>() {
                    self.on_message(from, message.clone(), &mut ctx);
                }
            }
            Input::Timer(timer) => {
                if let Some(timer) = timer.get::<P::Timer>() {
                    self.on_timer(timer.clone(), &mut ctx);
                }
            }
            Input::Request(request) => {
                if let Some(request) = request.get::<P::Request>() {
                    self.on_request(request.clone(), &mut ctx);
                }
            }
            Input::Recover => self.on_recover(&mut ctx),
            Input::Members(change) => self.on_members(change, &mut ctx),
        }
    }
    fn copy(&self) -> Arc<dyn AnyProcess> {
        Arc::new(self.clone())
    }
    fn fingerprint(&self) -> Fingerprint {
        fingerprint(self)
    }
    fn reflect(&self) -> Value {
        Value::of(self)
    }
    fn status(&self) -> Status {
        Process::status(self)
    }
    fn status_in(&self, view: &View<'_>) -> Status {
        Process::status_in(self, view)
    }
    fn waits_for(&self) -> Vec<Wait> {
        Process::waits_for(self)
    }
    fn above(&self) -> Option<NodeId> {
        Process::above(self)
    }
    fn parts(&self) -> Vec<Part> {
        Process::parts(self)
    }
    fn edges(&self) -> Vec<PartEdge> {
        Process::edges(self)
    }
    fn stands(&self) -> Vec<Stand> {
        Process::stands(self)
    }
    fn tables(&self, view: &View<'_>) -> Vec<Table> {
        Process::tables(self, view)
    }
    fn addable(&self) -> &'static [&'static str] {
        P::addable()
    }
    fn edit(&self, edit: Edit) -> Option<Json> {
        P::edit(edit).map(|request| Value::of(&request).to_json())
    }
    fn correction(&self, hardware: i64) -> Correction {
        Process::correction(self, hardware)
    }
    fn after_crash(&self) -> Option<Arc<dyn AnyProcess>> {
        Process::after_crash(self).map(|process| Arc::new(process) as Arc<dyn AnyProcess>)
    }
    fn offers(&self, view: &View<'_>) -> Vec<Offer<Json>> {
        let mut offers = Vec::new();
        for offer in self.requests(view) {
            let ask = match offer.ask {
                Ask::Ready(request) => Ask::Ready(Value::of(&request)),
                Ask::Form { name, fields } => Ask::Form { name, fields },
            };
            add(&mut offers, Offer { label: offer.label, refused: offer.refused, towards: offer.towards, ask });
        }
        offers
    }
    fn read_request(&self, json: &Json) -> Result<Datum, String> {
        P::Request::read(json).map(Datum::new).map_err(|wrong| no_request(json, &wrong))
    }
    fn check(&self, request: &Datum, view: &View<'_>) -> Result<(), String> {
        match request.get::<P::Request>() {
            Some(request) => Process::check(self, request, view),
            None => Err("this process does not know such a request".into()),
        }
    }
    fn telling(&self, message: &Datum) -> String {
        message.get::<P::Message>().map_or_else(|| message.reflect().telling(), P::telling)
    }
    fn label(&self, request: &Datum) -> Option<String> {
        request.get::<P::Request>().and_then(P::label)
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
}
