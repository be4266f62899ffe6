//! Co-scheduling: a matrix that is filled in and executed.

use super::{bench, cell, chance, numbers, refused, seeds, vector};
use serde_json::{Value as Json, json};
use sim::{
    Micros, Mode,
    algorithms::sched::coscheduling::ALGORITHM,
    testing::{Bench, random_run},
};

/// Exchanges until this time, and when the last of them were.
fn exchanges(matrix: &Json, slot: u64, until: u64) -> (u64, Vec<u64>) {
    let width = matrix[0].as_array().expect("a row").len();
    let mut bench = bench(
        &ALGORITHM,
        &json!({ "matrix": matrix }),
        &json!({"nodes": width, "delay": {"constant": "1 ms"}, "parameters": {"slot": format!("{slot} ms")}}),
    );
    let mut times = vec![];
    while bench.world.now() < Micros::from_millis(until) && bench.play_one() {
        let now = bench.world.now();
        if now < Micros::from_millis(until) {
            times.extend(bench.step.outputs().filter(|output| output.kind() == "Exchanged").map(|_| now.0 / 1_000));
        }
    }
    assert_eq!(bench.broken(), Vec::<&str>::new());
    assert_eq!(times.len() as u64, bench.world.tally().outputs("Exchanged") - late(&bench, until));
    (times.len() as u64, times)
}

/// Exchanges of the step that went past the end.
fn late(bench: &Bench, until: u64) -> u64 {
    let past = bench.world.now() >= Micros::from_millis(until);
    bench.step.outputs().filter(|output| past && output.kind() == "Exchanged").count() as u64
}

/// Tanenbaum's pair: out of phase an exchange takes two slots, in phase only as long as its messages.
#[test]
fn an_exchange_out_of_phase_takes_two_slots() {
    let vector = vector("cosched-tanenbaum");
    let slot = vector["inputs"]["slot_ms"].as_u64().expect("a length");
    let (count, times) = exchanges(&json!([[1, 0], [0, 1]]), slot, 8 * slot);
    assert_eq!(count, 3, "{times:?}");
    for pair in times.windows(2) {
        assert_eq!(pair[1] - pair[0], vector["expected"]["ms_per_exchange"].as_u64().expect("a time"));
    }
    let (in_phase, _) = exchanges(&json!([[1, 1], [0, 0]]), slot, 8 * slot);
    assert_eq!(in_phase, 199, "four slots of fifty, and one that is under way at the end");
}

#[test]
fn gangs_are_packed_into_the_first_slot_with_room() {
    let vector = vector("cosched-matrix");
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    let width = inputs["processors"].as_u64().expect("a number");
    let mut bench = bench(&ALGORITHM, &json!({"matrix": [vec![0; width as usize]]}), &json!({ "nodes": width }));
    let mut rows = vec![];
    for size in inputs["groups"].as_array().expect("sizes") {
        bench.ask(0, json!({"Place": {"size": size}}));
        let placed = bench.step.outputs().find(|output| output.kind() == "Placed").expect("it was placed");
        rows.push(placed.reflect().to_json()["Placed"]["row"].clone());
    }
    assert_eq!(json!(rows), expected["row_of_group"]);
    let used: Vec<usize> =
        numbers(&bench, "matrix").iter().map(|row| row.iter().filter(|gang| **gang > 0).count()).collect();
    assert_eq!(json!(used), expected["used_per_row"]);
    assert_eq!(bench.broken(), Vec::<&str>::new());
    // All processors have it when the news has come.
    bench.play_until(Micros::from_millis(50));
    let matrices: Vec<Json> =
        bench.world.nodes().iter().map(|node| node.process().reflect().to_json()["matrix"].clone()).collect();
    assert!(matrices.windows(2).all(|pair| pair[0] == pair[1]), "{matrices:?}");
}

#[test]
fn bad_numbers_are_refused_at_their_cell() {
    let mut bench = bench(&ALGORITHM, &json!({"matrix": [[1, 1], [2, 2]]}), &json!({"nodes": 2}));
    let write = |row: u32, column: u32, values: Json| json!({"Write": {"table": "matrix", "row": row, "column": column, "values": values}});
    for (edit, reason) in [
        (write(0, 1, json!([[-1]])), "slot 0, CPU1: -1 is less than 0, which is the nearest that can be."),
        (write(1, 0, json!([[100]])), "slot 1, CPU0: 100 is more than 99"),
        (write(0, 1, json!([[1, 2]])), "There are not so many"),
        (json!({"AddColumn": {"table": "matrix"}}), "Here only the matrix"),
    ] {
        let why = refused(&mut bench, &edit).unwrap_or_else(|| panic!("{edit} is not refused"));
        assert!(why.starts_with(reason), "{edit}: {why}");
    }
    bench.ask(0, json!({"Edit": write(1, 0, json!([[3, 3], [4, 0], [0, 4]]))}));
    assert_eq!(numbers(&bench, "matrix"), [[1, 1], [3, 3], [4, 0], [0, 4]]);
    assert!(cell(&bench, "gangs", "gang 4").ends_with("never as a whole: parts in slots 2, 3"));
    assert!(cell(&bench, "gangs", "gang 3").ends_with("as a whole in slot 1"));
}

#[test]
fn by_chance_gangs_run_as_a_whole_or_not_at_all() {
    let mut exchanges = 0;
    for seed in 0..seeds(100, 2_000) {
        let nodes = 2 + chance(seed, 0, 4);
        let rows = 1 + chance(seed, 1, 3);
        let row = |r: u64| -> Vec<u64> { (0..nodes).map(|k| chance(seed, 10 + 8 * r + k, 4)).collect() };
        let matrix: Vec<_> = (0..rows).map(row).collect();
        let more = json!({"nodes": nodes, "delay": {"uniform": ["1 ms", "40 ms"]}, "seed": seed});
        let mut bench = bench(&ALGORITHM, &json!({ "matrix": matrix }), &more);
        random_run(&mut bench, seed, 150, Mode::Timed, |_, _| None);
        bench.play(400);
        assert_eq!(bench.broken(), Vec::<&str>::new(), "seed {seed}: {matrix:?}");
        exchanges += bench.world.tally().outputs("Exchanged");
    }
    assert!(exchanges > 40, "{exchanges}");
}
