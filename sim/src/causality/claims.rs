//! What a step claims to have been so at several nodes at once, and whether any consistent cut contains it: what a
//! detector puts together from news of different times need never have been true at one.

use super::{Cut, Log, Stay};
use crate::{MomentId, NodeId, Session, World};

/// Steps that are looked through at most: what is asked by hand is answered at once.
const MOST_STEPS: u32 = 20_000;

/// Something that is claimed to have been so at a node.
pub struct Claim {
    /// At which.
    pub node: NodeId,
    /// What: "P2 holds R1".
    pub words: String,
    /// Whether it is so. It may look at that node's process only, so that it changes with the node's events only.
    pub holds: Box<dyn Fn(&World) -> bool>,
}

/// A claim, and when it was true.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Claimed {
    /// At which node.
    pub node: NodeId,
    /// What.
    pub words: String,
    /// When, in order.
    pub stays: Vec<Stay>,
}

/// What has come of a search for a consistent cut that contains everything that a step claims.
#[derive(Clone, Debug)]
pub struct Search {
    /// The moment after the step.
    pub moment: MomentId,
    /// Its number.
    pub depth: u32,
    /// What it claims.
    pub claimed: Vec<Claimed>,
    /// Whether there is such a cut.
    pub found: bool,
    /// The least one, or, where there is none, a cut that contains as much as it can of every line.
    pub cut: Cut,
    /// Why there is one, or none.
    pub why: String,
}

impl Claimed {
    /// Whether a cut contains it.
    pub fn is_in(&self, cut: &Cut) -> bool {
        let at = cut.upto(self.node);
        self.stays.iter().any(|stay| (stay.from..=stay.to).contains(&at))
    }

    /// Whether both speak of one node, and were never so together.
    fn is_apart(&self, other: &Self) -> bool {
        self.node == other.node && both(&self.stays, &other.stays).is_empty()
    }

    /// "from step 3 to step 9".
    pub fn when(&self) -> String {
        let words: Vec<String> = self.stays.iter().map(|stay| stay.words()).collect();
        if words.is_empty() { "never".into() } else { words.join(", and ") }
    }
}

impl Stay {
    fn words(self) -> String {
        match self.from {
            0 => format!("up to step {}", self.to),
            from => format!("from step {from} to step {}", self.to),
        }
    }
}

impl Search {
    /// Searches the run up to the present moment for what its last step claims. The log must have all of the run.
    pub fn of(log: &Log, session: &Session) -> Result<Self, String> {
        let depth = session.depth();
        let claims = (session.setup().algorithm.claims)(session.step(), session.world());
        if claims.is_empty() {
            return Err("This step claims nothing of several nodes at once.".into());
        }
        if depth > MOST_STEPS {
            return Err(format!("Runs are looked through up to step {MOST_STEPS}."));
        }
        let claimed = when_true(session, claims);
        let lines = by_line(&claimed);
        let found = log.possibly(&lines);
        let (cut, why) = match &found {
            Some(cut) => (cut.clone(), "All messages that are received inside are sent inside, too.".into()),
            None => (log.nearest(&claimed, &lines), why_not(log, session.world(), &claimed, &lines)),
        };
        Ok(Self { moment: session.here(), depth, claimed, found: found.is_some(), cut, why })
    }

    /// What is to be drawn on each line: when everything was so that is claimed there, or, where it never was, two claims
    /// that were never so together. Of one line no two overlap.
    pub fn stretches(&self) -> Vec<Claimed> {
        let mut all = Vec::new();
        for (node, stays) in by_line(&self.claimed) {
            let own: Vec<&Claimed> = self.claimed.iter().filter(|one| one.node == node).collect();
            if !stays.is_empty() {
                let words: Vec<String> = own.iter().map(|one| one.words.clone()).collect();
                all.push(Claimed { node, words: words.join(", "), stays });
                continue;
            }
            let pair =
                own.iter().enumerate().find_map(|(k, a)| Some([*a, *own[k + 1..].iter().find(|b| a.is_apart(b))?]));
            all.extend(pair.into_iter().flatten().cloned());
        }
        all
    }

    /// The answer, in a sentence.
    pub fn verdict(&self) -> &'static str {
        if self.found {
            "A consistent cut contains all of it: it may have been so at one moment."
        } else {
            "No consistent cut contains all of it: it never was so at any moment."
        }
    }
}

