use super::*;
use crate::{Algorithm, Context, NodeId, Process, Property, Status, Tone, Violation};
use serde::Serialize;
use std::collections::BTreeMap;

/// Passes numbers on round a ring for ever; can be asked to start one more.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Passer {
    sum: u64,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    Start(u64),
}

crate::read_variants!(Request { Start(number) });

impl Process for Passer {
    type Message = u64;
    type Timer = ();
    type Request = Request;
    type Output = u64;
    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        if ctx.me().0 < 2 {
            ctx.send(ctx.successor(), 1);
        }
    }
    fn on_message(&mut self, _: NodeId, number: u64, ctx: &mut Context<'_, Self>) {
        self.sum += number;
        ctx.note("on it goes");
        ctx.send(ctx.successor(), number);
    }
    fn on_request(&mut self, Request::Start(number): Request, ctx: &mut Context<'_, Self>) {
        ctx.send(ctx.successor(), number);
    }
    fn after_crash(&self) -> Option<Self> {
        Some(self.clone())
    }
    fn status(&self) -> Status {
        Status::new(self.sum.to_string(), Tone::Idle)
    }
}

fn small_enough(world: &World) -> Result<(), Violation> {
    match world.processes::<Passer>().find(|(_, passer)| passer.sum > 1_000_000) {
        Some((node, _)) => Err(Violation::new("a sum is large", [node])),
        None => Ok(()),
    }
}

static RING: Algorithm = Algorithm {
    id: "test/ring",
    properties: &[Property::always("sums are small", small_enough)],
    spawn: |_, _| Arc::new(Passer { sum: 0 }),
    ..Algorithm::EMPTY
};

fn session(nodes: u32) -> Session {
    let json = serde_json::json!({
        "version": 1, "algorithm": "test/ring", "name": "test", "title": "", "sentence": "", "nodes": nodes,
        "delay": { "uniform": ["1 ms", "9 ms"] },
    });
    let scenario = Scenario::read(&json.to_string()).expect("the scenario is in order");
    let setup = scenario.prepare(&RING).expect("the scenario fits");
    Session::with(scenario, setup, Stamping::Vectors)
}

fn play(session: &mut Session, count: u32) {
    assert_eq!(session.play(count, |_, _, _| false), Ok(count));
}

fn first_choice(session: &Session, skip: usize) -> Event {
    session.world().choices().into_iter().filter(|choice| !choice.next).nth(skip).expect("there is a choice").event
}

#[test]
fn going_back_and_forth_gives_the_same_moments() {
    let mut session = session(5);
    let mut digests = vec![session.world().digest()];
    for _ in 0..3_000 {
        play(&mut session, 1);
        digests.push(session.world().digest());
    }
    for depth in [0, 1, 2_999, 1_024, 1_025, 2_047, 2_048, 17, 3_000] {
        assert!(session.seek(depth));
        assert_eq!(session.depth(), depth);
        assert_eq!(session.world().digest(), digests[depth as usize], "after {depth} steps");
        assert_eq!(session.step().notes.len(), usize::from(depth > 0), "the last step of {depth} is told");
    }
    assert!(!session.seek(3_001));
}

/// DESIGN 5: doing the same re-enters the old branch, acting differently starts one.
#[test]
fn doing_the_same_re_enters_the_old_branch() {
    let mut session = session(5);
    play(&mut session, 10);
    let tip = session.here();
    let moments = session.moments();
    session.seek(4);
    play(&mut session, 2);
    assert_eq!(session.moments(), moments);
    assert_eq!(session.end(), 10);
    session.seek(4);
    let other = first_choice(&session, 0);
    session.take(other).expect("it can be taken");
    assert_eq!((session.moments(), session.end()), (moments + 1, 5));
    assert!(session.go_to(tip));
    assert_eq!(session.depth(), 10);
    session.seek(4);
    session.take(other).expect("it can be taken again");
    assert_eq!(session.moments(), moments + 1);
}

