//! From any scenario to an experiment: what of it can be swept, what can be measured, which other policies it can be
//! compared with; and what was typed, checked.

use super::{
    Claim, Configuration, Count, Curve, Decimal, Experiment, Formula, Labels, Measure, Per, Plan, Sweep, Until,
};
use crate::{
    Algorithm, Delay, Micros, Scenario,
    algorithm::{Statistic, Unit},
    json::{self, Json, Read as _},
    limits,
    scenario::{Nodes, WorkloadRule},
};

/// What can be made of a scenario.
pub struct Draft {
    base: Json,
    /// What can be swept.
    pub knobs: Vec<Knob>,
    /// What can be measured: the first of them is what one wants to know most.
    pub measures: Vec<Measure>,
    /// The algorithms whose policies it can be compared with: id and title. The scenario's own is not among them.
    pub rivals: Vec<(&'static str, &'static str)>,
    /// How long a run should be, where it does not end by itself.
    pub until: Option<Micros>,
}

/// Something that can be swept.
pub struct Knob {
    /// What stands at the axis.
    pub label: String,
    /// What formulas call it.
    variable: &'static str,
    /// Places and the formulas of what is put there.
    set: Vec<(String, String)>,
    /// The least value that makes sense, the greatest, and why none beyond them does.
    pub range: (Decimal, Decimal),
    because: &'static str,
    /// The values from which and to which it is swept if nothing else is typed.
    pub proposed: (Decimal, Decimal),
    /// Whether it is a whole number.
    whole: bool,
}

/// A field of the form.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Field {
    /// The first value.
    From,
    /// The last value.
    To,
    /// How many values.
    Steps,
    /// Runs of each.
    Replications,
    /// How long a run is.
    Until,
    /// What is measured.
    Measures,
    /// Anything else.
    Other,
}

/// What was typed and chosen.
#[derive(Clone, PartialEq, Debug)]
pub struct Typed {
    /// Which knob.
    pub knob: usize,
    /// The first value.
    pub from: String,
    /// The last value.
    pub to: String,
    /// How many values, both ends included.
    pub steps: String,
    /// Runs of each.
    pub replications: String,
    /// How long a run is.
    pub until: String,
    /// Which measures.
    pub measures: Vec<bool>,
    /// Which rivals.
    pub rivals: Vec<bool>,
}

/// Decimals with so many units of a thousandth.
fn thousandths(units: i64) -> Decimal {
    Decimal::parse(&format!("{}.{:03}", units / 1000, units % 1000)).unwrap_or(Decimal::whole(0))
}

impl Knob {
    fn whole(label: String, variable: &'static str, place: String, (least, most): (i64, i64), now: i64) -> Self {
        let whole = Decimal::whole;
        let proposed = (whole(least.max(1).min(most)), whole((2 * now).max(least.max(1) + 4).min(most)));
        let set = vec![(place, variable.to_owned())];
        Self { label, variable, set, range: (whole(least), whole(most)), because: "", proposed, whole: true }
    }

    /// A time, swept in milliseconds.
    fn time(label: &str, places: Vec<String>, most: Micros, now: Micros) -> Self {
        let set = places.into_iter().map(|place| (place, "1000 * time".to_owned())).collect();
        let most = Decimal::whole((most.0 / 1000).min(1_000_000_000).cast_signed());
        let end = Decimal::whole((2 * now.0 / 1000).max(10).cast_signed());
        let zero = Decimal::whole(0);
        let because = "a time is not negative";
        Self {
            label: format!("{label}, ms"),
            variable: "time",
            set,
            range: (zero, most),
            because,
            proposed: (zero, end),
            whole: false,
        }
    }
}

/// The mean work that a rule brings at a time, and the mean time between, where its requests are all alike but for one
/// draw.
fn offered(rule: &WorkloadRule) -> Option<(Micros, Delay, Delay)> {
    fn draws(json: &Json, found: &mut Vec<Delay>) {
        match json {
            Json::Object(map) if map.len() == 1 && map.contains_key("draw") => {
                found.extend(map.get("draw").and_then(|draw| Delay::read(draw).ok()));
            }
            Json::Object(map) => map.values().for_each(|value| draws(value, found)),
            Json::Array(items) => items.iter().for_each(|value| draws(value, found)),
            _ => {}
        }
    }
    let mut found = vec![];
    draws(&rule.request, &mut found);
    let open = rule.on == WorkloadRule::START && rule.repeat && rule.limit.is_none();
    match found[..] {
        [work] if open && work.mean() > Micros::ZERO => {
            Some((Micros(work.mean().0 * u64::from(rule.burst)), rule.after, work))
        }
        _ => None,
    }
}

