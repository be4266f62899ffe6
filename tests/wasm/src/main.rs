//! The native side of the comparison: prints the digests.

#![forbid(unsafe_code)]

fn main() {
    print!("{}", interleave_digests::lines());
}
