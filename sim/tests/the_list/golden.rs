//! Golden traces: the first steps of every scenario as a reader sees them, reviewed whenever they change.
//!
//! `INTERLEAVE_BLESS=1 cargo test -p interleave-sim --features embed --test the_list golden` writes them anew. Do that
//! only if you understand what changed them.

use crate::{Case, again, all_right, asked_for, cases, package};
use sim::{Status, Verdict, narrate, testing::Bench};
use std::{collections::BTreeSet, fmt::Write, fs};

/// Steps that a trace shows.
const STEPS: usize = 60;

#[test]
fn golden_traces_are_as_they_were() {
    let bless = std::env::var_os("INTERLEAVE_BLESS").is_some();
    let folder = package().join("tests/golden");
    let mut faults = Vec::new();
    for case in cases() {
        let Ok(bench) = case.bench() else { continue };
        let (file, found) = (folder.join(file_name(&case.path())), trace(&case, bench));
        if bless {
            fs::create_dir_all(&folder).and_then(|()| fs::write(&file, &found)).unwrap();
            continue;
        }
        match fs::read_to_string(&file) {
            Ok(expected) if expected == found => {}
            Ok(expected) => faults.push(format!("{}\n{}", bless_with(&case), difference(&expected, &found))),
            Err(_) => faults.push(format!("no golden trace yet: {}", bless_with(&case))),
        }
    }
    all_right(&faults);
}

/// A trace without its scenario is nobody's.
#[test]
fn every_golden_trace_belongs_to_a_scenario() {
    let known: BTreeSet<String> = sim::algorithms::ALGORITHMS
        .iter()
        .flat_map(|algorithm| algorithm.scenarios.iter().map(|name| file_name(&format!("{}/{name}", algorithm.id))))
        .collect();
    let files = fs::read_dir(package().join("tests/golden")).into_iter().flatten().flatten();
    let names = files.map(|file| file.file_name().to_string_lossy().into_owned());
    let faults: Vec<String> = names
        .filter(|name| asked_for(name) && !known.contains(name))
        .map(|name| format!("no scenario has the trace sim/tests/golden/{name}: remove it"))
        .collect();
    all_right(&faults);
}

/// `mutex-ricart-agrawala-equal-stamps.txt`.
fn file_name(path: &str) -> String {
    format!("{}.txt", path.replace('/', "-"))
}

fn bless_with(case: &Case) -> String {
    format!("INTERLEAVE_BLESS=1 {}", again(&case.path(), "golden"))
}

/// The first lines that differ, with one before them.
fn difference(expected: &str, found: &str) -> String {
    let (expected, found): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), found.lines().collect());
    let same = expected.iter().zip(&found).take_while(|(expected, found)| expected == found).count();
    let mut text = format!("    line {}\n", same + 1);
    let mut show = |sign: char, line: Option<&&str>| {
        let _ = writeln!(text, "    {sign} {}", line.unwrap_or(&"(end)"));
    };
    if same > 0 {
        show(' ', expected.get(same - 1));
    }
    for k in same..same + 3 {
        if k < expected.len() || k == same {
            show('-', expected.get(k));
        }
    }
    for k in same..same + 3 {
        if k < found.len() || k == same {
            show('+', found.get(k));
        }
    }
    text
}

/// What the trace shows of a state: statuses and verdicts, so that only their changes need to be written.
struct Shown {
    statuses: Vec<(String, Status)>,
    verdicts: Vec<Verdict>,
}

impl Shown {
    fn of(bench: &Bench) -> Self {
        let world = &bench.world;
        // By position among all nodes that ever were, so that one that leaves does not shift the others.
        let ids = (0..world.nodes().len() as u32).map(sim::NodeId);
        let statuses = ids.map(|id| (world.name(id).to_owned(), world.status(id))).collect();
        Self { statuses, verdicts: bench.judge.verdicts().to_vec() }
    }
}

fn trace(case: &Case, mut bench: Bench) -> String {
    let mut text = format!("{}: {}\n{}\n", case.path(), case.scenario.title, case.scenario.sentence);
    let mut shown = Shown::of(&bench);
    let _ = writeln!(text, "\n0. The start");
    tell_step(&mut text, &bench);
    for (name, status) in &shown.statuses {
        let _ = writeln!(text, "   {name}: {}", words(status));
    }
    for (property, verdict) in case.algorithm.properties.iter().zip(&shown.verdicts) {
        let _ = writeln!(text, "   {}: {}", property.name, narrate::verdict(verdict));
    }
    for k in 1..=STEPS {
        if !bench.play_one() {
            let _ = writeln!(text, "\nNothing can happen by itself any more.");
            return text;
        }
        let headline = narrate::headline(&bench.step, &bench.world, &bench.payloads);
        let _ = writeln!(text, "\n{k}. {}: {headline}", bench.step.at);
        tell_caption(&mut text, case, &bench);
        tell_step(&mut text, &bench);
        let now = Shown::of(&bench);
        tell_changes(&mut text, case, &shown, &now);
        shown = now;
    }
    let _ = writeln!(text, "\nIt goes on.");
    text
}

fn tell_caption(text: &mut String, case: &Case, bench: &Bench) {
    let event = bench.step.event.map(|event| sim::scenario::FileEvent::of(event, &bench.payloads));
    for caption in case.scenario.captions.iter().filter(|caption| Some(&caption.on) == event.as_ref()) {
        let _ = writeln!(text, "   caption: {}", caption.text);
    }
}

/// Lines, notes and effects of a step.
fn tell_step(text: &mut String, bench: &Bench) {
    let step = &bench.step;
    if !step.lines.is_empty() {
        let _ = writeln!(text, "   lines: {}", step.lines.join(", "));
    }
    for note in &step.notes {
        let _ = writeln!(text, "   “{note}”");
    }
    for effect in narrate::effects(&bench.world, step) {
        let _ = writeln!(text, "   → {effect}");
    }
    if let Some(assumption) = step.broke {
        let _ = writeln!(text, "   ! {}", assumption.sentence());
    }
}

/// Changes of statuses and verdicts.
fn tell_changes(text: &mut String, case: &Case, before: &Shown, now: &Shown) {
    for (index, (name, status)) in now.statuses.iter().enumerate() {
        let old = before.statuses.get(index).map(|(_, status)| words(status));
        if old.as_ref() != Some(&words(status)) {
            let _ = writeln!(text, "   {name}: {}", words(status));
        }
    }
    for ((property, old), new) in case.algorithm.properties.iter().zip(&before.verdicts).zip(&now.verdicts) {
        if std::mem::discriminant(old) != std::mem::discriminant(new) {
            let _ = writeln!(text, "   {}: {}", property.name, narrate::verdict(new));
        }
    }
}

/// "wanted (1, P2) · has 0 of 2 replies".
fn words(status: &Status) -> String {
    let dot = if status.detail.is_empty() { "" } else { " · " };
    let tokens = if status.tokens == 0 { String::new() } else { format!(", {} tokens", status.tokens) };
    format!("{}{dot}{}{tokens}", status.word, status.detail)
}
