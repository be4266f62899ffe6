//! An experiment that was checked: its scenarios, its cells, and what each of them starts from.

use super::{Count, Experiment, Formula, Per, Until, meter, path};
use crate::{
    Algorithm, FileError, Scenario, Setup, algorithms,
    json::{Json, Read as _},
    limits,
    order::Order as _,
    random::{Purpose, draw},
};

/// An experiment that can be run.
pub struct Plan {
    experiment: Experiment,
    /// A configuration's points after another's.
    pub(super) places: Vec<Place>,
}

/// A point in a configuration.
pub(super) struct Place {
    pub algorithm: &'static Algorithm,
    scenario: Scenario,
    /// The number of nodes.
    pub nodes: u32,
}

/// One run of an experiment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Cell {
    /// The configuration's position.
    pub configuration: usize,
    /// The point's position in the sweep.
    pub point: usize,
    /// Which of the replications.
    pub replication: u32,
}

/// The seed of a replication: the same at every point and in every configuration.
pub fn seed_of(seed: u64, replication: u32) -> u64 {
    // Small enough for every program that takes numbers for floats.
    draw(seed, Purpose::Replication, (replication.into(), 0), 0) >> 11
}

/// Refuses a field's value.
fn wrong<T>(field: impl Into<String>, why: impl Into<String>) -> Result<T, FileError> {
    Err(FileError::field(field, why))
}

impl Plan {
    /// Checks every field, and prepares every scenario once.
    pub fn new(mut experiment: Experiment) -> Result<Self, FileError> {
        if experiment.configurations.is_empty() {
            let label = experiment.base.get("title").and_then(Json::as_str).unwrap_or("measured").to_owned();
            experiment.configurations.push(super::Configuration { label, set: serde_json::Map::new() });
        }
        check_sizes(&experiment)?;
        check_values(&experiment)?;
        let mut places = Vec::new();
        for (c, configuration) in experiment.configurations.iter().enumerate() {
            let mut base = experiment.base.clone();
            if !base.is_object() {
                return wrong("base", "expected a scenario, or what the configurations have in common of one");
            }
            name_base(&mut base, &experiment);
            for (place, value) in &configuration.set {
                let field = || format!("configurations[{c}].set.{place}");
                fill_policy(&mut base, place);
                path::put(&mut base, place, value.clone()).map_err(|why| FileError::field(field(), why))?;
            }
            for (p, _) in experiment.sweep.values.iter().enumerate() {
                places.push(place(&experiment, base.clone(), c, p)?);
            }
        }
        let plan = Self { experiment, places };
        plan.check_measures()?;
        Ok(plan)
    }

    /// The experiment, its configurations filled in.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// How many cells there are.
    pub fn cells(&self) -> u32 {
        self.places.len() as u32 * self.experiment.replications
    }

    /// What a cell is. Replications come first: after a tenth of the cells every point has a tenth of its runs.
    pub fn cell(&self, index: u32) -> Cell {
        let places = self.places.len() as u32;
        let points = self.experiment.sweep.values.len();
        let place = (index % places) as usize;
        Cell { configuration: place / points, point: place % points, replication: index / places }
    }

    pub(super) fn place(&self, configuration: usize, point: usize) -> &Place {
        &self.places[configuration * self.experiment.sweep.values.len() + point]
    }

    /// The scenario of a cell: what `run` and the page start from to see this very run.
    pub fn scenario(&self, cell: Cell) -> Scenario {
        let mut scenario = self.place(cell.configuration, cell.point).scenario.clone();
        scenario.seed = seed_of(self.experiment.seed, cell.replication);
        scenario
    }

    /// The same, prepared.
    pub(super) fn setup(&self, cell: Cell) -> Result<Setup, FileError> {
        self.scenario(cell).prepare(self.place(cell.configuration, cell.point).algorithm)
    }

    /// The values of the variables at a point.
    pub(super) fn values(&self, configuration: usize, point: usize) -> [(&str, f64); 2] {
        let sweep = &self.experiment.sweep;
        let nodes = f64::from(self.place(configuration, point).nodes);
        [("n", nodes), (&sweep.variable, sweep.values[point].value())]
    }

