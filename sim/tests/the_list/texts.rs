//! Articles, scenarios and facts are complete, and name nothing that does not exist.

use crate::{LONG_ENOUGH, algorithms, all_right, asked_for, cases, is_guest};
use sim::{
    Algorithm,
    algorithm::{Kind, Unit},
    algorithms::{ALGORITHMS, FAMILIES},
    scenario::FileEvent,
};
use std::collections::BTreeSet;

/// Words that an article has at least.
const FEWEST_WORDS: usize = 300;
/// What the headings of an algorithm's article are about, in this order.
const HEADINGS: [&[&str]; 7] =
    [&["problem"], &["rule"], &["why it"], &["cost"], &["assume"], &["to try"], &["source", "literature"]];

#[test]
fn articles_are_complete() {
    let mut faults = Vec::new();
    for algorithm in algorithms() {
        let article = algorithm.texts.article;
        let mut fault = |what: String| faults.push(format!("{}: the article {what}", algorithm.id));
        let words = article.split_whitespace().count();
        if words < FEWEST_WORDS {
            fault(format!("has {words} words, at least {FEWEST_WORDS}"));
        }
        if algorithm.kind == Kind::Algorithm {
            let headings: Vec<String> =
                article.lines().filter_map(|line| line.strip_prefix("## ")).map(str::to_lowercase).collect();
            let mut rest = headings.iter();
            for about in HEADINGS {
                if !rest.any(|heading| about.iter().any(|word| heading.contains(word))) {
                    fault(format!("has no heading about “{}” where it belongs; it has {headings:?}", about[0]));
                    break;
                }
            }
        }
        for link in links(article) {
            if !leads_somewhere(link) {
                fault(format!("links to #/{link}, which is nowhere"));
            }
        }
        if links(article).next().is_none() {
            fault("links to no run".into());
        }
    }
    all_right(&faults);
}

/// The targets of the article's links into the page, without `#/`.
fn links(article: &str) -> impl Iterator<Item = &str> {
    article.split("](#/").skip(1).filter_map(|rest| rest.split(')').next())
}

fn leads_somewhere(link: &str) -> bool {
    let path = link.split('?').next().unwrap_or(link);
    ALGORITHMS.iter().any(|algorithm| {
        let name = path.strip_prefix(algorithm.id).and_then(|rest| rest.strip_prefix('/'));
        let is_experiment =
            |name: &str| name.strip_prefix("experiments/").is_some_and(|name| algorithm.experiments.contains(&name));
        path == algorithm.id || name.is_some_and(|name| algorithm.scenarios.contains(&name) || is_experiment(name))
    })
}

#[test]
fn facts_are_complete_and_consistent() {
    let mut faults = Vec::new();
    for algorithm in algorithms() {
        let mut fault = |what: String| faults.push(format!("{}: {what}", algorithm.id));
        let words = [("title", algorithm.title), ("summary", algorithm.summary)];
        for (name, _) in words.iter().filter(|(_, text)| text.is_empty()) {
            fault(format!("there is no {name}"));
        }
        if FAMILIES.iter().all(|family| family.id != algorithm.family()) {
            fault("its family is not listed".into());
        }
        if algorithm.sources.is_empty() {
            fault("there is no source".into());
        }
        if algorithm.sources.iter().any(|source| !source.chars().any(|letter| letter.is_ascii_digit())) {
            fault("a source has no year".into());
        }
        let embedded: Vec<&str> = algorithm.texts.scenarios.iter().map(|(name, _)| *name).collect();
        if embedded != algorithm.scenarios {
            fault(format!("`texts!` names the scenarios {embedded:?}, `scenarios` {:?}", algorithm.scenarios));
        }
        let embedded: Vec<&str> = algorithm.texts.experiments.iter().map(|(name, _)| *name).collect();
        if embedded != algorithm.experiments {
            fault(format!("`texts!` names the experiments {embedded:?}, `experiments` {:?}", algorithm.experiments));
        }
        if algorithm.scenarios.len() < 2 {
            fault("it has fewer than two scenarios".into());
        }
        if algorithm.kind == Kind::Algorithm {
            let missing = [
                ("property", algorithm.properties.is_empty()),
                ("cost formula", algorithm.costs.is_empty()),
                ("planted bug", algorithm.bugs.is_empty()),
            ];
            missing.iter().filter(|(_, empty)| *empty).for_each(|(what, _)| fault(format!("it has no {what}")));
        }
        named_things_exist(algorithm, &mut fault);
    }
    all_right(&faults);
}

