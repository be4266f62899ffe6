//! Results for people: a table for each measure.

use crate::output::Output;
use sim::experiment::{Claim, Panel, Plan, Point, Results, number};
use std::io::{self, Write};

/// Prints all that is known.
pub fn print(plan: &Plan, results: &Results, out: &mut Output) -> io::Result<()> {
    let experiment = plan.experiment();
    writeln!(out, "{}", experiment.title)?;
    writeln!(out, "{}", experiment.sentence)?;
    if !experiment.notice.is_empty() {
        writeln!(out, "Notice: {}", experiment.notice)?;
    }
    writeln!(
        out,
        "{} runs: {} configurations, {} values, {} replications; {} events. Intervals are 95 %.",
        results.cells,
        experiment.configurations.len(),
        experiment.sweep.values.len(),
        experiment.replications,
        results.events
    )?;
    for panel in &results.panels {
        writeln!(out)?;
        print_panel(panel, out)?;
        print_claims(panel, results, out)?;
    }
    if !results.remarks.is_empty() {
        writeln!(out)?;
    }
    results.remarks.iter().try_for_each(|remark| writeln!(out, "! {remark}"))
}

fn print_panel(panel: &Panel, out: &mut Output) -> io::Result<()> {
    let unit = if panel.unit.is_empty() { String::new() } else { format!(" ({})", panel.unit) };
    writeln!(out, "{}{unit}", panel.label)?;
    let mut columns = vec![vec![panel.axis.clone()]];
    let mut values: Vec<f64> = panel.measured.iter().flat_map(|line| &line.points).map(|point| point.x).collect();
    values.sort_by(f64::total_cmp);
    values.dedup_by(|a, b| a.total_cmp(b).is_eq());
    columns[0].extend(values.iter().map(|value| number(*value)));
    let lines = panel.measured.iter().map(|line| (line, true)).chain(panel.curves.iter().map(|line| (line, false)));
    for (line, measured) in lines {
        let mut column = vec![line.label.clone()];
        for value in &values {
            let point = line.points.iter().find(|point| (point.x - value).abs() < 1e-9);
            column.push(point.map_or_else(|| "–".to_owned(), |point| cell(point, measured)));
        }
        columns.push(column);
    }
    let widths: Vec<usize> =
        columns.iter().map(|column| column.iter().map(|cell| cell.chars().count()).max().unwrap_or(0)).collect();
    for row in 0..=values.len() {
        let cells = columns.iter().zip(&widths).map(|(column, width)| format!("{:>width$}", column[row]));
        writeln!(out, "  {}", cells.collect::<Vec<_>>().join("   "))?;
    }
    Ok(())
}

/// "12.34 ± 0.56", a curve's value as it is.
fn cell(point: &Point, measured: bool) -> String {
    let rounded = |value: f64| number((value * 1000.0).round() / 1000.0);
    match point.estimate.half_width {
        Some(half) if measured => format!("{} ± {}", rounded(point.estimate.mean), rounded(half)),
        _ => rounded(point.estimate.mean),
    }
}

/// A line for each curve that claims something.
fn print_claims(panel: &Panel, results: &Results, out: &mut Output) -> io::Result<()> {
    for curve in &panel.curves {
        let claims: Vec<_> = results
            .claims
            .iter()
            .filter(|claimed| claimed.measure == panel.label && claimed.curve == curve.label)
            .collect();
        let Some(first) = claims.first() else { continue };
        let words = match first.claim {
            Claim::Mean => "is within the interval",
            Claim::Exactly => "is exactly so",
            Claim::AtMost => "is not exceeded",
            Claim::AtLeast => "is reached",
            Claim::Beside => continue,
        };
        let (held, count) = (claims.iter().filter(|claimed| claimed.holds).count(), claims.len());
        let mark = if held == count { "✓" } else { "✗" };
        // One mean in twenty is outside of its interval by chance.
        let mark = if first.claim == Claim::Mean && held < count { "·" } else { mark };
        writeln!(out, "  {mark} {}: {words} at {held} of {count} points", curve.label)?;
    }
    Ok(())
}
