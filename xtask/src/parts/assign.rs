//! Which part everything belongs to: what can only be reached through the gates of one part is in that part.

use std::collections::HashMap;

use crate::failure::{Failure, Outcome};
use crate::parts::needs::{Needs, Node};
use crate::parts::{Part, line};

/// For each node the part it belongs to; none for what comes with the first load.
pub type Assignment = Vec<Option<usize>>;

/// Assigns the nodes to the parts. `roots` are the names of the functions that the page calls from outside.
pub fn assign(needs: &Needs, roots: &[String], parts: &[Part]) -> Outcome<Assignment> {
    let gates = find_gates(needs, parts)?;
    let roots = needs.nodes.iter().enumerate().filter_map(|(index, node)| match node {
        Node::Function(name) => roots.contains(name).then_some(index),
        Node::Data(_) => None,
    });
    let mut belongs: Assignment = vec![None; needs.nodes.len()];
    let mut known = walk(needs, roots.collect(), |node| !gates.contains_key(&node));
    for part in 0..parts.len() {
        let own = gates.iter().filter(|(_, of)| **of == part).map(|(node, _)| *node).collect();
        let reached = walk(needs, own, |node| gates.get(&node).is_none_or(|of| *of == part));
        for node in (0..needs.nodes.len()).filter(|node| reached[*node]) {
            belongs[node] = if known[node] { common(belongs[node], part, parts) } else { Some(part) };
            known[node] = true;
        }
    }
    Ok(belongs)
}

/// Where something stands that is needed there and in this part: in the last part that is here before both, or is one of
/// them.
fn common(there: Option<usize>, part: usize, parts: &[Part]) -> Option<usize> {
    let there: Vec<usize> = line(parts, there?).collect();
    line(parts, part).find(|base| there.contains(base))
}

/// The functions through which alone a part may be entered: those of its gates' paths. Functions that differ in
/// their types only, or stand in different blocks of one function or list, have the same path.
fn find_gates(needs: &Needs, parts: &[Part]) -> Outcome<HashMap<usize, usize>> {
    let functions: Vec<(String, usize)> = needs
        .nodes
        .iter()
        .enumerate()
        .filter_map(|(index, node)| match node {
            Node::Function(name) => Some((path(name), index)),
            Node::Data(_) => None,
        })
        .collect();
    let mut gates = HashMap::new();
    for (number, part) in parts.iter().enumerate() {
        for gate in &part.gates {
            let found = functions.iter().filter(|(path, _)| path == gate);
            let before = gates.len();
            gates.extend(found.map(|(_, index)| (*index, number)));
            if gates.len() == before {
                return Err(Failure::new(format!(
                    "the part `{}` is entered by `{gate}`, which is not in the module: has it been renamed, or does it \
                     lack #[inline(never)]? The parts are listed in Cargo.toml, [package.metadata.parts]",
                    part.name
                )));
            }
        }
    }
    Ok(gates)
}

/// The path of a function, as it is written in Rust.
fn path(mangled: &str) -> String {
    format!("{:#}", rustc_demangle::demangle(mangled))
}

