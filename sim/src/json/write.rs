//! From whatever can be serialized to a text, as `serde_json` writes it.

use crate::walk::{Shape, Sink, walk};
use serde::Serialize;
use std::fmt::{Display, Write as _};

/// The text on one line.
pub fn compact<T: Serialize + ?Sized>(value: &T) -> String {
    let mut printer = Printer::default();
    walk(value, &mut printer);
    printer.text
}

/// The text with a line for each item and field.
pub fn pretty<T: Serialize + ?Sized>(value: &T) -> String {
    let mut printer = Printer { pretty: true, ..Printer::default() };
    walk(value, &mut printer);
    printer.text
}

#[derive(Default)]
struct Printer {
    text: String,
    pretty: bool,
    open: Vec<Branch>,
}

struct Branch {
    shape: Shape,
    /// Items; of a map, keys and values.
    count: usize,
}

impl Printer {
    /// What stands before the next value; whether that is a key.
    fn begin(&mut self) -> bool {
        let Some(branch) = self.open.last_mut() else { return false };
        let count = branch.count;
        branch.count += 1;
        match branch.shape {
            Shape::List => self.next(count == 0),
            Shape::Map if count.is_multiple_of(2) => {
                self.next(count == 0);
                return true;
            }
            Shape::Map => self.colon(),
            Shape::Record(_) | Shape::Variant(_) => {}
        }
        false
    }
    fn next(&mut self, first: bool) {
        if !first {
            self.text.push(',');
        }
        self.line();
    }
    fn colon(&mut self) {
        self.text.push_str(if self.pretty { ": " } else { ":" });
    }
    fn line(&mut self) {
        if self.pretty {
            self.text.push('\n');
            for _ in 0..self.open.len() {
                self.text.push_str("  ");
            }
        }
    }
    /// What is no text, in quotes where it is a key.
    fn plain(&mut self, shown: &dyn Display) {
        let quotes = if self.begin() { "\"" } else { "" };
        // Writing into a text cannot fail.
        let _ = write!(self.text, "{quotes}{shown}{quotes}");
    }
    fn quoted(&mut self, text: &str) {
        self.text.push('"');
        for letter in text.chars() {
            let short = match letter {
                '"' => '"',
                '\\' => '\\',
                '\n' => 'n',
                '\r' => 'r',
                '\t' => 't',
                '\u{8}' => 'b',
                '\u{c}' => 'f',
                '\0'..' ' => {
                    let _ = write!(self.text, "\\u{:04x}", u32::from(letter));
                    continue;
                }
                _ => {
                    self.text.push(letter);
                    continue;
                }
            };
            self.text.push('\\');
            self.text.push(short);
        }
        self.text.push('"');
    }
}

impl Sink for Printer {
    fn nothing(&mut self) {
        self.plain(&"null");
    }
    fn truth(&mut self, yes: bool) {
        self.plain(&yes);
    }
    fn whole(&mut self, number: i64) {
        self.plain(&number);
    }
    fn large(&mut self, number: u64) {
        self.plain(&number);
    }
    fn float(&mut self, number: f64) {
        // For errors and for the results of experiments: the exact digits would cost the page 6 KB.
        let millionths = (number * 1e6).round() as i64;
        let (sign, size) = (if millionths < 0 { "-" } else { "" }, millionths.unsigned_abs());
        self.plain(&format_args!("{sign}{}.{:06}", size / 1_000_000, size % 1_000_000));
    }
    fn text(&mut self, text: &str) {
        self.begin();
        self.quoted(text);
    }
    fn variant(&mut self, name: &'static str) {
        self.text(name);
    }
    fn newtype(&mut self, _: &'static str) {}
    fn open(&mut self, shape: Shape) {
        self.begin();
        self.text.push(if shape == Shape::List { '[' } else { '{' });
        self.open.push(Branch { shape, count: 0 });
        if let Shape::Variant(name) = shape {
            self.field(name);
        }
    }
    fn field(&mut self, name: &'static str) {
        let first = self.open.last().is_none_or(|branch| branch.count == 0);
        self.next(first);
        self.quoted(name);
        self.colon();
    }
    fn close(&mut self) {
        let Some(branch) = self.open.pop() else { return };
        if branch.count > 0 {
            self.line();
        }
        self.text.push(if branch.shape == Shape::List { ']' } else { '}' });
    }
}
