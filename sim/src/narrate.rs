//! The words for what can happen, what happened and what came of it: the same on the page and on the command line.
//!
//! Each is one short sentence without its full stop, so that it can stand in a list, in a table or on a button.

mod words;

use crate::json::Json;
use crate::order::Order as _;
use crate::{
    Assumption, Cause, Datum, Delay, Effect, Event, LinkId, MessageId, Micros, NodeId, Order, Payload, Payloads, Rate,
    Step, Value, Verdict, World, process::Ask,
};
use words::{list, lower_words, third_person};

/// A pending item, as the list of what can happen next calls it: "P2 receives REQUEST 1·P0".
pub fn choice(world: &World, event: Event) -> String {
    // Only the script's items carry payloads, and those stand in the setup.
    self::event(world, &world.setup().payloads, event)
}

/// An event that has not been taken yet, seen from the world before it.
pub fn event(world: &World, payloads: &Payloads, event: Event) -> String {
    match event {
        Event::Deliver(id) => match world.flight(id) {
            Some(flight) if world.node(flight.to).is_some_and(|node| node.life() != crate::Life::Up) => {
                format!("{} reaches {}, which is down", message_of(world, id, &flight.payload), world.name(flight.to))
            }
            Some(flight) => receives(world, flight.to, id, &flight.payload),
            None => format!("{id} arrives"),
        },
        Event::Drop(id) => in_flight(world, id, "is lost: you drop it"),
        Event::Duplicate(id) => in_flight(world, id, "is duplicated"),
        Event::Hold(id) => in_flight(world, id, "is held back"),
        Event::Release(id) => in_flight(world, id, "may travel on"),
        Event::Fire(id) => goes_off(world, id.node, world.timer(id).map(|timer| &timer.payload)),
        Event::Script(k) => match world.setup().script.get(k as usize) {
            Some(item) => self::event(world, &world.setup().payloads, item.event),
            None => "A scripted event happens".into(),
        },
        Event::Arrive(id) => {
            let plan = world.planned().find(|plan| plan.event == event);
            match plan.and_then(|plan| plan.request.as_ref()) {
                Some(ask) => request(world, id.node, ask),
                None => format!("A request arrives at {}", world.name(id.node)),
            }
        }
        Event::Request(node, payload) => match payloads.get(payload) {
            Some(Payload::Request(_, ask)) => request(world, node, ask),
            _ => format!("A request arrives at {}", world.name(node)),
        },
        Event::AddNode(_) => {
            format!("{} joins", world.setup().algorithm.node_name(NodeId(world.nodes().len() as u32)))
        }
        _ => act(world, payloads, event),
    }
}

/// What has just happened, seen from the world after it: "P2 receives REQUEST 1·P0".
pub fn headline(step: &Step, world: &World, payloads: &Payloads) -> String {
    match step.event {
        None => "The run begins".into(),
        Some(Event::Script(k)) => {
            let Some(item) = world.setup().script.get(k as usize) else { return "A scripted event happens".into() };
            let words = happened(step, world, &world.setup().payloads, item.event);
            if happens_at_a_node(item.event) && step.node.is_none() {
                return format!("Scripted, but not possible now: {words}");
            }
            words
        }
        Some(event) => happened(step, world, payloads, event),
    }
}

fn happened(step: &Step, world: &World, payloads: &Payloads, event: Event) -> String {
    let lost = step.effects.iter().find_map(|effect| match effect {
        Effect::Lost { id, to, payload, why } => Some((*id, *to, payload, *why)),
        _ => None,
    });
    match (event, &step.cause, step.node) {
        (Event::Deliver(_), Cause::Message { id, payload, .. }, Some(node)) => receives(world, node, *id, payload),
        (Event::Deliver(id) | Event::Drop(id), ..) => match lost.filter(|(lost, ..)| *lost == id) {
            Some((id, to, payload, why)) => is_lost(world, id, to, payload, why),
            None => format!("{id} is gone"),
        },
        (Event::Fire(id), Cause::Timer(timer), _) => goes_off(world, id.node, Some(timer)),
        (Event::Arrive(_) | Event::Request(..), Cause::Request(ask), Some(node)) => request(world, node, ask),
        (Event::AddNode(_), _, Some(node)) => format!("{} joins", world.name(node)),
        _ => self::event(world, payloads, event),
    }
}

