//! The state of an experiment's page: what was changed, what is known, the worker that runs.

use js_sys::{Function, Reflect};
use sim::{
    Experiment,
    experiment::{Decimal, Done, Outcome, Plan, Results},
    json,
};
use wasm_bindgen::{JsCast, JsValue, prelude::*};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = interleaveWork, js_name = start)]
    fn start_worker(experiment: &str, heard: &Closure<dyn FnMut(String, String)>) -> Result<JsValue, JsValue>;
}

/// What something is wrong with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// The values of the sweep.
    Values,
    /// The number of replications.
    Replications,
    /// Anything else.
    Other,
}

/// The state of the page.
pub struct Bench {
    /// The experiment, checked.
    pub plan: Plan,
    /// The values of the sweep, as typed.
    pub values: String,
    /// The number of replications, as typed.
    pub replications: String,
    /// What is wrong with what was typed.
    pub trouble: Option<(Trouble, String)>,
    /// What a screen reader is told.
    pub said: String,
    outcomes: Vec<Option<Outcome>>,
    worker: Option<Worker>,
}

/// A worker that runs; ended when it is dropped.
struct Worker {
    handle: JsValue,
    /// What is called when it says something.
    _heard: Closure<dyn FnMut(String, String)>,
}

impl Drop for Worker {
    fn drop(&mut self) {
        let end = Reflect::get(&self.handle, &"terminate".into()).ok().and_then(|end| end.dyn_into::<Function>().ok());
        // There is nothing to be done where it cannot be ended: nobody listens to it any more.
        end.map(|end| end.call0(&self.handle));
    }
}

impl Bench {
    /// The page of an experiment that has not been run.
    pub fn new(text: &str) -> Result<Self, String> {
        let plan = Experiment::read(text).and_then(Plan::new).map_err(|error| error.to_string())?;
        let values: Vec<String> = plan.experiment().sweep.values.iter().map(Decimal::to_string).collect();
        Ok(Self {
            values: values.join(", "),
            replications: plan.experiment().replications.to_string(),
            trouble: None,
            said: String::new(),
            outcomes: vec![],
            worker: None,
            plan,
        })
    }

    /// What is known so far.
    pub fn results(&self) -> Results {
        Results::new(&self.plan, &self.outcomes)
    }

    /// How many runs are done.
    pub fn done(&self) -> usize {
        self.outcomes.iter().flatten().count()
    }

    /// Whether the worker is at it.
    pub fn is_running(&self) -> bool {
        self.worker.is_some()
    }

    /// Takes over what was typed, where it is in order; what was known of other values is forgotten.
    pub fn check(&mut self) -> bool {
        self.trouble = None;
        let mut experiment = self.plan.experiment().clone();
        let values: Result<Vec<Decimal>, String> =
            self.values.split([',', ' ', ';']).filter(|word| !word.is_empty()).map(Decimal::parse).collect();
        match (values, self.replications.trim().parse()) {
            (Err(why), _) => self.trouble = Some((Trouble::Values, why)),
            (_, Err(_)) => {
                let why = format!("`{}` is no number of runs, such as 30", self.replications.trim());
                self.trouble = Some((Trouble::Replications, why));
            }
            (Ok(values), Ok(replications)) => {
                (experiment.sweep.values, experiment.replications) = (values, replications);
            }
        }
        if self.trouble.is_some() {
            return false;
        }
        if experiment == *self.plan.experiment() {
            return true;
        }
        match Plan::new(experiment) {
            Ok(plan) => {
                self.cancel();
                (self.plan, self.said) = (plan, String::new());
                self.outcomes.clear();
                true
            }
            Err(error) => {
                let trouble = match error.field.as_deref() {
                    Some(field) if field.starts_with("sweep.values") => Trouble::Values,
                    Some("replications") => Trouble::Replications,
                    _ => Trouble::Other,
                };
                self.trouble = Some((trouble, error.message));
                false
            }
        }
    }

    /// Runs all cells in a worker.
    pub fn start(&mut self, heard: impl FnMut(String, String) + 'static) {
        if !self.check() {
            return;
        }
        self.outcomes = vec![None; self.plan.cells() as usize];
        let heard = Closure::new(heard);
        match start_worker(&json::compact(self.plan.experiment()), &heard) {
            Ok(handle) => {
                self.worker = Some(Worker { handle, _heard: heard });
                "Running…".clone_into(&mut self.said);
            }
            Err(_) => {
                "This browser starts no worker here; the command line runs the experiment.".clone_into(&mut self.said);
            }
        }
    }

    /// Stops; what is known stays.
    pub fn cancel(&mut self) {
        if self.worker.take().is_some() {
            self.said = format!("Cancelled after {} of {} runs.", self.done(), self.plan.cells());
        }
    }

    /// Takes over what the worker says.
    pub fn hear(&mut self, kind: &str, text: &str) {
        let found = if kind == "cells" {
            json::read::<Vec<Done>>(text).map_err(|error| error.to_string())
        } else {
            Err(text.to_owned())
        };
        match found {
            Ok(cells) => {
                for Done { cell, outcome } in cells {
                    if let Some(place) = self.outcomes.get_mut(cell as usize) {
                        *place = Some(outcome);
                    }
                }
                if self.done() == self.outcomes.len() {
                    // The closure that called us is dropped with the worker: not now, while it still runs.
                    let worker = self.worker.take();
                    wasm_bindgen_futures::spawn_local(async move { drop(worker) });
                    self.said = format!("Done: {} runs.", self.done());
                }
            }
            Err(why) => {
                let worker = self.worker.take();
                wasm_bindgen_futures::spawn_local(async move { drop(worker) });
                self.said = format!("The run was broken off: {why}");
            }
        }
    }
}
