//! What of a run is drawn over time, and what is summed up.

use crate::World;

/// A quantity over time.
pub struct Plot {
    /// What is plotted: "queue length".
    pub title: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// One value a line, in the order of the nodes or of the names.
    pub values: fn(&World) -> Vec<(String, i64)>,
}

/// A quantity that grows while time passes: the time for which processes have waited, all together.
pub struct Growth {
    /// What it is; the tally knows it by this name.
    pub name: &'static str,
    /// By how much it grows in a microsecond: how many wait.
    pub rate: fn(&World) -> i64,
}

/// A quantity that is summed up over a run: the response times of jobs, the time that a processor was busy.
pub struct Statistic {
    /// What it is: "response time of a job".
    pub name: &'static str,
    /// Its unit; `µs` where experiments are to show milliseconds.
    pub unit: &'static str,
    /// The sum since the start of the run, and what it is divided by: of how many jobs.
    pub total: fn(&World) -> (i64, i64),
}