/// Whether a step that did this has a node: one that has none could not be done.
fn happens_at_a_node(event: Event) -> bool {
    matches!(
        event,
        Event::Request(..)
            | Event::Crash(_)
            | Event::Recover(_)
            | Event::Pause(_)
            | Event::Resume(_)
            | Event::AddNode(_)
            | Event::RemoveNode(_)
            | Event::SetClock(..)
            | Event::SetRate(..)
    )
}

/// What the user does to nodes, links, clocks and the policy: the same words before and after.
fn act(world: &World, payloads: &Payloads, event: Event) -> String {
    let name = |node: NodeId| world.name(node);
    match event {
        Event::Crash(node) => format!("{} crashes", name(node)),
        Event::Recover(node) => format!("{} recovers", name(node)),
        Event::Pause(node) => format!("{} is paused", name(node)),
        Event::Resume(node) => format!("{} goes on", name(node)),
        Event::RemoveNode(node) => format!("{} leaves for good", name(node)),
        Event::MoveNode(node, _) => format!("{} is drawn elsewhere", name(node)),
        Event::AddLink(a, b) => format!("{} and {} are linked", name(a), name(b)),
        Event::RemoveLink(id) => format!("{} is taken away", link(world, id)),
        Event::CutLink(id) => format!("{} is cut", link(world, id)),
        Event::MendLink(id) => format!("{} is mended", link(world, id)),
        Event::SetDelay(id, delay) => format!("{} now takes {}", link(world, id), self::delay(delay)),
        Event::SetDelayFrom(id, from, delay) => {
            let to = world.link(id).map_or("?", |link| world.name(link.other(from)));
            format!("From {} to {to} a message now takes {}", name(from), self::delay(delay))
        }
        Event::SetLoss(id, chance) => format!("{} now loses {} of its messages", link(world, id), share(chance)),
        Event::SetDuplication(id, chance) => {
            format!("{} now duplicates {} of its messages", link(world, id), share(chance))
        }
        Event::SetOrder(id, Order::Fifo) => format!("{} is FIFO from now on", link(world, id)),
        Event::SetOrder(id, Order::Any) => format!("{} may reorder messages from now on", link(world, id)),
        Event::Partition(payload) => match payloads.get(payload) {
            Some(Payload::Side(side)) => {
                let are = if side.len() == 1 { "is" } else { "are" };
                format!("{} {are} cut off from the others", list(side.iter().map(|&node| name(node))))
            }
            _ => "The network is partitioned".into(),
        },
        Event::Heal => "The partition is over".into(),
        Event::SetClock(node, offset) => format!("{}'s clock is set {}", name(node), offset_words(offset)),
        Event::SetRate(node, rate) => format!("{}'s clock now {}", name(node), self::rate(rate)),
        Event::SetPolicy(payload) => match payloads.get(payload) {
            Some(Payload::Policy(_, policy)) => format!("The policy is now {}", policy_words(world, policy.reflect())),
            _ => "The policy is replaced".into(),
        },
        // Messages, timers, the script, requests and newcomers are told by `event`.
        Event::Deliver(_)
        | Event::Drop(_)
        | Event::Duplicate(_)
        | Event::Hold(_)
        | Event::Release(_)
        | Event::Fire(_)
        | Event::Script(_)
        | Event::Arrive(_)
        | Event::Request(..)
        | Event::AddNode(_) => String::new(),
    }
}

