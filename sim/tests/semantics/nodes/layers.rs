//! Rule 15: a process inside a process inside a process.

use serde::Serialize;
use serde_json::json;
use sim::{Algorithm, Context, Effect, Event, Micros, Never, NodeId, Process, Status, Tone, testing::Bench};
use std::sync::Arc;

/// The innermost: a token goes once round the ring; a timer says if it takes too long.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Default)]
struct Tour {
    rounds: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum TourMessage {
    Token { hops: u32 },
}
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum TourTimer {
    TooLong,
}
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Debug)]
enum TourOutput {
    Back { hops: u32 },
    Late,
}

impl Tour {
    fn begin(patience: Micros, ctx: &mut Context<'_, Self>) {
        ctx.line("begin");
        ctx.note("The token sets out.");
        ctx.set_timer(patience, TourTimer::TooLong);
        ctx.send(ctx.successor(), TourMessage::Token { hops: 1 });
    }
}

impl Process for Tour {
    type Message = TourMessage;
    type Timer = TourTimer;
    type Request = Never;
    type Output = TourOutput;
    fn on_message(&mut self, _: NodeId, TourMessage::Token { hops }: TourMessage, ctx: &mut Context<'_, Self>) {
        self.rounds += 1;
        if hops < ctx.member_count() {
            ctx.send(ctx.successor(), TourMessage::Token { hops: hops + 1 });
        } else {
            ctx.cancel_timer(TourTimer::TooLong);
            ctx.output(TourOutput::Back { hops });
        }
    }
    fn on_timer(&mut self, TourTimer::TooLong: TourTimer, ctx: &mut Context<'_, Self>) {
        ctx.output(TourOutput::Late);
    }
    fn status(&self) -> Status {
        Status::new("tour", Tone::Idle)
    }
}

/// The middle: runs a tour and passes on what it hears of it.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Default)]
struct Middle {
    tour: Tour,
    heard: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum MiddleMessage {
    Tour(TourMessage),
}
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum MiddleTimer {
    Tour(TourTimer),
}
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum MiddleOutput {
    Done(u32),
    Late,
}

impl Middle {
    fn inside(&mut self, ctx: &mut Context<'_, Self>, run: impl FnOnce(&mut Tour, &mut Context<'_, Tour>)) {
        let tour = &mut self.tour;
        let ((), outputs) = ctx.scope(MiddleMessage::Tour, MiddleTimer::Tour, |inner| run(tour, inner));
        for output in outputs {
            self.heard += 1;
            ctx.output(match output {
                TourOutput::Back { hops } => MiddleOutput::Done(hops),
                TourOutput::Late => MiddleOutput::Late,
            });
        }
    }
}

impl Process for Middle {
    type Message = MiddleMessage;
    type Timer = MiddleTimer;
    type Request = Never;
    type Output = MiddleOutput;
    fn on_message(&mut self, from: NodeId, MiddleMessage::Tour(message): MiddleMessage, ctx: &mut Context<'_, Self>) {
        self.inside(ctx, |tour, inner| tour.on_message(from, message, inner));
    }
    fn on_timer(&mut self, MiddleTimer::Tour(timer): MiddleTimer, ctx: &mut Context<'_, Self>) {
        self.inside(ctx, |tour, inner| tour.on_timer(timer, inner));
    }
    fn status(&self) -> Status {
        Status::new("middle", Tone::Idle)
    }
}

/// The outermost: has messages of its own too.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Default)]
struct Outer {
    middle: Middle,
    greeted: u32,
    finished: u32,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Message {
    Middle(MiddleMessage),
    Hello,
}
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    Middle(MiddleTimer),
}
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    Begin { patience: Micros },
}
sim::read_variants!(Request { Begin { patience } });
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Output {
    Finished { hops: u32 },
    GaveUp,
}

impl Outer {
    fn tell(&mut self, outputs: Vec<MiddleOutput>, ctx: &mut Context<'_, Self>) {
        for output in outputs {
            match output {
                MiddleOutput::Done(hops) => {
                    self.finished += 1;
                    ctx.broadcast(Message::Hello);
                    ctx.output(Output::Finished { hops });
                }
                MiddleOutput::Late => ctx.output(Output::GaveUp),
            }
        }
    }
}

