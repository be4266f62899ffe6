//! The curves of queueing theory, against the vectors.

use crate::support::{assert_near, named, numbers};
use serde_json::Value as Json;
use sim::algorithms::load::theory;

pub fn vectors() -> Vec<Json> {
    serde_json::from_str(include_str!("../vectors/load.json")).unwrap()
}

fn vector(id: &str) -> Json {
    named(&vectors(), id)
}

#[test]
fn choices_among_many_queues() {
    for choices in [1, 2, 3, 5] {
        let vector = vector(&format!("supermarket-d{choices}"));
        for (load, expected) in numbers(&vector["inputs"]["rho"]).into_iter().zip(numbers(&vector["expected"]["T"])) {
            // With one choice the figures are given to four places of 100/3 as well.
            assert_near(theory::choices(choices, load), expected, 0.000_051, &format!("d = {choices} at {load}"));
        }
    }
    let tails = numbers(&vector("supermarket-tails")["expected"]["s"]);
    for (jobs, expected) in (0..).zip(tails) {
        assert_near(theory::choices_tail(2, 0.9, jobs), expected, 0.000_000_51, &format!("at least {jobs} jobs"));
    }
}

#[test]
fn receivers_and_both_sides() {
    let receiver = vector("receiver-meanfield-L3");
    for (load, expected) in numbers(&receiver["inputs"]["rho"]).into_iter().zip(numbers(&receiver["expected"]["R"])) {
        assert_near(theory::receiver_mean_field(3, load), expected, 0.000_051, &format!("receiver at {load}"));
    }
    let both = vector("symmetric-meanfield");
    for probes in [1, 3, 5] {
        let responses = numbers(&both["expected"]["R"][probes.to_string()]);
        for (load, expected) in numbers(&both["inputs"]["rho"]).into_iter().zip(responses) {
            assert_near(theory::symmetric_mean_field(probes, load), expected, 0.000_051, &format!("both at {load}"));
        }
    }
}

/// Where senders and receivers, both with a threshold of 1, are equally good.
#[test]
fn senders_and_receivers_cross_where_the_vectors_say() {
    for probes in [1, 2, 3, 5, 10] {
        let vector = vector(&format!("sender-receiver-crossover-L{probes}"));
        let difference =
            |load: f64| theory::threshold_mean_field(1, probes, load) - theory::receiver_mean_field(probes, load);
        let (mut low, mut high) = (0.5, 0.99);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if difference(middle) < 0.0 { low = middle } else { high = middle }
        }
        let expected = vector["expected"]["crossover_rho"].as_f64().unwrap();
        assert_near(low, expected, 0.000_051, &format!("the crossover for {probes} probes"));
        let response = vector["expected"]["R"].as_f64().unwrap();
        assert_near(theory::receiver_mean_field(probes, low), response, 0.000_1, "the response there");
    }
}

#[test]
fn common_queue_and_chance_of_waste() {
    let erlang = vector("erlang-c");
    let waste = vector("livny-melman");
    for (vector, field, curve) in
        [(&erlang, "C", theory::waits as fn(u32, f64) -> f64), (&waste, "P", theory::idle_while_waiting)]
    {
        for (machines, row) in
            numbers(&vector["inputs"]["K"]).into_iter().zip(vector["expected"][field].as_array().unwrap())
        {
            for (load, expected) in numbers(&vector["inputs"]["rho"]).into_iter().zip(numbers(row)) {
                assert_near(
                    curve(machines as u32, load),
                    expected,
                    0.000_051,
                    &format!("{field} of {machines} at {load}"),
                );
            }
        }
    }
}
