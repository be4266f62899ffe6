//! Who is in a deadlock, told without looking for cycles: whoever waits for nothing can finish and gives back what it
//! holds; then whoever can be served can finish, and so on. Who is left is in a deadlock, or waits for one that is.

use crate::{number, text};
use serde_json::{Value as Json, json};
use sim::{
    random::{Purpose, below, draw},
    testing::Bench,
};
use std::collections::{BTreeMap, BTreeSet};

/// The number of a process or resource.
pub fn process(name: &str) -> u32 {
    name[1..].parse().unwrap_or_else(|_| panic!("{name} is no name"))
}

/// What all processes hold and want at this moment, read off their states and the grants under way.
#[derive(Default, Debug)]
pub struct Truth {
    pub holds: BTreeMap<u32, BTreeSet<u32>>,
    pub wants: BTreeMap<u32, BTreeSet<u32>>,
    pub phases: BTreeMap<u32, String>,
    pub rounds: BTreeMap<u32, u32>,
}

impl Truth {
    pub fn of(bench: &Bench) -> Self {
        let mut truth = Self::default();
        let mut waits: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        for node in bench.world.nodes() {
            let state = node.process().reflect().to_json();
            for (id, local) in entries(&state["processes"]) {
                let id = process(&id);
                let held = entries(&local["holds"]).into_iter().map(|(resource, _)| process(&resource));
                truth.holds.insert(id, held.collect());
                for (resource, asked) in entries(&local["waits"]) {
                    truth.wants.entry(id).or_default().insert(process(&resource));
                    waits.insert((id, process(&resource)), number(&asked));
                }
                truth.phases.insert(id, text(&local["phase"]).to_owned());
                truth.rounds.insert(id, number(&local["round"]));
            }
        }
        for flight in bench.world.flights().filter(|flight| flight.payload.kind() == "Grant") {
            let grant = flight.payload.reflect().to_json();
            let grant = &grant["Grant"];
            let key = (process(text(&grant["process"])), process(text(&grant["resource"])));
            if waits.get(&key) == Some(&number(&grant["number"])) {
                truth.holds.entry(key.0).or_default().insert(key.1);
            }
        }
        truth
    }

    /// Who can never go on.
    pub fn stuck(&self) -> BTreeSet<u32> {
        let mut stuck: BTreeSet<u32> = self.holds.keys().copied().collect();
        loop {
            let taken: BTreeSet<u32> = stuck.iter().flat_map(|id| &self.holds[id]).copied().collect();
            let wants = |id: &u32| self.wants.get(id).cloned().unwrap_or_default();
            let free = |id: &u32| wants(id).iter().all(|one| !taken.contains(one) || self.holds[id].contains(one));
            let before = stuck.len();
            stuck.retain(|id| !free(id));
            if stuck.len() == before {
                return stuck;
            }
        }
    }

    /// Who can never go on, and holds what another one of them wants, directly or through others: the circles, without
    /// those who only wait for them.
    pub fn caught(&self) -> BTreeSet<u32> {
        let mut caught = self.stuck();
        loop {
            let wanted: BTreeSet<u32> = caught.iter().filter_map(|id| self.wants.get(id)).flatten().copied().collect();
            let before = caught.len();
            caught.retain(|id| !self.holds[id].is_disjoint(&wanted));
            if caught.len() == before {
                return caught;
            }
        }
    }
}

/// The entries of a map, however it is written.
fn entries(json: &Json) -> Vec<(String, Json)> {
    match json {
        Json::Object(map) => map.iter().map(|(key, value)| (key.clone(), value.clone())).collect(),
        Json::Array(pairs) => pairs.iter().map(|pair| (text(&pair[0]).to_owned(), pair[1].clone())).collect(),
        _ => vec![],
    }
}

/// Random programs on random sites: `sites`, `resources`, `programs` of a configuration.
pub fn random_config(seed: u64, two_phase: bool) -> (u32, Json) {
    let mut count = 0;
    let mut roll = |bound: u64| {
        count += 1;
        below(draw(seed, Purpose::Process, (98, 98), count), bound)
    };
    let sites = 2 + roll(3);
    let processes = 2 + roll(4);
    let resources = 2 + roll(3);
    let mut placed = vec![vec![]; sites as usize];
    let mut programs = vec![];
    for id in 1..=processes {
        placed[roll(sites) as usize].push(format!("P{id}"));
        let mut steps = vec![];
        let mut held = BTreeSet::new();
        for _ in 0..2 + roll(2) {
            let first = 1 + roll(resources);
            let second = 1 + roll(resources);
            let asked =
                if roll(4) == 0 && second != first { format!("R{first} R{second}") } else { format!("R{first}") };
            held.insert(first);
            steps.push(format!("ask {asked}"));
            steps.push(format!("{} ms", 1 + roll(30)));
            if !two_phase && roll(4) == 0 {
                steps.push(format!("release R{first}"));
            }
        }
        steps.push("release".into());
        programs.push(json!([format!("P{id}"), steps.join(", ")]));
    }
    let resources: Vec<Json> =
        (1..=resources).map(|id| json!({ "resource": format!("R{id}"), "site": roll(sites) })).collect();
    (sites as u32, json!({ "sites": placed, "resources": resources, "programs": programs }))
}
