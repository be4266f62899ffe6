//! From a scenario to an experiment: what is swept, from where to where, what is measured, what it is compared with.

use super::{ExperimentPage, field};
use crate::{
    markup::html,
    parts,
    shell::shell,
    topbar::topbar,
    view::{Keeps, State, View, keyed},
};
use js_sys::Promise;
use sim::{
    Scenario, address,
    algorithm::Kind,
    algorithms::{self, Listed},
    experiment::{Draft, Field, Typed},
    json,
};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, HtmlInputElement, HtmlSelectElement};
use yew::{AttrValue, Callback, Html, TargetCast};

/// A scenario at a moment, from which an experiment is made.
#[derive(PartialEq)]
pub struct FormPage {
    /// The topic in the address.
    pub topic: &'static str,
    /// The topic whose program runs.
    pub runs: &'static str,
    /// The scenario, where the page has it.
    pub text: AttrValue,
    /// What has happened in it.
    pub run: AttrValue,
}

/// What is known of the form.
struct Form {
    draft: Draft,
    title: String,
    typed: Typed,
    trouble: Option<(Field, String)>,
    /// The experiment that was made last.
    made: Option<AttrValue>,
}

type FormState = State<Result<Form, AttrValue>>;

/// The topics of a family that run by themselves: among them are the policies that a scenario can be compared with.
fn family(of: &str) -> impl Iterator<Item = &'static Listed> {
    let family = of.split('/').next().unwrap_or_default().to_owned();
    algorithms::TOPICS.iter().filter(move |topic| topic.family() == family && topic.kind == Kind::Algorithm)
}

impl FormPage {
    async fn open(topic: &'static str, runs: &'static str, text: AttrValue, run: AttrValue) -> Result<Form, AttrValue> {
        parts::finish(parts::begin(runs)).await?;
        let arrivals: Vec<Promise> = family(runs).map(|topic| parts::begin(topic.id)).collect();
        for arrival in arrivals {
            parts::finish(arrival).await?;
        }
        let own = Scenario::read(&text).ok();
        let opened = address::open(&run, own).map_err(|error| AttrValue::from(error.to_string()))?;
        let world = opened.session.world();
        let mut scenario = opened.session.scenario().clone();
        if let Some(policy) = world.policy() {
            scenario.policy = policy.reflect().to_json();
        }
        let others: Vec<_> = family(runs).filter_map(|topic| algorithms::find(topic.id)).collect();
        let draft = Draft::new(&scenario, world.setup().algorithm, &others);
        let draft = draft.ok_or_else(|| AttrValue::from(format!("Nothing of “{}” can be swept.", scenario.title)))?;
        let title = algorithms::topic(topic).map_or(topic, |topic| topic.title);
        let title = format!("{title}: {}", scenario.title);
        Ok(Form { typed: draft.proposal(0), draft, title, trouble: None, made: None })
    }
}

impl View for FormPage {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let shell = shell(keeps);
        let state: FormState = keeps.state(|| Err(AttrValue::Static("")));
        {
            let (state, topic, runs) = (state.clone(), self.topic, self.runs);
            let (text, run) = (self.text.clone(), self.run.clone());
            keeps.effect((), move || {
                spawn_local(async move {
                    let form = Self::open(topic, runs, text, run).await;
                    state.change(|state| *state = form);
                });
            });
        }
        let known = state.look();
        let body = match &*known {
            Ok(form) => self.form(form, &state),
            Err(why) if why.is_empty() => html! { <p role="status">{ "Loading…" }</p> },
            Err(why) => html! { <p role="alert">{ why }</p> },
        };
        html! {
            { topbar(&shell) }
            <main id="main" class="experiment">{ body }</main>
        }
    }
}

/// Changes what was typed, and looks whether it can be run.
fn change(state: &FormState, change: impl FnOnce(&mut Form)) {
    state.change(|state| {
        if let Ok(form) = state {
            change(form);
            form.trouble = form.draft.experiment(&form.typed).err();
        }
    });
}

