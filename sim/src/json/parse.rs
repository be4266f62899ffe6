//! From a text to a tree.

use super::Json;
use crate::FileError;
use serde_json::{Map, Number};

/// How deep lists and objects may stand in each other.
const DEEPEST: u32 = 127;

/// Reads a text as a tree. The error names line and column.
pub fn parse(text: &str) -> Result<Json, FileError> {
    let mut parser = Parser::new(text);
    let json = parser.value()?;
    parser.space();
    match parser.peek() {
        None => Ok(json),
        Some(_) => Err(parser.wrong("there is something behind the end")),
    }
}

/// A place in a text.
pub(super) struct Parser<'a> {
    text: &'a str,
    pub at: usize,
    depth: u32,
}

impl<'a> Parser<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0, depth: 0 }
    }

    /// What is wrong here.
    fn wrong(&self, message: &str) -> FileError {
        let message = match self.peek() {
            None => format!("EOF: the text ends too early; {message}"),
            Some(_) => message.to_owned(),
        };
        FileError { place: Some(self.place()), field: None, message }
    }

    /// Line and column of this place; at the end of the text those of its last character.
    pub fn place(&self) -> (usize, usize) {
        let before = &self.text.as_bytes()[..self.at];
        let (mut line, mut column) = (1, usize::from(self.at < self.text.len()));
        let start = column;
        for &byte in before {
            if byte == b'\n' {
                (line, column) = (line + 1, start);
            } else if byte & 0xC0 != 0x80 {
                // Bytes that go on with a character do not count.
                column += 1;
            }
        }
        (line, column)
    }

    pub fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over spaces.
    pub fn space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.peek() {
            self.at += 1;
        }
    }

    /// Passes over this character, if it comes next.
    pub fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    pub fn value(&mut self) -> Result<Json, FileError> {
        self.space();
        match self.peek() {
            Some(b'{') => self.object(),
            Some(b'[') => self.list(),
            Some(b'"') => self.string().map(Json::String),
            Some(b'-' | b'0'..=b'9') => self.number().map(Json::Number),
            Some(b't') => self.word("true", Json::Bool(true)),
            Some(b'f') => self.word("false", Json::Bool(false)),
            Some(b'n') => self.word("null", Json::Null),
            _ => Err(self.wrong("expected a value")),
        }
    }

    fn word(&mut self, word: &str, json: Json) -> Result<Json, FileError> {
        for byte in word.bytes() {
            if !self.take(byte) {
                return Err(self.wrong("expected true, false or null"));
            }
        }
        Ok(json)
    }

    fn go_deeper(&mut self) -> Result<(), FileError> {
        if self.depth == DEEPEST {
            return Err(self.wrong("recursion limit exceeded: lists and objects stand too deep in each other"));
        }
        self.depth += 1;
        self.at += 1;
        self.space();
        Ok(())
    }

    fn list(&mut self) -> Result<Json, FileError> {
        self.go_deeper()?;
        let mut items = Vec::new();
        while !self.take(b']') {
            if !items.is_empty() {
                self.comma("expected `,` or `]`")?;
            }
            items.push(self.value()?);
            self.space();
        }
        self.depth -= 1;
        Ok(Json::Array(items))
    }

    fn object(&mut self) -> Result<Json, FileError> {
        self.go_deeper()?;
        let mut fields = Map::new();
        while !self.take(b'}') {
            if !fields.is_empty() {
                self.comma("expected `,` or `}`")?;
                self.space();
            }
            let key = self.key()?;
            if fields.contains_key(&key) {
                return Err(self.wrong(&format!("duplicate field `{key}`")));
            }
            let value = self.value()?;
            fields.insert(key, value);
            self.space();
        }
        self.depth -= 1;
        Ok(Json::Object(fields))
    }

    fn comma(&mut self, expected: &str) -> Result<(), FileError> {
        if self.take(b',') { Ok(()) } else { Err(self.wrong(expected)) }
    }

    /// A name with the colon behind it.
    fn key(&mut self) -> Result<String, FileError> {
        if self.peek() != Some(b'"') {
            return Err(self.wrong("expected a name in quotes"));
        }
        let key = self.string()?;
        self.space();
        if self.take(b':') { Ok(key) } else { Err(self.wrong("expected `:`")) }
    }

    pub fn string(&mut self) -> Result<String, FileError> {
        self.at += 1;
        let mut string = String::new();
        loop {
            let start = self.at;
            while self.peek().is_some_and(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
                self.at += 1;
            }
            string.push_str(&self.text[start..self.at]);
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(string);
                }
                Some(b'\\') => string.push(self.escape()?),
                _ => return Err(self.wrong("a text ends with `\"`, and line ends in it are written `\\n`")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, FileError> {
        self.at += 1;
        let letter = match self.peek() {
            Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.by_number(),
            _ => return Err(self.wrong("invalid escape")),
        };
        self.at += 1;
        Ok(letter)
    }

    /// A character by its number, or by a pair of them.
    fn by_number(&mut self) -> Result<char, FileError> {
        let mut code = self.unit()?;
        if (0xD800..0xDC00).contains(&code) && self.take(b'\\') && self.peek() == Some(b'u') {
            let low = self.unit()?;
            // What is no second half makes the whole too large.
            code = 0x10000
                + ((code - 0xD800) << 10)
                + low.checked_sub(0xDC00).filter(|low| *low < 0x400).unwrap_or(1 << 21);
        }
        char::from_u32(code).ok_or_else(|| self.wrong("half a character"))
    }

    /// `uXXXX`.
    fn unit(&mut self) -> Result<u32, FileError> {
        self.at += 1;
        let mut code = 0;
        for _ in 0..4 {
            let digit = self.peek().and_then(|byte| char::from(byte).to_digit(16));
            code = code << 4 | digit.ok_or_else(|| self.wrong("invalid escape: expected four hexadecimal digits"))?;
            self.at += 1;
        }
        Ok(code)
    }

    fn digits(&mut self) -> Result<(), FileError> {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        if self.at > start { Ok(()) } else { Err(self.wrong("invalid number: expected a digit")) }
    }

    fn number(&mut self) -> Result<Number, FileError> {
        let start = self.at;
        let negative = self.take(b'-');
        if !self.take(b'0') {
            self.digits()?;
        }
        // Nothing in this program has a fraction; to read one would cost the page tables of 10 KB.
        if let Some(b'.' | b'e' | b'E') = self.peek() {
            return Err(self.wrong("expected a whole number, without a point or an exponent"));
        }
        let text = &self.text[start..self.at];
        let number =
            if negative { text.parse::<i64>().map(Number::from) } else { text.parse::<u64>().map(Number::from) };
        number.map_err(|_| self.wrong("this number is too large"))
    }
}
