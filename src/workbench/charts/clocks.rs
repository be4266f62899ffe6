//! The clock view: what the clocks of the branch in view showed, exactly, against true time; how far they were apart, and
//! what was promised of them.

use super::{
    Plan, Plotter,
    draw::{Line, Picture, STYLES},
    series::moment_at,
};
use crate::{
    lab::{Lab, LabHandle},
    markup::{classes, html},
    view::{AtEnd, Keeps, View, part},
    workbench::{controls::select, frames::now},
};
use sim::{
    ClockBounds, Micros, MomentId, NodeId, Stamping, Step, World,
    clock_lines::{ClockLines, ClockPoint},
    narrate,
    scene::Theme,
};
use std::{cell::RefCell, rc::Rc};
use yew::{Callback, Html};

/// Lines at most; of more nodes, the clock that is most ahead and the one that is most behind.
const LINES: usize = 8;
/// Steps that are followed in one go.
const CHUNK: u32 = 256;
/// Milliseconds a drawing that following may take.
const FOLLOWING: f64 = 6.0;

/// What is plotted.
const SHOWN: [&str; 3] = ["ahead of true time", "furthest apart", "readings"];

/// Whether there is anything to see: clocks are the subject, or some differ.
pub fn are_there(world: &World) -> bool {
    world.setup().algorithm.clocks.is_some() || super::series::clocks_differ(world)
}

/// The pane: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn pane(lab: &LabHandle, theme: Theme) -> Html {
    part(Clocks { lab: lab.clone(), theme })
}

#[derive(PartialEq)]
struct Clocks {
    lab: LabHandle,
    theme: Theme,
}

/// The clocks of a branch, as far as it was followed.
#[derive(Default)]
struct History {
    lines: ClockLines,
    /// The moment that was followed last.
    last: Option<(u32, MomentId)>,
}

impl History {
    /// Follows the branch in view while `more_time` says so; whether it was followed to its end.
    fn extend(&mut self, lab: &Lab, more_time: &mut dyn FnMut() -> bool) -> bool {
        let session = &lab.session;
        if self.last.is_none_or(|(depth, moment)| depth > session.end() || moment_at(session, depth) != moment) {
            *self = Self::default();
            let start = World::new(session.setup().clone(), Stamping::None, &mut Step::default());
            self.lines.follow(&start);
            self.last = Some((0, moment_at(session, 0)));
        }
        let mut depth = self.last.map_or(0, |(depth, _)| depth);
        while depth < session.end() {
            let next = depth.saturating_add(CHUNK).min(session.end());
            if next == depth + 1 && next == session.depth() {
                self.lines.follow(session.world());
            } else {
                session.visit(depth + 1..next + 1, &mut |_, _, world| self.lines.follow(world));
            }
            depth = next;
            self.last = Some((depth, moment_at(session, depth)));
            if !more_time() {
                break;
            }
        }
        depth >= session.end()
    }
}

impl View for Clocks {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let (theme, canvas) = (self.theme, keeps.node());
        let shown = keeps.state(|| 0_usize);
        let history = keeps.once(|| RefCell::new(History::default()));
        let plotter = keeps.once(|| RefCell::new(Plotter::default()));
        let redraw = keeps.redraw();
        let (which, start) = (shown.get(), now());
        let complete = history.borrow_mut().extend(&self.lab.get(), &mut || now() - start < FOLLOWING);
        {
            let history = Rc::clone(&history);
            let make = Rc::new(move |lab: &Lab, more_time: &mut dyn FnMut() -> bool| {
                let mut history = history.borrow_mut();
                let done = history.extend(lab, more_time);
                if done && !complete {
                    // What stands beside the picture is about the whole branch.
                    redraw.request();
                }
                (done, picture(lab, &history.lines, which))
            });
            let plan = Plan { lab: self.lab.cell(), canvas: canvas.clone(), plotter: Rc::clone(&plotter), theme, make };
            keeps.always(move || plan.soon());
        }
        keeps.effect((), move || AtEnd(move || plotter.borrow_mut().stop()));
        let choose = Callback::from(move |index: usize| shown.set(index));
        let state = self.lab.get();
        let facts = facts(&state, &history.borrow().lines);
        let label = format!("Clocks, {}, over true time. {}", SHOWN[which], facts.join(" "));
        html! {
            <section class="spacetime clocks" aria-label="Clocks">
                <canvas ref={canvas} class="chart" role="img" aria-label={label}></canvas>
                <div class="clock-facts">
                    { select("Clocks", &SHOWN, which, choose) }
                    { for facts.into_iter().map(|fact| html! { <p>{ fact }</p> }) }
                    { table(&state) }
                </div>
            </section>
        }
    }
}

