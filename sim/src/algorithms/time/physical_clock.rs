//! A computer clock: a quartz crystal oscillates, a counter counts down from a constant register, and at zero it interrupts:
//! a tick. The crystal is a little fast or slow, and so is the clock. Nobody corrects it here.

use super::clock_properties::{DRIFT, bounds, errors};
use crate::{
    Algorithm, ClockBounds, Context, Correction, Micros, Never, NodeId, Offer, Process, Property, Rate, Setup, Status,
    Tone, View, Violation, World,
    algorithm::{Bug, Kind, Parameter, Unit},
    narrate,
    process::Field,
    read_variants, texts,
};
use serde::Serialize;
use std::sync::Arc;

const CONE: &str = "every clock stays in the cone of ρ";
const APART: &str = "no two clocks are further apart than 2ρ a second";

/// Physical clocks, as the catalogue, the page and the tests know them.
pub static ALGORITHM: Algorithm = Algorithm {
    id: "time/physical-clock",
    title: "Physical clocks",
    summary: "Quartz, counter and constant register: why no two clocks agree for long.",
    kind: Kind::Laboratory,
    sources: &[
        "A. S. Tanenbaum, Distributed Operating Systems, 1995, section 3.1.2: the timer, 60 ticks a second, and its relative error of about 10⁻⁵",
        "P. K. Sinha, Distributed Operating Systems, 1997, section 6.2.1: how computer clocks are implemented",
        "H. Kopetz and W. Ochsenreiter, Clock Synchronization in Distributed Real-Time Systems, IEEE Transactions on Computers 36(8), 1987: precision and accuracy",
    ],
    texts: texts!(
        "time/physical-clock",
        "physical_clock",
        ["fan", "two-directions", "constant-register", "faulty-clock", "off-by-one"]
    ),
    parameters: &[
        Parameter {
            name: "crystal",
            label: "oscillations of the crystal in a second",
            unit: Unit::Count,
            min: 1,
            max: 100_000_000,
            default: 3_600,
        },
        Parameter { name: "ticks", label: "ticks in a second, H", unit: Unit::Count, min: 1, max: 1_000, default: 60 },
        Parameter {
            name: "drift",
            label: "ρ: drift rate, in parts in a million",
            unit: Unit::Count,
            min: 0,
            max: 100_000,
            default: 10,
        },
    ],
    scenarios: &["fan", "two-directions", "constant-register", "faulty-clock", "off-by-one"],
    properties: &[Property::always(CONE, in_the_cone), Property::always(APART, apart), DRIFT],
    bugs: &[Bug {
        id: "off-by-one",
        title: "the counter counts to −1 before it is reloaded",
        lesson: "60 oscillations and one more for each tick. The crystal is good, and the clock loses a sixtieth of all time: the constant is as important as the quartz.",
        breaks: CONE,
        scenario: "off-by-one",
    }],
    node_prefix: "Q",
    clocks: Some(|world| ClockBounds {
        drift: u32::try_from(world.setup().parameter("drift")).ok(),
        ..ClockBounds::default()
    }),
    spawn: |setup, me| Arc::new(Quartz::new(setup, me)),
    ..Algorithm::EMPTY
};

/// The clock of one computer.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
struct Quartz {
    /// What the counter is loaded with at each tick.
    constant: u32,
    /// Interrupts so far.
    ticks: u64,
    /// What the hardware showed, and what the clock was ahead of it, when the constant was last changed.
    since: i64,
    ahead: i64,
    /// Interrupts since then.
    counted: u64,
    /// The rate of the clock, seen from the crystal: what the constant should be, by what it is.
    rate: Rate,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Timer {
    /// The counter reaches zero.
    Tick,
}

#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
enum Request {
    /// Put another constant into the register.
    SetConstant { constant: u32 },
}

read_variants!(Request { SetConstant { constant } });

impl Process for Quartz {
    type Message = Never;
    type Timer = Timer;
    type Request = Request;
    type Output = Never;

