//! The bar on top of the workbench: where one is, which scenario, and what can be opened.

use super::keys;
use crate::{
    dom,
    lab::LabHandle,
    library::Card,
    markup::{html, truth},
    shell::{Overlay, Shell},
};
use sim::{
    Session,
    address::{self, Address},
    algorithms::{self, Listed},
};
use web_sys::Event;
use yew::{Callback, Html, TargetCast};

/// The topic that a session belongs to. A file may name one that this page does not have; what runs is here.
pub fn topic_of(session: &Session) -> &'static Listed {
    let topic = algorithms::topic(session.scenario().topic());
    topic.or_else(|| algorithms::topic(session.setup().algorithm.id)).unwrap_or(&algorithms::TOPICS[0])
}

/// The bar on top: where one is, which scenario, and what can be opened.
pub fn bar(shell: &Shell, handle: &LabHandle, on_ask: &Callback<keys::Ask>) -> Html {
    let lab = handle.get();
    let (topic, runs) = (topic_of(&lab.session), lab.session.setup().algorithm);
    let family = algorithms::FAMILIES.iter().find(|family| family.id == topic.family());
    let current = lab.session.scenario().name.clone();
    let texts = shell.library.known_texts(topic);
    let choose = Callback::from(move |event: Event| {
        if let Some(select) = event.target_dyn_into::<web_sys::HtmlSelectElement>() {
            dom::go(&Address { topic: topic.id.into(), scenario: select.value(), run: String::new() });
        }
    });
    let open = |overlay: Overlay| shell.open.reform(move |()| overlay);
    let ask = |what: keys::Ask| on_ask.reform(move |()| what);
    let sweep = {
        let handle = handle.clone();
        Callback::from(move |()| {
            let here = {
                let lab = handle.get();
                address::write(&lab.session, lab.own.as_ref())
            };
            let scenario = format!("{}{}{}", Address::EXPERIMENTS, Address::FROM_SCENARIO, here.scenario);
            dom::go(&Address { scenario, ..here });
        })
    };
    let foreign = !topic.scenarios.contains(&current.as_str());
    html! {
        <header class="bar">
            <nav class="crumbs" aria-label="Place">
                <a class="home" href="#/" aria-label="Interleave, all topics"><img src="icon.svg" alt="" width="24" height="24" /><span>{ "Interleave" }</span></a>
                <span class="sep" aria-hidden="true">{ "/" }</span>
                if let Some(family) = family {
                    <a class="crumb" href={format!("#/{}", family.id)}>{ family.title }</a>
                    <span class="sep" aria-hidden="true">{ "/" }</span>
                }
                <h1>{ topic.title }</h1>
                if topic.id != runs.id {
                    <a class="crumb runs" href={format!("#/{}", runs.id)}>{ format!("shown on: {}", runs.title) }</a>
                }
            </nav>
            <select aria-label="Scenario" onchange={choose}>
                { for topic.scenarios.iter().map(|&name| {
                    let Card { title, .. } = texts.as_ref().map_or_else(|| Card::unknown(name), |texts| texts.card(name));
                    html! { <option value={name} selected={name == current}>{ title }</option> }
                }) }
                if foreign { <option value={current.clone()} selected=true>{ lab.session.scenario().title.clone() }</option> }
                { for topic.experiments.iter().map(|&name| {
                    let Card { title, .. } = texts.as_ref().map_or_else(|| Card::unknown(name), |texts| texts.experiment_card(name));
                    html! { <option value={format!("{}{name}", Address::EXPERIMENTS)}>{ format!("Experiment: {title}") }</option> }
                }) }
            </select>
            <span class="gap"></span>
            <button class="find" onclick={open(Overlay::Palette)}>{ "Find" }<kbd>{ "Ctrl K" }</kbd></button>
            <button aria-pressed={truth(lab.tool.is_some())} onclick={ask(keys::Ask::Edit)}>{ "Edit" }</button>
            <button onclick={ask(keys::Ask::Share)}>{ "Share" }</button>
            <button onclick={sweep}>{ "Sweep" }</button>
            <button onclick={open(Overlay::Theme)}>{ "Theme" }</button>
            <button aria-label="Keys" onclick={open(Overlay::Keys)}>{ "?" }</button>
        </header>
    }
}
