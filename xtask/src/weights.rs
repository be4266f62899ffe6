//! How much code each topic costs: what is loaded for it and for no other.

use crate::command::say;
use crate::failure::Outcome;
use crate::files::read;
use crate::parts::Piece;
use crate::sizes::{Weight, weigh};

/// What a topic's code may weigh, compressed.
pub const TOPIC_BYTES: usize = 4 * 1024;

/// Prints a line for each topic, and for what the topics of a family share: the files as they are sent.
pub fn print_topics(parts: &[Piece]) -> Outcome<()> {
    println!("{:>10} {:>10}  code of a topic", "bytes", "gzipped");
    let mut over = 0;
    for part in parts {
        let is_topic = sim::algorithms::topic(&part.name).is_some();
        if !is_topic && sim::algorithms::FAMILIES.iter().all(|family| family.id != part.name) {
            continue;
        }
        let Weight { raw, gzip } = weigh(&read(&part.file)?)?;
        let is_over = is_topic && gzip > TOPIC_BYTES;
        over += usize::from(is_over);
        let remark = match (is_topic, is_over) {
            (false, _) => ", shared by its topics",
            (true, true) => "  over its bound",
            (true, false) => "",
        };
        println!("{raw:>10} {gzip:>10}  {}{remark}", part.name);
    }
    say(&format!("a topic's code is bound to weigh {TOPIC_BYTES} bytes gzipped; {over} are over it"));
    Ok(())
}
