//! The window of the run as shapes.

use super::{Axis, Kind, Row, Stretch, Window, cone, cut::CutMark};
use crate::causality::{Cone, Log, Path, Relation};
use crate::order::Order as _;
use crate::sorted::Map;
use crate::{
    MessageId, NodeId, Session, Tone,
    scene::{
        Anchor, Area, Form, Point, Rect, Role, Scene, Style, Target, Text,
        geometry::point,
        marks,
        text::{shortened, width},
    },
};
use std::sync::Arc;

/// How the view is to look.
#[derive(Clone, Debug)]
pub struct View {
    /// In CSS pixels.
    pub width: f32,
    /// In CSS pixels.
    pub height: f32,
    /// Texts and marks are so much larger: 1, or 1.6 on the projector.
    pub scale: f32,
    /// The place on the axis at the left edge.
    pub from: f64,
    /// The event that is selected, by its step.
    pub selected: Option<u32>,
    /// What is told of the selected event, and the cuts.
    pub over: Over,
    /// Whether vectors stand beside the events, in the place of Lamport stamps.
    pub vectors: bool,
    /// The arrowhead that is being dragged, and where it is.
    pub dragged: Option<(u32, f32)>,
}

/// What is drawn over the run, at the whole of which it was found.
#[derive(Clone, Debug, Default)]
pub struct Over {
    /// The past and the future of the selected event.
    pub cone: Option<Arc<Cone>>,
    /// The event with which it is compared.
    pub other: Option<u32>,
    /// Why one of the two happened before the other.
    pub path: Option<Arc<Path>>,
    /// Cuts, the first beneath the others.
    pub cuts: Vec<CutMark>,
    /// When something was so that is claimed.
    pub stretches: Vec<Stretch>,
}

impl Over {
    /// What a run tells of one event and of another, and the cut that its algorithm has recorded up to a step.
    pub fn of(log: &Log, event: Option<u32>, other: Option<u32>, now: u32) -> Self {
        let pair = event.zip(other);
        let path = pair.and_then(|(a, b)| log.path(a.min(b), a.max(b))).filter(|path| path.from != path.to);
        Self {
            cone: event.and_then(|event| log.cone(event)).map(Arc::new),
            other,
            path: path.map(Arc::new),
            cuts: CutMark::recorded(log, now).into_iter().collect(),
            stretches: vec![],
        }
    }
}

/// Room for the names at the left: as much as the longest one needs, within limits.
pub fn gutter(session: &Session, scale: f32) -> f32 {
    let names = session.world().nodes().iter().map(|node| width(node.name(), 14.0, true));
    (names.fold(0.0, f32::max) + 30.0).clamp(56.0, 120.0) * scale
}

const TOP: f32 = 30.0;
const BOTTOM: f32 = 26.0;
/// Least distance between two lines, without and with stamps.
const CLOSE: f32 = 14.0;

pub(super) struct Sheet<'a> {
    pub session: &'a Session,
    pub axis: &'a Axis,
    pub view: &'a View,
    pub window: &'a Window,
    /// Where each message was sent: the row's depth.
    senders: Map<MessageId, u32>,
    pub pitch: f32,
    gutter: f32,
    pub now: u32,
}

/// The picture of what is visible.
pub fn spacetime(session: &Session, axis: &Axis, window: &Window, view: &View) -> Scene {
    let mut scene = Scene::new(view.width, view.height);
    let lines = window.names.len().max(1) as f32;
    let room = (view.height - TOP * view.scale - BOTTOM * view.scale).max(1.0);
    let sheet = Sheet {
        session,
        axis,
        view,
        window,
        senders: Map::from_pairs(
            window.rows.iter().flat_map(|row| row.sent.iter().map(|sent| (sent.id, row.depth))).collect(),
        ),
        pitch: room / lines,
        gutter: gutter(session, view.scale),
        now: session.depth(),
    };
    sheet.lines(&mut scene);
    cone::lines(&mut scene, &sheet);
    sheet.bands(&mut scene);
    sheet.arrows(&mut scene);
    sheet.losses(&mut scene);
    sheet.pending(&mut scene);
    cone::path(&mut scene, &sheet);
    for stretch in &view.over.stretches {
        stretch.draw(&mut scene, &sheet);
    }
    for cut in &view.over.cuts {
        cut.draw(&mut scene, &sheet);
    }
    sheet.events(&mut scene);
    for cut in &view.over.cuts {
        cut.handles(&mut scene, &sheet);
    }
    sheet.frame(&mut scene);
    for cut in &view.over.cuts {
        cut.label(&mut scene, &sheet);
    }
    scene
}

