//! What is plain code: Marzullo's sweep, and the averages.

use super::{list, thousandths, vector};
use serde_json::Value as Json;
use sim::algorithms::time::{
    average::{largest_agreeing, mean},
    marzullo::{Ends, Interval, Sweep, covered_by},
};

fn interval(json: &Json) -> Interval {
    let ends = list(json);
    Interval { from: thousandths(&ends[0]), to: thousandths(&ends[1]) }
}

fn intervals(vector: &Json) -> Vec<Interval> {
    list(&vector["inputs"]["intervals"]).iter().map(interval).collect()
}

#[test]
fn vectors_of_the_sweep() {
    for id in [
        "marzullo-w1",
        "marzullo-w2",
        "marzullo-w3",
        "marzullo-w4",
        "marzullo-pp",
        "dts-one-faulty-of-three",
        "dts-two-servers-disagree",
        "dts-sweep-misses-truth",
    ] {
        let vector = vector(id);
        let expected = if id == "dts-sweep-misses-truth" { &vector["expected"]["sweep"] } else { &vector["expected"] };
        let all = intervals(&vector);
        let sweep = Sweep::new(&all, Ends::Closed).finished();
        assert_eq!(u64::from(sweep.best()), expected["best_count"], "{id}");
        let answer = sweep.spans()[0];
        if !expected["interval"].is_null() {
            assert_eq!(answer, interval(&expected["interval"]), "{id}");
            assert!(all.iter().filter(|one| one.meets(answer)).all(|one| one.width() >= answer.width()), "{id}");
        }
        if !expected["midpoint"].is_null() {
            assert_eq!(answer.midpoint(), thousandths(&expected["midpoint"]), "{id}");
        }
        if let Some(faulty) = expected["faulty"].as_array() {
            let found: Vec<Json> = (0..all.len()).filter(|&k| !all[k].meets(answer)).map(Json::from).collect();
            assert_eq!(&found, faulty, "{id}");
        }
        if expected["decidable"] == false {
            assert!(sweep.best() as usize <= all.len() / 2, "{id}");
        }
    }
}

/// The note of the vector: the second answer is as good.
#[test]
fn vector_marzullo_w3_has_two_answers() {
    let sweep = Sweep::new(&intervals(&vector("marzullo-w3")), Ends::Closed).finished();
    let spans = [(8, 9), (10, 12)].map(|(from, to)| Interval { from: from * 1_000, to: to * 1_000 });
    assert_eq!(sweep.spans(), spans);
}

/// Decided: intervals have their ends, so that two which touch overlap at a point. With the other rule the answer is that of
/// the article.
#[test]
fn vector_marzullo_touching_endpoints() {
    let vector = vector("marzullo-touching-endpoints");
    let (all, expected) = (intervals(&vector), &vector["expected"]);
    let closed = Sweep::new(&all, Ends::Closed).finished();
    assert_eq!(u64::from(closed.best()), expected["closed"]["best_count"]);
    assert_eq!(closed.spans(), [interval(&expected["closed"]["interval"])]);
    let open = Sweep::new(&all, Ends::Open).finished();
    assert_eq!(u64::from(open.best()), expected["open"]["best_count"]);
    let spans: Vec<Interval> = list(&expected["open"]["intervals"]).iter().map(interval).collect();
    assert_eq!(open.spans(), spans);
}

#[test]
fn vector_dts_sweep_misses_truth() {
    let vector = vector("dts-sweep-misses-truth");
    let (all, truth) = (intervals(&vector), thousandths(&vector["inputs"]["true_time"]));
    let sweep = Sweep::new(&all, Ends::Closed).finished();
    assert_eq!(sweep.spans()[0].has(truth), vector["expected"]["sweep"]["contains_truth"]);
    let f = vector["inputs"]["f"].as_u64().expect("a number") as u32;
    let hull = covered_by(&all, all.len() as u32 - f).expect("a hull");
    assert_eq!(hull, interval(&vector["expected"]["hull_covered_by_n_minus_f"]["interval"]));
    assert!(hull.has(truth));
}

/// `3:25`, `13:15:05` or a number, in seconds.
pub fn seconds(json: &Json) -> i64 {
    let Some(text) = json.as_str() else { return thousandths(json) * 60 / 1_000 };
    let parts: Vec<i64> = text.split(':').map(|part| part.parse().expect("a number")).collect();
    parts[0] * 3_600 + parts[1] * 60 + parts.get(2).unwrap_or(&0)
}

#[test]
fn vectors_of_the_fault_tolerant_average() {
    for id in ["berkeley-tanenbaum", "berkeley-ist", "berkeley-feup", "berkeley-outlier", "berkeley-faulty-master"] {
        let vector = vector(id);
        let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
        let minutes = &inputs["readings_minutes"];
        let readings = list(if minutes.is_null() { &inputs["readings"] } else { minutes });
        let readings: Vec<i64> = readings.iter().map(seconds).collect();
        let within = if minutes.is_null() { 3_600 } else { seconds(&inputs["gamma_minutes"]) };
        let counted = largest_agreeing(&readings, within);
        let average = mean(&readings, &counted).expect("some clock counts");
        if let Some(indices) = expected["averaged_indices"].as_array() {
            let found: Vec<Json> = (0..counted.len()).filter(|&k| counted[k]).map(Json::from).collect();
            assert_eq!(&found, indices, "{id}");
        }
        let wanted = if minutes.is_null() { &expected["average"] } else { &expected["average_minutes"] };
        assert_eq!(average, seconds(wanted), "{id}");
        let adjust: Vec<i64> = match expected["adjust_minutes"].as_array() {
            Some(minutes) => minutes.iter().map(seconds).collect(),
            None => list(&expected["adjust_seconds"]).iter().map(|by| thousandths(by) / 1_000).collect(),
        };
        let found: Vec<i64> = readings.iter().map(|reading| average - reading).collect();
        assert_eq!(found, adjust, "{id}");
    }
}
