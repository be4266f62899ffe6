//! The figures of Interleave. Nothing is measured yet.

fn main() {
    println!("no figures yet");
}
