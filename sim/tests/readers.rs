//! Reading is total: 100,000 random and mutated links and files give a session or an error that says something.
#![cfg(feature = "embed")]

use sim::{
    Scenario, Session, address,
    algorithms::ALGORITHMS,
    random::{Purpose, below, draw},
};

/// A small source of random numbers for one case.
struct Dice(u64, u64);

impl Dice {
    fn roll(&mut self, bound: usize) -> usize {
        self.1 += 1;
        below(draw(self.0, Purpose::Process, (7, 7), self.1), bound.max(1) as u64) as usize
    }
}

/// Changes, removes, doubles or inserts a few characters.
fn mutate(text: &str, dice: &mut Dice, alphabet: &[char]) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    for _ in 0..=dice.roll(4) {
        let at = dice.roll(letters.len() + 1);
        let letter = alphabet[dice.roll(alphabet.len())];
        match dice.roll(5) {
            0 if at < letters.len() => letters[at] = letter,
            1 if at < letters.len() => drop(letters.remove(at)),
            2 => letters.truncate(at),
            3 => {
                let end = (at + dice.roll(12)).min(letters.len());
                let copy: Vec<char> = letters[at.min(end)..end].to_vec();
                letters.extend(copy);
            }
            _ => letters.insert(at.min(letters.len()), letter),
        }
    }
    letters.into_iter().collect()
}

fn own_scenarios() -> Vec<Scenario> {
    let all = ALGORITHMS.iter().flat_map(|algorithm| algorithm.texts.scenarios);
    all.map(|(_, text)| Scenario::read(text).expect("own scenarios are in order")).collect()
}

/// A session with choices of every kind, for links and files worth mutating.
fn busy_session(scenario: &Scenario, seed: u64) -> Session {
    let mut session = Session::new(scenario.clone()).expect("own scenarios start");
    let mut dice = Dice(seed, 0);
    for _ in 0..30 {
        let enabled = session.world().enabled(sim::Mode::Untimed);
        let members = session.world().members().to_vec();
        let node = members[dice.roll(members.len())];
        let event = match dice.roll(12) {
            0 => sim::Event::Crash(node),
            1 => sim::Event::Recover(node),
            2 => sim::Event::MoveNode(node, sim::Place { x: dice.roll(1000) as i16, y: 5 }),
            3 => session.partition(vec![node]),
            4 => sim::Event::Heal,
            _ if enabled.is_empty() => sim::Event::Pause(node),
            _ => enabled[dice.roll(enabled.len())],
        };
        let _ = session.take(event);
        if dice.roll(9) == 0 {
            session.back();
        }
    }
    session
}

const LINK_LETTERS: &str = "ABCXYZabcxyz0189-_1?!/% é";
const JSON_LETTERS: &str = "{}[]\":,0123456789-.eE truefalsnx\\u00e9\n";

#[test]
fn a_hundred_thousand_links_give_a_session_or_a_reason() {
    let scenarios = own_scenarios();
    let alphabet: Vec<char> = LINK_LETTERS.chars().collect();
    let links: Vec<(Scenario, String)> = scenarios
        .iter()
        .flat_map(|scenario| {
            (0..3).map(|seed| (scenario.clone(), address::write(&busy_session(scenario, seed), Some(scenario)).run))
        })
        .collect();
    let (mut opened, mut warned, mut refused) = (0, 0, 0);
    for case in 0..60_000_u64 {
        let mut dice = Dice(case, 0);
        let (scenario, link) = &links[dice.roll(links.len())];
        let text = if case.is_multiple_of(4) {
            (0..dice.roll(60)).map(|_| alphabet[dice.roll(alphabet.len())]).collect()
        } else {
            mutate(link, &mut dice, &alphabet)
        };
        // A run of random bytes may ask for millions of steps; the limit on replay is tested by itself.
        let Ok(result) = std::panic::catch_unwind(|| address::open_within(&text, Some(scenario.clone()), 2_000)) else {
            panic!("case {case}: the link `{text}` of {} panics", scenario.algorithm);
        };
        match result {
            Ok(found) if found.warning.is_none() => opened += 1,
            Ok(found) => {
                warned += 1;
                assert!(found.warning.is_some_and(|why| why.len() > 20));
            }
            Err(error) => {
                refused += 1;
                assert!(error.to_string().len() > 15, "case {case}: `{error}` explains nothing");
            }
        }
    }
    assert!(warned > 1_000 && refused > 1_000 && opened > 0, "opened {opened}, warned {warned}, refused {refused}");
}

