//! What an experiment says: means with their intervals, beside what the theory says.

use super::{Claim, Curve, Ended, Estimate, Outcome, Plan};
use crate::order::Order as _;
use serde::Serialize;

/// What is known so far.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Results {
    /// Cells in all.
    pub cells: u32,
    /// Cells whose outcomes are known.
    pub done: u32,
    /// Events in all of them.
    pub events: u64,
    /// What is seen, a picture for each measure.
    pub panels: Vec<Panel>,
    /// What the curves claim, point by point.
    pub claims: Vec<Claimed>,
    /// What was not as it should be, as sentences.
    pub remarks: Vec<String>,
    /// Whether a property was violated.
    pub violated: bool,
}

/// What is known of one measure.
#[derive(Clone, PartialEq, Debug)]
pub struct Panel {
    /// The measure.
    pub label: String,
    /// Its unit.
    pub unit: String,
    /// What stands at the horizontal axis.
    pub axis: String,
    /// What was measured, a line for each configuration.
    pub measured: Vec<Line>,
    /// What the theory says.
    pub curves: Vec<Line>,
}

/// A line of a picture.
#[derive(Clone, PartialEq, Debug)]
pub struct Line {
    /// Its name.
    pub label: String,
    /// Of a curve, the configuration of which it speaks, if it speaks of one only.
    pub of: Option<usize>,
    /// Its points, from left to right.
    pub points: Vec<Point>,
}

/// A point of a line.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Point {
    /// Where.
    pub x: f64,
    /// What is known there; of a curve only the mean means something.
    pub estimate: Estimate,
}

/// What a curve claims of a point, and whether it is so.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct Claimed {
    /// The measure.
    pub measure: String,
    /// The curve.
    pub curve: String,
    /// What it claims.
    pub claim: Claim,
    /// The configuration of which it claims it.
    pub configuration: String,
    /// The value of the sweep.
    pub at: f64,
    /// What it says.
    pub says: f64,
    /// Whether that was found. A mean is outside of its interval one time in twenty.
    pub holds: bool,
}

/// Steps between two points where a formula is drawn as a smooth line.
const SMOOTH: u32 = 8;

impl Results {
    /// What the outcomes say that are known.
    pub fn new(plan: &Plan, outcomes: &[Option<Outcome>]) -> Self {
        let mut results = Self { cells: plan.cells(), ..Self::default() };
        results.sum_up(plan, outcomes);
        for (m, measure) in plan.experiment().measures.iter().enumerate() {
            let configurations = &plan.experiment().configurations;
            let mut all = plan.experiment().measures.iter().enumerate();
            let other = all.find(|(_, other)| measure.against.as_ref() == Some(&other.label));
            let axis = other.map_or_else(
                || plan.experiment().sweep.label.clone(),
                |(_, other)| format!("{}, {}", other.label, other.unit),
            );
            let lines = configurations.iter().enumerate().map(|(c, configuration)| {
                let points = (0..plan.experiment().sweep.values.len()).filter_map(|p| {
                    let values = values(plan, outcomes, m, (c, p));
                    let estimate = Estimate::of(&values)?;
                    results.judge(plan, m, (c, p), (&values, &estimate));
                    let x = match other {
                        Some((other, _)) => Estimate::of(&self::values(plan, outcomes, other, (c, p)))?.mean,
                        None => plan.experiment().sweep.values[p].value(),
                    };
                    Some(Point { x, estimate })
                });
                let mut points: Vec<Point> = points.collect();
                points.order_by(|a, b| a.x.total_cmp(&b.x));
                Line { label: configuration.label.clone(), of: Some(c), points }
            });
            let measured = lines.collect();
            let curves = measure.curves.iter().map(|curve| line_of(plan, curve)).collect();
            let (label, unit) = (measure.label.clone(), measure.unit.clone());
            results.panels.push(Panel { label, unit, axis, measured, curves });
        }
        results
    }

    /// Whether a property was violated, or what must be so in every run was not.
    pub fn failed(&self) -> bool {
        self.violated || self.claims.iter().any(|claimed| !claimed.holds && claimed.claim != Claim::Mean)
    }

