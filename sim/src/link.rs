//! Links between nodes, and the presets that place and connect nodes.

use crate::{Delay, LinkId, NodeId, Order, Place, read_variants};
use serde::Serialize;

/// A two-way link.
#[derive(Clone, Debug)]
pub struct Link {
    /// Its two ends, the smaller id first.
    pub ends: (NodeId, NodeId),
    /// How long a message takes: from the first end to the second, and back where nothing else is said.
    pub delay: Delay,
    /// How long it takes from the second end to the first, where that differs.
    pub back: Option<Delay>,
    /// How many in a million messages are lost.
    pub loss: u32,
    /// How many in a million messages are duplicated.
    pub duplication: u32,
    /// The order in which it delivers.
    pub order: Order,
    /// The user has cut it.
    pub cut: bool,
    /// A partition runs through it.
    pub severed: bool,
    /// It was taken away for good.
    pub removed: bool,
}

impl Link {
    /// Whether messages pass.
    pub fn is_up(&self) -> bool {
        !(self.cut || self.severed || self.removed)
    }

    /// Whether it neither loses nor duplicates.
    pub fn is_faithful(&self) -> bool {
        self.loss == 0 && self.duplication == 0
    }

    /// How long a message of this end takes.
    pub fn delay_from(&self, end: NodeId) -> Delay {
        self.back.filter(|_| end == self.ends.1).unwrap_or(self.delay)
    }

    /// Messages of this end take so long; those of the other end what they took before.
    pub fn set_delay_from(&mut self, end: NodeId, delay: Delay) {
        let other = self.delay_from(self.other(end));
        let (there, back) = if end == self.ends.0 { (delay, other) } else { (other, delay) };
        (self.delay, self.back) = (there, (back != there).then_some(back));
    }

    /// The other end.
    pub fn other(&self, end: NodeId) -> NodeId {
        if self.ends.0 == end { self.ends.1 } else { self.ends.0 }
    }
}

/// How a scenario's nodes are connected and placed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preset {
    /// Each with the next, round.
    Ring,
    /// Node 0 with every other.
    Star,
    /// Node k with nodes 2k + 1 and 2k + 2.
    Tree,
    /// Each with the next.
    Line,
    /// Each with every other.
    Complete,
    /// Rows and columns, as square as they can be.
    Grid,
}

read_variants!(Preset {
    Ring from "ring", Star from "star", Tree from "tree", Line from "line", Complete from "complete", Grid from "grid",
});

impl Preset {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 6] = [Self::Complete, Self::Ring, Self::Star, Self::Tree, Self::Line, Self::Grid];

    /// Its name on the page and in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ring => "ring",
            Self::Star => "star",
            Self::Tree => "tree",
            Self::Line => "line",
            Self::Complete => "complete",
            Self::Grid => "grid",
        }
    }

    /// The pairs that it links, in the order of the links' ids.
    pub fn pairs(self, n: u32) -> Vec<(NodeId, NodeId)> {
        let columns = columns(n);
        let mut pairs = Vec::new();
        let mut pair = |a: u32, b: u32| pairs.push((NodeId(a.min(b)), NodeId(a.max(b))));
        for b in 1..n {
            match self {
                Self::Star => pair(0, b),
                Self::Tree => pair((b - 1) / 2, b),
                Self::Line | Self::Ring => pair(b - 1, b),
                Self::Complete => (0..b).for_each(|a| pair(a, b)),
                Self::Grid => {
                    if b % columns > 0 {
                        pair(b - 1, b);
                    }
                    if b >= columns {
                        pair(b - columns, b);
                    }
                }
            }
        }
        if self == Self::Ring && n > 2 {
            pair(0, n - 1);
        }
        pairs
    }

    /// Where node `k` of `n` is drawn.
    pub fn place(self, k: u32, n: u32) -> Place {
        let spread = |index: u32, count: u32| (1000 * (2 * index + 1) / (2 * count.max(1))) as i16;
        match self {
            Self::Ring | Self::Complete => around(k, n),
            Self::Star if k == 0 => Place { x: 500, y: 500 },
            Self::Star => around(k - 1, n - 1),
            Self::Line => Place { x: spread(k, n), y: 500 },
            Self::Tree => {
                let level = (k + 1).ilog2();
                let levels = n.max(1).ilog2() + 1;
                Place { x: spread(k + 1 - (1 << level), 1 << level), y: spread(level, levels) }
            }
            Self::Grid => {
                let columns = columns(n);
                Place { x: spread(k % columns, columns), y: spread(k / columns, n.div_ceil(columns)) }
            }
        }
    }
}

/// Columns of a grid of `n` nodes: as square as can be, rather wide than high.
fn columns(n: u32) -> u32 {
    (1..=n.max(1)).find(|columns| columns * columns >= n).unwrap_or(1)
}

/// Node `k` of `n` on a circle, the first on top. `libm`, so that places are the same everywhere.
fn around(k: u32, n: u32) -> Place {
    let angle = std::f64::consts::TAU * f64::from(k) / f64::from(n.max(1));
    let at = |unit: f64| libm::round(500.0 + 500.0 * unit) as i16;
    Place { x: at(libm::sin(angle)), y: at(-libm::cos(angle)) }
}

/// A link of a new world.
pub(crate) fn new_link(ends: (NodeId, NodeId), delay: Delay, order: Order) -> Link {
    let ends = (ends.0.min(ends.1), ends.0.max(ends.1));
    Link { ends, delay, back: None, loss: 0, duplication: 0, order, cut: false, severed: false, removed: false }
}

/// One hop of a message's way.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Hop {
    /// The link.
    pub link: LinkId,
    /// The node at its far end.
    pub to: NodeId,
    /// The draw of its delay, in microseconds: by it the message is drawn between sending and arrival.
    pub delay: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_can_be_slower_one_way() {
        let (a, b) = (NodeId(1), NodeId(3));
        let mut link = new_link((b, a), Delay::millis(10), Order::Any);
        let both = |link: &Link| [link.delay_from(a), link.delay_from(b)];
        link.set_delay_from(b, Delay::millis(90));
        assert_eq!(both(&link), [Delay::millis(10), Delay::millis(90)]);
        link.set_delay_from(a, Delay::millis(5));
        assert_eq!(both(&link), [Delay::millis(5), Delay::millis(90)]);
        link.set_delay_from(b, Delay::millis(5));
        assert_eq!((both(&link), link.back), ([Delay::millis(5); 2], None), "equal ways are one delay again");
    }

    #[test]
    fn presets_have_the_links_of_their_names() {
        let count = |preset: Preset, n| preset.pairs(n).len();
        assert_eq!(count(Preset::Ring, 5), 5);
        assert_eq!(count(Preset::Ring, 2), 1);
        assert_eq!(count(Preset::Star, 5), 4);
        assert_eq!(count(Preset::Tree, 7), 6);
        assert_eq!(count(Preset::Line, 5), 4);
        assert_eq!(count(Preset::Complete, 5), 10);
        assert_eq!(count(Preset::Grid, 9), 12);
    }

    #[test]
    fn every_place_is_on_the_stage() {
        for preset in Preset::ALL {
            for n in 1..40 {
                for k in 0..n {
                    let Place { x, y } = preset.place(k, n);
                    assert!((0..=1000).contains(&x) && (0..=1000).contains(&y), "{preset:?} {k} of {n}: {x}, {y}");
                }
            }
        }
    }
}
