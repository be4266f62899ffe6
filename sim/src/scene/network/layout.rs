//! Where everything of the network view stands.
//!
//! Sizes and places depend on the scenario, the stage and what is on it, never on the words of the moment: so that
//! nothing jumps when a status changes.

pub use super::leg::Leg;
use super::{Look, labels, parts::Spot, shown::Shown, sites};
use crate::sorted::Map;
use crate::{
    Life, LinkId, Node, NodeId, PartId, Place, World,
    algorithm::NodeShape,
    scene::{
        Point, Rect,
        geometry::{nearest_pair, point},
    },
};

/// How much is drawn of a node, by its size.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Detail {
    /// Under 8 px: plain marks, text only for what is selected and its neighbours.
    Marks,
    /// Under 14 px: with a name, without status, badge and gauge.
    Names,
    /// Everything.
    Full,
}

/// The outline of a node or a part.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Outline {
    /// A circle of this radius.
    Disc(f32),
    /// A box: half its size, and the radius of its corners.
    Box(Point, f32),
}

impl Outline {
    /// Half its size.
    pub fn half(self) -> Point {
        match self {
            Self::Disc(radius) => point(radius, radius),
            Self::Box(half, _) => half,
        }
    }
    /// How far its edge is from its centre in this direction.
    pub fn reach(self, direction: Point) -> f32 {
        match self {
            Self::Disc(radius) => radius,
            Self::Box(half, _) => Rect::around(Point::default(), 2.0 * half.x, 2.0 * half.y).reach(direction),
        }
    }
    /// The rectangle around it.
    pub fn bounds(self, at: Point) -> Rect {
        let half = self.half();
        Rect::around(at, 2.0 * half.x, 2.0 * half.y)
    }
}

/// Where a node stands.
#[derive(Clone, Copy, Debug)]
pub struct Seat {
    /// Its centre.
    pub at: Point,
    /// Its outline.
    pub outline: Outline,
    /// Whether it is drawn: a tombstone is not.
    pub here: bool,
    /// Where messages leave and arrive: the centre, or the strip at the bottom of a site.
    pub port: Point,
}

/// Where everything stands.
#[derive(Clone, Debug)]
pub struct Layout {
    /// How much larger texts and lines are than in the light theme.
    pub scale: f32,
    /// The stage without what covers it.
    pub inner: Rect,
    /// Where ranges are drawn, where the algorithm has some and there is room for them.
    pub ranges: Option<Rect>,
    /// The radius of a node; of a process inside a site.
    pub radius: f32,
    /// How much is drawn.
    pub detail: Detail,
    /// The outline of nodes.
    pub shape: NodeShape,
    /// By node.
    pub seats: Vec<Seat>,
    /// By link: the bend that keeps it clear of nodes between its ends.
    pub bends: Vec<f32>,
    /// By node: where its words stand, where there is room for them.
    pub blocks: Vec<Option<labels::Block>>,
    /// By node of a bench: the room in which the user places parts.
    pub rooms: Vec<Rect>,
    /// By node, where they keep a tree and stand in its levels: the one above.
    pub above: Vec<Option<NodeId>>,
    /// Where parts stand.
    pub spots: Map<(NodeId, PartId), Spot>,
    /// The most gauges that a node has.
    pub gauges: usize,
    /// The one node whose gauge has names beside its marks: the first with room for them.
    pub named_gauge: Option<NodeId>,
    /// What sticks to nodes: badges and gauges, with their owners.
    pub fixtures: Vec<(NodeId, Rect)>,
    /// How places of the scenario become points of the stage, and back.
    fit: Fit,
    /// Of sites: the place at the start, and the cell that goes with it.
    homes: Vec<(Place, Point)>,
}

/// A map from thousandths to pixels.
#[derive(Clone, Copy, Debug, Default)]
struct Fit {
    /// The middle of the places…
    from: Point,
    /// …is here.
    to: Point,
    /// Pixels for a thousandth.
    unit: Point,
}

impl Fit {
    fn at(&self, place: Place) -> Point {
        let (x, y) = (f32::from(place.x) - self.from.x, f32::from(place.y) - self.from.y);
        self.to + point(x * self.unit.x, y * self.unit.y)
    }

