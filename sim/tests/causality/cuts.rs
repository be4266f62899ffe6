//! Cuts against their definition: every cut of small runs, and the recorded cuts of snapshots.

use crate::oracle::{Oracle, session, wander};
use serde_json::json;
use sim::{
    NodeId, Scenario, Session,
    causality::{Cut, End, Log, Stay},
    random::{Purpose, below, draw},
};

/// The places at which a cut can cross each line: before its first event, and behind each.
fn places(oracle: &Oracle, lines: u32) -> Vec<Vec<u32>> {
    let of = |node| oracle.events.iter().filter(move |event| event.1 == node).map(|event| event.0);
    (0..lines).map(|line| std::iter::once(0).chain(of(NodeId(line))).collect()).collect()
}

/// Every cut there is.
fn all(places: &[Vec<u32>]) -> Vec<Vec<u32>> {
    places.iter().fold(vec![vec![]], |cuts: Vec<Vec<u32>>, line| {
        cuts.iter().flat_map(|cut| line.iter().map(|&at| [&cut[..], &[at]].concat())).collect()
    })
}

fn cut(of: &[u32]) -> Cut {
    let nodes = (0..).map(NodeId).zip(of);
    nodes.fold(Cut::default(), |cut, (node, &depth)| cut.moved(node, depth))
}

fn is_closed(oracle: &Oracle, of: &[u32]) -> bool {
    oracle.is_closed(&|depth, node| of.get(node.index()).is_some_and(|&upto| depth <= upto))
}

fn below_or_equal(a: &[u32], b: &[u32]) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b)
}

#[test]
fn every_cut_of_small_runs_is_judged_as_the_definition_says() {
    let (mut consistent, mut not) = (0, 0);
    for seed in 0..60 {
        let mut session = session("time/lamport-clock", 3, "any");
        wander(&mut session, 900 + seed, 26);
        let (log, oracle) = (Log::of(&session), Oracle::of(&session));
        let lines = session.world().nodes().len() as u32;
        if lines > 4 {
            continue;
        }
        let cuts = all(&places(&oracle, lines));
        let closed: Vec<&Vec<u32>> = cuts.iter().filter(|of| is_closed(&oracle, of)).collect();
        for of in &cuts {
            let judgement = log.judge(&cut(of));
            assert_eq!(judgement.is_consistent(), is_closed(&oracle, of), "seed {seed}: {of:?}");
            backward_as_defined(&oracle, of, &judgement.backward);
            let mended = log.mended(&cut(of));
            let largest =
                closed.iter().filter(|other| below_or_equal(other, of)).max_by_key(|of| of.iter().sum::<u32>());
            let upto: Vec<u32> =
                (0..lines).map(NodeId).map(|line| last_of(&log.line(line), mended.upto(line))).collect();
            assert_eq!(Some(&&upto), largest, "seed {seed}: mended {of:?}");
            if judgement.is_consistent() { consistent += 1 } else { not += 1 }
        }
    }
    assert!(consistent > 1_000 && not > 1_000, "{consistent} consistent, {not} not");
}

fn last_of(line: &[u32], upto: u32) -> u32 {
    line.iter().copied().filter(|&depth| depth <= upto).max().unwrap_or(0)
}

fn backward_as_defined(oracle: &Oracle, of: &[u32], found: &[sim::causality::Crossing]) {
    let expected: Vec<_> = oracle
        .messages()
        .iter()
        .filter(|(id, sent, received, to)| *sent > of[id.from.index()] && *received <= of[to.index()])
        .map(|(id, _, received, _)| (*id, End::Received(*received)))
        .collect();
    let mut found: Vec<_> = found.iter().map(|crossing| (crossing.message, crossing.end)).collect();
    found.sort_by_key(|(_, end)| match end {
        End::Received(at) | End::Lost(at) => *at,
        End::UnderWay => u32::MAX,
    });
    assert_eq!(found, expected, "{of:?}");
}

/// "No consistent cut contains it", and the least one that does: against a look at all cuts.
#[test]
fn whether_something_was_ever_so_is_found_exactly() {
    let (mut possible, mut impossible) = (0, 0);
    for seed in 0..80 {
        let mut session = session("time/lamport-clock", 3, "any");
        wander(&mut session, 500 + seed, 24);
        let (log, oracle) = (Log::of(&session), Oracle::of(&session));
        if session.world().nodes().len() != 3 {
            continue;
        }
        let places = places(&oracle, 3);
        let cuts = all(&places);
        let closed: Vec<&Vec<u32>> = cuts.iter().filter(|of| is_closed(&oracle, of)).collect();
        for case in 0..12 {
            let wanted: Vec<(NodeId, Vec<Stay>)> = (0..3)
                .filter(|line| below(draw(seed, Purpose::Process, (case, 1), *line), 4) > 0)
                .map(|line| (NodeId(line as u32), stays(&places[line as usize], seed * 100 + case)))
                .collect();
            let fits = |of: &[u32]| {
                let fits = |node: &NodeId, stays: &[Stay]| {
                    stays.iter().any(|stay| (stay.from..=stay.to).contains(&of[node.index()]))
                };
                wanted.iter().all(|(node, stays)| fits(node, stays))
            };
            let least = closed.iter().filter(|of| fits(of)).min_by_key(|of| of.iter().sum::<u32>());
            let found =
                log.possibly(&wanted).map(|cut| (0..3).map(|line| cut.upto(NodeId(line))).collect::<Vec<u32>>());
            assert_eq!(found.as_ref(), least.copied(), "seed {seed}, case {case}: {wanted:?}");
            if least.is_some() { possible += 1 } else { impossible += 1 }
        }
    }
    assert!(possible > 100 && impossible > 100, "{possible} possible, {impossible} not");
}

