//! Deadlock in the general case, by reduction: several units of each resource type, processes that need all that they ask
//! for and processes that need any of it.
//!
//! A process whose request can be granted is supposed to finish and to give back all that it holds. What is left when no
//! such process is found is deadlocked, or waits for what is. The order in which processes are taken does not matter for
//! that: whoever can go on once can go on later, too, for what is free only grows.

/// What a process holds and what it asks for.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Claim {
    /// Resource types, by their numbers, and units of them. None stands twice.
    pub holds: Vec<(usize, u32)>,
    /// The same of what it asks for and has not got. Empty: it runs.
    pub wants: Vec<(usize, u32)>,
    /// Whether one of the types that it asks for is enough, with all the units that it asks of that.
    pub any: bool,
}

impl Claim {
    /// Whether what is free is enough for it.
    pub fn fits(&self, free: &[u32]) -> bool {
        let mut wants = self.wants.iter();
        let enough = |&(resource, units): &(usize, u32)| free[resource] >= units;
        if self.any && !self.wants.is_empty() { wants.any(enough) } else { wants.all(enough) }
    }

    /// Gives back all that it holds.
    pub fn give_back(&self, free: &mut [u32]) {
        for &(resource, units) in &self.holds {
            free[resource] = free[resource].saturating_add(units);
        }
    }
}

/// What a reduction comes to.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct Reduction {
    /// Processes that can finish, in an order in which they can.
    pub order: Vec<usize>,
    /// Those that cannot, in the order of their numbers.
    pub stuck: Vec<usize>,
}

/// Reduces: goes round through the processes, from number 0 on, and lets each finish that can.
pub fn reduce(free: &[u32], claims: &[Claim]) -> Reduction {
    let mut free = free.to_vec();
    let (mut open, mut order): (Vec<usize>, Vec<usize>) = ((0..claims.len()).collect(), vec![]);
    loop {
        let before = open.len();
        open.retain(|&process| {
            let fits = claims[process].fits(&free);
            if fits {
                claims[process].give_back(&mut free);
                order.push(process);
            }
            !fits
        });
        if open.len() == before {
            return Reduction { order, stuck: open };
        }
    }
}

/// Whether the state is expedient: nothing that is asked for could be granted now.
pub fn is_expedient(free: &[u32], claims: &[Claim]) -> bool {
    claims.iter().all(|claim| claim.wants.is_empty() || !claim.fits(free))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, below, draw};

    /// A random state of a few processes and resources, and what is free in it.
    fn random(seed: u64) -> (Vec<u32>, Vec<Claim>) {
        let mut counter = 0;
        let mut bits = |bound: u64| {
            counter += 1;
            below(draw(seed, Purpose::Process, (0, 0), counter), bound)
        };
        let (types, processes) = (1 + bits(3) as usize, 1 + bits(5) as usize);
        let free = (0..types).map(|_| bits(2) as u32).collect();
        let mut units = |least: u32| -> Vec<(usize, u32)> {
            let list = (0..types).map(|resource| (resource, bits(3) as u32)).collect::<Vec<_>>();
            list.into_iter().filter(|(_, units)| *units > least).collect()
        };
        let claims = (0..processes).map(|k| Claim { holds: units(0), wants: units(0), any: (seed >> k) & 1 == 1 });
        (free, claims.collect())
    }

    /// By the definition: the largest set of processes each of which is blocked even when all others have given back what
    /// they hold, found by trying every set.
    fn deadlocked(free: &[u32], claims: &[Claim]) -> Vec<usize> {
        let blocked = |set: usize| {
            let mut rest = free.to_vec();
            let outside = claims.iter().enumerate().filter(|(k, _)| set >> k & 1 == 0);
            outside.for_each(|(_, claim)| claim.holds.iter().for_each(|&(resource, units)| rest[resource] += units));
            let in_vain = |claim: &Claim| {
                let lacks = claim.wants.iter().filter(|&&(resource, units)| rest[resource] < units).count();
                if claim.any { lacks == claim.wants.len() && lacks > 0 } else { lacks > 0 }
            };
            claims.iter().enumerate().filter(|(k, _)| set >> k & 1 == 1).all(|(_, claim)| in_vain(claim))
        };
        let largest = (0..1_usize << claims.len()).filter(|&set| blocked(set)).fold(0, |all, set| all | set);
        (0..claims.len()).filter(|k| largest >> k & 1 == 1).collect()
    }

    #[test]
    fn what_cannot_be_reduced_is_the_largest_set_that_waits_for_itself() {
        let mut found = 0;
        for seed in 0..5_000 {
            let (free, claims) = random(seed);
            let reduction = reduce(&free, &claims);
            assert_eq!(reduction.stuck, deadlocked(&free, &claims), "seed {seed}: {free:?} {claims:?}");
            let mut rest = free.clone();
            for &process in &reduction.order {
                assert!(claims[process].fits(&rest), "seed {seed}: the order can be run");
                claims[process].give_back(&mut rest);
            }
            found += usize::from(!reduction.stuck.is_empty());
        }
        assert!((500..4_500).contains(&found), "{found} of 5000 are deadlocked");
    }

    #[test]
    fn a_state_is_expedient_where_nothing_can_be_granted() {
        let waits = |units| Claim { holds: vec![(0, 1)], wants: vec![(0, units)], any: false };
        assert!(!is_expedient(&[1], &[waits(1)]), "the unit is free");
        assert!(is_expedient(&[1], &[waits(2)]));
        let either = Claim { wants: vec![(0, 1), (1, 1)], any: true, holds: vec![] };
        assert!(!is_expedient(&[0, 1], std::slice::from_ref(&either)), "the other one is enough");
        assert!(is_expedient(&[0, 0], &[either]));
        assert!(is_expedient(&[5], &[Claim::default()]), "nobody asks");
    }
}
