//! What the scenario says, and what of it can be changed: the policy at once, parameters with a restart.

use crate::{
    lab::{Action, LabHandle},
    markup::html,
    view::State,
    workbench::controls::{Entry, input, live_form, quiet, section, select, warning_mark},
};
use serde_json::Value as Json;
use sim::{
    Payload, PayloadId, Scenario, Session,
    algorithm::{Parameter, PolicyKind, Remark, Scripts, Unit},
    process::Field,
};
use web_sys::Event;
use yew::{Callback, Html};

/// The scenario's sentence, and what to notice.
pub fn scenario_section(lab: &LabHandle, wrong: &Wrong) -> Html {
    let state = lab.get();
    let scenario = state.session.scenario();
    let algorithm = state.session.setup().algorithm;
    let told = html! {
        <p>{ &scenario.sentence }</p>
        if !scenario.notice.is_empty() { { quiet(scenario.notice.clone()) } }
    };
    html! {
        <>
            { section("scenario-title", "this-scenario", "This scenario", told) }
            if let Some(kind) = &algorithm.policy { { policy_section(lab, &state.session, kind) } }
            if let Some(scripts) = &algorithm.scripts { { programs(lab, scripts, wrong) } }
            { parameters(lab, wrong) }
        </>
    }
}

fn policy_section(lab: &LabHandle, session: &Session, kind: &'static PolicyKind) -> Html {
    if kind.fields.is_empty() {
        return html! {};
    }
    let json = policy_json(session, kind);
    let entries = entries(kind.fields, |field| json.get(field.name).and_then(|value| read_number(value, field)));
    let on_submit = {
        let lab = lab.clone();
        move |values: Vec<f64>| {
            let fits = |json: &Json| (kind.read)(json).is_ok();
            lab.act(Action::SetPolicy(filled(&json, kind.fields, &values, &fits)));
        }
    };
    let body = html! { { live_form(entries, on_submit) }{ quiet("A change counts from the next event on.") } };
    section("policy-title", "policy", "Policy", body)
}

/// The policy in force, as JSON: what was set last, else what the scenario or the algorithm starts with.
fn policy_json(session: &Session, kind: &PolicyKind) -> Json {
    let in_force = session.world().policy();
    let set = (0..).map_while(|id| session.payloads().get(PayloadId(id))).find_map(|payload| match payload {
        Payload::Policy(json, policy) if Some(policy) == in_force => Some(json.clone()),
        _ => None,
    });
    let start = || match &session.scenario().policy {
        Json::Null => sim::json::parse(kind.default).unwrap_or(Json::Null),
        json => json.clone(),
    };
    set.unwrap_or_else(start)
}

/// The fields of a form as entries. Microseconds are asked for in milliseconds.
pub fn entries(fields: &[Field], value: impl Fn(&Field) -> Option<i64>) -> Vec<Entry> {
    let entry = |field: &Field| {
        let value = value(field).unwrap_or(field.default);
        if is_micros(field) {
            let millis = |micros: i64| micros as f64 / 1_000.0;
            Entry::real(field.label, "ms", (millis(field.min), millis(field.max)), millis(value))
        } else {
            Entry::whole(field.label, field.unit, (field.min, field.max), value)
        }
    };
    fields.iter().map(entry).collect()
}

fn is_micros(field: &Field) -> bool {
    matches!(field.unit, "us" | "µs")
}

/// A JSON number, yes or no as 1 or 0, a time in the unit of its field, or the position of a word.
fn read_number(json: &Json, field: &Field) -> Option<i64> {
    if let (Json::String(text), words) = (json, field.words())
        && let Some(index) = words.iter().position(|word| word == text)
    {
        return i64::try_from(index).ok();
    }
    let scale = match field.unit {
        "ms" => 1_000,
        "s" => 1_000_000,
        _ => 1,
    };
    match json {
        Json::String(text) => sim::Micros::parse(text).ok().map(|time| time.0.cast_signed() / scale),
        Json::Bool(yes) => Some(i64::from(*yes)),
        other => other.as_i64(),
    }
}