    /// Spreads the places over `room`. A picture may be stretched to fill the stage, but not beyond recognition.
    fn new(places: impl Iterator<Item = Place>, room: Rect) -> Self {
        const STRETCH: f32 = 3.0;
        let (mut low, mut high) = (point(1e9, 1e9), point(-1e9, -1e9));
        for place in places {
            let at = point(place.x.into(), place.y.into());
            low = point(low.x.min(at.x), low.y.min(at.y));
            high = point(high.x.max(at.x), high.y.max(at.y));
        }
        let size = high - low;
        // All in one column or row: nothing to spread, and dragging must still move something.
        let per = |room: f32, size: f32| if size < 1.0 { room / 1000.0 } else { room / size };
        let mut unit = point(per(room.width, size.x), per(room.height, size.y));
        if size.x >= 1.0 && size.y >= 1.0 {
            unit = point(unit.x.min(STRETCH * unit.y), unit.y.min(STRETCH * unit.x));
        }
        let middle = if high.x < low.x { Point::default() } else { low.towards(high, 0.5) };
        Self { from: middle, to: room.centre(), unit }
    }
}

impl Layout {
    /// Where everything of this world stands on this stage.
    pub fn new(world: &World, shown: &Shown, look: &Look) -> Self {
        let whole = Rect {
            x: look.insets.left,
            y: look.insets.top,
            width: (look.width - look.insets.left - look.insets.right).max(1.0),
            height: (look.height - look.insets.top - look.insets.bottom).max(1.0),
        };
        let wanted = world.setup().algorithm.ranges.is_some() && !look.bare;
        let (inner, ranges) = if wanted { super::ranges::share(whole, look.scale) } else { (whole, None) };
        let mut layout = Self {
            scale: look.scale,
            inner,
            ranges,
            radius: 0.0,
            detail: Detail::Full,
            shape: world.setup().algorithm.node_shape,
            seats: vec![],
            bends: vec![],
            blocks: vec![None; world.nodes().len()],
            rooms: vec![],
            above: vec![],
            spots: Map::new(),
            gauges: shown.statuses.iter().map(|status| status.gauges.len()).max().unwrap_or(0),
            named_gauge: None,
            fixtures: vec![],
            fit: Fit::default(),
            homes: vec![],
        };
        if layout.shape.holds_parts() {
            sites::place(&mut layout, world, shown, look);
        } else {
            layout.place_nodes(world, look);
            if layout.detail == Detail::Full {
                super::parts::place(&mut layout, shown);
                layout.fix(shown, look);
            }
        }
        layout.bend_links(world);
        if !look.bare && layout.detail > Detail::Marks && !layout.shape.holds_parts() {
            layout.blocks = labels::place(&layout, world, look);
        }
        layout
    }

    /// How large nodes are and where they stand, where they stand freely.
    fn place_nodes(&mut self, world: &World, look: &Look) {
        let count = world.members().len().max(1) as f32;
        let roomy = self.inner.width >= 560.0 * self.scale;
        let largest = if look.bare {
            13.0
        } else if roomy {
            36.0 * self.scale
        } else {
            28.0 * self.scale
        };
        let share = if self.gauges > 0 { 0.19 } else { 0.26 };
        let mut radius = (share * (self.inner.width * self.inner.height / count).sqrt())
            .min(largest)
            .min(0.14 * self.inner.height.max(self.inner.width / 4.0));
        // The margins depend on the detail, the detail on the room between the margins: it settles at once.
        for _ in 0..3 {
            self.set_radius(radius, look);
            self.fit = self.spread(world, look);
            let nearest = nearest_pair(world.nodes().iter().filter(is_here).map(|node| self.fit.at(node.place())));
            let share = if self.gauges > 0 { 0.28 } else { 0.33 };
            // Many nodes may stand closer, if so their names fit inside.
            let close = (0.43 * nearest).min(16.5 * self.scale);
            let fitting = radius.min((share * nearest).max(close)).max(0.8);
            if fitting >= radius {
                break;
            }
            radius = fitting;
        }
        self.set_radius(radius, look);
        let outline = self.outline();
        self.seats = world
            .nodes()
            .iter()
            .map(|node| {
                let at = self.fit.at(node.place());
                Seat { at, outline, here: is_here(&node), port: at }
            })
            .collect();
    }

    fn set_radius(&mut self, radius: f32, look: &Look) {
        self.radius = radius;
        self.detail = match radius / self.scale {
            _ if look.bare && radius >= 8.0 => Detail::Full,
            size if size < 8.0 => Detail::Marks,
            size if size < 14.0 => Detail::Names,
            _ => Detail::Full,
        };
    }

    /// The outline of a node that stands freely.
    fn outline(&self) -> Outline {
        match self.shape {
            NodeShape::Machine => Outline::Box(point(1.11, 0.94) * self.radius, 0.28 * self.radius),
            _ => Outline::Disc(self.radius),
        }
    }