/// Where the mean of a delay stands, below the place of the delay itself.
fn mean_of(delay: Delay) -> Option<&'static str> {
    match delay {
        Delay::Constant(_) => Some("constant"),
        Delay::Exponential(_) => Some("exponential"),
        Delay::Uniform(..) | Delay::Hyperexponential(..) => None,
    }
}

impl Draft {
    /// What can be made of a scenario. `others`: algorithms that are known besides, among which rivals are looked for.
    pub fn new(scenario: &Scenario, algorithm: &'static Algorithm, others: &[&'static Algorithm]) -> Option<Self> {
        let mut scenario = scenario.clone();
        scenario.captions.clear();
        // Who has the same fields reads the same policies.
        let fields = |algorithm: &Algorithm| -> Option<Vec<(&str, &str)>> {
            let kind = algorithm.policy.as_ref()?;
            Some(kind.fields.iter().map(|field| (field.name, field.unit)).collect())
        };
        let own = fields(algorithm);
        let alike = |other: &&&Algorithm| own.is_some() && fields(other) == own && other.id != algorithm.id;
        let rivals = others.iter().filter(alike).map(|other| (other.id, other.title));
        let knobs = knobs(&scenario, algorithm);
        let mean = scenario.workload.iter().map(|rule| rule.after.mean()).max();
        Some(Self {
            base: json::parse(&json::compact(&scenario)).ok()?,
            measures: measures(&scenario, algorithm),
            rivals: rivals.collect(),
            until: mean.map(|mean| Micros((1000 * mean.0).max(1_000_000))),
            knobs: if knobs.is_empty() { return None } else { knobs },
        })
    }

    /// What stands in the form at first, for one of the knobs.
    pub fn proposal(&self, knob: usize) -> Typed {
        let (from, to) = self.knobs.get(knob).map_or((Decimal::whole(0), Decimal::whole(1)), |knob| knob.proposed);
        let steps = match self.knobs.get(knob) {
            Some(knob) if knob.whole => (to.value() - from.value() + 1.0).min(8.0) as u32,
            _ => 8,
        };
        Typed {
            knob,
            from: from.to_string(),
            to: to.to_string(),
            steps: steps.to_string(),
            replications: "5".to_owned(),
            until: self.until.map_or_else(String::new, |until| until.to_string()),
            measures: (0..self.measures.len()).map(|measure| measure < 2).collect(),
            rivals: vec![false; self.rivals.len()],
        }
    }

    /// The experiment that was typed; or which field is wrong, why, and the nearest that is not.
    pub fn experiment(&self, typed: &Typed) -> Result<Experiment, (Field, String)> {
        let knob = self.knobs.get(typed.knob).ok_or((Field::Other, "nothing is swept".to_owned()))?;
        let from = value(knob, &typed.from).map_err(|why| (Field::From, why))?;
        let to = value(knob, &typed.to).map_err(|why| (Field::To, why))?;
        let steps = count(&typed.steps, limits::SWEEP_POINTS, "value").map_err(|why| (Field::Steps, why))?;
        let replications =
            count(&typed.replications, limits::REPLICATIONS, "run").map_err(|why| (Field::Replications, why))?;
        if to.value() < from.value() || (steps > 1 && to == from) {
            return Err((
                Field::To,
                format!("{to} does not come after {from}; the nearest legal value is {}", knob.after(from)),
            ));
        }
        let until = self.until(&typed.until).map_err(|why| (Field::Until, why))?;
        let chosen = self.measures.iter().zip(&typed.measures).filter(|(_, chosen)| **chosen);
        let measures: Vec<Measure> = chosen.map(|(measure, _)| knob.with_theory(measure, &self.base)).collect();
        if measures.is_empty() {
            return Err((Field::Measures, "choose at least one quantity".to_owned()));
        }
        let experiment = Experiment {
            version: super::VERSION,
            name: "own".to_owned(),
            title: self.text("title"),
            sentence: format!("{} from {from} to {to}: what does it change?", knob.label),
            notice: String::new(),
            base: self.base.clone(),
            configurations: self.configurations(typed),
            sweep: Sweep {
                label: knob.label.clone(),
                variable: knob.variable.to_owned(),
                values: knob.values(from, to, steps),
                set: knob.set.iter().map(|(place, formula)| (place.clone(), formula.as_str().into())).collect(),
                least: Some(knob.range.0),
                most: Some(knob.range.1),
                because: knob.because.to_owned(),
            },
            replications,
            seed: 1,
            warm_up: match &until {
                Until::Time(end) => Some(Until::Time(Micros(end.0 / 10))),
                _ => None,
            },
            until,
            judge: false,
            measures,
        };
        Plan::new(experiment.clone()).map(|_| experiment).map_err(|error| {
            let field = match error.field.as_deref() {
                Some("replications") => Field::Replications,
                Some(field) if field.starts_with("sweep.values") => Field::Steps,
                _ => Field::Other,
            };
            (field, error.message)
        })
    }

    fn text(&self, field: &str) -> String {
        self.base.get(field).and_then(Json::as_str).unwrap_or_default().to_owned()
    }

    fn until(&self, text: &str) -> Result<Until, String> {
        if text.trim().is_empty() && self.until.is_none() {
            return Ok(Until::Quiet);
        }
        match Micros::parse(text) {
            Ok(Micros(0)) => Err("a run that takes no time shows nothing; the nearest legal value is 1 ms".to_owned()),
            Ok(time) => Ok(Until::Time(time)),
            Err(why) => Err(why),
        }
    }

    fn configurations(&self, typed: &Typed) -> Vec<Configuration> {
        let own = Configuration { label: self.text("title"), set: serde_json::Map::new() };
        let rivals =
            self.rivals.iter().zip(&typed.rivals).filter(|(_, chosen)| **chosen).filter_map(|((id, title), _)| {
                let kind = crate::algorithms::find(id)?.policy.as_ref()?;
                let mut set = serde_json::Map::new();
                set.insert("algorithm".to_owned(), (*id).into());
                set.insert("variant".to_owned(), Json::Null);
                set.insert("policy".to_owned(), json::parse(kind.default).ok()?);
                Some(Configuration { label: (*title).to_owned(), set })
            });
        std::iter::once(own).chain(rivals).collect()
    }
}