    fn on_start(&mut self, ctx: &mut Context<'_, Self>) {
        self.load(ctx);
    }
    fn on_message(&mut self, _from: NodeId, message: Never, _ctx: &mut Context<'_, Self>) {
        match message {}
    }
    fn on_timer(&mut self, Timer::Tick: Timer, ctx: &mut Context<'_, Self>) {
        ctx.line("tick");
        self.ticks += 1;
        self.counted += 1;
        self.load(ctx);
    }
    fn on_request(&mut self, Request::SetConstant { constant }: Request, ctx: &mut Context<'_, Self>) {
        ctx.line("constant");
        let hardware = ctx.hardware_clock();
        self.ahead = self.correction(hardware).by;
        (self.since, self.counted, self.constant) = (hardware, 0, constant);
        self.rate = rate(ctx.setup(), constant);
        ctx.note(format_args!(
            "{} now counts {constant} oscillations for a tick: the clock {}.",
            ctx.me(),
            narrate::rate(self.rate)
        ));
        self.load(ctx);
    }
    fn requests(&self, view: &View<'_>) -> Vec<Offer<Request>> {
        let right = i64::from(nominal(view.setup));
        let field = Field {
            name: "constant",
            label: "oscillations for a tick",
            unit: "",
            min: 1,
            max: right.saturating_mul(4),
            default: right,
        };
        vec![Offer::form("Set the constant register", "SetConstant", vec![field])]
    }
    fn check(&self, Request::SetConstant { constant }: &Request, view: &View<'_>) -> Result<(), String> {
        let most = nominal(view.setup).saturating_mul(4);
        if (1..=most).contains(constant) {
            Ok(())
        } else {
            Err(format!("The register holds a number from 1 to {most}."))
        }
    }
    fn after_crash(&self) -> Option<Self> {
        // A battery keeps it going.
        Some(self.clone())
    }
    fn on_recover(&mut self, ctx: &mut Context<'_, Self>) {
        self.load(ctx);
    }
    /// The counter tells what has passed since the latest tick: the clock is read to the oscillation, not to the tick.
    fn correction(&self, hardware: i64) -> Correction {
        let (numerator, denominator) = (i128::from(self.rate.numerator), i128::from(self.rate.denominator));
        let elapsed = i128::from(hardware - self.since);
        let gained = (elapsed * numerator).div_euclid(denominator) - elapsed;
        Correction::by(self.ahead.saturating_add(gained as i64))
    }
    fn status(&self) -> Status {
        Status::new(format!("{} ticks", self.ticks), Tone::Active).detail(format!("constant {}", self.constant))
    }
}

/// What the constant register should hold.
fn nominal(setup: &Setup) -> u32 {
    let (crystal, ticks) = (setup.parameter("crystal"), setup.parameter("ticks"));
    u32::try_from((crystal / ticks.max(1)).max(1)).unwrap_or(u32::MAX)
}

/// What the clock makes of the crystal's time: as many oscillations are taken for a tick as the constant says.
fn rate(setup: &Setup, constant: u32) -> Rate {
    let counted = constant.saturating_add(u32::from(setup.variant("off-by-one")));
    Rate { numerator: nominal(setup), denominator: counted.max(1) }
}

impl Quartz {
    fn new(setup: &Setup, _me: NodeId) -> Self {
        let constant = nominal(setup);
        Self { constant, ticks: 0, since: 0, ahead: 0, counted: 0, rate: rate(setup, constant) }
    }

    /// Loads the counter: the next tick comes when the crystal has oscillated so often since the constant was set.
    fn load(&self, ctx: &mut Context<'_, Self>) {
        ctx.line("load");
        let crystal = i128::from(ctx.setup().parameter("crystal").max(1));
        let oscillations = i128::from(self.counted + 1) * i128::from(self.rate.denominator);
        let due = i128::from(self.since) + (oscillations * 1_000_000 + crystal - 1).div_euclid(crystal);
        let left = (due - i128::from(ctx.hardware_clock())).max(1) as u64;
        ctx.set_timer(Micros(left), Timer::Tick);
    }
}

// What is judged.

/// Since the start, no clock has gained or lost more than ρ allows. What the user sets does not count.
fn in_the_cone(world: &World) -> Result<(), Violation> {
    let Some(bound) = bounds(world).drift else { return Ok(()) };
    let allowed = widened(world, bound);
    for (id, error) in errors(world) {
        let set = world.node(id).map_or(0, crate::Node::offset);
        let gained = error.saturating_sub(set);
        if gained.unsigned_abs() > allowed {
            let way = if gained > 0 { "gained" } else { "lost" };
            let (name, by) = (world.name(id), Micros(gained.unsigned_abs()));
            let why = format!("{name}'s clock has {way} {by}, and ρ allows {}.", Micros(allowed));
            return Err(Violation::new(why, [id]));
        }
    }
    Ok(())
}

/// Since the start, no two clocks have drifted apart by more than twice what ρ allows.
fn apart(world: &World) -> Result<(), Violation> {
    let Some(bound) = bounds(world).drift else { return Ok(()) };
    let gained = errors(world).map(|(id, error)| (id, error - world.node(id).map_or(0, crate::Node::offset)));
    let Some([(behind, low), (ahead, high)]) = super::clock_properties::extremes(gained) else { return Ok(()) };
    let allowed = 2 * widened(world, bound);
    if high.abs_diff(low) <= allowed {
        return Ok(());
    }
    let (one, other, apart) = (world.name(ahead), world.name(behind), Micros(high.abs_diff(low)));
    let why = format!("{one} and {other} have drifted apart by {apart}, and 2ρt is {}.", Micros(allowed));
    Err(Violation::new(why, [behind, ahead]))
}

/// What ρ allows since the start, rounded up.
fn widened(world: &World, bound: u32) -> u64 {
    (u128::from(world.now().0) * u128::from(bound) / 1_000_000) as u64 + 1
}
