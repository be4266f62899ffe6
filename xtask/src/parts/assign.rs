//! Which part everything belongs to: what can only be reached through the gates of one part is in that part.

use std::collections::HashMap;

use crate::failure::{Failure, Outcome};
use crate::parts::Part;
use crate::parts::needs::{Needs, Node};

/// For each node the part it belongs to; none for what comes with the first load.
pub type Assignment = Vec<Option<usize>>;

/// Assigns the nodes to the parts. `roots` are the names of the functions that the page calls from outside.
pub fn assign(needs: &Needs, roots: &[String], parts: &[Part]) -> Outcome<Assignment> {
    let gates = find_gates(needs, parts)?;
    let roots = needs.nodes.iter().enumerate().filter_map(|(index, node)| match node {
        Node::Function(name) => roots.contains(name).then_some(index),
        Node::Data(_) => None,
    });
    let mut first = vec![false; needs.nodes.len()];
    walk(needs, roots.collect(), &mut first, |node| !gates.contains_key(&node));
    let mut belongs: Assignment = vec![None; needs.nodes.len()];
    // The bases before those that come after them: what a base has, it has for them as well.
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|part| parts[*part].after.is_some());
    for bases in [true, false] {
        let mut reached: Vec<Vec<usize>> = vec![vec![]; needs.nodes.len()];
        for &part in order.iter().filter(|part| parts[**part].after.is_none() == bases) {
            let own: Vec<usize> = gates.iter().filter(|(_, of)| **of == part).map(|(node, _)| *node).collect();
            let mut seen = vec![false; needs.nodes.len()];
            let base = parts[part].after;
            let here = |node: usize| first[node] || (base.is_some() && belongs[node] == base);
            walk(needs, own, &mut seen, |node| !here(node) && gates.get(&node).is_none_or(|of| *of == part));
            for (node, _) in seen.into_iter().enumerate().filter(|(_, seen)| *seen) {
                reached[node].push(part);
            }
        }
        for (node, by) in reached.into_iter().enumerate().filter(|(_, by)| !by.is_empty()) {
            belongs[node] = common(&by, belongs[node], parts);
            first[node] = belongs[node].is_none();
        }
    }
    Ok(belongs)
}

/// Where something stands that these parts need: in the only one of them; in what is always here before all of them; or
/// with the first load. `before` is where it stands already.
fn common(by: &[usize], before: Option<usize>, parts: &[Part]) -> Option<usize> {
    match (by, before) {
        ([part], None) => Some(*part),
        (_, Some(_)) => None,
        (many, None) => {
            let base = parts[many[0]].after;
            base.filter(|_| many.iter().all(|part| parts[*part].after == base))
        }
    }
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

fn walk(needs: &Needs, from: Vec<usize>, seen: &mut [bool], may_enter: impl Fn(usize) -> bool) {
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
