use super::*;
use crate::{
    Algorithm, Context, Offer, Place, Process, Scenario, Stamping, Status, Tone, View,
    algorithm::{Faults, PolicyKind, Timing},
    testing::Bench,
};
use serde::Serialize;
use serde_json::json;
use std::sync::Arc;

/// Asks everybody and leaves when told.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Asker;

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    Request { stamp: u64, from: NodeId },
    Reply,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    AnswerTimeout,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    Enter,
    Send { to: NodeId, name: Option<String> },
    Work { minutes: u32 },
    Forget(NodeId),
}

crate::read_variants!(Request { Enter, Send { to, name }, Work { minutes }, Forget(node) });

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    LeaderIs(NodeId),
    JobServed { job: u32, by: NodeId, waiting_time: Micros, after: Option<u32> },
}

impl Process for Asker {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;
    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        if matches!(message, Message::Request { .. }) {
            ctx.send(from, Message::Reply);
        }
    }
    fn on_request(&mut self, request: Request, ctx: &mut Context<'_, Self>) {
        if request == Request::Enter {
            ctx.broadcast(Message::Request { stamp: 1, from: ctx.me() });
            ctx.set_timer(Micros::from_millis(25), Timer::AnswerTimeout);
        }
        ctx.output(Output::LeaderIs(ctx.me()));
    }
    fn requests(&self, _: &View<'_>) -> Vec<Offer<Request>> {
        let minutes =
            crate::process::Field { name: "minutes", label: "minutes", unit: "min", min: 1, max: 9, default: 1 };
        vec![
            Offer::ready("Ask for the critical section", Request::Enter),
            Offer::ready("Send to Carol", Request::Send { to: NodeId(2), name: None }),
            Offer::form("Do some work…", "Work", vec![minutes]),
        ]
    }
    fn after_crash(&self) -> Option<Self> {
        Some(Self)
    }
    fn status(&self) -> Status {
        Status::new("idle", Tone::Idle)
    }
}

static ASKING: Algorithm = Algorithm {
    id: "test/asking",
    node_prefix: "M",
    first_number: 1,
    membership: crate::Membership::Open,
    assumes: crate::algorithm::Assumptions {
        timing: Timing::Bounded,
        faults: Faults::None,
        ..Algorithm::EMPTY.assumes
    },
    policy: Some(PolicyKind {
        read: |json| json.as_u64().map(Datum::new).ok_or_else(|| "expected a number".into()),
        default: "2",
        fields: &[],
    }),
    spawn: |_, _| Arc::new(Asker),
    ..Algorithm::EMPTY
};

fn bench(script: &serde_json::Value) -> Bench {
    let json = json!({
        "version": 1, "algorithm": "test/asking", "name": "test", "title": "", "sentence": "",
        "nodes": [{}, {}, { "name": "Carol" }], "script": script,
    });
    let scenario = Scenario::read(&json.to_string()).expect("the scenario is in order");
    Bench::with(Arc::new(scenario.prepare(&ASKING).expect("the scenario fits")), Stamping::Lamport)
}

/// The words before and after an event.
fn told(bench: &mut Bench, event: Event) -> (String, String) {
    let before = super::event(&bench.world, &bench.payloads, event);
    bench.take(event);
    (before, headline(&bench.step, &bench.world, &bench.payloads))
}

/// Takes an event whose words are the same before and after.
fn one_telling(bench: &mut Bench, event: Event) -> String {
    let (before, after) = told(bench, event);
    assert_eq!(before, after);
    after
}

#[test]
fn messages_requests_and_timers_are_told_with_the_names_of_nodes() {
    let mut bench = bench(&json!([]));
    assert_eq!(headline(&bench.step, &bench.world, &bench.payloads), "The run begins");
    let enter = bench.request(0, json!("Enter"));
    assert_eq!(one_telling(&mut bench, enter), "M1 asks for the critical section");
    assert_eq!(
        effects(&bench.world, &bench.step),
        [
            "M1 sends REQUEST 1·M1 to M2 and Carol",
            "M1 sets a timer to go off at 25 ms: answer timeout",
            "M1: leader is M1"
        ]
    );
    let first = bench.world.enabled(crate::Mode::Untimed)[0];
    assert_eq!(one_telling(&mut bench, first), "M2 receives REQUEST 1·M1");
    let reply = bench.world.choices().into_iter().find(|choice| choice.event != first && choice.due.0 == 20_000);
    let reply = reply.expect("M2 has answered").event;
    assert_eq!(choice(&bench.world, reply), "M1 receives REPLY from M2");
    let timer = Event::Fire(crate::TimerId { node: NodeId(0), number: 0 });
    assert_eq!(
        warning(&bench.world, timer).expect("two messages come late"),
        "This makes the messages from M1 to Carol and M2 to M1 later than the bound of the link."
    );
    assert_eq!(one_telling(&mut bench, timer), "M1's timer goes off: answer timeout");
}

#[test]
fn requests_of_forms_and_without_a_button_have_words_too() {
    let mut bench = bench(&json!([]));
    let work = bench.request(1, json!({ "Work": { "minutes": 3 } }));
    assert_eq!(one_telling(&mut bench, work), "M2 does some work (minutes 3)");
    let named = bench.request(1, json!({ "Send": { "to": 2, "name": "a" } }));
    assert_eq!(one_telling(&mut bench, named), "M2 sends to Carol");
    let forget = bench.request(1, json!({ "Forget": 2 }));
    assert_eq!(one_telling(&mut bench, forget), "M2 forgets Carol");
}