/// What came of an event: "P0 sends REQUEST 1·P0 to P1".
pub fn effect(world: &World, effect: &Effect) -> String {
    match effect {
        Effect::Sent { id, to, payload, .. } => sends(world, *id, &[*to], payload),
        Effect::Lost { id, to, payload, why } => is_lost(world, *id, *to, payload, why),
        Effect::TimerSet(id, due) => match world.timer(*id) {
            Some(timer) => {
                let what = lower_telling(world, &timer.payload);
                let colon = if what.is_empty() { "" } else { ": " };
                format!("{} sets a timer to go off at {due}{colon}{what}", world.name(id.node))
            }
            None => format!("{} sets a timer to go off at {due}", world.name(id.node)),
        },
        Effect::Output(node, output) => format!("{}: {}", world.name(*node), lower_telling(world, output)),
        Effect::ClockSet(node, before, after) => {
            let by = Micros(before.abs_diff(*after));
            let way = if after > before { "ahead" } else { "back" };
            format!(
                "{}'s clock is set {way} by {by}, from {} to {}",
                world.name(*node),
                reading(*before),
                reading(*after)
            )
        }
    }
}

/// What came of an event, equal messages to several nodes in one line: "P0 sends REQUEST 1·P0 to P1 and P2".
pub fn effects(world: &World, step: &Step) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = &step.effects[..];
    while let Some((first, later)) = rest.split_first() {
        rest = later;
        let Effect::Sent { id, to, payload, .. } = first else {
            lines.push(effect(world, first));
            continue;
        };
        let mut receivers = vec![*to];
        while let Some((Effect::Sent { id: next, to, payload: same, .. }, later)) = rest.split_first()
            && (next.from, next.copy, same) == (id.from, id.copy, payload)
        {
            receivers.push(*to);
            rest = later;
        }
        lines.push(sends(world, *id, &receivers, payload));
    }
    lines
}

/// Why taking an event would break an assumption, to be read before it is taken; nothing where it breaks none.
pub fn warning(world: &World, event: Event) -> Option<String> {
    let assumption = world.would_break(event)?;
    if assumption != Assumption::BoundedDelay {
        return Some(assumption.sentence().into());
    }
    let mut late = world.made_late_by(event);
    late.order();
    let pairs = list(late.iter().map(|&(from, to)| format!("{} to {}", world.name(from), world.name(to))));
    let s = if late.len() == 1 { "message from" } else { "messages from" };
    Some(format!("This makes the {s} {pairs} later than the bound of the link."))
}

/// A verdict: "holds", "not yet: …", "broken: …".
pub fn verdict(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Holds => "holds".into(),
        Verdict::Pending(violation) => format!("not yet: {}", violation.why),
        Verdict::NotPromised(violation) => format!("does not hold, and is not promised: {}", violation.why),
        Verdict::Broken { violation, after: None } => format!("broken: {}", violation.why),
        Verdict::Broken { violation, after: Some(_) } => {
            format!("broken after an assumption was broken: {}", violation.why)
        }
    }
}

/// What a message says, with the number of the copy where it is one.
pub fn message_of(world: &World, id: MessageId, payload: &Datum) -> String {
    let telling = world.telling(id.from, payload);
    if id.copy > 0 { format!("{telling} (copy {})", id.copy) } else { telling }
}

/// A link by its ends: "The link P0–P2".
pub fn link(world: &World, id: LinkId) -> String {
    match world.link(id) {
        Some(link) => format!("The link {}–{}", world.name(link.ends.0), world.name(link.ends.1)),
        None => format!("Link {}", id.0),
    }
}

/// A kind of messages as their capsules write it: "PROBE REPLY".
pub fn message_kind(kind: &str) -> String {
    crate::value::upper_words(kind)
}

/// A kind of timers, outputs or requests in words: "answer timeout".
pub fn kind(kind: &str) -> String {
    lower_words(kind)
}

