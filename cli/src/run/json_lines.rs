//! A run as JSON, one object a line.

use super::{Ended, Moment, Printer, summary};
use crate::{failure::Failure, output::Output, show::relation};
use serde::Serialize;
use sim::{
    Cause, Datum, Effect, NodeId, Session, Stamp, Value, Verdict, World,
    algorithm::Remark,
    narrate,
    scenario::{FileEvent, MessageName},
};
use std::collections::BTreeMap;

/// The version of this output. It is raised when a field changes its meaning or goes away.
const VERSION: u32 = 1;

/// A run as JSON, one object a line: the start, each step, the summary.
pub struct JsonLines;

#[derive(Serialize)]
struct Start<'a> {
    line: &'static str,
    version: u32,
    algorithm: &'a str,
    scenario: &'a str,
    title: &'a str,
    sentence: &'a str,
    notice: &'a str,
    nodes: Vec<&'a str>,
    seed: u64,
    parameters: BTreeMap<&'static str, i64>,
    remarks: Vec<Remark>,
    policy: Option<Value>,
    variant: Option<&'static str>,
    digest: String,
}

#[derive(Serialize)]
struct StepLine {
    line: &'static str,
    step: u32,
    time_us: u64,
    event: Option<FileEvent>,
    text: String,
    node: Option<u32>,
    cause: Option<CauseJson>,
    lamport: Option<u64>,
    lamport_sent: Option<u64>,
    vector: Option<Vec<u32>>,
    vector_sent: Option<Vec<u32>>,
    effects: Vec<EffectJson>,
    pseudocode: Vec<&'static str>,
    notes: Vec<String>,
    captions: Vec<String>,
    properties: Vec<VerdictJson>,
    breaks: Option<&'static str>,
}

#[derive(Serialize)]
struct CauseJson {
    kind: &'static str,
    from: Option<u32>,
    message: Option<MessageName>,
    sent_us: Option<u64>,
    payload: Value,
}

#[derive(Serialize)]
struct EffectJson {
    kind: &'static str,
    text: String,
    node: u32,
    to: Option<u32>,
    message: Option<MessageName>,
    timer: Option<u32>,
    due_us: Option<u64>,
    why: Option<&'static str>,
    name: &'static str,
    payload: Option<Value>,
}

#[derive(Serialize)]
struct VerdictJson {
    name: &'static str,
    verdict: &'static str,
    why: Option<String>,
    culprits: Vec<u32>,
    after: Option<&'static str>,
}

#[derive(Serialize)]
struct Summary {
    line: &'static str,
    steps: u32,
    time_us: u64,
    ended: &'static str,
    why: String,
    pending: usize,
    sent: u64,
    sent_by_kind: BTreeMap<&'static str, u64>,
    lost: u64,
    outputs_by_kind: BTreeMap<&'static str, u64>,
    costs: Vec<CostJson>,
    properties: Vec<VerdictJson>,
    broken_assumptions: Vec<BreachJson>,
    digest: String,
}

#[derive(Serialize)]
struct CostJson {
    what: &'static str,
    relation: &'static str,
    formula: &'static str,
    counted: Option<u64>,
    expected: Option<u64>,
    holds: Option<bool>,
}

#[derive(Serialize)]
struct BreachJson {
    assumption: &'static str,
    time_us: u64,
}

impl Printer for JsonLines {
    fn start(&mut self, session: &Session, moment: &Moment, out: &mut Output) -> Result<(), Failure> {
        let (scenario, setup) = (session.scenario(), session.setup());
        let parameters = setup.algorithm.parameters.iter().zip(&setup.parameters);
        out.json_line(&Start {
            line: "start",
            version: VERSION,
            algorithm: setup.algorithm.id,
            scenario: &scenario.name,
            title: &scenario.title,
            sentence: &scenario.sentence,
            notice: &scenario.notice,
            nodes: setup.nodes.iter().map(|node| node.name.as_ref()).collect(),
            seed: setup.seed,
            parameters: parameters.map(|(parameter, &value)| (parameter.name, value)).collect(),
            remarks: (setup.algorithm.remarks)(setup),
            policy: setup.policy.as_ref().map(Datum::reflect),
            variant: setup.variant,
            digest: digest(session.world()),
        })?;
        self.step(session, moment, out)
    }

    fn step(&mut self, session: &Session, moment: &Moment, out: &mut Output) -> Result<(), Failure> {
        let (step, world) = (session.step(), session.world());
        let stamp = Some(&step.stamps.event).filter(|stamp| stamp.lamport > 0);
        let sent = step.stamps.sent.as_ref();
        let vector = |stamp: &Stamp| stamp.vector.as_ref().map(|vector| vector.to_vec());
        Ok(out.json_line(&StepLine {
            line: "step",
            step: session.depth(),
            time_us: step.at.0,
            event: step.event.map(|event| FileEvent::of(event, session.payloads())),
            text: narrate::headline(step, world, session.payloads()),
            node: step.node.filter(|_| step.event.is_some()).map(|node| node.0),
            cause: cause(&step.cause),
            lamport: stamp.map(|stamp| stamp.lamport),
            lamport_sent: sent.map(|stamp| stamp.lamport),
            vector: stamp.and_then(vector),
            vector_sent: sent.and_then(vector),
            effects: step.effects.iter().map(|effect| effect_json(world, effect)).collect(),
            pseudocode: step.lines.clone(),
            notes: step.notes.clone(),
            captions: moment.captions.clone(),
            properties: moment.changed.iter().map(|&index| verdict_json(session, index)).collect(),
            breaks: step.broke.map(sim::Assumption::sentence),
        })?)
    }