/// One or two stretches of a line.
fn stays(places: &[u32], seed: u64) -> Vec<Stay> {
    let pick = |k: u64| below(draw(seed, Purpose::Process, (9, places.len() as u64), k), places.len() as u64) as usize;
    let (a, b, c) = (pick(1), pick(2), pick(3));
    // Half of them hold at one place only.
    let (first, last) = if seed.is_multiple_of(2) { (a, a) } else { (a.min(b), a.max(b)) };
    let mut stays = vec![Stay { from: places[first], to: places[last] }];
    if c > last + 3 {
        stays.push(Stay { from: places[c], to: places[places.len() - 1] });
    }
    stays
}

/// A snapshot of random payments, one started at any moment.
fn snapshot(order: &str, seed: u64) -> Session {
    let pay = |to: u32, nodes: &[u32]| {
        json!({"on": "start", "after": {"exponential": "9 ms"}, "request": {"Pay": {"to": to, "amount": 3}},
            "repeat": true, "limit": 6, "nodes": nodes})
    };
    let json = json!({"version": 1, "algorithm": "time/chandy-lamport", "name": "test", "title": "", "sentence": "",
        "nodes": 3, "order": order, "seed": seed, "delay": {"uniform": ["1 ms", "30 ms"]},
        "script": [{"at": "25 ms", "event": {"request": {"node": seed % 3, "ask": "Snapshot"}}}],
        "workload": [pay(0, &[1, 2]), pay(1, &[0, 2]), pay(2, &[0, 1])]});
    let mut session = Session::new(Scenario::read(&json.to_string()).expect("it reads")).expect("it starts");
    session.play(2_000, |_, _, _| false).expect("it plays");
    session
}

/// What the snapshot says was under way, all channels together.
fn under_way(session: &Session) -> u64 {
    let world = session.world();
    let told = |node: &NodeId| {
        let detail = world.status(*node).detail;
        let words: Vec<&str> = detail.split(' ').collect();
        let at = words.iter().position(|word| *word == "and");
        at.and_then(|at| words[at + 1].parse::<u64>().ok()).unwrap_or(0)
    };
    world.members().iter().map(told).sum()
}

/// The recorded cut is consistent on FIFO channels, and what is in transit across it is what the channels recorded.
#[test]
fn the_recorded_cut_of_a_snapshot_is_consistent_and_holds_what_was_under_way() {
    let mut money = 0;
    for seed in 0..100 {
        let session = snapshot("fifo", seed);
        let log = Log::of(&session);
        let judgement = log.judge(&log.recorded_cut(u32::MAX).expect("a complete snapshot"));
        assert!(judgement.is_consistent(), "seed {seed}");
        assert!(judgement.in_transit.iter().all(|crossing| crossing.kind == "Money"), "seed {seed}");
        assert_eq!(3 * judgement.in_transit.len() as u64, under_way(&session), "seed {seed}");
        money += judgement.in_transit.len();
    }
    assert!(money > 50, "{money}");
}

/// Without FIFO it is inconsistent exactly where the algorithm's own check, by the colours of the messages, says so.
#[test]
fn without_fifo_the_recorded_cut_breaks_where_the_check_breaks() {
    let mut inconsistent = 0;
    for seed in 0..150 {
        let session = snapshot("any", seed);
        let log = Log::of(&session);
        let judgement = log.judge(&log.recorded_cut(u32::MAX).expect("a complete snapshot"));
        let properties = session.setup().algorithm.properties.iter().map(|property| property.name);
        let check =
            properties.zip(session.verdicts()).find(|(name, _)| name.starts_with("nothing that was sent after"));
        assert_eq!(judgement.is_consistent(), !check.expect("the check").1.is_broken(), "seed {seed}");
        inconsistent += usize::from(!judgement.is_consistent());
    }
    assert!(inconsistent > 10, "{inconsistent}");
}

/// A snapshot that is not complete has a place on some lines only.
#[test]
fn a_snapshot_that_waits_has_no_whole_cut() {
    let scenario = Scenario::embedded(sim::algorithms::find("time/chandy-lamport").expect("a topic"), "crash");
    let mut session = Session::new(scenario.expect("a scenario").expect("it is fine")).expect("it starts");
    session.play(200, |_, _, _| false).expect("it plays");
    let log = Log::of(&session);
    let lines: Vec<NodeId> = log.recorded(u32::MAX).into_iter().map(|(node, _)| node).collect();
    assert_eq!((lines, log.recorded_cut(u32::MAX)), (vec![NodeId(0), NodeId(2)], None));
}

/// What was lost on its way ends where it was lost, and what is lost at its sending was never under way.
#[test]
fn lost_messages_leave_the_channel() {
    let mut session = session("time/lamport-clock", 2, "any");
    let event = session.request(NodeId(0), json!({"Send": {"to": 1, "name": null}})).expect("a request");
    session.take(event).expect("it is taken");
    let id = session.world().flights().next().expect("a message").id;
    let local = session.request(NodeId(1), json!("Local")).expect("a request");
    session.take(local).expect("it is taken");
    session.take(sim::Event::Drop(id)).expect("it is dropped");
    session.take(local).expect("it is taken");
    let log = Log::of(&session);
    let count = |depth| log.judge(&Cut::at(depth, 2)).in_transit.len();
    assert_eq!([count(0), count(1), count(2), count(3), count(4)], [0, 1, 1, 0, 0]);
    assert_eq!(log.judge(&Cut::at(2, 2)).in_transit[0].end, End::Lost(3));
}