impl Process for Outer {
    type Message = Message;
    type Timer = Timer;
    type Request = Request;
    type Output = Output;
    fn on_message(&mut self, from: NodeId, message: Message, ctx: &mut Context<'_, Self>) {
        match message {
            Message::Hello => self.greeted += 1,
            Message::Middle(message) => {
                let middle = &mut self.middle;
                let ((), outputs) =
                    ctx.scope(Message::Middle, Timer::Middle, |inner| middle.on_message(from, message, inner));
                self.tell(outputs, ctx);
            }
        }
    }
    fn on_timer(&mut self, Timer::Middle(timer): Timer, ctx: &mut Context<'_, Self>) {
        let middle = &mut self.middle;
        let ((), outputs) = ctx.scope(Message::Middle, Timer::Middle, |inner| middle.on_timer(timer, inner));
        self.tell(outputs, ctx);
    }
    fn on_request(&mut self, Request::Begin { patience }: Request, ctx: &mut Context<'_, Self>) {
        let middle = &mut self.middle;
        let begin =
            |inner: &mut Context<'_, Middle>| middle.inside(inner, |_, innermost| Tour::begin(patience, innermost));
        let ((), outputs) = ctx.scope(Message::Middle, Timer::Middle, begin);
        self.tell(outputs, ctx);
    }
    fn status(&self) -> Status {
        Status::new("outer", Tone::Idle)
    }
}

static LAYERS: Algorithm =
    Algorithm { id: "test/layers", spawn: |_, _| Arc::new(Outer::default()), ..Algorithm::EMPTY };

fn bench() -> Bench {
    let json = json!({
        "version": 1, "algorithm": "test/layers", "name": "x", "title": "", "sentence": "", "nodes": 3,
    });
    Bench::of_json(&LAYERS, json).unwrap()
}

fn outer(bench: &Bench, node: usize) -> &Outer {
    bench.world.nodes()[node].process().as_any().downcast_ref().unwrap()
}

#[test]
fn rule_15_sends_timers_lines_and_notes_of_the_inner_process_are_wrapped() {
    let mut bench = bench();
    bench.ask(0, json!({"Begin": {"patience": "100 ms"}}));
    let step = &bench.step;
    assert_eq!(
        (step.lines.as_slice(), step.notes.as_slice()),
        (&["begin"][..], &["The token sets out.".to_owned()][..])
    );
    let sent = step.effects.iter().find_map(|effect| match effect {
        Effect::Sent { to, payload, .. } => Some((*to, payload.reflect().to_string())),
        _ => None,
    });
    assert_eq!(sent, Some((NodeId(1), "Middle(Tour(Token (1)))".into())));
    let timer = bench.world.timers().next().unwrap();
    assert_eq!(timer.payload.reflect().to_string(), "Middle(Tour(TooLong))");
}

#[test]
fn rule_15_outputs_of_the_inner_process_come_back_to_the_outer_one() {
    let mut bench = bench();
    bench.ask(0, json!({"Begin": {"patience": "100 ms"}}));
    bench.play(3);
    assert_eq!(outer(&bench, 0).finished, 1);
    assert_eq!(bench.world.timers().count(), 0, "the inner process has cancelled its timer");
    assert_eq!(bench.world.tally().outputs_by_kind(), [("Finished", 1)], "the user hears the outermost only");
    bench.play(10);
    assert_eq!([1, 2].map(|node| outer(&bench, node).greeted), [1, 1], "the outer process has messages of its own");
    let bill: Vec<u64> = bench.world.tally().bills().map(|bill| bill.messages).collect();
    assert_eq!(bill, [5], "three hops and two greetings served one request");
}

#[test]
fn rule_15_a_timer_of_the_inner_process_finds_its_way_in() {
    let mut bench = bench();
    bench.ask(0, json!({"Begin": {"patience": "15 ms"}}));
    bench.play(2);
    assert!(matches!(bench.step.event, Some(Event::Fire(_))));
    assert_eq!(bench.world.tally().outputs_by_kind(), [("GaveUp", 1)]);
    assert_eq!(outer(&bench, 0).middle.heard, 1);
}