#[test]
fn faults_and_edits_are_undone_like_deliveries() {
    let mut session = session(4);
    play(&mut session, 3);
    let before = session.world().digest();
    let message = session.world().flights().next().expect("something is under way").id;
    let events = [
        Event::Hold(message),
        Event::Drop(message),
        Event::Crash(NodeId(1)),
        Event::Recover(NodeId(1)),
        Event::CutLink(crate::LinkId(0)),
        Event::SetRate(NodeId(2), crate::Rate { numerator: 3, denominator: 2 }),
        Event::MoveNode(NodeId(0), crate::Place { x: 1, y: 2 }),
    ];
    for event in events {
        session.take(event).expect("the event is possible");
    }
    let after = session.world().digest();
    assert_ne!(before, after);
    session.seek(3);
    assert_eq!(session.world().digest(), before);
    session.seek(3 + events.len() as u32);
    assert_eq!(session.world().digest(), after);
}

/// SEMANTICS 18.
#[test]
fn rule_18_play_is_a_count_and_only_decisions_are_spelled_out() {
    let mut session = session(5);
    play(&mut session, 50);
    let other = first_choice(&session, 0);
    session.take(other).expect("it can be taken");
    play(&mut session, 20);
    let decisions: Vec<_> = session.decisions().map(|id| session.moment(id).event).collect();
    assert_eq!(decisions, [Some(other)]);
    let file = session.to_file();
    let entries = serde_json::to_value(&file.branches[0].events).expect("a file is JSON");
    assert_eq!(entries[0], serde_json::json!({ "play": 50 }));
    assert_eq!(entries[2], serde_json::json!({ "play": 20 }));
    assert_eq!(entries.as_array().map(Vec::len), Some(3), "{entries}");
}

/// SEMANTICS 19.
#[test]
fn rule_19_moving_an_event_later_replays_the_others_by_identity() {
    let mut session = session(5);
    play(&mut session, 6);
    let old_tip = session.here();
    let mut events = vec![];
    session.visit(1..7, &mut |_, step, _| events.push(step.event));
    let left_out = session.postpone(2, 4).expect("it can be moved");
    let mut moved = vec![];
    let end = session.end();
    session.visit(1..end + 1, &mut |_, step, _| moved.push(step.event));
    assert_eq!(moved[0], events[0]);
    assert_ne!(moved[1], events[1]);
    assert!(moved.contains(&events[1]), "the moved event happens later");
    assert_eq!(end as usize + left_out.len(), 6, "what is not possible any more is named");
    assert!(session.go_to(old_tip), "the old path stays");
}

/// SEMANTICS 20.
#[test]
fn rule_20_old_stretches_of_play_are_folded_and_choices_are_not() {
    let mut session = session(5);
    session.set_limit(3_000);
    play(&mut session, 100);
    let other = first_choice(&session, 0);
    session.seek(100);
    session.take(other).expect("it can be taken");
    let decision = session.here();
    let mut digests = BTreeMap::new();
    for _ in 0..12_000 {
        play(&mut session, 1);
        digests.insert(session.depth(), session.world().digest());
    }
    assert!(session.moments() <= 3_000 && session.is_folded());
    assert_eq!(session.end(), 12_101);
    for depth in [102, 103, 1_024, 1_500, 5_000, 9_999, 12_101] {
        assert!(session.seek(depth), "{depth}");
        assert_eq!(session.world().digest(), digests[&depth], "after {depth} steps");
    }
    session.seek(5_000);
    let before = session.world().digest();
    let other = first_choice(&session, 0);
    session.take(other).expect("a branch can leave a folded stretch");
    session.back();
    assert_eq!(session.world().digest(), before);
    assert!(session.go_to(decision) && session.moment(decision).event.is_some());
    assert_eq!(session.depth(), 101);
}

/// SEMANTICS 20: where the branch in view is short, the stretches of the others are folded.
#[test]
fn rule_20_a_long_branch_that_was_left_is_folded_as_well() {
    let mut session = session(5);
    session.set_limit(3_000);
    play(&mut session, 2_700);
    let (left, digest) = (session.here(), session.world().digest());
    session.seek(50);
    let other = first_choice(&session, 0);
    session.take(other).expect("it can be taken");
    play(&mut session, 400);
    assert!(session.moments() <= 3_000, "{} moments", session.moments());
    assert_eq!((session.end(), session.depth()), (451, 451));
    assert!(session.go_to(left) && session.is_folded());
    assert_eq!((session.depth(), session.world().digest()), (2_700, digest));
    assert!(session.seek(1_500) && session.seek(2_700));
    assert_eq!(session.world().digest(), digest);
}