#[test]
fn forty_thousand_files_give_a_session_or_a_reason() {
    let scenarios = own_scenarios();
    let alphabet: Vec<char> = JSON_LETTERS.chars().collect();
    let files: Vec<String> =
        scenarios.iter().flat_map(|scenario| [scenario.write(), busy_session(scenario, 5).to_file().write()]).collect();
    let (mut opened, mut refused) = (0, 0);
    for case in 0..40_000_u64 {
        let mut dice = Dice(case, 1);
        let file = &files[dice.roll(files.len())];
        let text = mutate(file, &mut dice, &alphabet);
        let Ok(result) = std::panic::catch_unwind(|| Session::read_within(&text, 2_000)) else {
            panic!("case {case}: the file panics:\n{text}");
        };
        match result {
            Ok(_) => opened += 1,
            Err(error) => {
                refused += 1;
                let placed = error.place.is_some() || error.field.is_some();
                assert!(placed && error.message.len() > 5, "case {case}: `{error}` names no place");
            }
        }
    }
    assert!(opened > 100 && refused > 1_000, "opened {opened}, refused {refused}");
}

#[test]
fn a_link_leads_to_the_very_moment() {
    for scenario in own_scenarios() {
        for seed in 0..4 {
            let session = busy_session(&scenario, seed);
            for own in [Some(&scenario), None] {
                let address = address::write(&session, own);
                let opened = address::open(&address.run, own.cloned());
                let opened = opened.unwrap_or_else(|error| panic!("{address}: {error}"));
                assert_eq!(opened.warning, None, "{address}");
                assert_eq!(opened.session.world().digest(), session.world().digest(), "{address}");
                assert_eq!(opened.session.depth(), session.depth());
            }
        }
    }
}

#[test]
fn a_session_file_keeps_every_branch() {
    for scenario in own_scenarios() {
        let session = busy_session(&scenario, 11);
        let file = session.to_file();
        let read = Session::read(&file.write()).unwrap_or_else(|error| panic!("{}: {error}", scenario.name));
        assert_eq!(read.world().digest(), session.world().digest());
        assert_eq!((read.depth(), read.moments()), (session.depth(), session.moments()));
        assert_eq!(read.to_file().branches.len(), file.branches.len());
    }
}

/// SEMANTICS 25.
#[test]
fn rule_25_a_link_whose_digest_differs_says_up_to_which_step_it_holds() {
    // One in which messages travel: their delay makes the difference.
    let of = sim::algorithms::OPENING;
    let scenario = own_scenarios().into_iter().find(|scenario| scenario.algorithm == of).expect("it has scenarios");
    let session = busy_session(&scenario, 3);
    let address = address::write(&session, Some(&scenario));
    let other = Scenario { seed: scenario.seed + 1, ..scenario.clone() };
    let changed = Scenario { delay: sim::Delay::millis(3), ..other };
    let opened = address::open(&address.run, Some(changed)).expect("a session is there all the same");
    let warning = opened.warning.expect("and it says that something differs");
    assert!(warning.contains("up to step"), "{warning}");
}

#[test]
fn a_scenario_that_teaches_another_topic_is_found_there_and_runs_its_algorithm() {
    let (host, guest) = (ALGORITHMS[0], ALGORITHMS[1]);
    let mut scenario = Scenario::embedded(host, host.scenarios[0]).expect("it is embedded").expect("it is in order");
    scenario.topic = Some(guest.id.to_owned());
    let scenario = Scenario::read(&scenario.write()).expect("it is read as it is written");
    let session = Session::new(scenario.clone()).expect("its algorithm runs it");
    let address = address::write(&session, Some(&scenario));
    assert_eq!((address.topic.as_str(), session.setup().algorithm.id), (guest.id, host.id));
    let nowhere = Scenario { topic: Some("time/nowhere".to_owned()), ..scenario };
    let error = Session::new(nowhere).err().expect("there is no such topic");
    assert_eq!(error.field.as_deref(), Some("topic"));
}
