//! How much a first visit loads.

use std::io::Write as _;
use std::path::Path;

use flate2::{Compression, write::GzEncoder};

use crate::failure::{Failure, Outcome, While as _};
use crate::files::{read, read_text};
use crate::html::references;

/// The whole first load may weigh this much, compressed (issue 2, section 6).
pub const BUDGET_BYTES: usize = 180 * 1024;

/// The weight of one file, or of all.
#[derive(Debug, Default, Clone, Copy)]
pub struct Weight {
    /// Bytes as stored.
    pub raw: usize,
    /// Bytes after gzip at its best level, as static hosts send them.
    pub gzip: usize,
}

/// Weighs what a first visit to the page in `dist` loads, and prints it file by file.
pub fn print_first_load(dist: &Path) -> Outcome<Weight> {
    let mut names = vec!["index.html".to_owned()];
    names.extend(references(&read_text(&dist.join("index.html"))?));
    let mut sum = Weight::default();
    println!("{:>10} {:>10}  first load", "bytes", "gzipped");
    for name in names {
        let weight = weigh(&read(&dist.join(&name))?)?;
        sum.raw += weight.raw;
        sum.gzip += weight.gzip;
        println!("{:>10} {:>10}  {name}", weight.raw, weight.gzip);
    }
    println!("{:>10} {:>10}  together; the bound is {BUDGET_BYTES} gzipped", sum.raw, sum.gzip);
    Ok(sum)
}

/// Refuses a first load over its bound.
pub fn check_budget(weight: Weight) -> Outcome<()> {
    if weight.gzip <= BUDGET_BYTES {
        return Ok(());
    }
    Err(Failure::new(format!(
        "the first load weighs {} bytes gzipped, its bound is {BUDGET_BYTES}: load something later (Cargo.toml, \
         [package.metadata.parts]) or leave it out",
        weight.gzip
    )))
}

/// Weighs these bytes.
pub fn weigh(bytes: &[u8]) -> Outcome<Weight> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let gzip = encoder.write_all(bytes).and_then(|()| encoder.finish()).to(|| "compress a file".into())?.len();
    Ok(Weight { raw: bytes.len(), gzip })
}