/// A difference of clocks as a bound is read: "12.5 ms".
fn span(micros: u64) -> String {
    Micros(micros).to_string()
}

/// What is measured on this branch, beside what was promised.
fn facts(lab: &Lab, lines: &ClockLines) -> Vec<String> {
    let world = lab.session.world();
    let bounds = world.setup().algorithm.clocks.map_or_else(ClockBounds::default, |bounds| bounds(world));
    let mut history = ClockLines::default();
    history.follow(world);
    let Some(now) = history.points().first() else { return vec![] };
    let promised = |sign: &str, bound: Option<Micros>| {
        bound.map_or_else(String::new, |bound| format!(", {sign} = {bound} promised"))
    };
    let (apart, off) = (now.apart(), now.off());
    let mut facts = vec![
        format!(
            "Apart: {} now, {} at most{}.",
            span(apart),
            span(lines.most_apart().max(apart)),
            promised("π", bounds.precision)
        ),
        format!(
            "Off true time: {} now, {} at most{}.",
            span(off),
            span(lines.most_off().max(off)),
            promised("α", bounds.accuracy)
        ),
    ];
    if let (Some(precision), Some(drift @ 1..)) = (bounds.precision, bounds.drift) {
        let longest = Micros(precision.0.saturating_mul(1_000_000) / (2 * u64::from(drift)));
        let every = bounds.every.map_or_else(String::new, |every| format!("; put right every {every}"));
        facts.push(format!("δ/2ρ = {longest}{every}."));
    }
    facts
}

/// Each clock now.
fn table(lab: &Lab) -> Html {
    let world = lab.session.world();
    let now = world.now();
    let rows = world.members().iter().take(12).filter_map(|&id| {
        let node = world.node(id)?;
        let ahead = node.clock_at(now).saturating_sub(now.0.cast_signed());
        let within = node.correction_at(now).within.map_or_else(String::new, |within| format!(" ± {within}"));
        let style = &STYLES[id.index() % STYLES.len()];
        Some(html! {
            <tr>
                <td><svg class={classes(&["stroke", style.class])} viewBox="0 0 40 12" aria-hidden="true"><path d="M0 6h40" /></svg></td>
                <th scope="row">{ world.name(id).to_owned() }</th>
                <td>{ format!("{}{within}", signed(ahead)) }</td>
                <td class="quiet">{ narrate::rate(node.hardware_clock().rate()) }</td>
            </tr>
        })
    });
    html! {
        <table class="counts values">
            <caption>{ format!("Ahead of true time, at {now}") }</caption>
            <tbody>{ for rows }</tbody>
        </table>
    }
}

fn signed(micros: i64) -> String {
    let sign = match micros {
        0 => "",
        1.. => "+",
        _ => "−",
    };
    format!("{sign}{}", Micros(micros.unsigned_abs()))
}

/// Microseconds in a unit in which so great a value is read well.
fn unit(greatest: u64) -> (&'static str, f64) {
    match greatest {
        0..200 => ("µs", 1.0),
        200..10_000_000 => ("ms", 1e3),
        _ => ("s", 1e6),
    }
}

