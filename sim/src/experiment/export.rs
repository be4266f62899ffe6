//! Results as texts for other programs: CSV and JSON.

use super::{Claimed, Experiment, Plan, Results};
use crate::json;
use serde::Serialize;

/// The version of the JSON of results. Raised when a field changes its meaning or goes away.
const VERSION: u32 = 1;

#[derive(Serialize)]
struct Report<'a> {
    version: u32,
    experiment: &'a Experiment,
    cells: u32,
    done: u32,
    events: u64,
    failed: bool,
    remarks: &'a [String],
    points: Vec<Row<'a>>,
    claims: &'a [Claimed],
}

/// A point of a line.
#[derive(Serialize)]
struct Row<'a> {
    /// `measured` or `curve`.
    kind: &'static str,
    measure: &'a str,
    unit: &'a str,
    line: &'a str,
    at: f64,
    replications: u32,
    mean: f64,
    half_width: Option<f64>,
    least: Option<f64>,
    greatest: Option<f64>,
}

fn rows(results: &Results) -> Vec<Row<'_>> {
    let mut rows = Vec::new();
    for panel in &results.panels {
        for (kind, lines) in [("measured", &panel.measured), ("curve", &panel.curves)] {
            for line in lines {
                rows.extend(line.points.iter().map(|point| {
                    let estimate = &point.estimate;
                    let measured = kind == "measured";
                    Row {
                        kind,
                        measure: &panel.label,
                        unit: &panel.unit,
                        line: &line.label,
                        at: point.x,
                        replications: estimate.count,
                        mean: estimate.mean,
                        half_width: estimate.half_width,
                        least: measured.then_some(estimate.least),
                        greatest: measured.then_some(estimate.greatest),
                    }
                }));
            }
        }
    }
    rows
}

impl Results {
    /// As JSON: the experiment, every point of every line, what the curves claim.
    pub fn to_json(&self, plan: &Plan) -> String {
        json::pretty(&Report {
            version: VERSION,
            experiment: plan.experiment(),
            cells: self.cells,
            done: self.done,
            events: self.events,
            failed: self.failed(),
            remarks: &self.remarks,
            points: rows(self),
            claims: &self.claims,
        })
    }

    /// As a table: a line for every point, with a heading.
    pub fn to_csv(&self) -> String {
        let mut text = String::from("kind,measure,unit,line,at,replications,mean,half_width,least,greatest\n");
        for row in rows(self) {
            let may = |value: Option<f64>| value.map_or_else(String::new, number);
            let fields = [
                row.kind.to_owned(),
                quoted(row.measure),
                quoted(row.unit),
                quoted(row.line),
                number(row.at),
                row.replications.to_string(),
                number(row.mean),
                may(row.half_width),
                may(row.least),
                may(row.greatest),
            ];
            text.push_str(&fields.join(","));
            text.push('\n');
        }
        text
    }
}

/// A field of a table: in quotes where it holds what would end it.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

/// A number with as many digits as it needs, at most six behind the point; the same text natively and in WASM.
pub fn number(value: f64) -> String {
    let text = json::compact(&value);
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