/// How long a message takes: "10 ms", "1 ms to 5 ms", "10 ms on average".
pub fn delay(delay: Delay) -> String {
    let span = |span: crate::random::Micros32| Micros(span.0.into());
    match delay {
        Delay::Constant(always) => span(always).to_string(),
        Delay::Uniform(low, high) => format!("{} to {}", span(low), span(high)),
        Delay::Hyperexponential(share, first, second) => {
            format!("{} on average in {share} of 1,000, {} in the others", span(first), span(second))
        }
        Delay::Exponential(mean) => format!("{} on average (exponential)", span(mean)),
    }
}

/// A request in words: the label of its button in the third person, "P0 leaves the critical section"; where no button
/// makes it, its own name and fields.
pub fn request(world: &World, node: NodeId, ask: &Datum) -> String {
    // One that has not joined yet is called as it will be.
    let newcomer = world.node(node).is_none().then(|| world.setup().algorithm.node_name(node));
    let name = newcomer.as_deref().unwrap_or_else(|| world.name(node));
    if let Some(label) = world.node(node).and_then(|seat| seat.process().label(ask)) {
        return third_person(name, &label);
    }
    let value = ask.reflect();
    let json = value.to_json();
    let offers = world.node(node).map_or_else(Vec::new, |seat| seat.process().offers(&world.view(node)));
    let makes = |ask: &Ask<Json>| match ask {
        Ask::Ready(ready) => agrees(ready, &json),
        Ask::Form { .. } => false,
    };
    let ready = offers.iter().find(|offer| makes(&offer.ask));
    if let Some(offer) = ready {
        return third_person(name, &offer.label);
    }
    let form = offers.iter().find(|offer| matches!(offer.ask, Ask::Form { name, .. } if name == ask.kind()));
    match form {
        Some(offer) => {
            let label = offer.label.trim_end_matches(['…', '.', ' ']);
            let fields: Vec<String> = value
                .fields()
                .iter()
                .map(|(field, value)| format!("{field} {}", named(world, value.clone())))
                .collect();
            let shown = if fields.is_empty() { String::new() } else { format!(" ({})", fields.join(", ")) };
            format!("{}{shown}", third_person(name, label))
        }
        None => third_person(name, &lower_telling(world, ask)),
    }
}

/// Whether a button makes this request, up to what it leaves open.
fn agrees(button: &Json, request: &Json) -> bool {
    match (button, request) {
        (Json::Null, _) => true,
        (Json::Object(button), Json::Object(request)) => {
            button.iter().all(|(name, value)| agrees(value, request.get(name).unwrap_or(&Json::Null)))
        }
        (button, request) => button == request,
    }
}

fn receives(world: &World, to: NodeId, id: MessageId, payload: &Datum) -> String {
    let told = message_of(world, id, payload);
    let from = world.name(id.from);
    // Most messages that matter carry their sender; it is said once.
    let known = told
        .split(|letter: char| letter == '·' || letter.is_ascii() && !letter.is_ascii_alphanumeric())
        .any(|word| word == from);
    if known {
        format!("{} receives {told}", world.name(to))
    } else {
        format!("{} receives {told} from {from}", world.name(to))
    }
}

fn sends(world: &World, id: MessageId, to: &[NodeId], payload: &Datum) -> String {
    let receivers = list(to.iter().map(|&node| world.name(node)));
    let from = world.name(id.from);
    match id.copy {
        0 => format!("{from} sends {} to {receivers}", message_of(world, id, payload)),
        _ => format!("{} to {receivers} is under way too", message_of(world, id, payload)),
    }
}

fn is_lost(world: &World, id: MessageId, to: NodeId, payload: &Datum, why: &str) -> String {
    format!("{} to {} is lost: {why}", message_of(world, id, payload), world.name(to))
}

fn in_flight(world: &World, id: MessageId, what: &str) -> String {
    match world.flight(id) {
        Some(flight) => format!("{} to {} {what}", message_of(world, id, &flight.payload), world.name(flight.to)),
        None => format!("{id} {what}"),
    }
}

fn goes_off(world: &World, node: NodeId, timer: Option<&Datum>) -> String {
    let what = timer.map_or_else(String::new, |timer| lower_telling(world, timer));
    let colon = if what.is_empty() { "" } else { ": " };
    format!("{}'s timer goes off{colon}{what}", world.name(node))
}