/// The picture of what was chosen.
fn picture(lab: &Lab, lines: &ClockLines, which: usize) -> Picture {
    let world = lab.session.world();
    let bounds = world.setup().algorithm.clocks.map_or_else(ClockBounds::default, |bounds| bounds(world));
    let points = lines.points();
    let end = points.last().map_or(Micros::ZERO, |point| point.at).max(world.now());
    let greatest = match which {
        0 => lines.most_off(),
        1 => lines.most_apart().max(bounds.precision.map_or(0, |bound| bound.0)),
        _ => end.0 + lines.most_off(),
    };
    let (name, scale) = unit(greatest);
    let empty = Picture { unit: name, end, now: world.now(), ..Picture::default() };
    match which {
        0 => ahead(world, points, &bounds, scale, empty),
        1 => {
            let apart = points.iter().map(|point| (point.at.0 as f64, point.apart() as f64 / scale)).collect();
            let guide = |bound: Micros| ("δ", level(end, bound.0 as f64 / scale));
            let line = Line { name: "apart".into(), points: apart };
            Picture { lines: vec![line], guides: bounds.precision.map(guide).into_iter().collect(), ..empty }
        }
        _ => {
            let reading = |at: Micros, error: i64| (at.0 as f64 + error as f64) / scale;
            let truth = vec![(0.0, 0.0), (end.0 as f64, end.0 as f64 / scale)];
            Picture { lines: each(world, points, &reading), guides: vec![("true", truth)], ..empty }
        }
    }
}

fn level(end: Micros, value: f64) -> Vec<(f64, f64)> {
    vec![(0.0, value), (end.0 as f64, value)]
}

/// The errors of all clocks, the cone that ρ allows, and what each node believes now.
fn ahead(world: &World, points: &[ClockPoint], bounds: &ClockBounds, scale: f64, mut picture: Picture) -> Picture {
    picture.lines = each(world, points, &|_, error| error as f64 / scale);
    let guides = &mut picture.guides;
    if let Some(drift) = bounds.drift {
        let corrected =
            bounds.every.is_some() || world.nodes().iter().any(|node| node.correction_at(world.now()).within.is_some());
        let (low, high) = cone(points, drift, scale, corrected);
        guides.extend([("ρ", high), ("", low)]);
    }
    if let Some(bound) = bounds.accuracy {
        let bound = bound.0 as f64 / scale;
        guides.extend([("α", level(picture.end, bound)), ("", level(picture.end, -bound))]);
    }
    let now = world.now();
    let believed = |id: &NodeId| {
        let node = world.node(*id)?;
        let within = node.correction_at(now).within?.0 as f64 / scale;
        let error = node.clock_at(now).saturating_sub(now.0.cast_signed());
        Some((id.index(), error as f64 / scale, within))
    };
    let few = world.nodes().len() <= LINES;
    picture.spans = world.members().iter().filter(|_| few).filter_map(believed).collect();
    picture
}

/// A line a node; of many, the extremes.
fn each(world: &World, points: &[ClockPoint], value: &dyn Fn(Micros, i64) -> f64) -> Vec<Line> {
    // While a node is down its clock is not seen: the line is broken.
    let line = |name: String, error: &dyn Fn(&ClockPoint) -> Option<i64>| {
        let shown = |point: &ClockPoint| error(point).map_or(f64::NAN, |error| value(point.at, error));
        Line { name, points: points.iter().map(|point| (point.at.0 as f64, shown(point))).collect() }
    };
    if world.nodes().len() > LINES {
        return vec![
            line("most ahead".into(), &|point| Some(point.extremes()?.1)),
            line("most behind".into(), &|point| Some(point.extremes()?.0)),
        ];
    }
    let nodes = (0..world.nodes().len()).map(|index| NodeId(index as u32));
    nodes.map(|id| line(world.name(id).into(), &|point| point.errors.get(id.index()).copied().flatten())).collect()
}

type Edge = Vec<(f64, f64)>;

/// What clocks that keep to ρ cannot leave: from where they were, ρ to either side. Where clocks are put right, it begins
/// anew wherever a line bends.
fn cone(points: &[ClockPoint], drift: u32, scale: f64, corrected: bool) -> (Edge, Edge) {
    let (mut low, mut high) = (Vec::new(), Vec::new());
    let mut apex: Option<(Micros, i64, i64)> = None;
    for point in points {
        let Some((least, greatest)) = point.extremes() else { continue };
        let at = point.at.0 as f64;
        if let Some((since, below, above)) = apex {
            let drifted = (point.at.0 - since.0) as f64 * f64::from(drift) / 1e6;
            low.push((at, (below as f64 - drifted) / scale));
            high.push((at, (above as f64 + drifted) / scale));
        }
        if apex.is_none() || corrected {
            apex = Some((point.at, least, greatest));
            low.push((at, least as f64 / scale));
            high.push((at, greatest as f64 / scale));
        }
    }
    (low, high)
}