/// `base` with the fields filled in. A time is written with its unit where its reader understands that: a bare number
/// would be microseconds there.
pub fn filled(base: &Json, fields: &[Field], values: &[f64], fits: &dyn Fn(&Json) -> bool) -> Json {
    let with = |units: bool| {
        let mut json = base.as_object().cloned().unwrap_or_default();
        for (field, value) in fields.iter().zip(values) {
            let whole = if is_micros(field) { (value * 1_000.0).round() as i64 } else { *value as i64 };
            let timed = units && matches!(field.unit, "ms" | "s");
            let word = usize::try_from(whole).ok().and_then(|index| field.words().get(index).copied());
            let value = match word {
                Some(word) => Json::from(word),
                None if timed => Json::from(format!("{whole} {}", field.unit)),
                None => Json::from(whole),
            };
            json.insert(field.name.into(), value);
        }
        Json::Object(json)
    };
    let timed = with(true);
    if fits(&timed) { timed } else { with(false) }
}

/// A parameter that was given a value that it cannot have.
#[derive(Clone, PartialEq)]
pub struct Refused {
    parameter: String,
    written: String,
    why: String,
}

/// What was last written into the field of a parameter, where it was wrong.
pub type Wrong = State<Option<Refused>>;

/// What nodes do, a line each: rewriting one starts the run again. What cannot be read stands with the reason below it.
fn programs(lab: &LabHandle, scripts: &'static Scripts, wrong: &Wrong) -> Html {
    let state = lab.get();
    let setup = state.session.setup();
    let rows = (scripts.read)(setup).into_iter().enumerate().map(|(index, (name, text))| {
        let refused = wrong.get().filter(|refused| refused.parameter == name);
        let onchange = {
            let (lab, wrong, name) = (lab.clone(), wrong.clone(), name.clone());
            Callback::from(move |event: Event| {
                let Some(written) = input(&event).map(|field| field.value()) else { return };
                let (scenario, why) = {
                    let state = lab.get();
                    let (setup, old) = (state.session.setup(), state.session.scenario());
                    let config = (scripts.write)(setup, &old.config, index, &written);
                    let why = (setup.algorithm.configure)(&config, old.nodes.count()).err();
                    (Scenario { config, ..old.clone() }, why)
                };
                wrong.set(why.clone().map(|why| Refused { parameter: name.clone(), written, why }));
                if why.is_none() {
                    lab.act(Action::Restart(Box::new(scenario)));
                }
            })
        };
        let value = refused.as_ref().map_or(text, |refused| refused.written.clone());
        html! {
            <div class="parameter script" key={index}>
                <label class="field">
                    <span class="field-label">{ name }</span>
                    <input type="text" {value} spellcheck="false" autocomplete="off" {onchange}
                        aria-invalid={refused.is_some().then_some("true")} />
                </label>
                if let Some(refused) = refused { <p class="field-error" role="alert">{ refused.why }</p> }
            </div>
        }
    });
    let body = html! {
        <>
            { for rows }
            { quiet(scripts.hint) }
        </>
    };
    section("programs-title", "programs", "Programs", body)
}

/// What is fixed for a run: changing it starts the run again. An error stands beside its field.
fn parameters(lab: &LabHandle, wrong: &Wrong) -> Html {
    let state = lab.get();
    let setup = state.session.setup();
    let remarks = (setup.algorithm.remarks)(setup);
    let last = wrong.get();
    let rows = setup.algorithm.parameters.iter().zip(&setup.parameters).map(|(parameter, value)| {
        let refused = last.as_ref().filter(|refused| refused.parameter == parameter.name);
        let set = {
            let (lab, wrong) = (lab.clone(), wrong.clone());
            Callback::from(move |json: Json| match parameter.read(&json) {
                Ok(_) => {
                    wrong.set(None);
                    let mut scenario = lab.get().session.scenario().clone();
                    scenario.parameters.insert(parameter.name.into(), json);
                    lab.act(Action::Restart(Box::new(scenario)));
                }
                Err(why) => {
                    let written = json.as_str().unwrap_or_default().to_owned();
                    wrong.set(Some(Refused { parameter: parameter.name.into(), written, why }));
                }
            })
        };
        row(parameter, *value, refused, &remarks, set)
    });
    let body = html! {
        <>
            { for rows }
            { seed(lab, state.session.scenario()) }
            { quiet("A change starts the run again and repeats what still applies.") }
        </>
    };
    section("parameters-title", "parameters", "Parameters", body)
}

