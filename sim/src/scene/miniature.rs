//! A small picture of a scenario, drawn from the scenario itself: it is prepared, played to a moment at which something
//! is going on, and drawn.

use super::{
    Scene, Theme,
    network::{Badge, Look, Network},
    svg,
};
use crate::{Scenario, Session, Step, Tone, Verdict, World};

/// The size in which miniatures are made, in CSS pixels; they scale to their card.
const SIZE: (f32, f32) = (200.0, 80.0);
/// Steps among which a telling moment is looked for, in a world of up to a dozen nodes.
const LOOK_AHEAD: u32 = 80;

/// How much a moment shows: many different states, messages on their way but no crowd, something that is wrong.
fn interest(world: &World, verdicts: &[Verdict]) -> u32 {
    let mut tones = [false; 6];
    for &node in world.members() {
        tones[world.status(node).tone as usize] = true;
    }
    tones[Tone::Idle as usize] = false;
    let states = tones.iter().filter(|&&seen| seen).count() as u32;
    let flights = world.flights().take(9).count() as u32;
    let moving = if flights <= 4 { flights } else { 8_u32.saturating_sub(flights) };
    3 * states + moving + if verdicts.iter().any(Verdict::is_broken) { 4 } else { 0 }
}

/// Goes to the first of the most telling moments.
pub fn find_moment(session: &mut Session) {
    let nodes = session.world().members().len().max(1) as u32;
    // Looking at every node after every step takes its time: a large world is looked at for fewer steps.
    let steps = (LOOK_AHEAD * 12 / nodes.max(12)).max(8);
    let (mut best, mut moment, mut depth) = (interest(session.world(), session.verdicts()), 0, 0);
    let mut look = |_: &Step, world: &World, verdicts: &[Verdict]| {
        depth += 1;
        let found = interest(world, verdicts);
        if found > best {
            (best, moment) = (found, depth);
        }
        false
    };
    // A scenario that stops early has shown what it has.
    let _ = session.play(steps, &mut look);
    session.seek(moment);
}

/// The present moment without words, as an element of the page. Who waits for whom is drawn where sites make that the
/// subject; elsewhere the ring of a state says it.
pub fn draw(session: &Session) -> String {
    let waits_for = session.setup().algorithm.node_shape.holds_parts();
    let look = Look { bare: true, labels: false, waits_for, ..Look::new(SIZE.0, SIZE.1) };
    svg::element(&scene(session, &look), "miniature-picture")
}

/// The picture on a scenario's card; nothing where the scenario cannot be prepared.
pub fn of(scenario: &Scenario) -> Option<String> {
    let mut session = Session::new(scenario.clone()).ok()?;
    find_moment(&mut session);
    Some(draw(&session))
}

/// How a scenario begins, in this size, with words: what stands at the top of the landing page until it runs.
pub fn opening(scenario: &Scenario, (width, height): (f32, f32), theme: Theme) -> Option<String> {
    let session = Session::new(scenario.clone()).ok()?;
    Some(svg::element(&scene(&session, &opening_look(width, height, theme)), "hero-picture"))
}

/// How the example of the landing page looks. The arrows of who waits for whom belong to the laboratory, where there is
/// room for them.
pub fn opening_look(width: f32, height: f32, theme: Theme) -> Look {
    Look { scale: theme.scale(), clock: Badge::None, waits_for: false, ..Look::new(width, height) }
}

fn scene(session: &Session, look: &Look) -> Scene {
    let mut network = Network::new();
    network.show(session.world(), look);
    let mut scene = network.still(1.0).clone();
    scene.shapes.extend(network.moving(1.0, false).shapes);
    scene
}

#[cfg(all(test, feature = "embed"))]
mod tests {
    use super::*;
    use crate::algorithms::ALGORITHMS;

    #[test]
    fn every_scenario_has_a_picture_with_something_in_it() {
        for (name, text) in ALGORITHMS.iter().flat_map(|algorithm| algorithm.texts.scenarios) {
            let scenario = Scenario::read(text).expect("the project's own scenarios can be read");
            let picture = of(&scenario).expect("and prepared");
            assert!(picture.matches("<circle").count() + picture.matches("<rect").count() > 1, "{name}: {picture}");
        }
    }
}
