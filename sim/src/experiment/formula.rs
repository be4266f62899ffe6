//! Formulas: what the theory says of a measure, written in a file. Sums, products, powers and a few functions, worked out
//! with `libm`, so that they give the same everywhere.

use crate::json::{Json, Read, Wrong};
use serde::{Serialize, Serializer};

/// A formula, as text and as a tree.
#[derive(Clone, Debug)]
pub struct Formula {
    text: String,
    tree: Tree,
}

#[derive(Clone, Debug)]
enum Tree {
    Number(f64),
    Variable(String),
    Sign(Box<Tree>),
    Operation(char, Box<(Tree, Tree)>),
    Call(Function, Vec<Tree>),
    /// Σ over whole numbers: variable, from, to, what.
    Sum(String, Box<(Tree, Tree, Tree)>),
    /// Where what falls through zero between two numbers: variable, from, to, what.
    Root(String, Box<(Tree, Tree, Tree)>),
    /// A name for a value within a formula: variable, value, what.
    Let(String, Box<(Tree, Tree)>),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Function {
    /// The k-th harmonic number.
    Harmonic,
    Root,
    Log,
    Log2,
    Exp,
    Ceil,
    Floor,
    Round,
    Least,
    Greatest,
    /// M/M/K: the mean time in the system, in service times, of K servers at this load each.
    Queue,
}

/// Names, and how many values each takes.
const FUNCTIONS: [(&str, Function, usize); 11] = [
    ("H", Function::Harmonic, 1),
    ("sqrt", Function::Root, 1),
    ("ln", Function::Log, 1),
    ("log2", Function::Log2, 1),
    ("exp", Function::Exp, 1),
    ("ceil", Function::Ceil, 1),
    ("floor", Function::Floor, 1),
    ("round", Function::Round, 1),
    ("min", Function::Least, 2),
    ("max", Function::Greatest, 2),
    ("mmk", Function::Queue, 2),
];

/// Terms of a sum at most.
const TERMS: f64 = 10_000.0;
/// Halvings of an interval in which a root is looked for: to the last bit.
const HALVINGS: u32 = 60;
/// How deep a formula may be.
const DEEPEST: u32 = 40;

/// The values of variables: the innermost last.
pub type Values<'a> = [(&'a str, f64)];

impl Formula {
    /// Reads a formula such as `n*H(n)`, `8*n + 8*ceil(n*log2(n))`, `sum(k, 1, n, 1/k)`.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parser = Parser { text: text.as_bytes(), at: 0, depth: 0 };
        let tree = parser.sum().and_then(|tree| if parser.peek().is_none() { Ok(tree) } else { Err(EXPECTED) });
        match tree {
            Ok(tree) => Ok(Self { text: text.to_owned(), tree }),
            Err(what) => Err(format!("`{text}`: at character {}: {what}", parser.at + 1)),
        }
    }

    /// As it was written.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its value; an error for a variable that there is none of.
    pub fn value(&self, values: &Values<'_>) -> Result<f64, String> {
        evaluate(&self.tree, &mut values.to_vec()).map_err(|why| format!("`{}`: {why}", self.text))
    }

    /// Whether it is this variable and nothing else.
    pub fn is_just(&self, variable: &str) -> bool {
        matches!(&self.tree, Tree::Variable(name) if name == variable)
    }
}

