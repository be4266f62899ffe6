//! Scenarios with other nodes and links: what cannot be changed in the middle of a run.

use sim::{
    Scenario,
    link::Preset,
    scenario::{LinkEntry, NodeEntry, Nodes, Topology},
};

/// The scenario with so many nodes, connected and placed as the preset says. Names and clocks stay.
pub fn with_preset(scenario: &Scenario, preset: Preset, count: u32) -> Scenario {
    let nodes = match &scenario.nodes {
        Nodes::Count(_) => Nodes::Count(count),
        Nodes::List(list) => {
            let mut list = list.clone();
            list.resize(count as usize, NodeEntry::default());
            for node in &mut list {
                (node.x, node.y) = (None, None);
            }
            if list.iter().all(|node| *node == NodeEntry::default()) { Nodes::Count(count) } else { Nodes::List(list) }
        }
    };
    Scenario { nodes, topology: Topology::Preset(preset), ..scenario.clone() }
}

/// The scenario with one node more, linked with all others where links are listed one by one.
pub fn with_one_more(scenario: &Scenario) -> Scenario {
    let count = scenario.nodes.count();
    let nodes = match &scenario.nodes {
        Nodes::Count(_) => Nodes::Count(count + 1),
        Nodes::List(list) => Nodes::List(list.iter().cloned().chain([NodeEntry::default()]).collect()),
    };
    let topology = match &scenario.topology {
        Topology::Links(links) => {
            let new = (0..count).map(|other| LinkEntry { ends: (other, count), ..LinkEntry::default() });
            Topology::Links(links.iter().cloned().chain(new).collect())
        }
        preset @ Topology::Preset(_) => preset.clone(),
    };
    Scenario { nodes, topology, ..scenario.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scenario(nodes: &str, topology: &str) -> Scenario {
        let text = format!(
            r#"{{"version": 1, "algorithm": "a/b", "name": "n", "title": "", "sentence": "", "nodes": {nodes}, "topology": {topology}}}"#
        );
        Scenario::read(&text).expect("the scenario is in order")
    }

    #[test]
    fn a_preset_keeps_names_and_forgets_places() {
        let old = scenario(r#"[{"name": "A", "x": 1, "y": 2}, {}]"#, r#""ring""#);
        let new = with_preset(&old, Preset::Star, 3);
        let Nodes::List(list) = &new.nodes else { panic!("names are kept one by one") };
        assert_eq!((list.len(), list[0].name.as_deref(), list[0].x), (3, Some("A"), None));
        assert_eq!(new.topology, Topology::Preset(Preset::Star));
        let plain = scenario(r#"[{"x": 1, "y": 2}, {}]"#, r#""ring""#);
        assert_eq!(with_preset(&plain, Preset::Ring, 4).nodes, Nodes::Count(4));
    }

    #[test]
    fn one_more_is_linked_with_all() {
        let new = with_one_more(&scenario("3", r#"[{"ends": [0, 1]}, {"ends": [1, 2]}]"#));
        let Topology::Links(links) = &new.topology else { panic!("links stay one by one") };
        let ends: Vec<(u32, u32)> = links.iter().map(|link| link.ends).collect();
        assert_eq!((new.nodes.count(), ends), (4, vec![(0, 1), (1, 2), (0, 3), (1, 3), (2, 3)]));
    }
}