    /// Leaves margins for what stands around the outermost nodes.
    fn spread(&self, world: &World, look: &Look) -> Fit {
        let (scale, half) = (self.scale, self.outline().half());
        let words = look.labels && !look.bare && self.detail == Detail::Full;
        let narrow = self.inner.width < 560.0 * scale;
        let beside = match (words, narrow, self.shape) {
            (true, false, NodeShape::Circle) if world.members().len() <= 24 => {
                (0.24 * self.inner.width).min(210.0 * scale)
            }
            (false, ..) => 8.0,
            _ if look.clock != super::Badge::None => 30.0 * scale,
            _ => 16.0 * scale,
        };
        // Where many stand in a round, those at the top and at the bottom have their words above and below.
        let round = (7..=24).contains(&world.members().len()) && self.inner.height > 320.0 * scale;
        let stacked = words && (narrow || round || self.shape == NodeShape::Machine);
        let gauges = if self.detail == Detail::Full { self.gauges as f32 * self.gauge_step() } else { 0.0 };
        let over = match (self.gauges > 0, words && round) {
            (true, _) => 26.0,
            (false, true) => 50.0,
            (false, false) => 16.0,
        };
        let below = if stacked { 49.0 } else { 14.0 };
        let (above, below) = if look.bare { (4.0, 4.0) } else { (over * scale, below * scale) };
        let room = Rect {
            x: self.inner.x + half.x + beside,
            y: self.inner.y + half.y + above,
            width: (self.inner.width - 2.0 * (half.x + beside) - gauges).max(1.0),
            height: (self.inner.height - 2.0 * half.y - above - below).max(1.0),
        };
        let now = world.nodes().iter().map(Node::place);
        Fit::new(now.chain(world.setup().nodes.iter().map(|spec| spec.place)), room)
    }

    /// Finds where badges and gauges are.
    fn fix(&mut self, shown: &Shown, look: &Look) {
        let here =
            |layout: &Self| -> Vec<usize> { (0..layout.seats.len()).filter(|&k| layout.seats[k].here).collect() };
        for index in here(self) {
            let id = NodeId(index as u32);
            if look.clock != super::Badge::None && !look.bare {
                self.fixtures.push((id, self.badge(id, 30.0 * self.scale)));
            }
            for k in 0..shown.statuses[index].gauges.len() {
                let bar = self.gauge(id, k);
                let value = if look.bare { 0.0 } else { 20.0 * self.scale };
                self.fixtures.push((id, Rect { y: bar.y - value, height: bar.height + value, ..bar }));
            }
        }
        if self.gauges == 0 || look.bare {
            return;
        }
        let names = |id: NodeId| {
            let bar = self.gauge(id, self.gauges - 1);
            Rect { x: bar.right() + 4.0 * self.scale, width: 86.0 * self.scale, ..bar }
        };
        let free = |id: &NodeId| {
            let rect = names(*id);
            let seats = self.seats.iter().filter(|seat| seat.here).map(|seat| seat.outline.bounds(seat.at));
            let fixed = self.fixtures.iter().map(|(_, fixed)| *fixed);
            rect.right() <= self.inner.right() && !seats.chain(fixed).any(|other| other.overlaps(rect))
        };
        let named = here(self).into_iter().map(|index| NodeId(index as u32)).find(free);
        let fixture = named.map(|id| (id, names(id)));
        self.named_gauge = named;
        self.fixtures.extend(fixture);
    }

    /// The clock badge of a node, so wide. The edge at the node stays where it is when the reading grows.
    pub fn badge(&self, node: NodeId, width: f32) -> Rect {
        let seat = &self.seats[node.index()];
        let (s, bounds) = (self.scale, seat.outline.bounds(seat.at));
        let height = 21.0 * s;
        let (x, y) = match self.shape {
            // Gauges stand at its right.
            NodeShape::Circle if self.gauges > 0 => {
                (bounds.centre().x - 0.36 * bounds.width - width, bounds.y - 6.0 * s)
            }
            NodeShape::Circle => (bounds.centre().x + 0.36 * bounds.width, bounds.y - 6.0 * s),
            NodeShape::Machine if self.gauges > 0 => (bounds.x + 14.0 * s - width, bounds.y - height / 2.0),
            NodeShape::Machine => (bounds.right() - 14.0 * s, bounds.y - height / 2.0),
            NodeShape::Site | NodeShape::Bench => (bounds.right() - width - 10.0 * s, bounds.y - height / 2.0),
        };
        Rect { x, y, width, height }
    }

    /// How far a gauge and the next are apart; the first begins this far from the node's edge, less its own width.
    pub fn gauge_step(&self) -> f32 {
        0.75 * self.radius
    }

    /// The bar of the k-th gauge of a node.
    pub fn gauge(&self, node: NodeId, k: usize) -> Rect {
        let seat = &self.seats[node.index()];
        let half = seat.outline.half();
        let width = 0.45 * self.radius;
        let x = seat.at.x + half.x + (k as f32 + 1.0) * self.gauge_step() - width;
        Rect { x, y: seat.at.y - 1.2 * half.y, width, height: 2.2 * half.y }
    }