impl PartialEq for Formula {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Serialize for Formula {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl Read for Formula {
    fn read(json: &Json) -> Result<Self, Wrong> {
        match json {
            Json::String(text) => Self::parse(text),
            Json::Number(number) => Self::parse(&number.to_string()),
            _ => return Err(Wrong::expected("a formula such as \"3*(n-1)\", or a whole number", json)),
        }
        .map_err(Wrong::new)
    }
}

fn evaluate<'a>(tree: &'a Tree, values: &mut Vec<(&'a str, f64)>) -> Result<f64, String> {
    Ok(match tree {
        Tree::Number(number) => *number,
        Tree::Variable(name) => {
            let Some((_, value)) = values.iter().rev().find(|(known, _)| known == name) else {
                let known: Vec<&str> = values.iter().map(|(name, _)| *name).collect();
                return Err(format!("there is no variable `{name}`; there is: {}", known.join(", ")));
            };
            *value
        }
        Tree::Sign(inner) => -evaluate(inner, values)?,
        Tree::Operation(sign, sides) => {
            let (left, right) = (evaluate(&sides.0, values)?, evaluate(&sides.1, values)?);
            match sign {
                '+' => left + right,
                '-' => left - right,
                '*' => left * right,
                '/' => left / right,
                _ => libm::pow(left, right),
            }
        }
        Tree::Call(function, given) => {
            let first = evaluate(&given[0], values)?;
            let second = given.get(1).map_or(Ok(0.0), |tree| evaluate(tree, values))?;
            function.value(first, second)
        }
        Tree::Let(variable, parts) => {
            let value = evaluate(&parts.0, values)?;
            evaluate_with(variable, value, &parts.1, values)?
        }
        Tree::Root(variable, parts) => {
            let (mut low, mut high) = (evaluate(&parts.0, values)?, evaluate(&parts.1, values)?);
            for _ in 0..HALVINGS {
                let middle = f64::midpoint(low, high);
                if evaluate_with(variable, middle, &parts.2, values)? > 0.0 {
                    low = middle;
                } else {
                    high = middle;
                }
            }
            f64::midpoint(low, high)
        }
        Tree::Sum(variable, parts) => {
            let (from, to) = (evaluate(&parts.0, values)?, evaluate(&parts.1, values)?);
            // Also for what is no number.
            let few = to - from <= TERMS;
            if !few {
                return Err("the sum has too many terms".to_owned());
            }
            let (mut sum, mut at) = (0.0, from);
            while at <= to {
                sum += evaluate_with(variable, at, &parts.2, values)?;
                at += 1.0;
            }
            sum
        }
    })
}

/// A value within which a variable is known.
fn evaluate_with<'a>(
    variable: &'a str,
    value: f64,
    tree: &'a Tree,
    values: &mut Vec<(&'a str, f64)>,
) -> Result<f64, String> {
    values.push((variable, value));
    let found = evaluate(tree, values);
    values.pop();
    found
}

impl Function {
    fn value(self, a: f64, b: f64) -> f64 {
        match self {
            Self::Harmonic => harmonic(a),
            Self::Root => libm::sqrt(a),
            Self::Log => libm::log(a),
            Self::Log2 => libm::log2(a),
            Self::Exp => libm::exp(a),
            Self::Ceil => libm::ceil(a),
            Self::Floor => libm::floor(a),
            Self::Round => libm::round(a),
            Self::Least => libm::fmin(a, b),
            Self::Greatest => libm::fmax(a, b),
            Self::Queue => mmk(a, b),
        }
    }
}

/// 1 + 1/2 + … + 1/n.
fn harmonic(n: f64) -> f64 {
    let (mut sum, mut k) = (0.0, 1.0);
    while k <= n.min(TERMS) {
        sum += 1.0 / k;
        k += 1.0;
    }
    sum
}

/// The mean time in an M/M/K queue in service times, by Erlang's C; what is no number where it would grow for ever.
fn mmk(servers: f64, load: f64) -> f64 {
    if !(1.0..=TERMS).contains(&servers) || !(0.0..1.0).contains(&load) {
        return f64::NAN;
    }
    // Erlang's B by its recurrence, which stays within 0 and 1.
    let offered = servers * load;
    let (mut blocked, mut k) = (1.0, 1.0);
    while k <= servers {
        blocked = offered * blocked / (k + offered * blocked);
        k += 1.0;
    }
    let waits = blocked / (1.0 - load * (1.0 - blocked));
    1.0 + waits / (servers * (1.0 - load))
}

const EXPECTED: &str = "expected a number, a variable, a function or `(`";

struct Parser<'a> {
    text: &'a [u8],
    at: usize,
    depth: u32,
}

type Parsed = Result<Tree, &'static str>;

impl Parser<'_> {
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at) == Some(&b' ') {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    fn sum(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("the formula is too deep");
        }
        let mut left = self.product()?;
        while let Some(sign @ (b'+' | b'-')) = self.peek() {
            self.at += 1;
            left = Tree::Operation(sign.into(), Box::new((left, self.product()?)));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn product(&mut self) -> Parsed {
        let mut left = self.signed()?;
        while let Some(sign @ (b'*' | b'/')) = self.peek() {
            self.at += 1;
            left = Tree::Operation(sign.into(), Box::new((left, self.signed()?)));
        }
        Ok(left)
    }

    fn signed(&mut self) -> Parsed {
        if self.take(b'-') {
            return Ok(Tree::Sign(Box::new(self.power()?)));
        }
        self.power()
    }

    fn power(&mut self) -> Parsed {
        let base = self.atom()?;
        if self.take(b'^') {
            return Ok(Tree::Operation('^', Box::new((base, self.signed()?))));
        }
        Ok(base)
    }

    fn atom(&mut self) -> Parsed {
        match self.peek() {
            Some(b'(') => {
                self.at += 1;
                let inner = self.sum()?;
                if self.take(b')') { Ok(inner) } else { Err("expected `)`") }
            }
            Some(byte) if byte.is_ascii_digit() => {
                let number = self.word(|byte| byte.is_ascii_digit() || byte == b'.');
                let number = super::Decimal::parse(&number).map_err(|_| "this number cannot be read")?;
                Ok(Tree::Number(number.value()))
            }
            Some(byte) if byte.is_ascii_alphabetic() => {
                let name = self.word(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                if self.take(b'(') { self.call(&name) } else { Ok(Tree::Variable(name)) }
            }
            _ => Err(EXPECTED),
        }
    }

    fn word(&mut self, belongs: fn(u8) -> bool) -> String {
        let start = self.at;
        while self.text.get(self.at).is_some_and(|byte| belongs(*byte)) {
            self.at += 1;
        }
        self.text[start..self.at].iter().map(|byte| char::from(*byte)).collect()
    }

    fn call(&mut self, name: &str) -> Parsed {
        let mut given = vec![self.sum()?];
        while self.take(b',') {
            given.push(self.sum()?);
        }
        if !self.take(b')') {
            return Err("expected `,` or `)`");
        }
        if name == "let" {
            let Ok([Tree::Variable(variable), value, what]) = <[Tree; 3]>::try_from(given) else {
                return Err("expected let(variable, value, what)");
            };
            return Ok(Tree::Let(variable, Box::new((value, what))));
        }
        if let "sum" | "root" = name {
            let Ok([Tree::Variable(variable), from, to, what]) = <[Tree; 4]>::try_from(given) else {
                return Err("expected sum(variable, from, to, what), or root(…)");
            };
            let parts = Box::new((from, to, what));
            return Ok(if name == "sum" { Tree::Sum(variable, parts) } else { Tree::Root(variable, parts) });
        }
        match FUNCTIONS.iter().find(|(known, ..)| *known == name) {
            Some((_, function, count)) if *count == given.len() => Ok(Tree::Call(*function, given)),
            Some(_) => Err("this function takes another number of values"),
            None => Err(
                "there is no such function; there are H, sqrt, ln, log2, exp, ceil, floor, round, min, max, mmk, sum, root, let",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> f64 {
        Formula::parse(text).unwrap().value(&[("n", 4.0), ("x", 0.5)]).unwrap()
    }

    #[test]
    fn formulas_are_worked_out() {
        for (text, expected) in [
            ("n*H(n)", 25.0 / 3.0),
            ("n*(n+1)/2", 10.0),
            ("2*n-1", 7.0),
            ("8*n + 8*ceil(n*log2(n))", 96.0),
            ("-n^2", -16.0),
            ("2^3^2", 512.0),
            ("1 - 2 - 3", -4.0),
            ("sum(k, 1, n, 1/k)", 25.0 / 12.0),
            ("sum(i, 1, 30, x^(2^i - 1))", 0.632_843_018_043_786_3),
            ("root(s, 0, n, 2 - s^2)", std::f64::consts::SQRT_2),
            ("let(y, n + 1, y*y - let(y, 2, y))", 23.0),
            ("mmk(1, x)", 2.0),
            ("mmk(2, x)", 4.0 / 3.0),
            ("min(n, x) + max(n, x)", 4.5),
        ] {
            assert!((value(text) - expected).abs() < 1e-12, "{text}: {}", value(text));
        }
        assert!(value("mmk(20, 1)").is_nan());
    }

    #[test]
    fn a_wrong_formula_is_refused_with_its_place() {
        for (text, place) in [
            ("", "character 1"),
            ("n +", "character 4"),
            ("(n", "character 3"),
            ("n n", "character 3"),
            ("foo(n)", "no such function"),
            ("H(n, n)", "another number of values"),
            ("sum(1, 2, 3, 4)", "expected sum(variable"),
            ("1.2.3", "cannot be read"),
            (&"(".repeat(50), "too deep"),
        ] {
            let error = Formula::parse(text).unwrap_err();
            assert!(error.contains(place), "{text}: {error}");
        }
        assert!(Formula::parse("m").unwrap().value(&[("n", 1.0)]).unwrap_err().contains("there is: n"));
        assert!(Formula::parse("sum(k, 1, 100000, k)").unwrap().value(&[]).is_err());
    }
}
