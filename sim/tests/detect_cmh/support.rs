//! Worlds, and what can be read off them, for the tests of the probe algorithm.

use serde_json::{Value as Json, json};
use sim::{
    EdgeKind, Effect, NodeId, Scenario,
    algorithms::deadlock::detect_cmh::ALGORITHM,
    random::{Purpose, below, draw},
    testing::Bench,
};
use std::collections::{BTreeMap, BTreeSet};

/// Initiator, sender, receiver.
pub type Triple = (u32, u32, u32);

pub fn vector(id: &str) -> Json {
    let all: Vec<Json> =
        serde_json::from_str(include_str!("../vectors/detect-cmh.json")).expect("the vectors are JSON");
    all.into_iter().find(|vector| vector["id"] == id).unwrap_or_else(|| panic!("no vector is called {id}"))
}

pub fn number(json: &Json) -> u32 {
    json.as_u64().unwrap_or_else(|| panic!("{json} is no number")) as u32
}

pub fn pairs(json: &Json) -> Vec<(u32, u32)> {
    json.as_array().expect("a list").iter().map(|pair| (number(&pair[0]), number(&pair[1]))).collect()
}

pub fn triples(json: &Json) -> BTreeSet<Triple> {
    json.as_array()
        .expect("a list")
        .iter()
        .map(|three| (number(&three[0]), number(&three[1]), number(&three[2])))
        .collect()
}

pub fn bench(nodes: u32, more: &Json) -> Bench {
    let mut scenario = json!({
        "version": 1, "algorithm": "deadlock/detect-cmh", "name": "test", "title": "Test", "sentence": "A test.",
        "nodes": nodes,
    });
    for (name, value) in more.as_object().expect("an object") {
        scenario[name] = value.clone();
    }
    Bench::of_json(&ALGORITHM, scenario).expect("the scenario is in order")
}

pub fn embedded(name: &str) -> Bench {
    let scenario = Scenario::embedded(&ALGORITHM, name).unwrap_or_else(|| panic!("no scenario is called {name}"));
    let scenario = scenario.unwrap_or_else(|error| panic!("{name}: {error}"));
    Bench::new(scenario.prepare(&ALGORITHM).unwrap_or_else(|error| panic!("{name}: {error}")))
}

/// A wait-for graph of a vector as a world: each process that somebody waits for holds one resource at its own site. A
/// process that the vector puts on no site has one of its own. Probes are started by hand.
pub struct Graph {
    pub edges: Vec<(u32, u32)>,
    pub sites: BTreeMap<u32, u32>,
}

impl Graph {
    pub fn of(inputs: &Json) -> Self {
        let edges = pairs(&inputs["edges"]);
        let processes: BTreeSet<u32> = edges.iter().flat_map(|&(from, to)| [from, to]).collect();
        let own_sites = || (0..).zip(&processes).map(|(site, &process)| (process, site)).collect();
        let given = |map: &serde_json::Map<String, Json>| {
            map.iter().map(|(process, site)| (process.parse().expect("a process"), number(site))).collect()
        };
        let sites = inputs["site"].as_object().map_or_else(own_sites, given);
        Self { edges, sites }
    }

    pub fn bench(&self, variant: &Json) -> Bench {
        let nodes = self.sites.values().max().expect("there are sites") + 1;
        let mut sites = vec![vec![]; nodes as usize];
        for (process, &site) in &self.sites {
            sites[site as usize].push(format!("P{process}"));
        }
        // Every process holds something, so that more edges can be asked for.
        let resources: Vec<Json> = self
            .sites
            .iter()
            .map(|(process, site)| json!({ "resource": format!("R{process}"), "site": site, "holder": format!("P{process}") }))
            .collect();
        let waits: Vec<Json> =
            self.edges.iter().map(|(from, to)| json!([format!("P{from}"), format!("R{to}")])).collect();
        let config = json!({ "sites": sites, "resources": resources, "waits": waits });
        bench(nodes, &json!({ "config": config, "parameters": { "start": "hand" }, "variant": variant }))
    }

    pub fn probe(&self, bench: &mut Bench, process: u32) {
        bench.ask(self.sites[&process], json!({ "Probe": { "process": format!("P{process}") } }));
    }
}

/// The probes of a run: those that were messages, those that stayed inside a site, and who declared a deadlock.
#[derive(Default, Debug)]
pub struct Seen {
    pub messages: Vec<Triple>,
    pub local: Vec<Triple>,
    pub deadlocks: Vec<String>,
}

