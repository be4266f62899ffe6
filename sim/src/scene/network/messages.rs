//! Where messages on their way stand: at a fraction of their way that depends only on the time since they were sent.
//!
//! Messages of one channel queue up behind each other where they would overlap, and become a pile where there is no
//! room for that. Capsules of different links make room for each other along their own ways.

use super::{
    Look, labels,
    layout::{Detail, Layout, Leg, Outline, Seat},
};
use crate::order::Order as _;
use crate::sorted::Map;
use crate::{
    Datum, Flight, MessageId, NodeId, World,
    algorithm::NodeShape,
    scene::{
        Area, Point, Rect, Target,
        geometry::{point, within},
        text,
        theme::HUES,
    },
    world::Route,
};
use std::sync::Arc;

/// How much is drawn of a message.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Writing {
    /// A small triangle in its hue.
    #[default]
    Mark,
    /// A capsule with its kind.
    Kind,
    /// A capsule with its kind and its telling fields.
    Telling,
}

/// A message as it stands between two events.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Which.
    pub id: MessageId,
    /// To whom.
    pub to: NodeId,
    /// The hue of its kind.
    pub hue: u8,
    /// Whether the user holds it.
    pub held: bool,
    /// What its capsule says; empty for a mark.
    pub words: Arc<str>,
    /// Half the size of its capsule.
    pub half: Point,
    /// The way it takes.
    pub way: Way,
    /// How much of the way is behind it, from 0 to 1.
    pub t: f32,
    /// How far below its way it stands, to make room for another.
    pub shift: f32,
    /// All that stand in this spot, where it stands for them.
    pub pile: Option<Arc<[MessageId]>>,
    /// Another stands for it.
    pub hidden: bool,
}

/// A way in pieces that are clear of the nodes at their ends, with the share of the time that each takes.
#[derive(Clone, Debug)]
pub enum Way {
    /// Over one link.
    One(Leg),
    /// Hop by hop: at which fraction each ends.
    Many(Arc<[(f32, Leg)]>),
}

impl Way {
    /// The point and the direction at `t`.
    pub fn at(&self, t: f32) -> (Point, Point) {
        let t = t.clamp(0.0, 1.0);
        match self {
            Self::One(leg) => (leg.at(t), leg.direction(t)),
            Self::Many(legs) => {
                let mut start = 0.0;
                for (end, leg) in legs.iter() {
                    if t <= *end || *end >= 1.0 {
                        let part = ((t - start) / (end - start).max(1e-6)).clamp(0.0, 1.0);
                        return (leg.at(part), leg.direction(part));
                    }
                    start = *end;
                }
                (Point::default(), point(1.0, 0.0))
            }
        }
    }
    fn length(&self) -> f32 {
        match self {
            Self::One(leg) => leg.length(),
            Self::Many(legs) => legs.iter().map(|(_, leg)| leg.length()).sum(),
        }
    }
}

/// What capsules say, kept from one event to the next.
pub type Tellings = Map<MessageId, Arc<str>>;

/// The hue of a kind of message: kinds get theirs in the order in which they first appear.
pub fn hue(world: &World, kind: &str) -> u8 {
    let sent = world.tally().sent_by_kind();
    (sent.iter().position(|(known, _)| *known == kind).unwrap_or(0) % HUES) as u8
}

