//! The transport: back, step, forward, play, speed, and the timeline.

use super::timeline::timeline;
use crate::{
    lab::{Action, LabHandle, Speed},
    markup::{html, truth},
};
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlSelectElement};
use yew::{Callback, Html};

/// The bar at the bottom.
pub fn transport(lab: &LabHandle) -> Html {
    let (depth, end, playing, speed, pausing) = {
        let lab = lab.get();
        (lab.session.depth(), lab.session.end(), lab.playing, lab.speed, lab.pausing)
    };
    let change_speed = {
        let lab = lab.clone();
        Callback::from(move |event: Event| {
            let select = event.target().and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            let index = select.map_or(1, |select| select.selected_index().max(0) as usize);
            lab.act(Action::SetSpeed(Speed::ALL[index.min(3)]));
        })
    };
    html! {
        <div class="transport" role="group" aria-label="Run">
            <div class="transport-buttons">
                { jump(lab, 0, depth == 0, "To the start", "Home", "M3 3v10M13 3 6 8l7 5z") }
                <button class="icon" aria-label="One step back" title="One step back  ←" aria-disabled={truth(depth == 0)}
                    onclick={lab.on(Action::Back)}>{ icon("M11 3 4 8l7 5z") }</button>
                <button class="primary step" title="One step  →" onclick={lab.on(Action::Step)}>
                    { "Step" }{ icon("M5 3l8 5-8 5z") }
                </button>
                { jump(lab, end, depth == end, "To the end of this branch", "End", "M13 3v10M3 3l7 5-7 5z") }
                <button class="play" aria-pressed={truth(playing)} title="Play and pause  Space" onclick={lab.on(Action::TogglePlay)}>
                    { if playing { "Pause" } else { "Play" } }
                </button>
            </div>
            <div class="transport-speed">
                <label>
                    <span class="label">{ "Speed" }</span>
                    <select onchange={change_speed}>
                        { for Speed::ALL.iter().map(|&known| html! { <option selected={known == speed}>{ known.word() }</option> }) }
                    </select>
                </label>
                <label class="check" title="Stop when a property breaks, and at a grant or a leader">
                    <input type="checkbox" checked={pausing} onchange={lab.on(Action::TogglePausing)} />
                    { "stop at events" }
                </label>
            </div>
            { timeline(lab) }
        </div>
    }
}

/// A button that goes to a step.
fn jump(lab: &LabHandle, to: u32, there: bool, label: &'static str, keys: &str, path: &'static str) -> Html {
    html! {
        <button class="icon" aria-label={label} title={format!("{label}  {keys}")} aria-disabled={truth(there)}
            onclick={lab.on(Action::Seek(to))}>{ icon(path) }</button>
    }
}

/// A small picture on a button.
pub fn icon(path: &'static str) -> Html {
    html! { <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true"><path d={path} /></svg> }
}
