//! The page's module in parts: what the first picture and the first step need, and what is loaded when first used.
//!
//! `Cargo.toml` names the parts, and for each the functions that are its gates (`[package.metadata.parts]`); each topic of
//! THE LIST is a part as well. Whatever can only be reached through the gates of one part is loaded with it, what several
//! share with the part that they all come after. The program asks for a part before it passes a gate (`src/parts.rs`);
//! a build that does not cut, such as Trunk's, has everything at hand from the start.

mod assign;
mod cut;
mod needs;

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::say;
use crate::failure::{Failure, Outcome};
use crate::files::{metadata, read, write};
use needs::{Needs, Node};
use sim::algorithms;

/// Where the gates of the topics stand.
const TOPICS: &str = "sim::algorithms::TOPICS";

/// A part of the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its name, as the program asks for it.
    pub name: String,
    /// The paths of the functions through which alone it is entered.
    pub gates: Vec<String>,
    /// The position of the part that is always here before it, and whose functions it may call.
    pub after: Option<usize>,
}

/// A part and those that are here before it, itself first.
fn line(parts: &[Part], part: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(part), |part| parts[*part].after)
}

/// A part that has been cut out.
pub struct Piece {
    /// Its name.
    pub name: String,
    /// The name of the part that has to be here before it.
    pub after: Option<String>,
    /// Its module.
    pub file: PathBuf,
}

/// The parts that a package names, and those of the topics: one for each, and one for each family with what its topics
/// share.
pub fn listed(root: &Path, package: &str) -> Outcome<Vec<Part>> {
    let metadata = metadata(root)?;
    let packages = metadata["packages"].as_array().map_or(&[][..], Vec::as_slice);
    let package = packages.iter().find(|described| described["name"] == package);
    let named = |key: &str| package.map_or(&Value::Null, |package| &package["metadata"][key]);
    let parts = named("parts").as_object();
    let parts = parts.ok_or_else(|| Failure::new("Cargo.toml: [package.metadata.parts] is missing"))?;
    let part = |(name, described): (&String, &Value)| {
        let gates = described["gates"].as_array();
        let gates = gates.map(|gates| gates.iter().filter_map(Value::as_str).map(str::to_owned).collect());
        let gates = gates.ok_or_else(|| Failure::new(format!("Cargo.toml: the part `{name}` needs a list `gates`")))?;
        let after = match described["after"].as_str() {
            Some(base) => Some(parts.keys().position(|name| name == base).ok_or_else(|| {
                Failure::new(format!("Cargo.toml: the part `{name}` comes after `{base}`, which is no part"))
            })?),
            None => None,
        };
        Ok(Part { name: name.clone(), gates, after })
    };
    let mut all: Vec<Part> = parts.iter().map(part).collect::<Outcome<_>>()?;
    let base = all.iter().position(|part| named("topics")["after"] == part.name.as_str());
    let base = base.ok_or_else(|| {
        Failure::new("Cargo.toml: [package.metadata.topics] names no part `after` which the topics come")
    })?;
    let first = all.len();
    let of_family =
        |id: &str| algorithms::FAMILIES.iter().position(|family| family.id == id).map(|place| first + place);
    for family in algorithms::FAMILIES {
        // A family that is built on another one's code comes after that.
        let on = named("topics")["on"][family.id].as_str();
        let after = match on {
            Some(other) => of_family(other).ok_or_else(|| {
                Failure::new(format!(
                    "Cargo.toml: the topics of `{}` are built on `{other}`, which is no family",
                    family.id
                ))
            })?,
            None => base,
        };
        all.push(Part { name: family.id.to_owned(), gates: vec![], after: Some(after) });
    }
    all.extend(algorithms::TOPICS.iter().map(|topic| Part {
        name: topic.id.to_owned(),
        gates: vec![format!("{TOPICS}::{}", topic.id.replace('/', "::").replace('-', "_"))],
        after: of_family(topic.family()),
    }));
    Ok(all)
}

/// Cuts the module with glue in place, by what the linker said of the module without; returns the parts' files.
pub fn cut(linked: &Path, with_glue: &Path, parts: &[Part]) -> Outcome<Vec<Piece>> {
    let needs = needs::read(&read(linked)?)?;
    let bytes = read(with_glue)?;
    let belongs = assign::assign(&needs, &cut::roots(&bytes)?, parts)?;
    // A family of one topic shares nothing.
    let is_empty = |part: usize| belongs.iter().all(|of| *of != Some(part));
    let cut = cut::cut(&bytes, &plan(&needs, &belongs, parts))?;
    say(&format!("cutting the module: {} bytes first, of {}", cut.first.len(), bytes.len()));
    write(with_glue, &cut.first)?;
    let mut pieces = vec![];
    for (number, (part, bytes)) in parts.iter().zip(cut.parts).enumerate().filter(|(number, _)| !is_empty(*number)) {
        let file = with_glue.with_file_name(format!("{}.wasm", part.name.replace('/', "-")));
        write(&file, &bytes)?;
        let after = line(parts, number).skip(1).find(|base| !is_empty(*base)).map(|base| parts[base].name.clone());
        pieces.push(Piece { name: part.name.clone(), after, file });
    }
    Ok(pieces)
}

fn plan(needs: &Needs, belongs: &[Option<usize>], parts: &[Part]) -> cut::Plan {
    let data = vec![vec![]; parts.len()];
    let mut plan = cut::Plan { parts: parts.to_vec(), functions: HashMap::new(), data };
    let mut first: Vec<Range<u32>> = vec![];
    for (node, part) in needs.nodes.iter().zip(belongs) {
        match (node, part) {
            (Node::Function(name), Some(part)) => drop(plan.functions.insert(name.clone(), *part)),
            (Node::Data(range), Some(part)) => plan.data[*part].push(range.clone()),
            (Node::Data(range), None) => first.push(range.clone()),
            (Node::Function(_), None) => {}
        }
    }
    // Where names or bytes are shared, they stay: two functions of one name, a piece within another.
    for (node, part) in needs.nodes.iter().zip(belongs) {
        if let (Node::Function(name), None) = (node, part) {
            plan.functions.remove(name);
        }
    }
    for data in &mut plan.data {
        data.retain(|range| !first.iter().any(|kept| kept.start < range.end && range.start < kept.end));
        data.sort_by_key(|range| (range.start, range.end));
    }
    plan
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_topic_is_a_part_after_its_family_and_the_laboratory() {
        let root = crate::files::root().expect("cargo runs the tests");
        let parts = listed(&root, "interleave-web").expect("they are listed");
        for topic in algorithms::TOPICS {
            let part = parts.iter().position(|part| part.name == topic.id).expect(topic.id);
            let before: Vec<&str> = line(&parts, part).skip(1).map(|base| parts[base].name.as_str()).collect();
            let ends = (before.first().copied(), before.last().copied());
            assert_eq!(ends, (Some(topic.family()), Some("laboratory")), "{}", topic.id);
            // Only what shares the code of another family has that one between.
            let between: &[&str] = if topic.family() == "alloc" { &["load"] } else { &[] };
            assert_eq!(&before[1..before.len() - 1], between, "{}", topic.id);
        }
    }
}
