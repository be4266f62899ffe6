//! Scenes as text, and what must hold for all of them.

mod exhibit;

use super::*;
use crate::scene::{Theme, svg};
use exhibit::{circles, deadlock, machines};
use serde_json::json;

#[test]
fn show_pictures() {
    let mut bench = deadlock();
    bench.ask(1, json!({"Probe": 2}));
    bench.play_until(crate::Micros(1));
    let save = |name: &str, bench: &crate::testing::Bench, look: &Look| {
        let mut network = Network::new();
        network.show(&bench.world, look);
        let legend = legend_picture(&legend(&bench.world, look), look.width, 1.0);
        std::fs::write(
            format!("/tmp/scene/{name}.svg"),
            svg::paint(&[network.still(1.0), &network.moving(1.0, false)], Theme::Light, name),
        )
        .unwrap();
        std::fs::write(format!("/tmp/scene/{name}-legend.svg"), svg::paint(&[&legend], Theme::Light, name)).unwrap();
    };
    save("deadlock", &bench, &Look::new(1022.0, 400.0));
    save("deadlock-narrow", &bench, &Look::new(390.0, 640.0));
    let mut bench = circles(
        5,
        "ring",
        &json!([
        {"word": "idle"}, {"word": "wanted", "detail": "has 0 of 2", "tone": "waiting", "tokens": 1}, {"word": "in the critical section", "tone": "active", "tokens": 3},
        {"word": "done", "tone": "done"}, {"word": "two leaders", "tone": "violated"}]),
    );
    bench.ask(0, json!({"Crowd": [1, 14]}));
    bench.ask(2, json!({"Request": 4}));
    bench.take(crate::Event::CutLink(crate::LinkId(1)));
    save("tones", &bench, &Look { ring: true, ..Look::new(1022.0, 400.0) });
    let bench = machines(
        6,
        "complete",
        &json!([{"word": "overloaded", "tone": "waiting", "queue": [5, 6]}, {"word": "normal", "tone": "active", "queue": [2, 6]}]),
    );
    save("machines", &bench, &Look::new(1022.0, 420.0));
    for n in [12_u32, 30, 100, 1000] {
        let mut bench = circles(
            n,
            if n > 20 { "grid" } else { "complete" },
            &json!([{"word": "wanted (3, P12)", "detail": "has 0 of 2 replies", "tone": "waiting"}, {"word": "released"}]),
        );
        for k in 0..n {
            bench.ask(k, json!({"Request": (k + 1) % n}));
        }
        save(&format!("n{n}"), &bench, &Look { clock: Badge::Lamport, waits_for: false, ..Look::new(1022.0, 400.0) });
    }
}