/// When each claim was true, by replay.
fn when_true(session: &Session, claims: Vec<Claim>) -> Vec<Claimed> {
    let mut all: Vec<(Claim, Vec<Stay>)> = claims.into_iter().map(|claim| (claim, vec![])).collect();
    let mut look = |depth: u32, world: &World| {
        for (_, stays) in all.iter_mut().filter(|(claim, _)| (claim.holds)(world)) {
            match stays.last_mut().filter(|stay| stay.to + 1 == depth) {
                Some(stay) => stay.to = depth,
                None => stays.push(Stay { from: depth, to: depth }),
            }
        }
    };
    look(0, &session.first());
    session.visit(1..session.depth() + 1, &mut |depth, _, world| look(depth, world));
    all.into_iter().map(|(claim, stays)| Claimed { node: claim.node, words: claim.words, stays }).collect()
}

/// For each line, when all was so that is claimed there.
fn by_line(claimed: &[Claimed]) -> Vec<(NodeId, Vec<Stay>)> {
    let mut lines: Vec<(NodeId, Vec<Stay>)> = Vec::new();
    for one in claimed {
        match lines.iter_mut().find(|(node, _)| *node == one.node) {
            Some((_, stays)) => *stays = both(stays, &one.stays),
            None => lines.push((one.node, one.stays.clone())),
        }
    }
    lines
}

/// When two things were so.
fn both(first: &[Stay], second: &[Stay]) -> Vec<Stay> {
    let pairs = first.iter().flat_map(|a| second.iter().map(move |b| (a.from.max(b.from), a.to.min(b.to))));
    pairs.filter(|(from, to)| from <= to).map(|(from, to)| Stay { from, to }).collect()
}

/// Why no consistent cut contains everything, by the shortest reason that there is.
fn why_not(log: &Log, world: &World, claimed: &[Claimed], lines: &[(NodeId, Vec<Stay>)]) -> String {
    for (k, a) in claimed.iter().enumerate() {
        if a.stays.is_empty() {
            return format!("“{}” was never so.", a.words);
        }
        if let Some(b) = claimed[k + 1..].iter().find(|b| a.is_apart(b)) {
            let (name, first, second) = (world.name(a.node), a.when(), b.when());
            return format!("{name}: “{}” was so {first}, “{}” {second}, and so never both.", a.words, b.words);
        }
    }
    for (k, a) in lines.iter().enumerate() {
        for b in &lines[k + 1..] {
            if log.possibly(&[a.clone(), b.clone()]).is_none() {
                let (first, second) = if a.1.last() < b.1.last() { (a, b) } else { (b, a) };
                return ended_before(log, world, first, second);
            }
        }
    }
    "Every cut that stands in all of these stretches is crossed backward by a message.".into()
}

/// Two lines whose stretches no consistent cut meets both.
fn ended_before(log: &Log, world: &World, first: &(NodeId, Vec<Stay>), second: &(NodeId, Vec<Stay>)) -> String {
    let (names, [Some(one), Some(other)]) =
        ([world.name(first.0), world.name(second.0)], [first.1.last(), second.1.first()])
    else {
        return String::new();
    };
    let path = log.next_on(first.0, one.to).and_then(|end| log.path(end, other.from));
    let path = path.map(|path| path.words(log, world)).unwrap_or_default();
    let [first, second] = names;
    format!("What is claimed of {first} was over before what is claimed of {second} began. {path}")
}

impl Log {
    /// A cut that stands in the last stretch of every line, whatever it is crossed by, and holds of other lines what
    /// led to it.
    fn nearest(&self, claimed: &[Claimed], lines: &[(NodeId, Vec<Stay>)]) -> Cut {
        let place = |(node, stays): &(NodeId, Vec<Stay>)| {
            let single = || claimed.iter().filter(|one| one.node == *node).find_map(|one| one.stays.last());
            Some((*node, stays.last().or_else(single)?.to))
        };
        let places: Vec<(NodeId, u32)> = lines.iter().filter_map(place).collect();
        let cut = places.iter().fold(Cut::at(0, self.lines()), |cut, &(node, depth)| cut.moved(node, depth));
        let cut = self.closed(&cut);
        places.into_iter().fold(cut, |cut, (node, depth)| cut.moved(node, depth))
    }
}
