//! Everything has a limit (DESIGN, rule 7). Reaching one is said plainly.

/// Nodes of a world.
pub const NODES: usize = 5_000;
/// Links that a world may ever have.
pub const LINKS: usize = 200_000;
/// Bytes read from a scenario or session file.
pub const FILE_BYTES: usize = 16 << 20;
/// Characters read from a link.
pub const LINK_CHARS: usize = 1 << 20;
/// Events replayed to open a link or a file.
pub const REPLAY_EVENTS: u64 = 2_000_000;
/// Scripted events of a scenario.
pub const SCRIPT_ITEMS: usize = 10_000;
/// Moments kept in a session before old stretches of Play are folded.
pub const MOMENTS: usize = 1_000_000;
/// Messages in flight: past it, nothing is sent any more, and the page says so.
pub const FLIGHTS: usize = 200_000;
/// Values of an experiment's sweep.
pub const SWEEP_POINTS: usize = 200;
/// Configurations that an experiment compares: as many as there are strokes that can be told apart.
pub const CONFIGURATIONS: usize = 8;
/// Measures of an experiment.
pub const MEASURES: usize = 12;
/// Runs of every point of an experiment.
pub const REPLICATIONS: usize = 10_000;
/// Runs of an experiment in all.
pub const CELLS: usize = 200_000;
/// Events of one run of an experiment.
pub const CELL_EVENTS: u64 = 50_000_000;