fn row(
    parameter: &'static Parameter,
    value: i64,
    refused: Option<&Refused>,
    remarks: &[Remark],
    set: Callback<Json>,
) -> Html {
    let remarks = remarks.iter().filter(|remark| remark.parameter == parameter.name).map(|remark| {
        html! {
            <p class={if remark.warns { "remark warns" } else { "remark" }}>
                if remark.warns { { warning_mark() } }
                { &remark.text }
            </p>
        }
    });
    let field = if let Unit::Choice(words) = parameter.unit {
        let on_choose = set.reform(move |index: usize| Json::from(words.get(index).copied().unwrap_or_default()));
        select(parameter.label, words, value.max(0) as usize, on_choose)
    } else {
        let onchange = Callback::from(move |event: Event| {
            if let Some(field) = input(&event) {
                set.emit(Json::from(field.value()));
            }
        });
        let value = refused.map_or_else(|| parameter.show(value), |refused| refused.written.clone());
        let mode = if parameter.unit == Unit::Count { "numeric" } else { "text" };
        html! {
            <label class="field">
                <span class="field-label">{ parameter.label }</span>
                <input type="text" inputmode={mode} {value} title={parameter.expected()} {onchange}
                    aria-invalid={refused.is_some().then_some("true")} />
            </label>
        }
    };
    html! {
        <div class="parameter">
            { field }
            if let Some(refused) = refused { <p class="field-error" role="alert">{ &refused.why }</p> }
            { for remarks }
        </div>
    }
}

/// What every draw depends on.
fn seed(lab: &LabHandle, scenario: &Scenario) -> Html {
    let entries = vec![Entry::whole("seed of all chance", "", (0, i64::from(u32::MAX)), scenario.seed.cast_signed())];
    let on_submit = {
        let lab = lab.clone();
        move |values: Vec<f64>| {
            let mut scenario = lab.get().session.scenario().clone();
            scenario.seed = values[0] as u64;
            lab.act(Action::Restart(Box::new(scenario)));
        }
    };
    live_form(entries, on_submit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FIELDS: &[Field] = &[
        Field { name: "high", label: "high mark", unit: "jobs", min: 0, max: 9, default: 4 },
        Field { name: "pause", label: "pause", unit: "ms", min: 0, max: 99, default: 5 },
    ];

    #[test]
    fn fields_are_filled_with_units_where_their_reader_knows_units() {
        let base = json!({ "kind": "sender", "high": 1, "pause": 1 });
        let knows = |json: &Json| json["pause"].is_string();
        assert_eq!(
            filled(&base, FIELDS, &[3.0, 20.0], &knows),
            json!({ "kind": "sender", "high": 3, "pause": "20 ms" })
        );
        assert_eq!(
            filled(&base, FIELDS, &[3.0, 20.0], &|json| json["pause"].is_number()),
            json!({ "kind": "sender", "high": 3, "pause": 20 })
        );
    }

    #[test]
    fn what_was_set_is_read_again() {
        let number = |json: &Json, unit: &'static str| {
            read_number(json, &Field { name: "field", label: "", unit, min: 0, max: 99, default: 0 })
        };
        assert_eq!(number(&json!("20 ms"), "ms"), Some(20));
        assert_eq!(number(&json!(7), "jobs"), Some(7));
        assert_eq!(number(&json!(true), ""), Some(1));
        assert_eq!(number(&json!("step"), "slew|forward|step"), Some(2));
        assert_eq!(number(&Json::Null, ""), None);
    }

    #[test]
    fn microseconds_are_asked_for_in_milliseconds() {
        let fields = [Field { name: "demand", label: "service time", unit: "µs", min: 0, max: 9_000, default: 2_500 }];
        let entries = entries(&fields, |_| None);
        assert_eq!((entries[0].value, entries[0].unit.as_str()), (2.5, "ms"));
        assert_eq!(filled(&Json::Null, &fields, &[2.5], &|_| true), json!({ "demand": 2_500 }));
    }
}
