//! Checks: assumptions that were broken, what must hold and whether it does, and the planted mistakes.

use crate::{
    lab::{Action, LabHandle},
    markup::{html, truth},
    workbench::controls::{node_chip, quiet, section, time, warning_mark},
};
use sim::{
    Assumption, Order, Property, Scenario, Session, Verdict, Violation, World,
    algorithm::{Algorithm, Assumptions, Bug, Faults, Links, Timing},
};
use yew::{Callback, Html};

/// What the tab says beside its name: "✓3", "✗1"; and the same in words.
pub fn badge(verdicts: &[Verdict]) -> (String, String) {
    let broken = verdicts.iter().filter(|verdict| verdict.is_broken()).count();
    let holds = verdicts.iter().filter(|verdict| **verdict == Verdict::Holds).count();
    let all = verdicts.len();
    match broken {
        0 if all == 0 => (String::new(), String::new()),
        0 => (format!("✓{holds}"), format!("{holds} of {all} hold")),
        _ => (format!("✗{broken}"), format!("{broken} of {all} broken")),
    }
}

/// The panel: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn checks(lab: &LabHandle) -> Html {
    let state = lab.get();
    let session = &state.session;
    let (world, algorithm) = (session.world(), session.setup().algorithm);
    let rows = algorithm.properties.iter().zip(session.verdicts()).enumerate();
    let properties = html! {
        <>
            if algorithm.properties.is_empty() { { quiet("Nothing is checked here.") } }
            <ul class="properties">
                { for rows.map(|(index, (property, verdict))| row(lab, session, index, property, verdict)) }
            </ul>
        </>
    };
    let assumes = assumed(algorithm.assumes).into_iter().map(|(sentence, which)| {
        let broken = which.iter().any(|which| world.breaches().iter().any(|(known, _)| known == which));
        html! { <li>if broken { { warning_mark() } }{ sentence }</li> }
    });
    let assumes = html! { <ul class="assumes">{ for assumes }</ul> };
    html! {
        <div class="checks">
            if !world.breaches().is_empty() { { breaches(lab, session) } }
            { section("properties-title", "must-hold", "What must hold", properties) }
            { section("assumes-title", "assumptions", "What it assumes", assumes) }
            if !algorithm.bugs.is_empty() { { bugs(lab, session, algorithm) } }
        </div>
    }
}

/// The assumptions that were broken, above everything else.
fn breaches(lab: &LabHandle, session: &Session) -> Html {
    html! {
        <section class="breaches" aria-label="Broken assumptions">
            { for session.world().breaches().iter().map(|&(assumption, at)| {
                let depth = depth_at(session, assumption);
                html! {
                    <p>
                        { warning_mark() }{ assumption.sentence() }
                        <span class="quiet">{ format!(" Broken at {}. ", time(at)) }</span>
                        if let Some(depth) = depth { { jump(lab, depth) } }
                    </p>
                }
            }) }
        </section>
    }
}

/// The step at which an assumption was broken. Looked for among the steps at the time of the breach only.
fn depth_at(session: &Session, assumption: Assumption) -> Option<u32> {
    let at = session.world().breaches().iter().find(|(known, _)| *known == assumption)?.1;
    let line = session.line();
    let first = line.partition_point(|&id| session.moment(id).time < at);
    let last = line.partition_point(|&id| session.moment(id).time <= at);
    let depth = |index: usize| line.get(index).map(|&id| session.moment(id).depth);
    let range = depth(first)?..depth(last.saturating_sub(1))? + 1;
    let mut found = None;
    session.visit(range, &mut |depth, step, _| {
        if found.is_none() && step.broke == Some(assumption) {
            found = Some(depth);
        }
    });
    found
}

fn jump(lab: &LabHandle, depth: u32) -> Html {
    html! {
        <button type="button" class="link" onclick={lab.on(Action::Seek(depth))}>{ format!("Go to step {depth}") }</button>
    }
}

fn row(lab: &LabHandle, session: &Session, index: usize, property: &Property, verdict: &Verdict) -> Html {
    let world = session.world();
    let (class, icon, word) = match verdict {
        Verdict::Holds if !(property.promised)(session.setup()) => ("unpromised", "✓", "holds so far; not promised"),
        Verdict::NotPromised(_) => ("unpromised", "○", "does not hold, and is not promised"),
        Verdict::Holds => ("holds", "✓", "holds"),
        Verdict::Pending(_) => ("pending", "…", "not yet"),
        Verdict::Broken { after: None, .. } => ("broken", "✗", "broken"),
        Verdict::Broken { after: Some(_), .. } => ("broken", "✗", "broken after the assumption was broken"),
    };
    let reading = session.reading(index);
    let broke_at = if verdict.is_broken() { broke_at(session, index) } else { None };
    html! {
        <li class={class} key={index}>
            <span class="icon" aria-hidden="true">{ icon }</span>
            <div>
                <p class="name">{ property.name }</p>
                <p class="verdict"><b>{ word }</b>
                    if let Some(depth) = broke_at { { " " }{ jump(lab, depth) } }
                </p>
                { verdict.violation().map_or_else(Html::default, |violation| why(lab, world, violation)) }
                if !reading.is_empty() { { quiet(reading) } }
            </div>
        </li>
    }
}

