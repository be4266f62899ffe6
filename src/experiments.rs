//! The page of an experiment: its question, what can be changed, and the results as they come from the worker.

mod bench;
mod form;
mod panel;
pub mod worker;

use crate::{
    dom,
    library::Book,
    markup::html,
    parts,
    shell::{Shell, shell},
    topbar::topbar,
    view::{Keeps, State, View, keyed},
    workbench::save_file,
};
use bench::{Bench, Trouble};
use js_sys::Promise;
use sim::{
    Session,
    address::{self, Address},
    algorithms,
    experiment::Results,
    json::{self, Json},
};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, HtmlInputElement};
use yew::{AttrValue, Callback, Html, TargetCast};

/// The page: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn page(topic: &'static str, name: &str, run: &str, texts: &Rc<Book>) -> Html {
    let Some(scenario) = name.strip_prefix(Address::FROM_SCENARIO) else {
        return keyed(
            format!("{topic}/{name}"),
            ExperimentPage { topic, text: texts.experiment(name).into(), within: false },
        );
    };
    let runs = texts.runs(scenario).map_or(topic, |runs| runs.id);
    let text = texts.scenario(scenario).and_then(Result::ok).map_or_else(String::new, |own| own.write());
    keyed(
        format!("{topic}/{name}?{run}"),
        form::FormPage { topic, runs, text: text.into(), run: run.to_owned().into() },
    )
}

#[derive(PartialEq)]
struct ExperimentPage {
    topic: &'static str,
    text: AttrValue,
    /// Whether it stands below the form that has made it: then it runs at once, and what can be changed is above.
    within: bool,
}

/// The topics whose algorithms an experiment runs.
fn topics(text: &str) -> Vec<&'static str> {
    let Ok(experiment) = json::parse(text) else { return vec![] };
    let base = experiment.get("base").into_iter();
    let sets = experiment.get("configurations").and_then(Json::as_array).into_iter().flatten();
    let named = base.chain(sets.filter_map(|configuration| configuration.get("set")));
    named.filter_map(|set| Some(algorithms::topic(set.get("algorithm")?.as_str()?)?.id)).collect()
}

#[wasm_bindgen]
extern "C" {
    /// Loads a script of `static` that is not in the first load.
    #[wasm_bindgen(js_name = interleaveImport)]
    fn import(file: &str) -> Promise;
}

/// Loads the code of the algorithms that an experiment runs.
async fn load_algorithms(text: &str) -> Result<(), AttrValue> {
    for topic in topics(text) {
        parts::finish(parts::begin(topic)).await?;
    }
    Ok(())
}

impl View for ExperimentPage {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let shell = shell(keeps);
        let state = keeps.state(|| Err(AttrValue::Static("")));
        {
            let (state, text, within) = (state.clone(), self.text.clone(), self.within);
            keeps.effect((), move || {
                spawn_local(async move {
                    let script = parts::finish(import("work.js")).await;
                    let loaded = match script {
                        Ok(()) => load_algorithms(&text).await,
                        failed => failed,
                    };
                    let bench = loaded.and_then(|()| Bench::new(&text).map_err(AttrValue::from));
                    state.change(|state| *state = bench);
                    if within {
                        start(&state);
                    }
                });
            });
        }
        let known = state.look();
        let body = match &*known {
            Ok(bench) => self.bench(bench, &state, &shell),
            Err(why) if why.is_empty() => html! { <p role="status">{ "Loading…" }</p> },
            Err(why) => html! { <p role="alert">{ why }</p> },
        };
        if self.within {
            return body;
        }
        html! {
            { topbar(&shell) }
            <main id="main" class="experiment">{ body }</main>
        }
    }
}

type BenchState = State<Result<Bench, AttrValue>>;

/// Changes the bench, where there is one.
fn change(state: &BenchState, change: impl FnOnce(&mut Bench)) {
    state.change(|state| {
        if let Ok(bench) = state {
            change(bench);
        }
    });
}

impl ExperimentPage {
    fn bench(&self, bench: &Bench, state: &BenchState, shell: &Shell) -> Html {
        let experiment = bench.plan.experiment();
        let topic = algorithms::topic(self.topic);
        let title = topic.map_or(self.topic, |topic| topic.title);
        let results = bench.results();
        html! {
            if !self.within {
                <nav class="experiment-place" aria-label="Place">
                    <a href={format!("#/{}", self.topic)}>{ title }</a>
                    <span aria-hidden="true">{ " / " }</span>{ "Experiment" }
                </nav>
                <h1>{ &experiment.title }</h1>
                <p class="experiment-sentence">{ &experiment.sentence }</p>
            }
            { controls(bench, state, !self.within) }
            { for results.panels.iter().map(|one| panel::panel(one, bench, &results, shell.theme)) }
            if results.done == results.cells && !experiment.notice.is_empty() {
                <p class="experiment-notice"><b>{ "Notice: " }</b>{ &experiment.notice }</p>
            }
            { remarks(&results) }
            { exports(bench, state) }
            { steps(bench) }
        }
    }
}