/// SEMANTICS 20: if choices alone fill the history, stepping stops with an offer to save.
#[test]
fn rule_20_a_history_full_of_choices_says_so() {
    let mut session = session(3);
    session.set_limit(64);
    let refusal = loop {
        let event = Event::MoveNode(NodeId(0), crate::Place { x: session.moments() as i16, y: 0 });
        if let Err(refusal) = session.take(event) {
            break refusal;
        }
    };
    assert!(refusal.0.contains("Save the session"), "{refusal}");
}

/// SEMANTICS 20: replay judges nothing but the last event, and gives the same verdicts.
#[test]
fn rule_20_verdicts_after_a_seek_are_those_of_the_run() {
    let mut session = session(3);
    let large = session.request(NodeId(0), serde_json::json!({ "Start": 2_000_000 })).expect("a request");
    play(&mut session, 20);
    session.take(large).expect("it can be asked");
    play(&mut session, 60);
    let broken: Vec<u32> = session.marks().map(|(id, _)| session.moment(id).depth).collect();
    assert_eq!(broken.len(), 1);
    for (depth, expected) in [(broken[0] - 1, false), (broken[0], true), (broken[0] + 1, true), (81, true), (3, false)]
    {
        session.seek(depth);
        assert_eq!(session.verdicts()[0].is_broken(), expected, "after {depth} steps");
    }
}

#[test]
fn a_visit_shows_the_steps_in_order() {
    let mut session = session(4);
    play(&mut session, 2_500);
    for range in [1..3, 1_020..1_030, 2_400..2_600, 1_024..1_026] {
        let mut seen = vec![];
        session.visit(range.clone(), &mut |depth, step, world| {
            assert_eq!(step.at, world.now());
            seen.push(depth);
        });
        let expected: Vec<u32> = (range.start..range.end.min(2_501)).collect();
        assert_eq!(seen, expected);
    }
}

#[test]
fn stamps_follow_causality() {
    let mut session = session(3);
    let mut last: BTreeMap<NodeId, u64> = BTreeMap::new();
    for _ in 0..200 {
        play(&mut session, 1);
        let step = session.step();
        let (Some(node), lamport) = (step.node, step.stamps.event.lamport) else { continue };
        let sent = step.stamps.sent.as_ref().map_or(lamport, |stamp| stamp.lamport);
        assert!(lamport > last.get(&node).copied().unwrap_or(0) && sent == lamport + 1);
        last.insert(node, sent);
    }
    let vector = session.world().nodes()[0].vector().map(<[u32]>::to_vec).unwrap_or_default();
    assert_eq!(vector.len(), 3);
    assert!(vector.iter().all(|&count| count > 10));
}

fn kept_depths(session: &Session) -> Vec<u32> {
    let kept = session.line().iter().filter(|&&id| session.checkpoints.contains(id));
    kept.map(|&id| session.moment(id).depth).collect()
}

#[test]
fn a_large_world_is_kept_less_often_than_a_small_one() {
    for (nodes, expected) in [(3, [0, 1_024, 2_048]), (600, [0, 4_096, 8_192])] {
        let mut session = session(nodes);
        play(&mut session, expected[2]);
        assert_eq!(kept_depths(&session), expected, "{nodes} nodes");
    }
}

#[test]
fn checkpoints_have_a_bound_and_the_newest_stay() {
    for nodes in [3, 600] {
        let mut session = session(nodes);
        play(&mut session, 1_500);
        let most = (checkpoints::MAX_BYTES / session.world().bytes()).min(checkpoints::MAX_COUNT) as u32;
        for id in (0..3 * most).map(MomentId) {
            let kept = Checkpoint { world: session.world.clone(), judge: session.judge.clone() };
            session.checkpoints.insert(id, kept);
            session.checkpoints.thin(|id| id.0);
            assert!(session.checkpoints.contains(id) && session.checkpoints.contains(MomentId::START));
            assert!(session.checkpoints.len() <= most as usize, "{nodes} nodes");
        }
    }
}

#[test]
fn payloads_are_interned_once() {
    let mut session = session(3);
    let ask = |session: &mut Session| session.request(NodeId(0), serde_json::json!({ "Start": 7 }));
    assert_eq!(ask(&mut session), ask(&mut session));
    assert!(session.request(NodeId(0), serde_json::json!("Enter")).is_err());
}