impl FormPage {
    fn form(&self, form: &Form, state: &FormState) -> Html {
        let title = algorithms::topic(self.topic).map_or(self.topic, |topic| topic.title);
        let choose = {
            let state = state.clone();
            Callback::from(move |event: Event| {
                let Some(select) = event.target_dyn_into::<HtmlSelectElement>() else { return };
                let knob = select.selected_index().max(0) as usize;
                change(&state, |form| {
                    let Typed { measures, rivals, replications, until, .. } = form.typed.clone();
                    form.typed = Typed { measures, rivals, replications, until, ..form.draft.proposal(knob) };
                });
            })
        };
        let make = {
            let state = state.clone();
            Callback::from(move |()| {
                change(&state, |form| {
                    if let Ok(experiment) = form.draft.experiment(&form.typed) {
                        form.made = Some(json::compact(&experiment).into());
                    }
                });
            })
        };
        let knobs = form.draft.knobs.iter().enumerate();
        let option = |(index, knob): (usize, &sim::experiment::Knob)| {
            html! { <option selected={index == form.typed.knob}>{ &knob.label }</option> }
        };
        let wrong = |at: Field| form.trouble.as_ref().filter(|(known, _)| *known == at).map(|(_, why)| why.clone());
        html! {
            <nav class="experiment-place" aria-label="Place">
                <a href={format!("#/{}", self.topic)}>{ title }</a>
                <span aria-hidden="true">{ " / " }</span>{ "New experiment" }
            </nav>
            <h1>{ &form.title }</h1>
            <p class="experiment-sentence">{ "What does one number change, when everything else stays as it is?" }</p>
            <div class="experiment-controls experiment-form">
                <div class="experiment-field knob">
                    <label for="knob">{ "Sweep" }</label>
                    <select id="knob" onchange={choose}>{ for knobs.map(option) }</select>
                </div>
                { numbers(form, state) }
                { boxes("Measure", form.draft.measures.iter().map(|known| known.label.as_str()), &form.typed.measures, state, |typed| &mut typed.measures) }
                if !form.draft.rivals.is_empty() {
                    { boxes("Compare with", form.draft.rivals.iter().map(|(_, title)| *title), &form.typed.rivals, state, |typed| &mut typed.rivals) }
                }
                if let Some(why) = wrong(Field::Measures) { <p class="experiment-wrong" role="alert">{ why }</p> }
                if let Some(why) = wrong(Field::Other) { <p class="experiment-wrong" role="alert">{ why }</p> }
                <button class="primary" onclick={make} disabled={form.trouble.is_some()}>{ "Run the experiment" }</button>
            </div>
            if let Some(text) = &form.made {
                { keyed(text.clone(), ExperimentPage { topic: self.topic, text: text.clone(), within: true }) }
            }
        }
    }
}

/// What is typed.
fn numbers(form: &Form, state: &FormState) -> Html {
    type Put = fn(&mut Typed) -> &mut String;
    let fields: [(&'static str, &str, Field, &String, Put); 5] = [
        ("from", "from", Field::From, &form.typed.from, |typed| &mut typed.from),
        ("to", "to", Field::To, &form.typed.to, |typed| &mut typed.to),
        ("steps", "values", Field::Steps, &form.typed.steps, |typed| &mut typed.steps),
        ("runs", "runs of each", Field::Replications, &form.typed.replications, |typed| &mut typed.replications),
        ("until", "each run takes", Field::Until, &form.typed.until, |typed| &mut typed.until),
    ];
    let shown = fields.into_iter().filter(|(_, _, at, ..)| *at != Field::Until || form.draft.until.is_some());
    let one = |(id, label, at, value, put): (&'static str, &str, Field, &String, Put)| {
        let state = state.clone();
        let typed = Callback::from(move |event: Event| {
            let Some(input) = event.target_dyn_into::<HtmlInputElement>() else { return };
            change(&state, |form| *put(&mut form.typed) = input.value());
        });
        let wrong = form.trouble.as_ref().filter(|(known, _)| *known == at).map(|(_, why)| why.clone());
        field(id, label, value, wrong, typed)
    };
    html! { <div class="experiment-numbers">{ for shown.map(one) }</div> }
}

/// Boxes to tick.
fn boxes<'a>(
    legend: &'static str,
    labels: impl Iterator<Item = &'a str>,
    ticked: &[bool],
    state: &FormState,
    of: fn(&mut Typed) -> &mut Vec<bool>,
) -> Html {
    let one = |(index, (label, ticked)): (usize, (&str, &bool))| {
        let state = state.clone();
        let onchange = Callback::from(move |()| {
            change(&state, |form| {
                if let Some(ticked) = of(&mut form.typed).get_mut(index) {
                    *ticked = !*ticked;
                }
            });
        });
        html! { <label class="check"><input type="checkbox" checked={*ticked} {onchange} />{ label }</label> }
    };
    html! {
        <fieldset class="experiment-boxes"><legend>{ legend }</legend>{ for labels.zip(ticked).enumerate().map(one) }</fieldset>
    }
}
