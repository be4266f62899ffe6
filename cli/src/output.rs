//! Standard output, of which a reader may take as little as it likes.

use serde::Serialize;
use std::io::{self, BufWriter, StdoutLock, Write};

/// Buffered standard output. Unlike `println!`, it does not panic where the reader has gone.
pub struct Output(BufWriter<StdoutLock<'static>>);

impl Output {
    /// Standard output, for the whole run of the program.
    pub fn new() -> Self {
        Self(BufWriter::new(io::stdout().lock()))
    }

    /// One JSON document, indented.
    pub fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.0, value)?;
        self.0.write_all(b"\n")
    }

    /// One JSON document on one line.
    pub fn json_line(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.0, value)?;
        self.0.write_all(b"\n")
    }

    /// Hands over what is still in the buffer.
    pub fn finish(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A line on standard error: `error: …` or `warning: …`.
pub fn complain(kind: &str, message: &str) {
    // With standard error closed there is nobody left to tell.
    let _ = writeln!(io::stderr(), "{kind}: {message}");
}