/// Which nodes can be reached.
fn walk(needs: &Needs, from: Vec<usize>, may_enter: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut seen = vec![false; needs.nodes.len()];
    let mut open: Vec<usize> = from.into_iter().filter(|node| may_enter(*node)).collect();
    for node in &open {
        seen[*node] = true;
    }
    while let Some(node) = open.pop() {
        for next in &needs.edges[node] {
            if !seen[*next] && may_enter(*next) {
                seen[*next] = true;
                open.push(*next);
            }
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(functions: &[(&str, &[usize])]) -> Needs {
        Needs {
            nodes: functions.iter().map(|(name, _)| Node::Function((*name).to_owned())).collect(),
            edges: functions.iter().map(|(_, edges)| edges.to_vec()).collect(),
        }
    }

    fn part(name: &str, gate: &str) -> Part {
        Part { name: name.to_owned(), gates: vec![gate.to_owned()], after: None }
    }

    #[test]
    fn what_only_a_gate_leads_to_is_in_its_part() {
        let needs = needs(&[("main", &[1, 2]), ("core", &[]), ("gate", &[1, 3]), ("inner", &[4]), ("leaf", &[])]);
        let belongs = assign(&needs, &["main".to_owned()], &[part("later", "gate")]).expect("the gate exists");
        assert_eq!(belongs, [None, None, Some(0), Some(0), Some(0)]);
    }

    #[test]
    fn what_two_parts_need_comes_first() {
        let needs = needs(&[("main", &[1, 2]), ("a", &[3]), ("b", &[3]), ("both", &[4]), ("below", &[])]);
        let parts = [part("one", "a"), part("two", "b")];
        let belongs = assign(&needs, &["main".to_owned()], &parts).expect("the gates exist");
        assert_eq!(belongs, [None, Some(0), Some(1), None, None]);
    }

    #[test]
    fn a_part_may_call_the_gate_of_another() {
        let needs = needs(&[("main", &[1]), ("a", &[2]), ("b", &[3]), ("leaf", &[])]);
        let parts = [part("one", "a"), part("two", "b")];
        let belongs = assign(&needs, &["main".to_owned()], &parts).expect("the gates exist");
        assert_eq!(belongs, [None, Some(0), Some(1), Some(1)]);
    }

    #[test]
    fn a_base_holds_what_those_after_it_share() {
        let needs = needs(&[
            ("main", &[1, 2, 3]),
            ("base", &[4]),
            ("one", &[4, 5, 6]),
            ("two", &[5]),
            ("of the base", &[]),
            ("of both", &[]),
            ("of one", &[]),
        ]);
        let after = |name: &str| Part { after: Some(0), ..part(name, name) };
        let parts = [part("base", "base"), after("one"), after("two")];
        let belongs = assign(&needs, &["main".to_owned()], &parts).expect("the gates exist");
        assert_eq!(belongs, [None, Some(0), Some(1), Some(2), Some(0), Some(0), Some(1)]);
    }

    #[test]
    fn what_two_bases_share_stays_first_for_those_after_them() {
        let needs = needs(&[("main", &[1, 2, 3]), ("base", &[4]), ("other", &[4]), ("later", &[4]), ("shared", &[])]);
        let later = Part { after: Some(0), ..part("later", "later") };
        let parts = [part("base", "base"), part("other", "other"), later];
        let belongs = assign(&needs, &["main".to_owned()], &parts).expect("the gates exist");
        assert_eq!(belongs, [None, Some(0), Some(1), Some(2), None]);
    }

    #[test]
    fn what_parts_share_stands_in_the_last_that_is_before_them_all() {
        let needs = needs(&[
            ("main", &[1, 2, 3, 4]),
            ("base", &[]),
            ("a", &[5, 6]),
            ("b", &[5, 6]),
            ("far", &[6, 7]),
            ("of the family", &[]),
            ("of all", &[]),
            ("of far", &[]),
        ]);
        let after = |name: &str, base: usize| Part { after: Some(base), ..part(name, name) };
        let family = Part { gates: vec![], ..after("family", 0) };
        let parts = [part("base", "base"), family, after("a", 1), after("b", 1), after("far", 0)];
        let belongs = assign(&needs, &["main".to_owned()], &parts).expect("the gates exist");
        assert_eq!(belongs, [None, Some(0), Some(2), Some(3), Some(4), Some(1), Some(0), Some(4)]);
    }

    #[test]
    fn functions_of_one_path_are_gates_together() {
        let needs = needs(&[("main", &[1, 3]), ("gate", &[2]), ("leaf", &[]), ("gate", &[2])]);
        let belongs = assign(&needs, &["main".to_owned()], &[part("later", "gate")]).expect("there are some");
        assert_eq!(belongs, [None, Some(0), Some(0), Some(0)]);
    }

    #[test]
    fn a_gate_that_is_gone_is_named() {
        let needs = needs(&[("main", &[])]);
        let failure = assign(&needs, &["main".to_owned()], &[part("later", "lost::gate")]).expect_err("no such gate");
        assert!(failure.to_string().contains("`lost::gate`"), "{failure}");
    }
}
