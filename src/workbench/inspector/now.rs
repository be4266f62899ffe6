//! Now: what has just happened, the rule that fired, what can happen next, and why somebody waits.

use super::{
    ask::ask_section,
    next::next_list,
    pseudocode::{pseudocode, scrolls_to_lit},
    settings::scenario_section,
    why::why_section,
};
use crate::{
    lab::{Action, Lab, LabHandle},
    library::Book,
    markup::html,
    view::{Keeps, View, part},
    workbench::controls::{Deed, deeds, warning_mark},
};
use sim::{
    Event, Session, narrate,
    scenario::{FileEvent, LinkRef},
};
use std::rc::Rc;
use yew::Html;

/// What came of an event is told in so many lines at most.
const EFFECTS: usize = 4;

/// The panel: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn now(lab: &LabHandle, texts: &Rc<Book>) -> Html {
    part(Now { lab: lab.clone(), texts: Rc::clone(texts) })
}

#[derive(PartialEq)]
struct Now {
    lab: LabHandle,
    /// The pseudocode, with its tags.
    texts: Rc<Book>,
}

impl View for Now {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let lab = &self.lab;
        let state = lab.get();
        let code = self.texts.pseudocode(state.session.setup().algorithm.id);
        let wrong = keeps.state(|| None);
        let lit = &state.session.step().lines;
        let frame = scrolls_to_lit(keeps, lit);
        html! {
            <div class="now">
                { happened(lab, &state) }
                if !code.is_empty() { { pseudocode(code, lit, &frame) } }
                { next_list(lab) }
                { why_section(lab) }
                { ask_section(lab) }
                { scenario_section(lab, &wrong) }
            </div>
        }
    }
}

/// What has just happened. Its room is reserved, so that what is below stays where it is.
fn happened(handle: &LabHandle, lab: &Lab) -> Html {
    let session = &lab.session;
    let (step, world) = (session.step(), session.world());
    let headline = narrate::headline(step, world, session.payloads());
    let mut effects = narrate::effects(world, step);
    effects.retain(|effect| *effect != headline);
    let more = effects.len().saturating_sub(EFFECTS);
    let claims = !(session.setup().algorithm.claims)(step, world).is_empty();
    html! {
        <div class="happened">
            <p class="headline">
                <b>{ headline }{ "." }</b>
                { for step.notes.iter().map(|note| html! { { " " }{ note } }) }
            </p>
            if step.is_start() { <p class="caption">{ &session.scenario().sentence }</p> }
            if let Some(text) = caption(session) { <p class="caption">{ text }</p> }
            if let Some(broke) = step.broke { <p class="broke">{ warning_mark() }{ broke.sentence() }</p> }
            if claims {
                { deeds(&[Deed::new(handle, "Look for a cut with all of it", Action::LookForCut)]) }
            }
            if !effects.is_empty() {
                <ul class="effects">
                    { for effects.iter().take(EFFECTS).map(|line| html! { <li>{ line }</li> }) }
                    if more > 0 { <li>{ format!("and {more} more") }</li> }
                </ul>
            }
        </div>
    }
}

/// The scenario's sentence for the event that has just been taken.
fn caption(session: &Session) -> Option<&str> {
    let event = session.step().event?;
    let named = FileEvent::of(event, session.payloads());
    // What the script does has a caption under its own number, or under what it does.
    let scripted = match event {
        Event::Script(k) => session.setup().script.get(k as usize).map(|item| item.event),
        _ => None,
    };
    let scripted = scripted.map(|inner| FileEvent::of(inner, &session.setup().payloads));
    let matches = |wanted: &FileEvent| {
        let wanted = by_number(wanted, session);
        wanted == named || Some(&wanted) == scripted.as_ref()
    };
    session.scenario().captions.iter().find(|caption| matches(&caption.on)).map(|caption| caption.text.as_str())
}

/// The same event with its link named by number: a file may name it by its two ends.
fn by_number(event: &FileEvent, session: &Session) -> FileEvent {
    let number = |name: LinkRef| match name {
        LinkRef::Ends(a, b) => {
            let ends = (sim::NodeId(a.min(b)), sim::NodeId(a.max(b)));
            let found = session.world().links().iter().position(|link| link.ends == ends);
            found.map_or(name, |index| LinkRef::Number(index as u32))
        }
        number @ LinkRef::Number(_) => number,
    };
    match event.clone() {
        FileEvent::RemoveLink(name) => FileEvent::RemoveLink(number(name)),
        FileEvent::CutLink(name) => FileEvent::CutLink(number(name)),
        FileEvent::MendLink(name) => FileEvent::MendLink(number(name)),
        FileEvent::SetDelay(name, delay) => FileEvent::SetDelay(number(name), delay),
        FileEvent::SetDelayFrom { link, from, delay } => FileEvent::SetDelayFrom { link: number(link), from, delay },
        FileEvent::SetLoss(name, chance) => FileEvent::SetLoss(number(name), chance),
        FileEvent::SetDuplication(name, chance) => FileEvent::SetDuplication(number(name), chance),
        FileEvent::SetOrder(name, order) => FileEvent::SetOrder(number(name), order),
        other => other,
    }
}