/// Where all messages on their way stand now, by their ids.
pub fn standings(world: &World, layout: &Layout, look: &Look, tellings: &mut Tellings) -> (Vec<Standing>, Writing) {
    let mut flights: Vec<&Flight> = world.flights().collect();
    flights.order_by_key(|flight| flight.id);
    let writing = writing(world, layout, look, &flights);
    if writing == Writing::Mark && look.selected.is_empty() {
        tellings.clear();
    } else {
        let kept = std::mem::take(tellings);
        let telling = |flight: &&Flight| Some((flight.id, kept.get(&flight.id)?.clone()));
        tellings.extend(flights.iter().filter_map(telling));
    }
    let hues: Vec<(&'static str, u64)> = world.tally().sent_by_kind().to_vec();
    let stand = |flight: &&Flight| {
        let kind = flight.payload.kind();
        let place = hues.iter().position(|(known, _)| *known == kind).unwrap_or(0);
        let chosen = look.is_selected(&Target::Message(flight.id));
        let writing = if chosen { Writing::Telling } else { writing };
        let way_of = |half: Point| way(world, layout, &flight.route, (flight.id.from, flight.to), half);
        let mut words = words(world, flight.id, &flight.payload, writing, tellings);
        let (mut way, squeezed) = way_of(half(layout, &words));
        if squeezed && writing == Writing::Telling && !chosen {
            // Its link is too short for all its words.
            words = crate::value::upper_words(flight.payload.kind()).into();
            way = way_of(half(layout, &words)).0;
        }
        let half = half(layout, &words);
        Standing {
            id: flight.id,
            to: flight.to,
            hue: (place % HUES) as u8,
            held: flight.held,
            way,
            words,
            half,
            t: fraction(world, flight),
            shift: 0.0,
            pile: None,
            hidden: false,
        }
    };
    let mut standings: Vec<Standing> = flights.iter().map(stand).collect();
    if writing > Writing::Mark {
        queue(&mut standings);
        make_room(&mut standings, layout);
    }
    (standings, writing)
}

/// A message that was lost as soon as it was sent: it stands nowhere, but it is seen to fall.
pub fn stillborn(
    world: &World,
    layout: &Layout,
    id: MessageId,
    to: NodeId,
    payload: &Datum,
    writing: Writing,
) -> Option<Standing> {
    let (from, to_seat) = (layout.seats.get(id.from.index())?, layout.seats.get(to.index())?);
    let words = words(world, id, payload, writing, &mut Tellings::new());
    let half = half(layout, &words);
    let way = if id.from == to {
        Way::One(beside(layout, to, half))
    } else {
        Way::One(clear(layout, Leg::new(from.port, to_seat.port, 0.0), id.from, to, half).0)
    };
    let hue = hue(world, payload.kind());
    Some(Standing { id, to, hue, held: false, words, half, way, t: 0.35, shift: 0.0, pile: None, hidden: false })
}

/// How much of its way is behind a message: 1 once it is due.
fn fraction(world: &World, flight: &Flight) -> f32 {
    let (gone, whole) = (world.now().since(flight.sent_at).0, flight.due.since(flight.sent_at).0);
    if whole == 0 { 0.0 } else { (gone as f64 / whole as f64).min(1.0) as f32 }
}

/// Capsules are written as far as they leave most of the stage free and fit on their links.
fn writing(world: &World, layout: &Layout, look: &Look, flights: &[&Flight]) -> Writing {
    const FEW: usize = 6;
    if look.bare || layout.detail == Detail::Marks {
        return Writing::Mark;
    }
    let s = layout.scale;
    let stage = layout.inner.width * layout.inner.height;
    let fits = |width: f32, share: f32| {
        if flights.len() as f32 * width * 30.0 * s * s > share * stage {
            return false;
        }
        let half = point(width * s / 2.0, 14.0 * s);
        let squeezed = flights.iter().filter(|flight| match flight.route {
            Route::Direct(link) => {
                clear(layout, layout.leg(world, link, flight.id.from), flight.id.from, flight.to, half).1
            }
            _ => false,
        });
        3 * squeezed.count() <= flights.len()
    };
    if fits(130.0, 0.3) {
        Writing::Telling
    } else if fits(100.0, 0.4) || flights.len() <= FEW {
        Writing::Kind
    } else {
        Writing::Mark
    }
}

fn words(world: &World, id: MessageId, payload: &Datum, writing: Writing, tellings: &mut Tellings) -> Arc<str> {
    match writing {
        Writing::Mark => "".into(),
        Writing::Kind => crate::value::upper_words(payload.kind()).into(),
        Writing::Telling => match tellings.get(&id) {
            Some(known) => known.clone(),
            None => tellings.or_insert(id, world.telling(id.from, payload).into()).clone(),
        },
    }
}

/// Half the size of a capsule that says this; of a mark, where it says nothing.
fn half(layout: &Layout, words: &str) -> Point {
    let s = layout.scale;
    if words.is_empty() {
        let size = within(0.5 * layout.radius, 2.5, 6.0 * s);
        return point(size, size);
    }
    let width = text::width(words, labels::SIZE * s, true).min(240.0 * s);
    point(width / 2.0 + 19.0 * s, 14.0 * s)
}

/// The way of a message, clear of the nodes that it passes; whether one of its links is too short for that.
fn way(world: &World, layout: &Layout, route: &Route, (from, to): (NodeId, NodeId), half: Point) -> (Way, bool) {
    match route {
        Route::Local => (Way::One(beside(layout, from, half)), false),
        Route::Direct(link) => {
            let (leg, squeezed) = clear(layout, layout.leg(world, *link, from), from, to, half);
            (Way::One(leg), squeezed)
        }
        Route::Hops(hops) => {
            let whole = hops.iter().map(|hop| u64::from(hop.delay)).sum::<u64>().max(1);
            let (mut at, mut gone, mut tight) = (from, 0_u64, false);
            let legs = hops.iter().enumerate().map(|(index, hop)| {
                let (leg, squeezed) = clear(layout, layout.leg(world, hop.link, at), at, hop.to, half);
                (at, tight) = (hop.to, tight || squeezed);
                gone += u64::from(hop.delay);
                let last = index + 1 == hops.len();
                (if last { 1.0 } else { gone as f32 / whole as f32 }, leg)
            });
            (Way::Many(legs.collect()), tight)
        }
    }
}

/// A message of a node to itself waits below and to the left of it.
fn beside(layout: &Layout, node: NodeId, half: Point) -> Leg {
    let seat = layout.seats[node.index()];
    let reach = seat.outline.half();
    let at = seat.at + point(-0.6 * reach.x - half.x, reach.y + half.y + 4.0);
    Leg::new(at, at + point(0.01, 0.0), 0.0)
}

/// The piece of a way on which a capsule of this size touches neither of the nodes at its ends; whether there is none.
fn clear(layout: &Layout, leg: Leg, from: NodeId, to: NodeId, half: Point) -> (Leg, bool) {
    let length = leg.length().max(1.0);
    let gap = 5.0 * layout.scale;
    let room =
        |node: NodeId, direction: Point| apart(layout, &layout.seats[node.index()], direction, half, gap) / length;
    let (mut start, mut end) = (room(from, leg.direction(0.0)), 1.0 - room(to, leg.direction(1.0) * -1.0));
    // A little less air than usual does no harm.
    let squeezed = (start - end) * length > 1.6 * gap;
    if start > end - 0.02 {
        // Too short for a capsule: it stands where it is as far from one end as from the other.
        let middle = f32::midpoint(start, end).clamp(0.02, 0.98);
        (start, end) = (middle - 0.01, middle + 0.01);
    }
    (leg.piece(start, end), squeezed)
}

/// How far from a node, along a way that leaves it in this direction, a capsule is just clear of it.
fn apart(layout: &Layout, seat: &Seat, direction: Point, half: Point, gap: f32) -> f32 {
    let (dx, dy) = (direction.x.abs().max(1e-3), direction.y.abs().max(1e-3));
    match seat.outline {
        Outline::Box(body, _) if layout.shape.holds_parts() => {
            let capsule = (half.x / dx).min(half.y / dy);
            // Along the strip at the bottom of a site there is room inside it; across the site there is none.
            let down =
                if direction.y > 0.0 { seat.at.y + body.y - seat.port.y } else { seat.port.y - seat.at.y + body.y };
            capsule + gap + if dx > 0.8 { 0.3 * body.x } else { down / dy }
        }
        Outline::Box(body, _) => ((body.x + half.x + gap) / dx).min((body.y + half.y + gap) / dy),
        Outline::Disc(radius) => {
            let clear = radius + gap;
            let (level, upright) = ((clear + half.x) / dx, (clear + half.y) / dy);
            if upright * dx <= half.x {
                return upright;
            }
            if level * dy <= half.y {
                return level;
            }
            // A corner of the capsule touches first.
            let along = dx * half.x + dy * half.y;
            along + (along * along - half.dot(half) + clear * clear).max(0.0).sqrt()
        }
    }
}

/// How far apart the centres of two capsules must be along a direction, so that they do not overlap.
fn pitch(a: &Standing, b: &Standing, direction: Point) -> f32 {
    let gap = 4.0;
    let (width, height) = (a.half.x + b.half.x + gap, a.half.y + b.half.y + gap);
    (width / direction.x.abs().max(1e-3)).min(height / direction.y.abs().max(1e-3))
}

/// Messages of one channel stand behind each other, the first to arrive in front; where there is no room left, in a pile.
fn queue(standings: &mut [Standing]) {
    let mut channels: Map<(NodeId, NodeId), Vec<usize>> = Map::new();
    for (index, standing) in standings.iter().enumerate() {
        channels.or_default((standing.id.from, standing.to)).push(index);
    }
    for mut channel in channels.into_values().filter(|channel| channel.len() > 1) {
        channel.order_by(|&a, &b| standings[b].t.total_cmp(&standings[a].t).then(a.cmp(&b)));
        let mut front = channel[0];
        let mut piled: Vec<usize> = vec![front];
        for &index in &channel[1..] {
            let length = standings[front].way.length().max(1.0);
            let step =
                pitch(&standings[front], &standings[index], standings[front].way.at(standings[front].t).1) / length;
            let behind = standings[front].t - step;
            if behind >= 0.0 {
                close(standings, &mut piled);
                standings[index].t = standings[index].t.min(behind);
                front = index;
            }
            piled.push(index);
        }
        close(standings, &mut piled);
    }
}

/// Makes a pile of several in one spot; the first stands for all.
fn close(standings: &mut [Standing], piled: &mut Vec<usize>) {
    if piled.len() > 1 {
        let ids: Arc<[MessageId]> = piled.iter().map(|&index| standings[index].id).collect();
        for &index in &piled[1..] {
            standings[index].hidden = true;
            standings[index].t = standings[piled[0]].t;
        }
        standings[piled[0]].pile = Some(ids);
    }
    piled.clear();
}

/// The rectangle of a capsule at `t` of its way, so far below it.
fn rect(standing: &Standing, t: f32, shift: f32) -> Rect {
    Rect::around(standing.way.at(t).0 + point(0.0, shift), 2.0 * standing.half.x, 2.0 * standing.half.y)
}

/// How badly a capsule covers nodes: by how deep it reaches into each, and more than that for each it touches at all.
fn covers(bodies: &[Area], capsule: Rect) -> f32 {
    let depth = |body: &Area| match *body {
        Area::Disc(centre, radius) => (radius - capsule.distance(centre)) / radius,
        Area::Rect(rect) => {
            let across = (capsule.right().min(rect.right()) - capsule.x.max(rect.x)) / rect.width.max(1.0);
            across.min((capsule.bottom().min(rect.bottom()) - capsule.y.max(rect.y)) / rect.height.max(1.0))
        }
        Area::Strip(..) => 0.0,
    };
    bodies.iter().map(depth).filter(|depth| *depth > 0.0).map(|depth| 4.0 + 8.0 * depth).sum()
}

/// Capsules of different links give way to each other along their own ways, as little as they must.
fn make_room(standings: &mut [Standing], layout: &Layout) {
    const MOST: usize = 160;
    if standings.len() > MOST {
        return;
    }
    let words: Vec<Rect> = layout.blocks.iter().flatten().map(|block| block.room).collect();
    let area_of = |at: Point, outline: Outline| match outline {
        Outline::Disc(radius) => Area::Disc(at, radius),
        outline @ Outline::Box(..) => Area::Rect(outline.bounds(at)),
    };
    let mut bodies: Vec<Area> = match layout.shape {
        NodeShape::Site | NodeShape::Bench => {
            layout.spots.values().map(|spot| area_of(spot.at, spot.outline)).collect()
        }
        _ => layout.seats.iter().filter(|seat| seat.here).map(|seat| area_of(seat.at, seat.outline)).collect(),
    };
    bodies.extend(layout.fixtures.iter().map(|(_, rect)| Area::Rect(*rect)));
    let shared = |a: Rect, b: Rect| {
        let width = a.right().min(b.right()) - a.x.max(b.x);
        let height = a.bottom().min(b.bottom()) - a.y.max(b.y);
        if width > 0.0 && height > 0.0 { width * height } else { 0.0 }
    };
    let mut placed: Vec<Rect> = Vec::with_capacity(standings.len());
    for index in 0..standings.len() {
        let standing = &standings[index];
        if standing.hidden {
            continue;
        }
        let area = 4.0 * standing.half.x * standing.half.y;
        let cost = |t: f32, shift: f32| {
            let mine = rect(standing, t, shift).grown(1.5);
            let over = |rects: &[Rect]| rects.iter().map(|other| shared(mine, *other)).sum::<f32>() / area;
            let moved = 0.6 * (t - standing.t).abs() + 0.012 * shift.abs() / layout.scale;
            let seen = shared(mine, layout.inner) / area;
            3.0 * over(&placed) + covers(&bodies, mine) + 0.3 * over(&words) + moved - seen
        };
        let rows = [0.0, 1.0, -1.0, 2.0, -2.0].map(|row| row * (2.0 * standing.half.y + 3.0));
        let steps = (0..=16).flat_map(|k| [k as f32 * 0.05, k as f32 * -0.05]);
        let tried = steps.flat_map(|step| rows.map(|shift| ((standing.t + step).clamp(0.0, 1.0), shift)));
        let best = tried.map(|(t, shift)| (cost(t, shift), t, shift)).min_by(|a, b| a.0.total_cmp(&b.0));
        let (t, shift) = best.map_or((standing.t, 0.0), |(_, t, shift)| (t, shift));
        placed.push(rect(standing, t, shift));
        let followers = standings[index].pile.clone();
        (standings[index].t, standings[index].shift) = (t, shift);
        for id in followers.iter().flat_map(|ids| ids.iter().skip(1)) {
            if let Ok(at) = standings.binary_search_by_key(id, |other| other.id) {
                (standings[at].t, standings[at].shift) = (t, shift);
            }
        }
    }
}