/// What can be changed, where it is not elsewhere, and the buttons.
fn controls(bench: &Bench, state: &BenchState, fields: bool) -> Html {
    let experiment = bench.plan.experiment();
    let typed = |put: fn(&mut Bench, String)| {
        let state = state.clone();
        Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            change(&state, |bench| {
                put(bench, input.value());
                bench.check();
            });
        })
    };
    let start = {
        let state = state.clone();
        Callback::from(move |()| start(&state))
    };
    let cancel = {
        let state = state.clone();
        Callback::from(move |()| change(&state, Bench::cancel))
    };
    let wrong =
        |field: Trouble| bench.trouble.as_ref().filter(|(known, _)| *known == field).map(|(_, why)| why.clone());
    let (values, replications, other) = (wrong(Trouble::Values), wrong(Trouble::Replications), wrong(Trouble::Other));
    let running = bench.is_running();
    let (done, all) = (bench.done(), bench.plan.cells());
    html! {
        <div class="experiment-controls">
            if fields {
            { field("values", &experiment.sweep.label, &bench.values, values, typed(|bench, text| bench.values = text)) }
            { field("replications", "replications", &bench.replications, replications, typed(|bench, text| bench.replications = text)) }
            }
            if running {
                <button onclick={cancel}>{ "Cancel" }</button>
            } else {
                <button class="primary" onclick={start}>{ if done > 0 { "Run again" } else { "Run" } }</button>
            }
            <progress max={all.to_string()} value={done.to_string()} aria-label="Runs done"></progress>
            <span class="experiment-count">{ format!("{done} of {all} runs") }</span>
        </div>
        <p class="experiment-said" role="status">{ &bench.said }</p>
        if let Some(why) = other { <p class="experiment-wrong" role="alert">{ why }</p> }
    }
}

/// A field with what is wrong with it below.
fn field(id: &'static str, label: &str, value: &str, wrong: Option<String>, onchange: Callback<Event>) -> Html {
    let spoken = wrong.as_ref().map(|_| format!("{id}-wrong"));
    let invalid = wrong.is_some().then_some("true");
    html! {
        <div class={format!("experiment-field {id}")}>
            <label for={id}>{ label }</label>
            <input id={id} type="text" autocomplete="off" value={value.to_owned()} aria-invalid={invalid}
                aria-describedby={spoken.clone()} {onchange} />
            if let Some(why) = wrong { <p class="experiment-wrong" role="alert" id={spoken}>{ why }</p> }
        </div>
    }
}

/// Starts the run, and listens to the worker.
fn start(state: &BenchState) {
    let heard = {
        let state = state.clone();
        move |kind: String, text: String| change(&state, |bench| bench.hear(&kind, &text))
    };
    change(state, |bench| bench.start(heard));
}

fn remarks(results: &Results) -> Html {
    html! {
        if !results.remarks.is_empty() {
            <ul class="experiment-remarks">{ for results.remarks.iter().map(|remark| html! { <li>{ remark }</li> }) }</ul>
        }
    }
}

fn exports(bench: &Bench, state: &BenchState) -> Html {
    let save = |ending: &'static str, write: fn(&Bench) -> String| {
        let state = state.clone();
        Callback::from(move |()| {
            if let Ok(bench) = &*state.look() {
                save_file(&format!("{}.{ending}", bench.plan.experiment().name), &write(bench));
            }
        })
    };
    html! {
        <section class="experiment-exports" aria-labelledby="exports-title">
            <h2 id="exports-title">{ "Take it with you" }</h2>
            <div class="row">
                if bench.done() > 0 {
                    <button onclick={save("csv", |bench| bench.results().to_csv())}>{ "Results as CSV" }</button>
                    <button onclick={save("results.json", |bench| bench.results().to_json(&bench.plan))}>{ "Results as JSON" }</button>
                }
                <button onclick={save("json", |bench| bench.plan.experiment().write())}>{ "This experiment" }</button>
            </div>
            <p>{ "The command line runs this experiment on all cores, with the same results: " }
                <code>{ format!("interleave experiment {}.json", bench.plan.experiment().name) }</code></p>
        </section>
    }
}

/// Ways to step one of the runs.
fn steps(bench: &Bench) -> Html {
    let experiment = bench.plan.experiment();
    let point = experiment.sweep.values.len() / 3;
    let button = |(c, configuration): (usize, &sim::experiment::Configuration)| {
        let cell = sim::experiment::Cell { configuration: c, point, replication: 0 };
        let scenario = bench.plan.scenario(cell);
        let open = Callback::from(move |()| {
            // It was prepared when the experiment was checked.
            if let Ok(session) = Session::new(scenario.clone()) {
                let own: Address = address::write(&session, None);
                dom::go(&own);
            }
        });
        html! { <button onclick={open}>{ &configuration.label }</button> }
    };
    html! {
        <section class="experiment-steps" aria-labelledby="steps-title">
            <h2 id="steps-title">{ format!("Step through a run, {} = {}", experiment.sweep.variable, experiment.sweep.values[point]) }</h2>
            <div class="row">{ for experiment.configurations.iter().enumerate().map(button) }</div>
        </section>
    }
}
