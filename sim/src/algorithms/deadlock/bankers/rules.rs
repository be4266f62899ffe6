//! What the Banker does: the three steps of a request, the test row by row, and the queue.

use super::{
    Banker, Mistake, Output, Pending, Purpose, STEP, Test, Timer,
    tables::{name, rows},
};
use crate::{
    Context,
    algorithms::deadlock::{
        names::ProcessId,
        scan::{Order, Scan, Step, vector},
    },
};

impl Banker {
    /// Step 1 to 3 of a request.
    pub(super) fn ask(&mut self, process: u32, units: Vec<u32>, ctx: &mut Context<'_, Self>) {
        let who = name(process as usize);
        let need = self.tables.need(process as usize);
        ctx.line("ask");
        if units.iter().zip(&need).any(|(units, need)| units > need) {
            ctx.line("error");
            ctx.note(format_args!(
                "{who} asks for {}, but its claim leaves it only {}: an error.",
                vector(&units),
                vector(&need)
            ));
            return ctx.output(Output::Error(who));
        }
        let available = self.tables.available();
        if !covers(&available, &units) {
            ctx.line("wait");
            ctx.note(format_args!(
                "{who} asks for {}, but only {} are available: it waits.",
                vector(&units),
                vector(&available)
            ));
            self.queue.push(Pending { process, units, denied: false });
            self.test = None;
            return ctx.output(Output::Waits(who));
        }
        self.give_or_test(Purpose::Request { process, units }, ctx);
    }

    /// Gives the units out at once where nobody looks ahead; else provisionally, and the test begins.
    fn give_or_test(&mut self, purpose: Purpose, ctx: &mut Context<'_, Self>) {
        let (process, units) = self.asked(&purpose);
        self.add(process, &units, true);
        if self.avoids && self.rule.mistake != Some(Mistake::AvailableOnly) {
            ctx.line("pretend");
            ctx.note(format_args!(
                "There is enough. Suppose {} had it: would the state be safe?",
                name(process as usize)
            ));
            return self.begin(purpose, ctx);
        }
        ctx.line("trust");
        ctx.note("There is enough, and nobody looks ahead.");
        self.test = None;
        self.granted(&purpose, process, ctx);
    }

    /// Who asks for what.
    pub(super) fn asked(&self, purpose: &Purpose) -> (u32, Vec<u32>) {
        match purpose {
            Purpose::Request { process, units } => (*process, units.clone()),
            Purpose::Again { place } => {
                let pending = &self.queue[*place as usize];
                (pending.process, pending.units.clone())
            }
            Purpose::Question => (0, vec![]),
        }
    }

    fn add(&mut self, process: u32, units: &[u32], give: bool) {
        let row = self.tables.allocation[process as usize].iter_mut().zip(units);
        row.for_each(|(held, units)| *held = if give { *held + units } else { held.saturating_sub(*units) });
    }

    pub(super) fn begin(&mut self, purpose: Purpose, ctx: &mut Context<'_, Self>) {
        ctx.line("begin");
        self.test = Some(Test { scan: Scan::new(self.tables.available(), vec![]), purpose, safe: None });
        ctx.set_timer(STEP, Timer::NextRow);
    }

    /// One row of the test.
    pub(super) fn look_at_row(&mut self, ctx: &mut Context<'_, Self>) {
        let needs = if self.rule.mistake == Some(Mistake::MaxForNeed) {
            self.tables.maximum.clone()
        } else {
            self.tables.needs()
        };
        let Some(test) = &mut self.test else { return };
        let before = test.scan.work.clone();
        let once = self.rule.mistake == Some(Mistake::OnePass);
        let passed = once && test.scan.next as usize >= needs.len() && test.scan.finished.len() < needs.len();
        let step =
            if passed { Step::Stuck } else { test.scan.step(&rows(&needs, &self.tables.allocation), self.rule.order) };
        match step {
            Step::Fits(row) => {
                ctx.line("fits");
                let (who, need) = (name(row as usize), vector(&needs[row as usize]));
                ctx.note(format_args!(
                    "{who} needs {need}, and {} is there: it can finish. Then there is {}.",
                    vector(&before),
                    vector(&test.scan.work)
                ));
                ctx.set_timer(STEP, Timer::NextRow);
            }
            Step::Misses(row) => {
                ctx.line("misses");
                ctx.note(format_args!(
                    "{} needs {}, but only {} is there: not yet.",
                    name(row as usize),
                    vector(&needs[row as usize]),
                    vector(&before)
                ));
                ctx.set_timer(STEP, Timer::NextRow);
            }
            Step::AllFinish => self.conclude(true, ctx),
            Step::Stuck => self.conclude(false, ctx),
        }
    }