fn named_things_exist(algorithm: &Algorithm, fault: &mut impl FnMut(String)) {
    let properties: BTreeSet<&str> = algorithm.properties.iter().map(|property| property.name).collect();
    if properties.len() < algorithm.properties.len() {
        fault("two properties have one name".into());
    }
    for bug in algorithm.bugs {
        if !properties.contains(bug.breaks) {
            fault(format!("the bug {} breaks “{}”, which is no property", bug.id, bug.breaks));
        }
        if !algorithm.scenarios.contains(&bug.scenario) {
            fault(format!("the bug {} names the scenario {}, which there is not", bug.id, bug.scenario));
        }
        if bug.title.is_empty() || bug.lesson.is_empty() {
            fault(format!("the bug {} has no title or no lesson", bug.id));
        }
    }
    for parameter in algorithm.parameters {
        let range = parameter.min..=parameter.max;
        if !range.contains(&parameter.default) {
            fault(format!("the default of {} is out of range", parameter.name));
        }
        if let Unit::Choice(words) = parameter.unit
            && (parameter.min, parameter.max) != (0, i64::from(words.len() as u32) - 1)
        {
            fault(format!("the range of {} is not that of its words", parameter.name));
        }
    }
    if let Some(policy) = &algorithm.policy {
        let default = serde_json::from_str(policy.default).map_err(|error| error.to_string());
        if let Err(error) = default.and_then(|json| (policy.read)(&json)) {
            fault(format!("the default policy cannot be read: {error}"));
        }
    }
}

#[test]
fn scenarios_say_where_they_belong_and_what_they_ask() {
    let mut faults = Vec::new();
    for case in cases() {
        let scenario = &case.scenario;
        let mut fault = |what: &str| faults.push(format!("scenarios/{}.json: {what}", case.path()));
        if scenario.topic() != case.topic.id {
            fault("its folder is neither its `topic` nor, where it names none, its `algorithm`");
        }
        if is_guest(case.topic) != scenario.topic.is_some() {
            fault("a concept or policy is shown on runs of other topics, everything else on its own");
        }
        if scenario.name != case.name {
            fault("`name` is not its file name");
        }
        if scenario.title.is_empty() || scenario.sentence.is_empty() || scenario.notice.is_empty() {
            fault("`title`, `sentence` and `notice` are all needed");
        }
        let texts = [&scenario.title, &scenario.sentence, &scenario.notice];
        let captions = scenario.captions.iter().map(|caption| &caption.text);
        if texts.into_iter().chain(captions).any(|text| text.contains('!')) {
            fault("no exclamation marks");
        }
        if scenario.variant.as_deref().is_some_and(|variant| case.algorithm.bug(variant).is_none()) {
            fault("its variant is no bug of the algorithm");
        }
    }
    all_right(&faults);
}

/// Each caption appears in Play, which is what most people watch.
#[test]
fn captions_refer_to_events_that_happen() {
    let mut faults = Vec::new();
    for case in cases() {
        let Ok(mut bench) = case.bench() else { continue };
        let mut waiting: Vec<&FileEvent> = case.scenario.captions.iter().map(|caption| &caption.on).collect();
        for _ in 0..LONG_ENOUGH {
            if waiting.is_empty() || !bench.play_one() {
                break;
            }
            let event = bench.step.event.map(|event| FileEvent::of(event, &bench.payloads));
            waiting.retain(|on| Some(*on) != event.as_ref());
        }
        let faulty = waiting.iter().map(|on| format!("scenarios/{}.json: no such event happens: {on:?}", case.path()));
        faults.extend(faulty);
    }
    all_right(&faults);
}

/// Play can pause at them, so they have to be outputs.
#[test]
fn milestones_are_outputs_of_some_scenario() {
    let mut faults = Vec::new();
    for algorithm in algorithms().filter(|algorithm| asked_for(algorithm.id)) {
        let mut told: BTreeSet<&str> = BTreeSet::new();
        for case in cases().into_iter().filter(|case| case.topic.id == algorithm.id) {
            if let Ok(mut bench) = case.bench() {
                bench.play(LONG_ENOUGH);
                told.extend(bench.world.tally().outputs_by_kind().iter().map(|(kind, _)| *kind));
            }
        }
        let unknown = algorithm.milestones.iter().filter(|milestone| !told.contains(*milestone));
        faults.extend(unknown.map(|milestone| format!("{}: no scenario tells {milestone}", algorithm.id)));
    }
    all_right(&faults);
}