/// What of a scenario can be swept.
fn knobs(scenario: &Scenario, algorithm: &'static Algorithm) -> Vec<Knob> {
    let mut knobs = vec![];
    if let [rule] = &scenario.workload[..]
        && let Some((work, gap, _)) = offered(rule)
        && let Some(mean) = mean_of(gap)
    {
        knobs.push(Knob {
            label: "load of a node, ρ".to_owned(),
            variable: "load",
            set: vec![(format!("workload[0].after.{mean}"), format!("{} / load", work.0))],
            range: (thousandths(10), thousandths(990)),
            because: "at a load of 1 and more the queues grow for ever, so that there is no steady state to measure",
            proposed: (thousandths(200), thousandths(900)),
            whole: false,
        });
    }
    if let Nodes::Count(now) = scenario.nodes {
        knobs.push(Knob::whole("nodes, K".to_owned(), "n", "nodes".to_owned(), (1, 200), now.into()));
    }
    for field in algorithm.policy.iter().flat_map(|kind| kind.fields).filter(|field| !field.unit.contains('|')) {
        let now = scenario.policy.get(field.name).and_then(Json::as_i64).unwrap_or(field.default);
        knobs.push(Knob::whole(
            field.label.to_owned(),
            "x",
            format!("policy.{}", field.name),
            (field.min, field.max),
            now,
        ));
    }
    for parameter in algorithm.parameters {
        let place = format!("parameters.{}", parameter.name);
        let now = scenario.parameters.get(parameter.name).and_then(|json| parameter.read(json).ok());
        let now = now.unwrap_or(parameter.default);
        match parameter.unit {
            Unit::Count => {
                knobs.push(Knob::whole(parameter.label.to_owned(), "x", place, (parameter.min, parameter.max), now));
            }
            Unit::Time => {
                let (most, now) = (Micros(parameter.max.max(0) as u64), Micros(now.max(0) as u64));
                knobs.push(Knob::time(parameter.label, vec![place], most, now));
            }
            Unit::Choice(_) => {}
        }
    }
    if let Some(mean) = mean_of(scenario.delay) {
        let label = "delay of a message: the cost of asking and of moving";
        knobs.push(Knob::time(label, vec![format!("delay.{mean}")], Micros(u32::MAX.into()), scenario.delay.mean()));
    }
    knobs
}

/// What can be measured of it.
fn measures(scenario: &Scenario, algorithm: &'static Algorithm) -> Vec<Measure> {
    let one = |label: &str, unit: &str, count: Count, per: Per| Measure {
        label: label.to_owned(),
        unit: unit.to_owned(),
        count,
        per,
        against: None,
        curves: vec![],
    };
    let statistic = |known: &Statistic| {
        let unit = if known.unit == "µs" { "ms" } else { known.unit };
        let mut measure = one(known.name, unit, Count::Statistic(known.name.to_owned()), Per::Run);
        measure.curves = theory(algorithm, known, scenario);
        measure
    };
    let mut measures: Vec<Measure> = algorithm.statistics.iter().map(statistic).collect();
    let messages = match scenario.workload.is_empty() {
        true => one("messages", "messages", Count::Sent(vec![]), Per::Run),
        false => one("messages a second", "messages", Count::Sent(vec![]), Per::Second),
    };
    let at = measures.len().min(1);
    measures.insert(at, messages);
    if scenario.workload.is_empty() {
        measures.push(one("time until nothing is left to do", "ms", Count::Time, Per::Run));
    }
    measures.truncate(limits::MEASURES);
    measures
}