impl Sheet<'_> {
    pub(super) fn y(&self, node: NodeId) -> f32 {
        TOP * self.view.scale + self.pitch * (node.0 as f32 + 0.5)
    }
    pub(super) fn gutter(&self) -> f32 {
        self.gutter
    }
    pub(super) fn place(&self, x: f64) -> f32 {
        self.gutter() + (x - self.view.from) as f32
    }
    pub(super) fn x(&self, depth: u32) -> f32 {
        self.place(self.axis.x(depth))
    }
    /// What comes after now on this branch is there, but pale.
    pub(super) fn opacity(&self, depth: u32) -> f32 {
        if depth > self.now { 0.4 } else { 1.0 }
    }
    pub(super) fn text(&self, at: Point, text: impl Into<Arc<str>>, size: f32) -> Text {
        Text::new(at, text, size * self.view.scale)
    }
    pub(super) fn is_dense(&self) -> bool {
        self.pitch < 2.2 * CLOSE * self.view.scale
    }

    /// One line a node; dashed while it is down.
    fn lines(&self, scene: &mut Scene) {
        let right = self.view.width;
        for (index, start) in self.window.starts.iter().enumerate() {
            let node = NodeId(index as u32);
            let y = self.y(node);
            let mut from = self.gutter();
            let mut up = start.up;
            let mut stretch = |from: f32, to: f32, up: bool| {
                let form = Form::Line(point(from, y), point(to, y));
                if up {
                    scene.add(form, Style::stroke(Role::Link, 1.5));
                } else {
                    scene.add(form, Style::stroke(Role::Tone(Tone::Failed), 4.0).dashed(3.0, 5.0));
                }
            };
            for row in self.window.rows.iter().filter(|row| row.node == Some(node)) {
                let next = match row.kind {
                    Kind::Crash => false,
                    Kind::Recover => true,
                    _ => continue,
                };
                let x = self.x(row.depth);
                stretch(from, x, up);
                (from, up) = (x, next);
            }
            stretch(from, right, up);
        }
    }

    /// Stretches in which a node has what it wanted: critical sections, leaderships.
    fn bands(&self, scene: &mut Scene) {
        for (index, start) in self.window.starts.iter().enumerate() {
            let node = NodeId(index as u32);
            let mut open = (start.tone == Tone::Active).then(|| (self.gutter(), start.word.clone()));
            let rows = || self.window.rows.iter().filter(|row| row.node == Some(node) && row.depth <= self.now);
            for row in rows() {
                let x = self.x(row.depth);
                match (row.tone == Tone::Active, open.take()) {
                    (true, None) => open = Some((x, row.word.clone())),
                    (true, Some((from, word))) if word == row.word => open = Some((from, word)),
                    (active, Some((from, word))) => {
                        self.band(scene, node, from, x, &word);
                        open = active.then(|| (x, row.word.clone()));
                    }
                    (false, None) => {}
                }
            }
            if let Some((from, word)) = open {
                let to = self.x(self.now).min(self.view.width);
                self.band(scene, node, from, to.max(from + 6.0), &word);
            }
        }
    }

    fn band(&self, scene: &mut Scene, node: NodeId, from: f32, to: f32, word: &str) {
        let from = from.max(self.gutter());
        if to <= from {
            return;
        }
        let half = (9.0 * self.view.scale).min(0.35 * self.pitch);
        let y = self.y(node);
        let rect = Rect { x: from, y: y - half, width: to - from, height: 2.0 * half };
        let style = Style::fill(Role::ToneFill(Tone::Active)).outlined(Role::Tone(Tone::Active), 1.5);
        scene.add(Form::Rect(rect, 0.0), style);
        let size = 13.0 * self.view.scale;
        if half * 2.0 < size {
            return;
        }
        // Where no event covers it: the first place that takes the whole word, or else the widest.
        let clear = 10.0 * self.view.scale;
        let events = self.window.rows.iter().filter(|row| row.node == Some(node)).map(|row| self.x(row.depth));
        let ends: Vec<f32> = [from].into_iter().chain(events.filter(|x| (from..to).contains(x))).chain([to]).collect();
        let gaps = || ends.windows(2).map(|gap| (gap[0] + clear, gap[1] - gap[0] - 2.0 * clear));
        let whole = width(word, size, false);
        let widest = || gaps().max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((x, room)) = gaps().find(|(_, room)| *room >= whole).or_else(widest) else { return };
        if room >= whole.min(3.0 * size) {
            let text = shortened(word, size, false, room);
            let text = self.text(point(x, y + 0.36 * size), text, 13.0).anchored(Anchor::Start);
            scene.add(Form::Text(text), Style::fill(Role::Ink));
        }
    }

    /// How the event of a row is related to the selected one; nothing where none is, or the row is no event.
    pub(super) fn relation(&self, row: &Row) -> Option<Relation> {
        let cone = self.view.over.cone.as_ref()?;
        Some(cone.relation(row.node.filter(|_| row.happens)?, row.depth))
    }

    fn arrow(&self, scene: &mut Scene, from: Point, to: Point, hue: u8, style: impl Fn(Style) -> Style) {
        if from.x.max(to.x) < self.gutter() || from.x.min(to.x) > self.view.width {
            return;
        }
        let (from, to) = self.clipped(from, to);
        scene.add(Form::Line(from, to), style(Style::stroke(Role::Hue(hue), 2.0 * self.view.scale.sqrt())));
        let length = 11.0 * self.view.scale;
        let head = marks::arrowhead(to, (to - from).unit(), length, 0.9 * length);
        let filled = style(Style::fill(Role::Hue(hue)));
        scene.add(head, Style { dash: None, ..filled }.outlined(Role::Ink, 1.0));
    }

    /// The part of an arrow that is right of the names.
    pub(super) fn clipped(&self, from: Point, to: Point) -> (Point, Point) {
        let edge = self.gutter();
        if from.x >= edge || to.x <= edge {
            return (from, to);
        }
        let t = (edge - from.x) / (to.x - from.x);
        (from.towards(to, t), to)
    }

    /// Messages that have arrived, or will on this branch.
    fn arrows(&self, scene: &mut Scene) {
        let radius = 6.0 * self.view.scale;
        for row in &self.window.rows {
            let (Kind::Receive { id, sent_at, hue }, Some(node)) = (&row.kind, row.node) else { continue };
            let from_x =
                self.senders.get(id).map_or_else(|| self.place(self.axis.x_of_time(*sent_at)), |&depth| self.x(depth));
            let dragged = self.view.dragged.filter(|(depth, _)| *depth == row.depth);
            let to_x = dragged.map_or_else(|| self.x(row.depth), |(_, x)| x);
            let (from, centre) = (point(from_x, self.y(id.from)), point(to_x, self.y(node)));
            let tip = centre + (from - centre).unit() * radius;
            // What leads to the selected event is solid, what comes of it dashed; the rest steps back.
            let sent = self.senders.get(id).copied().or_else(|| self.axis.step_at(*sent_at));
            let look = cone::arrow(self, row, (id.from, sent));
            let faded = self.opacity(row.depth) * look.0;
            self.arrow(scene, from, tip, *hue, |style| {
                let style = style.faded(faded);
                if look.1 { style.dashed(7.0, 4.0) } else { style }
            });
            if row.depth <= self.now {
                scene.hit_area(Area::Disc(tip, 12.0 * self.view.scale), Target::Arrowhead(row.depth));
            }
        }
    }

    /// Messages that were lost: a line that ends in the cross.
    fn losses(&self, scene: &mut Scene) {
        for row in &self.window.rows {
            for (id, hue) in &row.lost {
                let from_x = self.senders.get(id).map_or(self.gutter(), |&depth| self.x(depth));
                let from = point(from_x, self.y(id.from));
                let at = self.loss(row, *id, self.x(row.depth));
                if at.x >= self.gutter() && from.x <= self.view.width {
                    let (from, at) = self.clipped(from, at);
                    let style = Style::stroke(Role::Hue(*hue), 2.0).dashed(5.0, 4.0).faded(self.opacity(row.depth));
                    scene.add(Form::Line(from, at), style);
                }
            }
        }
    }

    /// Messages that are on their way now: dashed up to the line of now, and a little beyond.
    fn pending(&self, scene: &mut Scene) {
        let world = self.session.world();
        let now = self.x(self.now);
        let mut flights: Vec<_> = world.flights().collect();
        flights.order_by_key(|flight| flight.id);
        let ahead = self.now < self.session.end();
        for flight in flights {
            let from_x = self
                .senders
                .get(&flight.id)
                .map_or_else(|| self.place(self.axis.x_of_time(flight.sent_at)), |&depth| self.x(depth));
            let from = point(from_x, self.y(flight.id.from));
            let hue = super::super::network::hue(world, flight.payload.kind());
            let goal = self.y(flight.to);
            let arrives = self.place(self.axis.x_of_time(flight.due)).max(now + 60.0).max(from_x + 40.0);
            let stop = if flight.held { (now + 34.0).max(from_x + 34.0) } else { arrives };
            let end =
                point(from_x, from.y).towards(point(arrives, goal), (stop - from_x) / (arrives - from_x).max(1.0));
            // Where the branch goes on, the arrow of the arrival is drawn already.
            if ahead && !flight.held {
                continue;
            }
            let style = Style::stroke(Role::Hue(hue), 2.0).dashed(5.0, 4.0);
            let (a, b) = self.clipped(from, end);
            scene.add(Form::Line(a, b), style);
            if flight.held {
                marks::pin(scene, end, 8.0 * self.view.scale);
                let label = self
                    .text(point(end.x + 12.0, end.y + 16.0 * self.view.scale), "held", 13.0)
                    .anchored(Anchor::Start);
                scene.add(Form::Text(label), Style::fill(Role::Quiet));
            }
            scene.hit_area(Area::Strip(a, b, 7.0), Target::Pending(flight.id));
        }
    }

    /// A dot, a filled dot, a ring, a cross, a bar: what an event is, by its shape.
    fn events(&self, scene: &mut Scene) {
        let r = (6.0 * self.view.scale).min(0.28 * self.pitch).max(2.5);
        for row in &self.window.rows {
            let x = self.x(row.depth);
            if x < self.gutter() - r || x > self.view.width + r {
                continue;
            }
            for (id, _) in &row.lost {
                let at = self.loss(row, *id, x);
                marks::cross(scene, at, r, Style::stroke(Role::Bad, 2.5).faded(self.opacity(row.depth)));
            }
            let Some(node) = row.node else { continue };
            let at = point(x, self.y(node));
            let opacity = self.opacity(row.depth);
            match self.relation(row) {
                Some(relation) if relation != Relation::Same && row.kind != Kind::Crash => {
                    cone::event(scene, at, r, relation, opacity);
                }
                _ => self.event(scene, row, at, r),
            }
            if row.breaks {
                scene.add(Form::Circle(at, r + 5.0), Style::stroke(Role::Bad, 2.5).faded(opacity));
            }
            if self.view.selected == Some(row.depth) || self.view.over.other == Some(row.depth) {
                scene.add(Form::Circle(at, r + 4.0), Style::stroke(Role::Selected, 3.0));
            }
            self.stamp(scene, row, at, r);
            // The end of an arrow is what can be dragged; a tap on it selects the event all the same.
            let delivery = matches!(row.kind, Kind::Receive { .. }) && row.depth <= self.now;
            let target = if delivery { Target::Arrowhead(row.depth) } else { Target::Event(row.depth) };
            scene.hit_area(Area::Disc(at, r + 6.0), target);
        }
    }

    /// What an event is, by its shape.
    fn event(&self, scene: &mut Scene, row: &Row, at: Point, r: f32) {
        let opacity = self.opacity(row.depth);
        let ink = Style::stroke(Role::Ink, 2.2).faded(opacity);
        let bar = point(0.0, 1.6 * r);
        match row.kind {
            Kind::Receive { .. } => {
                scene.add(Form::Circle(at, r), Style::fill(Role::Stage).outlined(Role::Ink, 2.2).faded(opacity));
            }
            Kind::Crash => scene.add(Form::Line(at - bar, at + bar), Style::stroke(Role::Ink, 4.0).faded(opacity)),
            Kind::Recover | Kind::Other => scene.add(Form::Circle(at, 0.7 * r), ink),
            Kind::Local if row.sent.is_empty() => {
                scene.add(Form::Circle(at, 0.6 * r), Style::fill(Role::Ink).faded(opacity));
            }
            Kind::Local => scene.add(Form::Circle(at, r), Style::fill(Role::Ink).faded(opacity)),
        }
    }

    /// Where a lost message is crossed out: on its way, or at its sending.
    fn loss(&self, row: &Row, id: MessageId, x: f32) -> Point {
        let own = row.sent.iter().find(|sent| sent.id == id);
        let (from, to) = match own {
            Some(sent) => (x, sent.to),
            None => return point(x, row.node.map_or_else(|| self.y(id.from), |node| self.y(node))),
        };
        let (a, b) = (self.y(id.from), self.y(to));
        point(from + 16.0, a + (b - a).signum() * 0.3 * self.pitch)
    }

    fn stamp(&self, scene: &mut Scene, row: &Row, at: Point, r: f32) {
        if self.is_dense() || row.stamps.0 == 0 {
            return;
        }
        let vector = |vector: &Option<Vec<u32>>| {
            vector
                .as_ref()
                .map(|counts| format!("({})", counts.iter().map(u32::to_string).collect::<Vec<_>>().join(",")))
        };
        let text = if self.view.vectors {
            vector(&row.vectors.1).or_else(|| vector(&row.vectors.0)).unwrap_or_default()
        } else {
            match row.stamps {
                (event, Some(sent)) if sent != event => format!("{event}, {sent}"),
                (event, _) => event.to_string(),
            }
        };
        // The last line writes above, so that the times beneath keep their room.
        let last = row.node.is_some_and(|node| node.index() + 1 == self.window.names.len());
        let below = !last && self.pitch > 40.0 && row.node.is_some_and(|node| node.0 > 0);
        let dy = if below { r + 15.0 * self.view.scale } else { -r - 6.0 * self.view.scale };
        let label = self.text(point(at.x, at.y + dy), text, 13.0);
        // A halo of the ground keeps it readable over arrows.
        let style = Style::fill(Role::Ink).outlined(Role::Stage, 4.0).faded(self.opacity(row.depth));
        scene.add(Form::Text(label), style);
    }
}