    fn check_measures(&self) -> Result<(), FileError> {
        let values = self.values(0, 0);
        let until = |until: &Until, field: &str| match until {
            Until::Events(count) | Until::Outputs(_, count) => {
                count.value(&values).map(drop).map_err(|why| FileError::field(field, why))
            }
            Until::Quiet | Until::Time(_) => Ok(()),
        };
        until(&self.experiment.until, "until")?;
        self.experiment.warm_up.iter().try_for_each(|warm_up| until(warm_up, "warm-up"))?;
        if let (Until::Time(end), Some(Until::Time(begin))) = (&self.experiment.until, &self.experiment.warm_up)
            && begin >= end
        {
            return wrong("warm-up", format!("{begin} is not before the end at {end}"));
        }
        for (m, measure) in self.experiment.measures.iter().enumerate() {
            let field = |name: &str| format!("measures[{m}].{name}");
            if measure.count.is_mean() && measure.per != Per::Run {
                return wrong(field("per"), "this count is a mean already: leave `per` out");
            }
            if matches!(measure.count, Count::Cost(_)) && self.experiment.warm_up.is_some() {
                return wrong(field("count"), "a cost counts from the start: leave `warm-up` out");
            }
            for place in &self.places {
                meter::check(&measure.count, place.algorithm).map_err(|why| FileError::field(field("count"), why))?;
            }
            for (k, curve) in measure.curves.iter().enumerate() {
                let field = |name: &str| format!("measures[{m}].curves[{k}].{name}");
                if curve.formula.is_none() == curve.points.is_empty() {
                    return wrong(field("formula"), "a curve has either a formula or points");
                }
                if let Some(Err(why)) = curve.formula.as_ref().map(|formula| formula.value(&values)) {
                    return wrong(field("formula"), why);
                }
                let labels = || self.experiment.configurations.iter().map(|configuration| configuration.label.as_str());
                if let Some(of) = curve.of.0.iter().find(|of| !labels().any(|label| label == *of)) {
                    let known: Vec<&str> = labels().collect();
                    return wrong(field("of"), format!("`{of}` is no configuration; there are: {}", known.join(", ")));
                }
            }
        }
        Ok(())
    }
}

/// A scenario needs a name and a title, which are told nobody here.
fn name_base(base: &mut Json, experiment: &Experiment) {
    let Some(fields) = base.as_object_mut() else { return };
    for (name, text) in [("name", &experiment.name), ("title", &experiment.title), ("sentence", &experiment.sentence)] {
        fields.entry(name).or_insert_with(|| Json::String(text.clone()));
    }
    fields.entry("version").or_insert(crate::scenario::VERSION.into());
}

/// Where a field of the policy is set, the others are those of the algorithm's own.
fn fill_policy(base: &mut Json, place: &str) {
    let missing = base.get("policy").is_none_or(Json::is_null);
    let algorithm = base.get("algorithm").and_then(Json::as_str).and_then(algorithms::find);
    if let (true, Some(kind)) =
        (missing && place.starts_with("policy."), algorithm.and_then(|known| known.policy.as_ref()))
        && let (Ok(policy), Some(fields)) = (crate::json::parse(kind.default), base.as_object_mut())
    {
        fields.insert("policy".to_owned(), policy);
    }
}

/// The scenario of a point, checked.
fn place(experiment: &Experiment, mut base: Json, c: usize, p: usize) -> Result<Place, FileError> {
    let sweep = &experiment.sweep;
    let value = sweep.values[p].value();
    for (place, formula) in &sweep.set {
        let field = || format!("sweep.set.{place}");
        let number = Formula::read(formula).map_err(|why| why.to_string());
        let number = number.and_then(|formula| formula.value(&[(&sweep.variable, value)]));
        let number = number.map_err(|why| FileError::field(field(), why))?;
        let number = libm::round(number);
        if number.abs() >= 1e15 || number.is_nan() {
            return wrong(field(), format!("at {} = {} this is no whole number", sweep.variable, sweep.values[p]));
        }
        fill_policy(&mut base, place);
        path::put(&mut base, place, Json::from(number as i64)).map_err(|why| FileError::field(field(), why))?;
    }
    let label = &experiment.configurations[c].label;
    let at = |error: FileError| FileError {
        message: format!("“{label}” at {} = {}: {}", sweep.variable, sweep.values[p], error.message),
        ..error
    };
    let scenario = <Scenario as crate::json::Read>::read(&base).map_err(|why| at(why.into()))?;
    let Some(algorithm) = algorithms::find(&scenario.algorithm) else {
        return wrong("base.algorithm", format!("“{label}”: there is no algorithm `{}`", scenario.algorithm));
    };
    scenario.prepare(algorithm).map_err(at)?;
    Ok(Place { algorithm, nodes: scenario.nodes.count(), scenario })
}