/// What theory says of a statistic where arrivals are Poisson and services exponential, one at a time, at every node.
fn theory(algorithm: &Algorithm, known: &Statistic, scenario: &Scenario) -> Vec<Curve> {
    let [rule] = &scenario.workload[..] else { return vec![] };
    let Some((work, Delay::Exponential(gap), Delay::Exponential(_))) = offered(rule) else { return vec![] };
    if rule.burst > 1 || rule.nodes.is_some() || !scenario.config.is_null() {
        return vec![];
    }
    let load = work.0 as f64 / f64::from(gap.0);
    let curve = |(_, label, formula): &(&str, &str, &str)| {
        let formula = formula.replace("service", &(work.0 as f64 / 1e3).to_string());
        // A decimal of ten places is read again.
        let fixed = formula.replace("load", &format!("{load:.9}"));
        let (label, points, claim, of) = ((*label).to_owned(), vec![], Claim::Beside, Labels::default());
        let formula = Formula::parse(&formula).ok()?;
        Formula::parse(&fixed).ok()?;
        Some(Curve { label, formula: Some(formula), points, claim, of })
    };
    algorithm.theory.iter().filter(|(statistic, ..)| *statistic == known.name).filter_map(curve).collect()
}

impl Knob {
    /// The least value that comes after this one.
    fn after(&self, value: Decimal) -> Decimal {
        let step = if self.whole { 1000 } else { 1 };
        let next = thousandths(libm::round(value.value() * 1000.0) as i64 + step);
        if next.value() > self.range.1.value() { self.range.1 } else { next }
    }

    /// So many values from one to the other, evenly, each once.
    fn values(&self, from: Decimal, to: Decimal, steps: u32) -> Vec<Decimal> {
        let grain = if self.whole { 1.0 } else { 1000.0 };
        let mut values: Vec<Decimal> = vec![];
        for step in 0..steps {
            let share = if steps > 1 { f64::from(step) / f64::from(steps - 1) } else { 0.0 };
            let value = from.value() + (to.value() - from.value()) * share;
            let value = thousandths((libm::round(value * grain) * (1000.0 / grain)) as i64);
            if values.last().is_none_or(|last| last.value() < value.value()) {
                values.push(value);
            }
        }
        values
    }

    /// A measure with the curves that speak of this sweep: of a swept load as they are, of others at the load that is.
    fn with_theory(&self, measure: &Measure, base: &Json) -> Measure {
        let mut measure = measure.clone();
        if self.variable == "load" {
            return measure;
        }
        let scenario = Scenario::read(&json::compact(base)).ok();
        let load = scenario
            .as_ref()
            .and_then(|scenario| offered(scenario.workload.first()?))
            .map(|(work, gap, _)| format!("{:.9}", work.0 as f64 / gap.mean().0.max(1) as f64));
        let fix = |curve: Curve| {
            let text = curve.formula.as_ref()?.text().replace("load", load.as_ref()?);
            Some(Curve { formula: Some(Formula::parse(&text).ok()?), ..curve })
        };
        measure.curves = measure.curves.into_iter().filter_map(fix).collect();
        measure
    }
}

/// A value that was typed, within what makes sense.
fn value(knob: &Knob, text: &str) -> Result<Decimal, String> {
    let value = Decimal::parse(text)?;
    let (least, most) = knob.range;
    let nearest = if value.value() < least.value() {
        least
    } else if value.value() > most.value() {
        most
    } else if knob.whole && value.value().fract() != 0.0 {
        Decimal::whole(libm::round(value.value()) as i64)
    } else {
        return Ok(value);
    };
    let because = match knob.because {
        "" if knob.whole => format!("a whole number from {least} to {most}"),
        "" => format!("a number from {least} to {most}"),
        because => because.to_owned(),
    };
    Err(format!("{value} is out of range: {because}; the nearest legal value is {nearest}"))
}

/// How many, at least one.
fn count(text: &str, most: usize, what: &str) -> Result<u32, String> {
    match text.trim().parse::<u64>() {
        Ok(0) => Err(format!("without a {what} there is nothing to see; the nearest legal number is 1")),
        Ok(number) if number > most as u64 => Err(format!("{number} are too many; the nearest legal number is {most}")),
        Ok(number) => Ok(number as u32),
        Err(_) => Err(format!("`{}` is no whole number, such as 8; the nearest legal number is 1", text.trim())),
    }
}