    fn end(&mut self, session: &Session, ended: Ended, out: &mut Output) -> Result<(), Failure> {
        let world = session.world();
        let tally = world.tally();
        Ok(out.json_line(&Summary {
            line: "summary",
            steps: session.depth(),
            time_us: world.now().0,
            ended: match ended {
                Ended::Quiet => "quiet",
                Ended::Events => "events",
                Ended::Steps => "steps",
                Ended::Time => "time",
                Ended::Limit(_) => "limit",
            },
            why: summary::why(session, ended),
            pending: world.pending(),
            sent: tally.sent_in_all(),
            sent_by_kind: tally.sent_by_kind().iter().copied().collect(),
            lost: tally.lost,
            outputs_by_kind: tally.outputs_by_kind().iter().copied().collect(),
            costs: summary::costs(session).iter().map(cost_json).collect(),
            properties: (0..session.verdicts().len()).map(|index| verdict_json(session, index)).collect(),
            broken_assumptions: summary::breaches(session)
                .iter()
                .map(|&(assumption, at)| BreachJson { assumption: assumption.sentence(), time_us: at.0 })
                .collect(),
            digest: digest(world),
        })?)
    }
}

fn digest(world: &World) -> String {
    format!("{:032x}", world.digest())
}

fn cause(cause: &Cause) -> Option<CauseJson> {
    let without_message = |kind, payload: &Datum| {
        Some(CauseJson { kind, from: None, message: None, sent_us: None, payload: payload.reflect() })
    };
    match cause {
        Cause::Nothing => None,
        Cause::Message { id, payload, sent_at } => Some(CauseJson {
            kind: "message",
            from: Some(id.from.0),
            message: Some((*id).into()),
            sent_us: Some(sent_at.0),
            payload: payload.reflect(),
        }),
        Cause::Timer(timer) => without_message("timer", timer),
        Cause::Request(request) => without_message("request", request),
    }
}

fn effect_json(world: &World, effect: &Effect) -> EffectJson {
    let plain = |kind, node: NodeId, payload: Option<&Datum>| EffectJson {
        kind,
        text: narrate::effect(world, effect),
        node: node.0,
        to: None,
        message: None,
        timer: None,
        due_us: None,
        why: None,
        name: payload.map_or("", Datum::kind),
        payload: payload.map(Datum::reflect),
    };
    match effect {
        Effect::Sent { id, to, payload, due } => EffectJson {
            to: Some(to.0),
            message: Some((*id).into()),
            due_us: Some(due.0),
            ..plain("sent", id.from, Some(payload))
        },
        Effect::Lost { id, to, payload, why } => EffectJson {
            to: Some(to.0),
            message: Some((*id).into()),
            why: Some(why),
            ..plain("lost", id.from, Some(payload))
        },
        Effect::TimerSet(id, due) => {
            // A timer that was moved or cancelled in the same step is set no more.
            let payload = world.timer(*id).map(|timer| timer.payload.clone());
            EffectJson { timer: Some(id.number), due_us: Some(due.0), ..plain("timer", id.node, payload.as_ref()) }
        }
        Effect::Output(node, output) => plain("output", *node, Some(output)),
        Effect::ClockSet(node, ..) => plain("clock", *node, None),
    }
}

fn verdict_json(session: &Session, index: usize) -> VerdictJson {
    let (verdict, violation, after) = match &session.verdicts()[index] {
        Verdict::Holds => ("holds", None, None),
        Verdict::Pending(violation) => ("pending", Some(violation), None),
        Verdict::NotPromised(violation) => ("not-promised", Some(violation), None),
        Verdict::Broken { violation, after } => ("broken", Some(violation), *after),
    };
    VerdictJson {
        name: session.setup().algorithm.properties[index].name,
        verdict,
        why: violation.map(|violation| violation.why.clone()),
        culprits: violation.map_or_else(Vec::new, |violation| violation.culprits.iter().map(|node| node.0).collect()),
        after: after.map(sim::Assumption::sentence),
    }
}

fn cost_json(counted: &summary::Counted) -> CostJson {
    CostJson {
        what: counted.cost.what,
        relation: relation(counted.cost.relation),
        formula: counted.cost.formula,
        counted: counted.figures.map(|(count, _)| count),
        expected: counted.figures.map(|(_, formula)| formula),
        holds: counted.holds(),
    }
}