/// A timer, an output or a request by its own name and fields, in lower case: `AnswerTimeout(3)` as "answer timeout 3".
/// Of several fields each has its name, since a bare number would tell nothing, unless that has just been said.
fn lower_telling(world: &World, datum: &Datum) -> String {
    let said = lower_words(datum.kind());
    let field = |name: &str, value: Value| {
        let name = name.replace('_', " ");
        let value = named(world, value);
        if said.split(' ').any(|word| word == name) { value } else { format!("{name} {value}") }
    };
    let inner = |value: Value| match value {
        Value::Record(_, fields) if fields.len() > 1 => {
            let told = fields.into_iter().filter(|(_, value)| *value != Value::Nothing);
            told.map(|(name, value)| field(name, value)).collect()
        }
        Value::Record(_, fields) => fields.into_iter().map(|(_, value)| named(world, value)).collect(),
        Value::List(items) => items.into_iter().map(|value| named(world, value)).collect(),
        other => vec![named(world, other)],
    };
    match datum.reflect() {
        Value::Nothing => String::new(),
        Value::Variant(name, None) => lower_words(name),
        Value::Variant(name, Some(value)) => format!("{} {}", lower_words(name), inner(*value).join(", ")),
        Value::Record(name, fields) => {
            let fields: Vec<String> = inner(Value::Record(name, fields));
            format!("{} {}", lower_words(name), fields.join(", ")).trim_end().to_owned()
        }
        other => named(world, other),
    }
}

/// A value in which nodes stand with their names in this world.
pub fn named(world: &World, value: Value) -> String {
    value.with_names(&|node| world.name(node).to_owned()).to_string()
}

/// A policy, field by field: "threshold 2, probe limit 3".
fn policy_words(world: &World, policy: Value) -> String {
    let field = |(name, value): &(&'static str, Value)| {
        format!("{} {}", name.replace(['-', '_'], " "), named(world, value.clone()))
    };
    match policy.fields() {
        [] => named(world, policy),
        fields => fields.iter().map(field).collect::<Vec<_>>().join(", "),
    }
}

/// A chance in a million as a share: "30 %", "none".
fn share(chance: u32) -> String {
    match chance {
        0 => "none".into(),
        1_000_000 => "all".into(),
        _ => {
            let digits = format!("{}.{:04}", chance / 10_000, chance % 10_000);
            format!("{} %", digits.trim_end_matches('0').trim_end_matches('.'))
        }
    }
}

/// A reading of a clock, which may be before 0; from an hour on as a time of day.
pub fn reading(reading: i64) -> String {
    let sign = if reading < 0 { "−" } else { "" };
    let micros = reading.unsigned_abs();
    if micros < 3_600_000_000 {
        return format!("{sign}{}", Micros(micros));
    }
    let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
    let clock = format!("{sign}{}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match rest / 1_000 {
        0 => clock,
        millis => format!("{clock}.{millis:03}"),
    }
}

fn offset_words(offset: i64) -> String {
    let by = Micros(offset.unsigned_abs());
    match offset {
        0 => "to its hardware clock".into(),
        1.. => format!("{by} ahead of its hardware clock"),
        _ => format!("{by} behind its hardware clock"),
    }
}

/// A rate, to be read after a clock's name: "gains 0.25 ms a second".
pub fn rate(rate: Rate) -> String {
    let (local, true_time) = (i64::from(rate.numerator), i64::from(rate.denominator));
    let difference = local - true_time;
    if difference == 0 {
        return "runs true".into();
    }
    if true_time == 0 || difference * 1_000_000 % true_time != 0 {
        return format!("shows {local} µs in {true_time} true ones");
    }
    let drift = Micros((difference * 1_000_000 / true_time).unsigned_abs());
    format!("{} {drift} a second", if difference > 0 { "gains" } else { "loses" })
}

#[cfg(test)]
mod tests;