#[test]
fn several_fields_have_their_names() {
    let bench = bench(&json!([]));
    let output = Output::JobServed { job: 3, by: NodeId(2), waiting_time: Micros(2_500), after: None };
    let told = effect(&bench.world, &Effect::Output(NodeId(0), Datum::new(output)));
    assert_eq!(told, "M1: job served 3, by Carol, waiting time 2.5 ms");
}

#[test]
fn what_the_user_does_to_a_message_is_told() {
    let mut bench = bench(&json!([]));
    bench.ask(0, json!("Enter"));
    let id = MessageId { from: NodeId(0), number: 0, copy: 0 };
    assert_eq!(one_telling(&mut bench, Event::Hold(id)), "REQUEST 1·M1 to M2 is held back");
    assert_eq!(one_telling(&mut bench, Event::Release(id)), "REQUEST 1·M1 to M2 may travel on");
    assert_eq!(one_telling(&mut bench, Event::Duplicate(id)), "REQUEST 1·M1 to M2 is duplicated");
    assert_eq!(effects(&bench.world, &bench.step), ["REQUEST 1·M1 (copy 1) to M2 is under way too"]);
    let (before, after) = told(&mut bench, Event::Drop(id));
    assert_eq!(before, "REQUEST 1·M1 to M2 is lost: you drop it");
    assert_eq!(after, "REQUEST 1·M1 to M2 is lost: you dropped it");
    bench.take(Event::Crash(NodeId(1)));
    let (before, after) = told(&mut bench, Event::Deliver(MessageId { copy: 1, ..id }));
    assert_eq!(before, "REQUEST 1·M1 (copy 1) reaches M2, which is down");
    assert_eq!(after, "REQUEST 1·M1 (copy 1) to M2 is lost: its receiver is down");
}

#[test]
fn faults_and_edits_are_told() {
    let mut bench = bench(&json!([]));
    let (node, link) = (NodeId(0), LinkId(1));
    let place = Place { x: 1, y: 1 };
    let side = bench.payloads.intern(Payload::Side(vec![NodeId(0), NodeId(2)]));
    let policy = bench.payloads.intern(Payload::Policy(json!(3), Datum::new(3_u64)));
    let half = Rate { numerator: 1, denominator: 3 };
    for (event, words) in [
        (Event::Pause(node), "M1 is paused"),
        (Event::Resume(node), "M1 goes on"),
        (Event::Crash(node), "M1 crashes"),
        (Event::Recover(node), "M1 recovers"),
        (Event::MoveNode(node, place), "M1 is drawn elsewhere"),
        (Event::CutLink(link), "The link M1–Carol is cut"),
        (Event::MendLink(link), "The link M1–Carol is mended"),
        (Event::SetDelay(link, Delay::millis(3)), "The link M1–Carol now takes 3 ms"),
        (Event::SetDelayFrom(link, NodeId(2), Delay::millis(9)), "From Carol to M1 a message now takes 9 ms"),
        (Event::SetLoss(link, 125_000), "The link M1–Carol now loses 12.5 % of its messages"),
        (Event::SetDuplication(link, 0), "The link M1–Carol now duplicates none of its messages"),
        (Event::SetOrder(link, Order::Fifo), "The link M1–Carol is FIFO from now on"),
        (Event::SetOrder(link, Order::Any), "The link M1–Carol may reorder messages from now on"),
        (Event::Partition(side), "M1 and Carol are cut off from the others"),
        (Event::Heal, "The partition is over"),
        (Event::SetClock(node, -5_000), "M1's clock is set 5 ms behind its hardware clock"),
        (Event::SetRate(node, Rate::from_ppm(250)), "M1's clock now gains 0.25 ms a second"),
        (Event::SetRate(node, half), "M1's clock now shows 1 µs in 3 true ones"),
        (Event::SetPolicy(policy), "The policy is now 3"),
        (Event::RemoveLink(link), "The link M1–Carol is taken away"),
        (Event::AddLink(NodeId(2), node), "Carol and M1 are linked"),
        (Event::AddNode(place), "M4 joins"),
        (Event::RemoveNode(NodeId(3)), "M4 leaves for good"),
    ] {
        assert_eq!(one_telling(&mut bench, event), words);
    }
}

#[test]
fn a_script_is_told_by_what_it_does_and_says_what_it_could_not_do() {
    let script = json!([
        { "at": "1 ms", "event": { "crash": 1 } },
        { "at": "2 ms", "event": { "crash": 1 } },
        { "at": "3 ms", "event": { "partition": [2] } },
    ]);
    let mut bench = bench(&script);
    let mut next = || {
        let told = choice(&bench.world, bench.world.peek_next().expect("the script goes on").0);
        bench.play_one();
        (told, headline(&bench.step, &bench.world, &bench.payloads))
    };
    assert_eq!(next(), ("M2 crashes".into(), "M2 crashes".into()));
    assert_eq!(next(), ("M2 crashes".into(), "Scripted, but not possible now: M2 crashes".into()));
    assert_eq!(next().1, "Carol is cut off from the others");
}

#[test]
fn a_reading_of_hours_is_a_time_of_day() {
    let day = (10 * 3_600 + 54 * 60 + 28) * 1_000_000;
    for (micros, words) in
        [(250, "0.25 ms"), (-250, "−0.25 ms"), (day, "10:54:28"), (day + 352_000, "10:54:28.352"), (-day, "−10:54:28")]
    {
        assert_eq!(reading(micros), words);
    }
}
