//! What is made of the intervals: sorted, swept, decided.

use super::{Bars, EDGE, Machine, Output, Role, Stage, Timer, drifted};
use crate::{
    Context, Micros, Skew,
    algorithms::time::{
        discipline::Discipline,
        marzullo::{Ends, Interval, Sweep, covered_by},
    },
    order::Order as _,
};

impl Machine {
    /// All that will come has come.
    pub(super) fn intersect(&mut self, ctx: &mut Context<'_, Self>) {
        let hardware = ctx.hardware_clock();
        let own = self.inaccuracy_at(hardware);
        let Stage::Asks { mut heard, .. } = std::mem::replace(&mut self.stage, Stage::Free) else { return };
        ctx.cancel_timer(Timer::Window);
        heard.order_by_key(|answer| answer.server);
        let correction = self.clock.correction(hardware);
        let mut bars = Bars { correction, hardware, servers: vec![], intervals: vec![] };
        let shown = self.clock.read(ctx) - hardware;
        for answer in &heard {
            bars.servers.push(answer.server);
            bars.intervals.push(answer.interval.widened(drifted(hardware - answer.at, self.drift)).moved(-shown));
        }
        if self.role == Role::Server || ctx.setup().variant("clerk-counts-itself") {
            ctx.line("own");
            bars.servers.push(self.me);
            bars.intervals.push(Interval::around(0, own.0.cast_signed()));
        }
        let (me, count, least) = (self.me, bars.servers.len(), ctx.setup().parameter("least-servers"));
        if (count as i64) < least {
            ctx.line("too-few");
            ctx.note(format_args!(
                "{me} has {count} intervals and wants {least}: if two disagree, nobody can say which is wrong."
            ));
            return self.give_up(bars, ctx);
        }
        ctx.line("sort");
        let ends = if ctx.setup().parameter("ends") == 0 { Ends::Closed } else { Ends::Open };
        let sweep = Sweep::new(&bars.intervals, ends);
        ctx.note(format_args!(
            "{me} has {count} intervals. It sorts their {} ends and passes them from the left.",
            2 * count
        ));
        if ctx.setup().parameter("sweep") == 1 {
            return self.decide(bars, &sweep.finished(), ctx);
        }
        self.stage = Stage::Sweeps { bars, sweep };
        ctx.set_timer(EDGE, Timer::Edge);
    }

    pub(super) fn pass_an_edge(&mut self, ctx: &mut Context<'_, Self>) {
        let Stage::Sweeps { bars, sweep } = &mut self.stage else { return };
        let best = sweep.best();
        let Some(edge) = sweep.step() else {
            let (bars, sweep) = (bars.clone(), sweep.clone());
            return self.decide(bars, &sweep, ctx);
        };
        ctx.set_timer(EDGE, Timer::Edge);
        let (server, at, covering) = (bars.servers[edge.of as usize], Skew(edge.at), sweep.covering());
        if !edge.starts {
            ctx.line("end");
            return ctx.note(format_args!("At {at} the interval of {server} ends: {covering} are left."));
        }
        ctx.line("start");
        ctx.note(format_args!("At {at} the interval of {server} starts: {covering} cover this place."));
        if covering > best {
            ctx.line("best");
            ctx.note("That is more than anywhere before. The best place reaches to the next end or start.");
        } else if covering == best {
            ctx.note("As many as at the best place so far; the first one is kept.");
        }
    }

    fn decide(&mut self, bars: Bars, sweep: &Sweep, ctx: &mut Context<'_, Self>) {
        let (me, majority, count) = (self.me, bars.majority(), bars.intervals.len());
        if sweep.best() < majority && !ctx.setup().variant("any-overlap") {
            ctx.line("no-majority");
            ctx.note(format_args!(
                "No more than {} of {count} intervals have a point in common: no majority.",
                sweep.best()
            ));
            return self.give_up(bars, ctx);
        }
        let guaranteed = ctx.setup().parameter("answer") == 1;
        let covered = if guaranteed { covered_by(&bars.intervals, majority) } else { None };
        let Some(answer) = covered.or(sweep.spans().first().copied()) else { return self.give_up(bars, ctx) };
        ctx.line(if guaranteed { "guaranteed" } else { "answer-sweep" });
        ctx.note(format_args!(
            "{} of {count} intervals overlap. The answer is {} to {}, {} wide.",
            sweep.best(),
            Skew(answer.from),
            Skew(answer.to),
            Micros(answer.width().unsigned_abs())
        ));
        if !guaranteed && sweep.spans().len() > 1 {
            ctx.note("Another place is covered by as many. The sweep answers with the first.");
        }
        if bars.faulty(answer).next().is_some() {
            ctx.line("faulty");
            for server in bars.faulty(answer) {
                ctx.note(format_args!("The interval of {server} does not meet it: faulty."));
            }
        }
        self.set_right(&bars, answer, ctx);
        ctx.output(Output::Synchronized);
        ctx.note(format_args!("{me} sets its clock to the middle, and knows it to {}.", self.inaccuracy));
        self.stage = Stage::Done { bars, answer: Some(answer) };
        self.await_next(ctx);
    }

    fn set_right(&mut self, bars: &Bars, answer: Interval, ctx: &mut Context<'_, Self>) {
        ctx.line("set");
        let hardware = ctx.hardware_clock();
        let drifted = drifted(hardware - bars.hardware, self.drift);
        let left = answer.midpoint() - (self.clock.correction(hardware) - bars.correction);
        let discipline = ctx.policy::<Discipline>().copied().unwrap_or_default();
        discipline.apply(&mut self.clock, hardware, left);
        self.inaccuracy = Micros((answer.inaccuracy() + drifted).unsigned_abs());
        self.since = hardware;
    }

    fn give_up(&mut self, bars: Bars, ctx: &mut Context<'_, Self>) {
        ctx.output(Output::Undecided);
        self.stage = Stage::Done { bars, answer: None };
        self.await_next(ctx);
    }

    pub(super) fn await_next(&self, ctx: &mut Context<'_, Self>) {
        let period = ctx.setup().span("period");
        if period.0 > 0 && self.role != Role::Provider {
            ctx.set_timer(period, Timer::Next);
        }
    }
}
