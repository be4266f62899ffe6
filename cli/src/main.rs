//! The command line of Interleave. It has no commands yet.

fn main() {
    println!("interleave {}", env!("CARGO_PKG_VERSION"));
}
