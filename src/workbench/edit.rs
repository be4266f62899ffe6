//! Edit mode: tools for the pointer, each with a form that does the same from the keyboard, and presets.

mod bench;
mod forms;
mod rebuild;

pub use bench::part_menu;

use super::controls::{Deed, Entry, deeds, form, select};
use crate::{
    lab::{Action, LabHandle, Tool, takes_parts},
    markup::{html, truth},
    view::{Keeps, State, View, part},
};
use forms::tool_form;
use rebuild::with_preset;
use sim::{Event, NodeId, PartId, link::Preset};
use yew::{Callback, Html};

/// Nodes of a preset at most.
const MOST_NODES: i64 = sim::limits::NODES.cast_signed() as i64;

/// The tools, in their order.
const TOOLS: [(Tool, &str); 5] = [
    (Tool::Move, "Move"),
    (Tool::AddNode, "Add node"),
    (Tool::Connect, "Connect"),
    (Tool::Delete, "Delete"),
    (Tool::Partition, "Partition"),
];

/// What has been chosen in the forms and is not done yet.
#[derive(Clone, PartialEq, Default)]
pub struct Chosen {
    /// The position of a preset.
    preset: usize,
    /// The position of a node among the members.
    pub first: usize,
    /// The position of another node, or of a link.
    pub second: usize,
    /// The part of a bench at which an arrow begins.
    pub from: Option<PartId>,
    /// The part at which it ends.
    pub to: Option<PartId>,
    /// The nodes of one side of a partition.
    pub side: Vec<NodeId>,
}

/// The bar of edit mode: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn bar(lab: &LabHandle) -> Html {
    part(EditBar { lab: lab.clone() })
}

#[derive(PartialEq)]
struct EditBar {
    lab: LabHandle,
}

impl View for EditBar {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let lab = &self.lab;
        let chosen = keeps.state(Chosen::default);
        let Some(current) = lab.get().tool else { return Html::default() };
        let partitioned = lab.get().session.world().links().iter().any(|link| link.severed);
        let is_bench = takes_parts(lab.get().session.world());
        let tools = if is_bench { bench::tools(lab) } else { TOOLS.map(|(tool, name)| (tool, name.to_owned())).into() };
        html! {
            <section class="edit-bar" aria-label="Edit">
                <div class="tools" role="group" aria-label="Tools">
                    { for tools.into_iter().map(|(tool, name)| html! {
                        <button type="button" class="tool" aria-pressed={truth(tool == current)}
                            onclick={lab.on(Action::Edit(Some(tool)))}>{ name }</button>
                    }) }
                    if partitioned { { deeds(&[Deed::event(lab, "Heal", Event::Heal)]) } }
                    <span class="gap"></span>
                    if !is_bench { { presets(lab, &chosen) } }
                    <button type="button" class="tool done" onclick={lab.on(Action::Edit(None))}>{ "Done" }</button>
                </div>
                <div class="tool-form" key={format!("{current:?}")}>
                    <p class="hint">{ if is_bench { bench::hint(current) } else { hint(current) } }</p>
                    { if is_bench { bench::tool_form(lab, current, &chosen) } else { tool_form(lab, current, &chosen) } }
                </div>
            </section>
        }
    }
}

/// What the pointer does with a tool.
fn hint(tool: Tool) -> &'static str {
    match tool {
        Tool::Move => "Drag a node, or give its place, 0 to 1000:",
        Tool::AddNode | Tool::AddPart(_) => "Click where it is to stand, or give its place, 0 to 1000:",
        Tool::Connect => "Drag from one node to another, or choose the two:",
        Tool::Delete => "Click a node or a link, or choose it:",
        Tool::Partition => "Draw a line across the network, or choose one side:",
    }
}

/// Another topology, of any size: a restart.
fn presets(lab: &LabHandle, chosen: &State<Chosen>) -> Html {
    let count = lab.get().session.scenario().nodes.count();
    let names: Vec<&str> = Preset::ALL.iter().map(|preset| preset.name()).collect();
    let choose = {
        let chosen = chosen.clone();
        Callback::from(move |preset: usize| chosen.set(Chosen { preset, ..chosen.get() }))
    };
    let build = {
        let (lab, preset) = (lab.clone(), Preset::ALL[chosen.look().preset]);
        move |values: Vec<f64>| {
            let scenario = with_preset(lab.get().session.scenario(), preset, values[0] as u32);
            lab.act(Action::Restart(Box::new(scenario)));
        }
    };
    let nodes = Entry::whole("nodes", "", (1, MOST_NODES), count.into());
    html! {
        <div class="presets" role="group" aria-label="Start again as">
            { select("Start again as", &names, chosen.look().preset, choose) }
            { form(vec![nodes], "Restart", build) }
        </div>
    }
}
