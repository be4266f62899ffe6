//! The master's part of a round.

use super::{Answered, Member, Message, Output, Timer};
use crate::{
    Context, NodeId, Skew,
    algorithms::time::{
        ahead_of,
        average::{largest_agreeing, mean},
    },
};
use serde::Serialize;

/// A round that is open.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Round {
    pub(super) number: u32,
    /// What the hardware clock showed when the POLLs went out.
    pub(super) polled: i64,
    /// What had been added to it by then.
    pub(super) correction: i64,
    pub(super) readings: Vec<Reading>,
}

/// A clock as the master sees it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Reading {
    pub(super) node: NodeId,
    /// By how much it is ahead of the master's.
    pub(super) ahead: Skew,
    /// It may be so much more or less: half of the round trip.
    pub(super) within: Skew,
    /// Whether it counts for the average. Not settled while the round is open.
    pub(super) counts: bool,
    /// Whether it has come when the round was closed.
    pub(super) late: bool,
}

/// What came of a round.
#[derive(Clone, PartialEq, Eq, Hash, Serialize)]
pub(super) struct Averaged {
    pub(super) number: u32,
    /// What the hardware clock showed when the POLLs went out.
    pub(super) polled: i64,
    /// The average, seen from the master's clock.
    pub(super) average: Skew,
    pub(super) readings: Vec<Reading>,
}

impl Member {
    pub(super) fn poll(&mut self, ctx: &mut Context<'_, Self>) {
        ctx.line("poll");
        let (me, hardware) = (self.me, ctx.hardware_clock());
        self.number += 1;
        let mine = Reading { node: me, ahead: Skew(0), within: Skew(0), counts: false, late: false };
        let correction = self.clock.correction(hardware);
        self.round = Some(Round { number: self.number, polled: hardware, correction, readings: vec![mine] });
        ctx.note(format_args!("{me} asks all others how far their clocks are from its own."));
        ctx.broadcast(Message::Poll { time: Skew(self.clock.read(ctx)), number: self.number });
        ctx.set_timer(ctx.setup().span("window"), Timer::Window);
        self.close_if_complete(ctx);
    }

    pub(super) fn receive(&mut self, from: NodeId, number: u32, ahead: Skew, ctx: &mut Context<'_, Self>) {
        let (me, hardware) = (self.me, ctx.hardware_clock());
        let open =
            self.round.as_mut().filter(|round| round.number == number).map(|round| (round.polled, &mut round.readings));
        let closed = self.averaged.as_mut().filter(|averaged| averaged.number == number);
        let average = closed.as_ref().map(|averaged| averaged.average);
        let Some((polled, readings)) = open.or(closed.map(|averaged| (averaged.polled, &mut averaged.readings))) else {
            return ctx.note(format_args!("{me} has begun another round since: this answer is out of date."));
        };
        if readings.iter().any(|reading| reading.node == from) {
            return;
        }
        ctx.line("diff");
        let trip = hardware - polled;
        let raw = ctx.setup().variant("raw-differences");
        let known = Skew(if raw { ahead.0 } else { (2 * ahead.0 - trip).div_euclid(2) });
        let late = average.is_some();
        readings.push(Reading { node: from, ahead: known, within: Skew((trip + 1) / 2), counts: false, late });
        let (took, off, far) = (Skew(trip).size(), Skew(ahead.0 - known.0).size(), ahead_of(known));
        ctx.note(format_args!("The round trip took {took}. {me} takes {off} off: {from} is {far} its own clock."));
        match average {
            Some(average) => {
                ctx.line("late");
                ctx.note(format_args!("The round is closed. {from} does not count, but is corrected all the same."));
                ctx.send(from, Message::Adjust { by: Skew(average.0 - known.0), number });
            }
            None => self.close_if_complete(ctx),
        }
    }

    fn close_if_complete(&mut self, ctx: &mut Context<'_, Self>) {
        if self.round.as_ref().is_some_and(|round| round.readings.len() as u32 == ctx.member_count()) {
            self.close(ctx);
        }
    }

    /// All that will count has come.
    pub(super) fn close(&mut self, ctx: &mut Context<'_, Self>) {
        let Some(Round { number, polled, correction, mut readings }) = self.round.take() else { return };
        ctx.cancel_timer(Timer::Window);
        ctx.line("choose");
        let ahead: Vec<i64> = readings.iter().map(|reading| reading.ahead.0).collect();
        let counted = choose(&ahead, ctx);
        ctx.line("average");
        let average = mean(&ahead, &counted).unwrap_or(0);
        readings.iter_mut().zip(&counted).for_each(|(reading, &counts)| reading.counts = counts);
        let clocks = counted.iter().filter(|counts| **counts).count() as u32;
        ctx.note(format_args!(
            "{clocks} of {} clocks count. Their average is {} the master's clock.",
            readings.len(),
            ahead_of(Skew(average))
        ));
        ctx.output(Output::Averaged { clocks });
        ctx.line("send");
        for reading in readings.iter().filter(|reading| reading.node != self.me) {
            ctx.send(reading.node, Message::Adjust { by: Skew(average - reading.ahead.0), number });
        }
        ctx.line("own");
        self.averaged = Some(Averaged { number, polled, average: Skew(average), readings });
        self.set_right(&Answered { master: self.me, number, correction }, Skew(average), ctx);
        self.await_next(ctx);
    }
}

/// Which clocks count.
fn choose(ahead: &[i64], ctx: &Context<'_, Member>) -> Vec<bool> {
    let gamma = ctx.setup().parameter("gamma");
    if ctx.setup().parameter("outliers") == 1 {
        return vec![true; ahead.len()];
    }
    if ctx.setup().variant("from-the-master") {
        return ahead.iter().map(|ahead| ahead.abs() <= gamma).collect();
    }
    largest_agreeing(ahead, gamma)
}
