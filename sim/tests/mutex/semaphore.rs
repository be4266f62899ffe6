//! The semaphore on one machine: every interleaving of small programs, chance, and what can be changed by hand.

use super::*;
use sim::algorithms::mutex::semaphore::ALGORITHM;

const COUNTED: &str = "s = s0 − #P + #V, and s is never below 0";
const LIMITED: &str = "no more processes are between P and V than s0";
const KEPT: &str = "no update is lost";
const FINISHED: &str = "every process comes to its end";

const GUARDED: [&str; 5] = ["P", "load", "add", "store", "V"];
const BARE: [&str; 3] = ["load", "add", "store"];

fn machine(initial: u32, programs: &[&[&str]], variant: Option<&str>) -> Bench {
    let mut more = json!({"nodes": 1, "config": {"initial": initial, "programs": programs}});
    if let Some(variant) = variant {
        more["variant"] = json!(variant);
    }
    bench(&ALGORITHM, &more)
}

/// Every interleaving of the instructions.
fn interleavings(mut start: Bench, processes: u32) -> Walk {
    let budget: Vec<(Event, u32)> =
        (0..processes).map(|id| (start.request(0, json!({"Step": id})), u32::MAX)).collect();
    explore(&start, Mode::Untimed, &budget, 1_000_000)
}

#[test]
fn with_p_and_v_no_interleaving_loses_an_update() {
    let guarded: &[&str] = &GUARDED;
    let states = [2, 3, 4].map(|processes| {
        let walk = interleavings(machine(1, &vec![guarded; processes], None), processes as u32);
        assert!(walk.complete && walk.broken.is_empty(), "{processes}: {:?}", lengths(&walk));
        walk.states
    });
    assert_eq!(states, [29, 148, 849]);
}

#[test]
fn shortest_runs_of_what_goes_wrong() {
    let (guarded, bare): (&[&str], &[&str]) = (&GUARDED, &BARE);
    let found = |start: Bench, processes| lengths(&interleavings(start, processes));
    assert_eq!(found(machine(1, &[bare, bare], None), 2), [(KEPT, 6)]);
    assert_eq!(found(machine(2, &[guarded, guarded], None), 2), [(KEPT, 8)], "two units are no mutual exclusion");
    assert_eq!(found(machine(1, &[guarded, bare], None), 2), [(KEPT, 7)], "one that does not ask is enough");
    assert_eq!(found(machine(0, &[guarded], None), 1), [(FINISHED, 1)]);
    assert_eq!(found(machine(1, &[&["P", "P"]], None), 1), [(FINISHED, 2)], "it waits for itself");
    assert_eq!(found(machine(1, &[guarded, guarded], Some("split-wait")), 2), [(COUNTED, 4), (LIMITED, 4), (KEPT, 10)]);
    assert_eq!(
        found(machine(1, &[guarded, guarded, guarded], Some("wake-and-add")), 3),
        [(COUNTED, 6), (LIMITED, 7), (KEPT, 13)]
    );
    bugs_show_in_their_scenarios(&ALGORITHM);
}

/// The queue is first in, first out, and a unit is handed over.
#[test]
fn who_waits_is_woken_in_turn() {
    let guarded: &[&str] = &GUARDED;
    let mut run = machine(1, &[guarded; 4], None);
    for id in [2, 0, 3, 1] {
        run.ask(0, json!({"Step": id}));
    }
    assert_eq!(run.world.status(NodeId(0)).detail, "x = 0, s = 0, queue A, D and B");
    let mut woken = vec![];
    for id in [2, 0, 3] {
        for _ in 0..4 {
            run.ask(0, json!({"Step": id}));
        }
        woken.push(run.step.notes.join(" "));
        assert_eq!(field(&run, 0, "s"), "0", "nobody can slip in between");
    }
    let to = |who: &str| woken.iter().position(|note| note.contains(&format!("to {who},"))).expect("woken");
    assert_eq!([to("A"), to("D"), to("B")], [0, 1, 2]);
}

/// By chance, with any number of processes: counted in every state, and x is right at the end.
#[test]
fn chance_changes_nothing() {
    let guarded: &[&str] = &GUARDED;
    for seed in 0..seeds() {
        let processes = 2 + seed as usize % 6;
        let more = json!({"nodes": 1, "seed": seed, "config": {"initial": 1, "programs": vec![guarded; processes]}});
        let mut run = bench(&ALGORITHM, &more);
        let slice = run.request(0, json!("Slice"));
        while run.world.refusal(slice, &run.payloads).is_none() {
            run.take(slice);
        }
        assert!(run.judge.verdicts().iter().all(|verdict| *verdict == Verdict::Holds), "seed {seed}");
        assert_eq!(field(&run, 0, "x"), processes.to_string());
    }
}

#[test]
fn programs_processes_and_s0_are_changed_by_hand() {
    let guarded: &[&str] = &GUARDED;
    let mut run = machine(1, &[guarded, guarded], None);
    let edit = |run: &mut Bench, edit: Json| {
        let event = run.request(0, json!({"Edit": edit}));
        let refusal = run.world.refusal(event, &run.payloads);
        if refusal.is_none() {
            run.take(event);
        }
        refusal
    };
    let write = |table: &str, row: u32, column: u32, value: i64| json!({"Write": {"table": table, "row": row, "column": column, "values": [[value]]}});
    assert_eq!(edit(&mut run, write("memory", 0, 0, 2)), None);
    assert_eq!(field(&run, 0, "s"), "2");
    assert_eq!(edit(&mut run, json!({"AddRow": {"table": "programs"}})), None);
    assert_eq!(edit(&mut run, write("programs", 1, 0, 0)), None, "B does no P any more");
    run.ask(0, json!({"Step": 1}));
    assert_eq!(run.step.notes, ["B copies x into its register: 0."]);
    assert_eq!(edit(&mut run, write("programs", 1, 1, 5)).as_deref(), Some("B has begun with this already."));
    assert_eq!(
        edit(&mut run, write("memory", 0, 0, 3)).as_deref(),
        Some("Begin again first: s0 is the value at the start.")
    );
    assert_eq!(edit(&mut run, write("programs", 0, 0, 6)).as_deref(), Some("An instruction is a number from 0 to 5."));
    assert_eq!(edit(&mut run, json!({"RemoveRow": {"table": "programs", "row": 0}})), None);
    let left: Vec<String> = run.world.nodes()[0].process().parts().iter().map(|part| part.name.clone()).collect();
    assert_eq!(left, ["B", "C", "s", "x"]);
    run.ask(0, json!("Restart"));
    assert_eq!(field(&run, 0, "x"), "0");
    assert!(edit(&mut run, write("memory", 0, 0, 10)).is_some());
}

#[test]
fn scenarios_end_as_they_say() {
    for (name, x, broken) in [
        ("guarded", "2", vec![]),
        ("lost-update", "1", vec![KEPT]),
        ("two-units", "2", vec![KEPT]),
        ("by-chance", "4", vec![]),
    ] {
        let mut run = embedded(&ALGORITHM, name, true);
        run.play(200);
        assert_eq!((field(&run, 0, "x").as_str(), run.broken()), (x, broken), "{name}");
    }
    let mut run = embedded(&ALGORITHM, "wake-and-add", true);
    run.play(200);
    assert!(run.broken().contains(&LIMITED));
}