    /// The test is over.
    fn conclude(&mut self, safe: bool, ctx: &mut Context<'_, Self>) {
        let Some(test) = &mut self.test else { return };
        test.safe = Some(safe);
        let purpose = test.purpose.clone();
        let finished = test.scan.finished.clone();
        let order: Vec<String> = finished.iter().map(|&row| name(row as usize)).collect();
        if safe {
            ctx.line("safe");
            ctx.note(format_args!("All can finish, in the order {}: safe.", order.join(", ")));
            ctx.output(Output::Safe(finished.into_iter().map(ProcessId).collect()));
        } else {
            ctx.line("unsafe");
            ctx.note("None of those who are left can be sure to finish: unsafe.");
            ctx.output(Output::Unsafe);
        }
        let (process, units) = self.asked(&purpose);
        match (&purpose, safe) {
            (Purpose::Question, _) => {}
            (_, true) => self.granted(&purpose, process, ctx),
            (_, false) => {
                self.add(process, &units, false);
                self.denied(&purpose, process, units, ctx);
            }
        }
    }

    fn granted(&mut self, purpose: &Purpose, process: u32, ctx: &mut Context<'_, Self>) {
        ctx.line("grant");
        ctx.output(Output::Granted(name(process as usize)));
        self.draft[process as usize].fill(0);
        if let Purpose::Again { place } = purpose {
            self.queue.remove(*place as usize);
            self.go_on(*place, ctx);
        }
    }

    fn denied(&mut self, purpose: &Purpose, process: u32, units: Vec<u32>, ctx: &mut Context<'_, Self>) {
        ctx.line("deny");
        let who = name(process as usize);
        ctx.note(format_args!("{who} gets nothing now. It is tried again whenever something is given back."));
        ctx.output(Output::Denied(who));
        if let Purpose::Again { place } = purpose {
            self.queue[*place as usize].denied = true;
            return self.go_on(place + 1, ctx);
        }
        self.queue.push(Pending { process, units, denied: true });
    }

    pub(super) fn finish(&mut self, process: u32, ctx: &mut Context<'_, Self>) {
        ctx.line("finish");
        self.test = None;
        self.tables.allocation[process as usize].fill(0);
        ctx.note(format_args!("Now {} are available.", vector(&self.tables.available())));
        self.go_on(0, ctx);
    }

    /// One request after the other, each in steps of its own.
    fn go_on(&mut self, from: u32, ctx: &mut Context<'_, Self>) {
        if self.queue.len() > from as usize {
            self.retry = Some(from);
            ctx.set_timer(STEP, Timer::NextRequest);
        }
    }

    /// The first request of the queue, from this place on, for which there is enough.
    pub(super) fn try_again(&mut self, ctx: &mut Context<'_, Self>) {
        let Some(from) = self.retry.take() else { return };
        let available = self.tables.available();
        let next = (from as usize..self.queue.len()).find(|&place| covers(&available, &self.queue[place].units));
        ctx.line("again");
        let Some(place) = next else {
            self.test = None;
            return ctx.note("For none of those who wait there is enough.");
        };
        ctx.note(format_args!(
            "{} has waited for {}, and now there is enough.",
            name(self.queue[place].process as usize),
            vector(&self.queue[place].units)
        ));
        self.give_or_test(Purpose::Again { place: place as u32 }, ctx);
    }

    /// Who can never go on: they wait, and even what all others give back is not enough.
    pub(super) fn deadlocked(&self) -> Vec<u32> {
        let nothing = vec![0; self.tables.total.len()];
        // Whoever is supposed to have what it asks for does not wait for it as well.
        let supposed = match &self.test {
            Some(Test { purpose: Purpose::Again { place }, safe: None, .. }) => Some(*place as usize),
            _ => None,
        };
        let queue = || self.queue.iter().enumerate().filter(|(place, _)| Some(*place) != supposed);
        let waits =
            |process: usize| queue().map(|(_, pending)| pending).find(|pending| pending.process as usize == process);
        let needs: Vec<Vec<u32>> = (0..self.tables.maximum.len())
            .map(|process| waits(process).map_or_else(|| nothing.clone(), |pending| pending.units.clone()))
            .collect();
        let (finished, _) =
            Scan::new(self.tables.available(), vec![]).run(&rows(&needs, &self.tables.allocation), Order::Round);
        (0..needs.len() as u32).filter(|process| !finished.contains(process)).collect()
    }
}

fn covers(available: &[u32], units: &[u32]) -> bool {
    units.iter().zip(available).all(|(units, available)| units <= available)
}