    fn sum_up(&mut self, plan: &Plan, outcomes: &[Option<Outcome>]) {
        let known = || outcomes.iter().flatten();
        self.done = known().count() as u32;
        self.events = known().map(|outcome| outcome.events).sum();
        self.violated = known().any(|outcome| !outcome.violated.is_empty());
        let mut counts: Vec<(String, u32)> = Vec::new();
        let mut count = |sentence: String| match counts.iter_mut().find(|(known, _)| *known == sentence) {
            Some((_, count)) => *count += 1,
            None => counts.push((sentence, 1)),
        };
        for outcome in known() {
            match outcome.ended {
                Ended::Reached => {}
                Ended::Quiet => count("nothing could happen any more before the end was reached".to_owned()),
                Ended::Limit => count("the run was broken off after too many events".to_owned()),
            }
            if !outcome.broke.is_empty() {
                count(format!("an assumption was broken: {}", outcome.broke.trim_end_matches('.')));
            }
            if !outcome.violated.is_empty() {
                count(format!("this did not hold: {}", outcome.violated));
            }
        }
        for (sentence, count) in counts {
            self.remarks.push(format!("In {count} of {} runs {sentence}.", plan.cells()));
        }
    }

    /// Notes what the curves of a measure claim of a point.
    fn judge(&mut self, plan: &Plan, m: usize, (c, p): (usize, usize), (values, estimate): (&[f64], &Estimate)) {
        let experiment = plan.experiment();
        let (measure, configuration) = (&experiment.measures[m], &experiment.configurations[c]);
        for curve in &measure.curves {
            if curve.claim == Claim::Beside || !(curve.of.0.is_empty() || curve.of.0.contains(&configuration.label)) {
                continue;
            }
            let Some(says) = value_of(plan, curve, (c, p)) else { continue };
            let slack = 1e-9 * says.abs().max(1.0);
            let all = |test: &dyn Fn(f64) -> bool| values.iter().all(|value| test(*value));
            let holds = match curve.claim {
                Claim::Mean if values.len() < 2 => continue,
                Claim::Mean | Claim::Beside => estimate.has(says),
                Claim::Exactly => all(&|value| (value - says).abs() <= slack),
                Claim::AtMost => all(&|value| value <= says + slack),
                Claim::AtLeast => all(&|value| value >= says - slack),
            };
            self.claims.push(Claimed {
                measure: measure.label.clone(),
                curve: curve.label.clone(),
                claim: curve.claim,
                configuration: configuration.label.clone(),
                at: experiment.sweep.values[p].value(),
                says,
                holds,
            });
        }
    }
}

/// The values of a measure at a point, in the order of the replications.
fn values(plan: &Plan, outcomes: &[Option<Outcome>], measure: usize, (c, p): (usize, usize)) -> Vec<f64> {
    let places = plan.places.len();
    let place = c * plan.experiment().sweep.values.len() + p;
    let at_place = outcomes.iter().skip(place).step_by(places).flatten();
    at_place.filter_map(|outcome| outcome.values.get(measure).copied().flatten()?.value()).collect()
}

/// What a curve says of a point; nothing where it says nothing there.
fn value_of(plan: &Plan, curve: &Curve, (c, p): (usize, usize)) -> Option<f64> {
    let x = plan.experiment().sweep.values[p].value();
    let value = match &curve.formula {
        Some(formula) => formula.value(&plan.values(c, p)).ok()?,
        None => curve.points.iter().find(|(at, _)| (at.value() - x).abs() < 1e-9)?.1.value(),
    };
    value.is_finite().then_some(value)
}

/// A curve as a line: smooth where its formula takes any number, from point to point where it takes whole nodes.
fn line_of(plan: &Plan, curve: &Curve) -> Line {
    let configurations = &plan.experiment().configurations;
    let position = |label: &String| configurations.iter().position(|known| known.label == *label);
    let first = curve.of.0.first().and_then(position);
    // A curve of several has none of their colours.
    let of = first.filter(|_| curve.of.0.len() == 1);
    let sweep = &plan.experiment().sweep;
    let point = |x: f64, y: f64| Point { x, estimate: Estimate { mean: y, ..Estimate::default() } };
    let c = first.unwrap_or(0);
    let mut points: Vec<Point> = curve.points.iter().map(|(x, y)| point(x.value(), y.value())).collect();
    if let Some(formula) = &curve.formula {
        let steps = if sweep.set.contains_key("nodes") { 1 } else { SMOOTH };
        for (p, value) in sweep.values.iter().enumerate() {
            let next = sweep.values.get(p + 1).map(|next| next.value());
            let span = next.map_or(0.0, |next| next - value.value());
            for step in 0..if next.is_some() { steps } else { 1 } {
                let x = value.value() + span * f64::from(step) / f64::from(steps);
                let [nodes, (variable, _)] = plan.values(c, p);
                let y = formula.value(&[nodes, (variable, x)]);
                points.extend(y.ok().filter(|y| y.is_finite()).map(|y| point(x, y)));
            }
        }
    }
    Line { label: curve.label.clone(), of, points }
}
