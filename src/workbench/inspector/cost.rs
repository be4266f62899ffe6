//! Cost: what was counted, beside what the theory says.

use crate::{
    lab::LabHandle,
    markup::html,
    workbench::controls::{quiet, section},
};
use sim::{
    World,
    algorithm::{Cost, Relation},
    narrate,
};
use yew::Html;

/// Bills that are shown at most: the latest.
const BILLS: usize = 12;

/// The panel: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn cost(lab: &LabHandle) -> Html {
    let state = lab.get();
    let session = &state.session;
    let (world, algorithm) = (session.world(), session.setup().algorithm);
    let formulas = html! {
        <>
            if algorithm.costs.is_empty() { { quiet("No formula is known for this topic.") } }
            { for algorithm.costs.iter().map(|cost| formula(world, cost)) }
        </>
    };
    html! {
        <div class="cost">
            { section("formulas-title", "formulas", "Counted and expected", formulas) }
            { section("kinds-title", "kinds", "Counted so far", counts(world)) }
            { bills(world) }
        </div>
    }
}

fn formula(world: &World, cost: &Cost) -> Html {
    let counted = (cost.count)(world);
    let (sign, differs) = cost.relation.signs();
    // One run says nothing about a mean.
    let judged = cost.relation != Relation::OnAverage;
    let sum = if let Some((counted, expected)) = counted {
        let holds = cost.relation.holds(counted, expected);
        html! {
            <p class={if holds { "sum holds" } else { "sum broken" }}>
                <b class="count">{ counted }</b>
                <span class="sign">{ if holds { sign } else { differs } }</span>
                <span class="rule">{ format!("{} = {expected}", cost.formula) }</span>
                if judged {
                    <span class="icon" role="img" aria-label={if holds { "as expected" } else { "not as expected" }}>{ if holds { "✓" } else { "✗" } }</span>
                }
            </p>
        }
    } else {
        html! {
            <p class="sum"><b class="count">{ "–" }</b><span class="sign">{ sign }</span><span class="rule">{ cost.formula }</span></p>
        }
    };
    html! {
        <div class="formula">
            <p class="name">{ cost.what }</p>
            { sum }
            { quiet(format!("Compared {}.", cost.when)) }
        </div>
    }
}

fn counts(world: &World) -> Html {
    let tally = world.tally();
    let row = |name: String, count: u64| html! { <tr><th scope="row">{ name }</th><td>{ count }</td></tr> };
    html! {
        <table class="counts">
            <tbody>
                { for tally.sent_by_kind().iter().map(|(kind, count)| row(narrate::message_kind(kind), *count)) }
                <tr class="sum"><th scope="row">{ "messages in all" }</th><td>{ tally.sent_in_all() }</td></tr>
                if tally.lost > 0 { { row("of which lost".into(), tally.lost) } }
                { for tally.outputs_by_kind().iter().map(|(kind, count)| row(narrate::kind(kind), *count)) }
                { row("events".into(), tally.events) }
            </tbody>
        </table>
    }
}

fn bills(world: &World) -> Html {
    let bills: Vec<_> = world.tally().bills().collect();
    if bills.is_empty() {
        return html! {};
    }
    let rows = bills.iter().rev().take(BILLS).map(|bill| {
        let request = format!("request {} of {}", bill.request.number + 1, world.name(bill.request.node));
        html! { <tr><th scope="row">{ request }</th><td>{ bill.messages }</td></tr> }
    });
    let body = html! {
        <>
            <table class="counts"><tbody>{ for rows }</tbody></table>
            if bills.len() > BILLS { { quiet(format!("The latest {BILLS}.")) } }
        </>
    };
    section("bills-title", "bills", "Messages a request", body)
}
