//! How much code each topic costs: its own, and what the core and the standard library compile for its types.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use wasmparser::{KnownCustom, Name, Parser, Payload, TypeRef};

use crate::command::say;
use crate::failure::{Outcome, While as _};
use crate::files::read;
use crate::sizes::{Weight, weigh};

/// What a topic's code may weigh, compressed.
pub const TOPIC_BYTES: usize = 4 * 1024;

/// The modules of the topics, by their families.
const TOPICS: &str = "sim::algorithms::";

/// Prints a line for each topic, from the module as the compiler has left it: before wasm-opt, which makes it smaller by
/// about a seventh.
pub fn print_topics(root: &Path, module: &Path) -> Outcome<()> {
    let weights = of_topics(&read(module)?).to(|| format!("weigh the topics in {}", module.display()))?;
    // A topic has an article; what has none is what topics of a family share.
    let sources = root.join("sim/src/algorithms");
    let is_topic = |name: &str| sources.join(name).with_extension("md").is_file();
    println!("{:>10} {:>10}  code of a topic, before wasm-opt", "bytes", "gzipped");
    for (topic, code) in &weights {
        let Weight { raw, gzip } = weigh(code)?;
        let remark = match (is_topic(topic), gzip > TOPIC_BYTES) {
            (false, _) => ", shared",
            (true, true) => "  over its bound",
            (true, false) => "",
        };
        println!("{raw:>10} {gzip:>10}  {topic}{remark}");
    }
    say(&format!("a topic's code is bound to weigh {TOPIC_BYTES} bytes gzipped"));
    Ok(())
}

/// The code of all functions whose names mention a module of a family, by those modules.
fn of_topics(module: &[u8]) -> wasmparser::Result<BTreeMap<String, Vec<u8>>> {
    let mut names = HashMap::new();
    let mut bodies = Vec::new();
    let mut imported = 0;
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += u32::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(body.range()),
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(sections) = section.as_known() {
                    for section in sections {
                        let Name::Function(functions) = section? else { continue };
                        for naming in functions {
                            let naming = naming?;
                            names.insert(naming.index, naming.name);
                        }
                    }
                }
            }
            _ => {}
        }
    }
    let mut topics: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for (index, body) in (imported..).zip(bodies) {
        let name = names.get(&index).map(|name| format!("{:#}", rustc_demangle::demangle(name)));
        if let Some(topic) = name.as_deref().and_then(topic) {
            topics.entry(topic).or_default().extend(&module[body]);
        }
    }
    Ok(topics)
}

/// The module of a topic that a function's name mentions: `mutex/ricart_agrawala`.
fn topic(name: &str) -> Option<String> {
    let part = |text: &str| -> Option<String> {
        let end = text.find(|letter: char| !(letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_'));
        let part = &text[..end.unwrap_or(text.len())];
        (!part.is_empty()).then(|| part.to_owned())
    };
    name.match_indices(TOPICS).find_map(|(at, _)| {
        let path = &name[at + TOPICS.len()..];
        let family = part(path)?;
        let topic = part(path[family.len()..].strip_prefix("::")?)?;
        // What comes behind a module is `::`: a function of the family itself belongs to no topic.
        path[family.len() + 2 + topic.len()..].starts_with("::").then(|| format!("{family}/{topic}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_belongs_to_the_topic_that_its_name_mentions() {
        for (name, expected) in [
            ("sim::algorithms::mutex::ricart_agrawala::configure", Some("mutex/ricart_agrawala")),
            ("<sim::process::Context<sim::algorithms::time::lamport_clock::Clock>>::send", Some("time/lamport_clock")),
            (
                "<sim::algorithms::deadlock::detect_cmh::layout::Layout as serde::Serialize>::serialize",
                Some("deadlock/detect_cmh"),
            ),
            ("sim::algorithms::find", None),
            ("sim::algorithms::load::theory", None),
            ("sim::world::World::take", None),
        ] {
            assert_eq!(topic(name).as_deref(), expected, "{name}");
        }
    }
}