    /// Gives places back: where a node must stand in the scenario to be drawn here.
    pub fn place_at(&self, node: Option<NodeId>, at: Point) -> Place {
        let (from, to) = match node.and_then(|node| self.homes.get(node.index())) {
            Some(&(home, cell)) => (point(home.x.into(), home.y.into()), cell),
            None => (self.fit.from, self.fit.to),
        };
        let thousandth =
            |from: f32, way: f32, unit: f32| (from + way / unit.max(1e-3)).round().clamp(0.0, 1000.0) as i16;
        Place {
            x: thousandth(from.x, at.x - to.x, self.fit.unit.x),
            y: thousandth(from.y, at.y - to.y, self.fit.unit.y),
        }
    }

    /// Gives sites their cells: each stands in its own, moved by as much as the user has moved it.
    pub(super) fn sit_in_cells(&mut self, world: &World, cells: &[(Point, Outline)]) {
        let unit = point(self.inner.width / 1000.0, self.inner.height / 1000.0);
        self.fit = Fit { from: point(500.0, 500.0), to: self.inner.centre(), unit };
        let setup = world.setup();
        for (index, node) in world.nodes().iter().enumerate() {
            let Some(&(cell, outline)) = cells.get(index) else { return };
            let home = setup.nodes.get(index).map_or(node.place(), |spec| spec.place);
            let moved = point(f32::from(node.place().x - home.x) * unit.x, f32::from(node.place().y - home.y) * unit.y);
            let at = cell + moved;
            let port = point(at.x, at.y + outline.half().y - 22.0 * self.scale);
            self.homes.push((home, cell));
            self.seats.push(Seat { at, outline, here: is_here(&node), port });
        }
    }

    /// The way along a link, from this end.
    pub fn leg(&self, world: &World, link: LinkId, from: NodeId) -> Leg {
        let ends = world.links()[link.index()].ends;
        let bend = self.bends.get(link.index()).copied().unwrap_or(0.0);
        let leg = Leg::new(self.seats[ends.0.index()].port, self.seats[ends.1.index()].port, bend);
        if ends.0 == from { leg } else { leg.reversed() }
    }

    /// Bends links that would pass behind a node between their ends. Only where there are few enough to follow.
    fn bend_links(&mut self, world: &World) {
        const MOST_NODES: usize = 60;
        const BENDS: [f32; 9] = [0.0, 0.12, -0.12, 0.2, -0.2, 0.32, -0.32, 0.46, -0.46];
        self.bends = vec![0.0; world.links().len()];
        // Sites are so large that a way round them would be no way between them.
        if self.seats.len() > MOST_NODES || self.shape.holds_parts() {
            return;
        }
        for (index, link) in world.links().iter().enumerate().filter(|(_, link)| !link.removed) {
            let (a, b) = (self.seats[link.ends.0.index()].port, self.seats[link.ends.1.index()].port);
            let others = self
                .seats
                .iter()
                .enumerate()
                .filter(|&(node, seat)| seat.here && node != link.ends.0.index() && node != link.ends.1.index());
            let others: Vec<Rect> = others.map(|(_, seat)| seat.outline.bounds(seat.at).grown(2.0)).collect();
            let blocked = |bend: f32| others.iter().filter(|rect| Leg::new(a, b, bend).meets(**rect)).count();
            let clear = BENDS.iter().copied().min_by_key(|&bend| {
                let control = Leg::new(a, b, bend).at(0.5);
                blocked(bend) * 2 + usize::from(!self.inner.contains(control))
            });
            self.bends[index] = clear.unwrap_or(0.0);
        }
    }
}

/// Whether a node is drawn.
#[allow(clippy::trivially_copy_pass_by_ref)] // as a filter of an iterator takes it
fn is_here(node: &&Node) -> bool {
    node.life() != Life::Removed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_fill_the_room_and_are_stretched_no_more_than_threefold() {
        let room = Rect { x: 0.0, y: 0.0, width: 900.0, height: 100.0 };
        let corners = [Place { x: 0, y: 0 }, Place { x: 1000, y: 1000 }];
        let fit = Fit::new(corners.into_iter(), room);
        assert_eq!(fit.at(corners[0]), point(300.0, 0.0));
        assert_eq!(fit.at(corners[1]), point(600.0, 100.0));
        let line = [Place { x: 100, y: 500 }, Place { x: 900, y: 500 }];
        let fit = Fit::new(line.into_iter(), room);
        assert_eq!([fit.at(line[0]), fit.at(line[1])], [point(0.0, 50.0), point(900.0, 50.0)]);
    }
}