/// Refuses a number that is too small or too large, and says which is the nearest that is not.
fn within(field: &str, count: usize, least: usize, most: usize, what: &str) -> Result<(), FileError> {
    match count {
        _ if count < least => wrong(field, format!("{count} {what}: at least {least}")),
        _ if count > most => wrong(field, format!("{count} {what}: at most {most}")),
        _ => Ok(()),
    }
}

fn check_sizes(experiment: &Experiment) -> Result<(), FileError> {
    let points = experiment.sweep.values.len();
    within("replications", experiment.replications as usize, 1, limits::REPLICATIONS, "replications")?;
    within("sweep.values", points, 1, limits::SWEEP_POINTS, "values to run")?;
    within("configurations", experiment.configurations.len(), 1, limits::CONFIGURATIONS, "configurations")?;
    within("measures", experiment.measures.len(), 1, limits::MEASURES, "measures")?;
    let each = points * experiment.configurations.len();
    if each * experiment.replications as usize > limits::CELLS {
        let (cells, most) = (each * experiment.replications as usize, limits::CELLS / each);
        return wrong("replications", format!("{cells} runs in all are too many: at most {most} replications"));
    }
    let mut labels: Vec<&str> = experiment.configurations.iter().map(|known| known.label.as_str()).collect();
    labels.order();
    match labels.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => wrong("configurations", format!("two are called “{}”", pair[0])),
        None => Ok(()),
    }
}

/// Values that rise, within what makes sense.
fn check_values(experiment: &Experiment) -> Result<(), FileError> {
    let sweep = &experiment.sweep;
    let fits = sweep.variable.starts_with(|first: char| first.is_ascii_alphabetic())
        && sweep.variable.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !fits {
        return wrong("sweep.variable", format!("`{}` is no name of a variable, such as n or load", sweep.variable));
    }
    if sweep.set.is_empty() {
        return wrong("sweep.set", "name at least one place in the scenario, as in {\"nodes\": \"n\"}");
    }
    let (least, most) = bounds(experiment);
    for (k, value) in sweep.values.iter().enumerate() {
        let field = || format!("sweep.values[{k}]");
        if k > 0 && sweep.values[k - 1].value() >= value.value() {
            return wrong(field(), format!("{value} does not come after {}: values rise", sweep.values[k - 1]));
        }
        let nearest = match (&least, &most) {
            (Some(least), _) if value.value() < least.value() => least,
            (_, Some(most)) if value.value() > most.value() => most,
            _ => continue,
        };
        let because = if sweep.because.is_empty() { String::new() } else { format!(": {}", sweep.because) };
        return wrong(field(), format!("{value} is out of range{because}; the nearest legal value is {nearest}"));
    }
    Ok(())
}

/// The least and the greatest value: what the file says, else what the engine or the algorithm allows.
fn bounds(experiment: &Experiment) -> (Option<super::Decimal>, Option<super::Decimal>) {
    let sweep = &experiment.sweep;
    let (mut least, mut most) = (sweep.least, sweep.most);
    let algorithms = experiment.configurations.iter().map(|configuration| configuration.set.get("algorithm"));
    let algorithms: Vec<&Algorithm> = algorithms
        .filter_map(|id| algorithms::find(id.or_else(|| experiment.base.get("algorithm"))?.as_str()?))
        .collect();
    let mut narrow = |low: i64, high: i64| {
        let (low, high) = (super::Decimal::whole(low), super::Decimal::whole(high));
        least = Some(least.filter(|least| least.value() >= low.value()).unwrap_or(low));
        most = Some(most.filter(|most| most.value() <= high.value()).unwrap_or(high));
    };
    for (place, formula) in &sweep.set {
        if !Formula::read(formula).is_ok_and(|formula| formula.is_just(&sweep.variable)) {
            continue;
        }
        if place == "nodes" {
            narrow(1, limits::NODES as i64);
        }
        let named = |group: &str| place.strip_prefix(group);
        for algorithm in &algorithms {
            for parameter in algorithm.parameters.iter().filter(|known| named("parameters.") == Some(known.name)) {
                narrow(parameter.min, parameter.max);
            }
            let fields = algorithm.policy.iter().flat_map(|kind| kind.fields);
            for field in fields.filter(|known| named("policy.") == Some(known.name)) {
                narrow(field.min, field.max);
            }
        }
    }
    (least, most)
}
