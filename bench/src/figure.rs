//! A figure, and how figures are printed.

use serde_json::json;

/// What a figure must reach.
#[derive(Clone, Copy)]
pub enum Bound {
    /// No less than this.
    AtLeast(f64),
    /// No more than this.
    AtMost(f64),
}

/// Something that was measured.
pub struct Figure {
    name: String,
    value: f64,
    unit: &'static str,
    bound: Option<Bound>,
}

impl Figure {
    /// A figure without a bound.
    pub fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        Self { name: name.into(), value, unit, bound: None }
    }

    /// With what it must reach.
    pub fn bound(mut self, bound: Bound) -> Self {
        self.bound = Some(bound);
        self
    }

    /// Whether it reaches its bound; nothing where there is none.
    fn ok(&self) -> Option<bool> {
        Some(match self.bound? {
            Bound::AtLeast(least) => self.value >= least,
            Bound::AtMost(most) => self.value <= most,
        })
    }

    fn json(&self) -> serde_json::Value {
        let mut line = json!({"name": self.name, "value": self.value, "unit": self.unit});
        if let Some(Bound::AtLeast(bound) | Bound::AtMost(bound)) = self.bound {
            line["bound"] = bound.into();
            line["ok"] = self.ok().into();
        }
        line
    }

    fn row(&self) -> String {
        let bound = match self.bound {
            None => String::new(),
            Some(Bound::AtLeast(least)) => format!("at least {}", short(least)),
            Some(Bound::AtMost(most)) => format!("at most {}", short(most)),
        };
        let verdict = match self.ok() {
            None => "",
            Some(true) => "ok",
            Some(false) => "missed",
        };
        let row = format!("{:<46} {:>14} {:<14} {bound:<18} {verdict}", self.name, short(self.value), self.unit);
        row.trim_end().to_owned()
    }
}

/// A number with as many digits as tell something.
fn short(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size >= 10_000.0 => grouped(value.round() as i64),
        size if size >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

/// 1234567 as 1,234,567.
fn grouped(number: i64) -> String {
    let digits = number.abs().to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if number < 0 { format!("-{text}") } else { text }
}

/// Prints figures as they are measured.
pub struct Report {
    json: bool,
}

impl Report {
    /// A table, or JSON lines.
    pub fn new(json: bool) -> Self {
        if !json {
            println!("{:<46} {:>14} {:<14} bound", "figure", "value", "unit");
        }
        Self { json }
    }

    /// Prints a group.
    pub fn print(&mut self, figures: &[Figure]) {
        for figure in figures {
            if self.json {
                println!("{}", figure.json());
            } else {
                println!("{}", figure.row());
            }
        }
    }
}