impl Seen {
    pub fn look(&mut self, bench: &Bench) {
        for effect in &bench.step.effects {
            match effect {
                Effect::Sent { id, payload, .. } => {
                    self.messages
                        .extend(triple(&bench.world.telling(id.from, payload)).filter(|_| payload.kind() == "Probe"));
                }
                Effect::Output(_, output) if output.kind() == "Deadlock" => {
                    self.deadlocks.push(output.reflect().to_string());
                }
                _ => {}
            }
        }
        let inside = bench.step.notes.iter().filter(|note| note.ends_with("needs no message."));
        self.local.extend(inside.filter_map(|note| triple(note)));
    }

    pub fn play(&mut self, bench: &mut Bench, limit: u32) {
        self.look(bench);
        for _ in 0..limit {
            if !bench.play_one() {
                return;
            }
            self.look(bench);
        }
    }

    pub fn all(&self) -> BTreeSet<Triple> {
        self.messages.iter().chain(&self.local).copied().collect()
    }
}

/// The three numbers in the parentheses of a text.
pub fn triple(text: &str) -> Option<Triple> {
    let (_, rest) = text.split_once('(')?;
    let (inside, _) = rest.split_once(')')?;
    let numbers: Vec<u32> = inside.split(", ").filter_map(|number| number.parse().ok()).collect();
    <[u32; 3]>::try_from(numbers).ok().map(|[initiator, sender, receiver]| (initiator, sender, receiver))
}

pub fn run(graph: &Graph, initiator: u32, variant: &Json) -> (Seen, Bench) {
    let mut bench = graph.bench(variant);
    graph.probe(&mut bench, initiator);
    let mut seen = Seen::default();
    seen.play(&mut bench, 2_000);
    (seen, bench)
}

/// Edges between parts by the names of the parts: "P2→P3".
pub fn edges(bench: &Bench, kind: EdgeKind) -> BTreeSet<String> {
    let name = |site: NodeId, part| {
        let parts = bench.world.nodes()[site.index()].process().parts();
        parts.into_iter().find(|known| known.id == part).map_or_else(|| "?".to_owned(), |part| part.name)
    };
    let mut found = BTreeSet::new();
    for &site in bench.world.members() {
        for edge in bench.world.nodes()[site.index()].process().edges() {
            if edge.kind == kind {
                found.insert(format!("{}→{}", name(site, edge.from), name(edge.to_node, edge.to)));
            }
        }
    }
    found
}

/// Processes and resources on random sites, resources held by processes of any site, random waits, several for one process.
pub fn random_bench(seed: u64) -> Bench {
    let mut count = 0;
    let mut roll = |bound: u64| {
        count += 1;
        below(draw(seed, Purpose::Process, (99, 99), count), bound)
    };
    let sites = 2 + roll(3);
    let processes = 3 + roll(4);
    let mut placed = vec![vec![]; sites as usize];
    for process in 1..=processes {
        placed[roll(sites) as usize].push(format!("P{process}"));
    }
    let holders: Vec<u64> = (0..processes).map(|_| 1 + roll(processes)).collect();
    let resource = |(index, holder): (usize, &u64)| json!({ "resource": format!("R{}", index + 1), "site": (index as u64 * 7 + holder) % sites, "holder": format!("P{holder}") });
    let resources: Vec<Json> = holders.iter().enumerate().map(resource).collect();
    let mut waits = vec![];
    for (index, holder) in holders.iter().enumerate() {
        for process in 1..=processes {
            if process != *holder && roll(5) == 0 {
                waits.push(json!([format!("P{process}"), format!("R{}", index + 1)]));
            }
        }
    }
    let config = json!({ "sites": placed, "resources": resources, "waits": waits });
    bench(sites as u32, &json!({ "config": config, "delay": { "uniform": ["1 ms", "40 ms"] }, "seed": seed }))
}

/// Who waits for whom as the sites that give out resources have it: each request in a queue, to the present holder.
pub fn true_waits(bench: &Bench) -> BTreeSet<String> {
    let mut holder = BTreeMap::new();
    for edge in edges(bench, EdgeKind::HeldBy) {
        let (resource, process) = edge.split_once('→').expect("an edge");
        holder.insert(resource.to_owned(), process.to_owned());
    }
    let mut waits = BTreeSet::new();
    for &site in bench.world.members() {
        for part in bench.world.nodes()[site.index()].process().parts() {
            let words = bench.world.nodes()[site.index()].process().waits_for();
            let waited = words.iter().filter(|wait| wait.part == Some(part.id));
            waits.extend(waited.map(|wait| format!("{}→{}", part.name, holder[&wait.what])));
        }
    }
    waits
}
