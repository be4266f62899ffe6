//! A process that shows what its configuration says, so that every picture can be had.

use crate::{
    Algorithm, Context, Datum, EdgeKind, Gauge, Never, NodeId, Part, PartEdge, PartId, PartKind, Process, Range,
    Ranges, Scenario, Status, Tone, Wait, World, algorithm::NodeShape, testing::Bench,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::sync::Arc;

#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Exhibit {
    word: String,
    detail: String,
    tone: String,
    tokens: u32,
    queue: Option<(u32, u32)>,
    waits: Vec<(u32, String)>,
    parts: Vec<(u32, String, String, String)>,
    edges: Vec<(u32, u32, u32, String)>,
    after: Option<String>,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Message {
    Request(u32, NodeId),
    Reply(u32),
    Probe(u32, u32, u32),
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub enum Ask {
    Request(u32),
    Reply(u32),
    Probe(u32),
    Crowd(u32, u32),
}

crate::read_variants!(Ask { Request(to), Reply(to), Probe(to), Crowd(to, count) });

fn tone(name: &str) -> Tone {
    match name {
        "waiting" => Tone::Waiting,
        "active" => Tone::Active,
        "done" => Tone::Done,
        "failed" => Tone::Failed,
        "violated" => Tone::Violated,
        _ => Tone::Idle,
    }
}

impl Process for Exhibit {
    type Message = Message;
    type Timer = Never;
    type Request = Ask;
    type Output = Never;

    fn on_message(&mut self, _: NodeId, _: Message, _: &mut Context<'_, Self>) {
        if let Some(word) = self.after.take() {
            (self.word, self.tone) = (word, "active".into());
        }
    }
    fn on_request(&mut self, ask: Ask, ctx: &mut Context<'_, Self>) {
        match ask {
            Ask::Request(to) => ctx.send(NodeId(to), Message::Request(12, ctx.me())),
            Ask::Reply(to) => ctx.send(NodeId(to), Message::Reply(1)),
            Ask::Probe(to) => ctx.send(NodeId(to), Message::Probe(1, 4, 5)),
            Ask::Crowd(to, count) => (0..count).for_each(|k| ctx.send(NodeId(to), Message::Reply(k))),
        }
    }
    fn status(&self) -> Status {
        let mut status = Status::new(self.word.as_str(), tone(&self.tone)).detail(self.detail.as_str());
        status.tokens = self.tokens;
        match self.queue {
            Some((value, full)) => {
                status.gauge(Gauge { name: "queue", value, full, marks: vec![(2, "low"), (4, "high")] })
            }
            None => status,
        }
    }
    fn waits_for(&self) -> Vec<Wait> {
        self.waits.iter().map(|(on, what)| Wait::node(NodeId(*on), what.as_str())).collect()
    }
    fn parts(&self) -> Vec<Part> {
        let kind = |kind: &str| match kind {
            "process" => PartKind::Process,
            "resource" => PartKind::Resource,
            "page" => PartKind::Page,
            _ => PartKind::Job,
        };
        let part = |(id, name, of, state): &(u32, String, String, String)| Part {
            id: PartId(*id),
            name: name.clone(),
            kind: kind(of),
            tone: tone(state),
            word: state.clone(),
        };
        self.parts.iter().map(part).collect()
    }
    fn edges(&self) -> Vec<PartEdge> {
        let edge = |(from, node, to, kind): &(u32, u32, u32, String)| {
            let (kind, label) = match kind.as_str() {
                "waits" => (EdgeKind::WaitsFor, ""),
                "moves" => (EdgeKind::Migrating, ""),
                "joined" => (EdgeKind::Joined, "7"),
                "flow" => (EdgeKind::Flow, "3/8"),
                _ => (EdgeKind::HeldBy, ""),
            };
            PartEdge::new(PartId(*from), NodeId(*node), PartId(*to), kind).label(label)
        };
        self.edges.iter().map(edge).collect()
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Hall(Vec<Exhibit>);

const HALL: Algorithm = Algorithm {
    id: "test/exhibit",
    title: "Exhibit",
    configure: |json, nodes| {
        let mut list: Vec<Exhibit> = serde_json::from_value(json.clone()).map_err(|error| error.to_string())?;
        list.resize(nodes as usize, list.last().cloned().unwrap_or_default());
        Ok(Some(Datum::new(Hall(list))))
    },
    spawn: |setup, id| {
        Arc::new(setup.config::<Hall>().map_or_else(Exhibit::default, |hall| hall.0[id.index()].clone()))
    },
    ..Algorithm::EMPTY
};
static CIRCLES: Algorithm = HALL;
static MACHINES: Algorithm = Algorithm { node_shape: NodeShape::Machine, node_prefix: "M", ..HALL };
static RANGED: Algorithm = Algorithm { ranges: Some(two_ranges), ..HALL };
static SITES: Algorithm = Algorithm { node_shape: NodeShape::Site, node_prefix: "S", ..HALL };

fn hall(algorithm: &'static Algorithm, nodes: u32, topology: &str, exhibits: &Value) -> Bench {
    let json = json!({
        "version": 1, "algorithm": "test/exhibit", "name": "test", "title": "Test", "sentence": "A test.",
        "nodes": nodes, "topology": topology, "config": exhibits
    });
    let scenario = Scenario::read(&json.to_string()).expect("the scenario is well formed");
    Bench::new(scenario.prepare(algorithm).expect("the scenario fits"))
}

pub fn circles(nodes: u32, topology: &str, exhibits: &Value) -> Bench {
    hall(&CIRCLES, nodes, topology, exhibits)
}
pub fn machines(nodes: u32, topology: &str, exhibits: &Value) -> Bench {
    hall(&MACHINES, nodes, topology, exhibits)
}
pub fn sites(nodes: u32, topology: &str, exhibits: &Value) -> Bench {
    hall(&SITES, nodes, topology, exhibits)
}

/// The three sites of the drawn picture: five processes wait in a circle, a sixth waits for one of them.
pub fn deadlock() -> Bench {
    let p = |id: u32| json!([id, format!("P{id}"), "process", "waiting"]);
    let r = |id: u32| json!([100 + id, format!("R{id}"), "resource", "idle"]);
    sites(
        3,
        "complete",
        &json!([
            { "detail": "local graph: P1 → P2, no cycle", "parts": [p(1), p(2), r(5), r(1)],
              "edges": [[1, 0, 2, "waits"], [2, 1, 3, "waits"], [105, 0, 1, "held"], [101, 0, 2, "held"]] },
            { "detail": "local graph: P3 → P4, no cycle", "parts": [p(3), p(4), r(2), r(3)],
              "edges": [[3, 1, 4, "waits"], [4, 2, 5, "waits"], [102, 1, 3, "held"], [103, 1, 4, "held"]] },
            { "detail": "local graph: P6 → P5, no cycle", "parts": [p(5), p(6), r(4)],
              "edges": [[5, 0, 1, "waits"], [6, 2, 5, "waits"], [104, 2, 5, "held"]] },
        ]),
    )
}

fn two_ranges(_: &World) -> Vec<Ranges> {
    let range = |name: &str, from, to, tone| Range { name: name.into(), from, to, tone };
    vec![Ranges {
        title: "Two ranges".into(),
        bars: vec![range("narrow", -3, 4, Tone::Failed), range("wide", -90, 20, Tone::Idle)],
        zero: "nothing".into(),
        cursor: Some(2),
        marked: (vec![(-3, 4)], ""),
        words: |value| value.to_string(),
    }]
}

/// Nodes beside which ranges are drawn.
pub fn ranged(nodes: u32) -> Bench {
    hall(&RANGED, nodes, "complete", &json!([{}]))
}