fn why(lab: &LabHandle, world: &World, violation: &Violation) -> Html {
    html! {
        <p class="why-not">
            { &violation.why }
            if !violation.culprits.is_empty() {
                { " " }{ for violation.culprits.iter().map(|&id| node_chip(lab, world, id)) }
            }
        </p>
    }
}

/// The step of the branch in view at which a property was first broken.
fn broke_at(session: &Session, property: usize) -> Option<u32> {
    let (line, here) = (session.line(), session.depth());
    let on_line = |id: sim::MomentId| {
        let depth = session.moment(id).depth;
        let index = line.partition_point(|&other| session.moment(other).depth < depth);
        (line.get(index) == Some(&id) && depth <= here).then_some(depth)
    };
    let broken = |verdicts: &[Verdict]| verdicts.get(property).is_some_and(Verdict::is_broken);
    let marks: Vec<(u32, bool)> =
        session.marks().filter_map(|(id, verdicts)| Some((on_line(id)?, broken(verdicts)))).collect();
    // What was mended in between is broken since the last time only.
    let mended = marks.iter().filter(|(_, broken)| !broken).map(|(depth, _)| *depth).max();
    let since = marks.iter().filter(|(depth, broken)| *broken && mended.is_none_or(|mended| *depth > mended));
    since.map(|(depth, _)| *depth).min()
}

/// What an algorithm assumes, in sentences, and what breaks each.
fn assumed(assumes: Assumptions) -> Vec<(&'static str, &'static [Assumption])> {
    let links: (&str, &[Assumption]) = match assumes.links {
        Links::Reliable => ("Every message arrives, once.", &[Assumption::NoLoss, Assumption::NoDuplication]),
        Links::Lossy => ("Messages may be lost, but arrive at most once.", &[Assumption::NoDuplication]),
        Links::LossyAndDuplicating => ("Messages may be lost, and may arrive twice.", &[]),
    };
    let order: (&str, &[Assumption]) = match assumes.order {
        Order::Any => ("Messages may overtake each other.", &[]),
        Order::Fifo => ("Messages of one pair arrive in the order of sending.", &[Assumption::Fifo]),
    };
    let timing: (&str, &[Assumption]) = match assumes.timing {
        Timing::Asynchronous => ("A message may take any time.", &[]),
        Timing::Bounded => ("Every message arrives within the bound of its link.", &[Assumption::BoundedDelay]),
    };
    let faults: (&str, &[Assumption]) = match assumes.faults {
        Faults::None => ("No process crashes.", &[Assumption::NoCrash]),
        Faults::CrashStop => ("A process may crash, and then stays down.", &[Assumption::NoRecovery]),
        Faults::CrashRecovery => ("A process may crash and come back.", &[]),
    };
    vec![links, order, timing, faults]
}

/// The planted mistakes, as switches: one at a time.
fn bugs(lab: &LabHandle, session: &Session, algorithm: &Algorithm) -> Html {
    let on = session.setup().variant;
    let switches = algorithm.bugs.iter().map(|bug| switch(lab, algorithm, bug, on == Some(bug.id)));
    let body = html! {
        <>
            <ul class="bugs">{ for switches }</ul>
            { quiet("A switch starts the run again and repeats what still applies.") }
        </>
    };
    section("bugs-title", "otherwise", "What if it were written otherwise", body)
}

fn switch(lab: &LabHandle, algorithm: &Algorithm, bug: &'static Bug, on: bool) -> Html {
    let toggle = {
        let lab = lab.clone();
        Callback::from(move |()| {
            let old = lab.get().session.scenario().clone();
            let variant = (!on).then(|| bug.id.to_owned());
            lab.act(Action::Restart(Box::new(Scenario { variant, ..old })));
        })
    };
    html! {
        <li key={bug.id}>
            <button type="button" role="switch" class="switch" aria-checked={truth(on)} onclick={toggle}>
                <span class="track" aria-hidden="true"></span>{ bug.title }
            </button>
            <p>{ bug.lesson }</p>
            <p class="quiet">
                { format!("Breaks “{}”. ", bug.breaks) }
                <a href={format!("#/{}/{}", algorithm.id, bug.scenario)}>{ "A scenario that shows it" }</a>
            </p>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_badge_counts_what_is_broken_first() {
        let broken = || Verdict::Broken { violation: Violation::new("two leaders", []), after: None };
        let pending = Verdict::Pending(Violation::new("nobody yet", []));
        assert_eq!(badge(&[Verdict::Holds, Verdict::Holds, pending]).0, "✓2");
        assert_eq!(badge(&[Verdict::Holds, broken(), broken()]), ("✗2".into(), "2 of 3 broken".into()));
        assert_eq!(badge(&[]).0, "");
    }
}
