//! The Markdown of our articles: headings, paragraphs, lists, code, bold, italic, links. Reading is total.

/// A block of an article.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Block {
    /// A heading, with the number of its `#`.
    Heading(u8, Vec<Span>),
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// A list with bullets.
    List(Vec<Vec<Span>>),
    /// A list with numbers.
    Numbered(Vec<Vec<Span>>),
    /// Lines between fences, as they stand.
    Code(String),
}

/// A piece of a line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Span {
    /// As it stands.
    Text(String),
    /// Between backticks.
    Code(String),
    /// Between two stars.
    Bold(Vec<Span>),
    /// Between single stars.
    Italic(Vec<Span>),
    /// A text and where it leads: within the page, or a web address.
    Link(Vec<Span>, String),
}

/// Which kind of list a line belongs to, and its text.
fn item(line: &str) -> Option<(bool, &str)> {
    if let Some(text) = line.strip_prefix("- ").or_else(|| line.strip_prefix("* ")) {
        return Some((false, text));
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let text = line[digits..].strip_prefix(". ").filter(|_| digits > 0)?;
    Some((true, text))
}

fn heading(line: &str) -> Option<(u8, &str)> {
    let depth = line.bytes().take_while(|&byte| byte == b'#').count();
    let text = line[depth..].strip_prefix(' ').filter(|_| (1..=6).contains(&depth))?;
    Some((depth as u8, text.trim()))
}

/// What is being collected, line by line.
#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    paragraph: String,
    items: Vec<String>,
    numbered: bool,
}

/// Reads an article.
pub fn read(text: &str) -> Vec<Block> {
    let mut reader = Reader::default();
    let mut lines = text.lines();
    while let Some(raw) = lines.next() {
        let line = raw.trim();
        if line.starts_with("```") {
            reader.close();
            let code: Vec<&str> = lines.by_ref().take_while(|line| !line.trim_start().starts_with("```")).collect();
            reader.blocks.push(Block::Code(code.join("\n")));
        } else if line.is_empty() {
            reader.close();
        } else if let Some((depth, text)) = heading(line) {
            reader.close();
            reader.blocks.push(Block::Heading(depth, spans(text)));
        } else if let Some((numbered, text)) = item(line) {
            reader.open_item(numbered, text);
        } else {
            reader.go_on(line);
        }
    }
    reader.close();
    reader.blocks
}

impl Reader {
    fn open_item(&mut self, numbered: bool, text: &str) {
        if !self.paragraph.is_empty() || (!self.items.is_empty() && self.numbered != numbered) {
            self.close();
        }
        self.numbered = numbered;
        self.items.push(text.to_owned());
    }

    /// A line that begins nothing goes on with what is open.
    fn go_on(&mut self, line: &str) {
        let open = self.items.last_mut().unwrap_or(&mut self.paragraph);
        if !open.is_empty() {
            open.push(' ');
        }
        open.push_str(line);
    }

    fn close(&mut self) {
        if !self.items.is_empty() {
            let items = self.items.drain(..).map(|item| spans(&item)).collect();
            self.blocks.push(if self.numbered { Block::Numbered(items) } else { Block::List(items) });
        }
        if !self.paragraph.is_empty() {
            let paragraph = std::mem::take(&mut self.paragraph);
            self.blocks.push(Block::Paragraph(spans(&paragraph)));
        }
    }
}

/// How deep marks are read inside each other; what is deeper stays text.
const DEPTH: u8 = 4;

/// Reads a line's pieces.
pub fn spans(text: &str) -> Vec<Span> {
    pieces(text, DEPTH)
}

fn pieces(text: &str, depth: u8) -> Vec<Span> {
    let mut spans = vec![];
    let mut plain = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(end) = escaped(rest) {
            plain.push_str(&rest[1..end]);
            rest = &rest[end..];
        } else if let Some((span, length)) = marked(rest, depth) {
            if !plain.is_empty() {
                spans.push(Span::Text(std::mem::take(&mut plain)));
            }
            spans.push(span);
            rest = &rest[length..];
        } else {
            // Two stars that close nothing are two letters, not the beginning of italics.
            let length = if rest.starts_with("**") { 2 } else { letter.len_utf8() };
            plain.push_str(&rest[..length]);
            rest = &rest[length..];
        }
    }
    if !plain.is_empty() {
        spans.push(Span::Text(plain));
    }
    spans
}

/// A backslash before a sign makes it a letter: where that letter ends.
fn escaped(rest: &str) -> Option<usize> {
    let next = rest.strip_prefix('\\')?.chars().next()?;
    next.is_ascii_punctuation().then_some(2)
}

/// The marked piece at the beginning of the text, and its length.
fn marked(rest: &str, depth: u8) -> Option<(Span, usize)> {
    let depth = depth.checked_sub(1)?;
    if let Some(inner) = between(rest, "`", "`") {
        return Some((Span::Code(inner.to_owned()), inner.len() + 2));
    }
    if let Some(inner) = between(rest, "**", "**") {
        return Some((Span::Bold(pieces(inner, depth)), inner.len() + 4));
    }
    if let Some(inner) = between(rest, "*", "*").filter(|inner| !inner.starts_with([' ', '*']) && !inner.ends_with(' '))
    {
        return Some((Span::Italic(pieces(inner, depth)), inner.len() + 2));
    }
    let label = between(rest, "[", "](")?;
    let address = between(&rest[label.len() + 2..], "(", ")")?;
    let leads = ["#/", "https://", "http://"].iter().any(|start| address.starts_with(start));
    leads.then(|| (Span::Link(pieces(label, depth), address.to_owned()), label.len() + address.len() + 4))
}

/// What stands between these marks, if the text begins with the first; never nothing.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Option<&'a str> {
    let inner = text.strip_prefix(open)?;
    let end = inner.find(close)?;
    (end > 0).then(|| &inner[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Span {
        Span::Text(text.into())
    }

    #[test]
    fn blocks_are_read() {
        let article = "## The rule\nAsk *everyone*;\nwait.\n\n- one\n- two\n  goes on\n\n1. first\n2. second\n\n```\nx := 1\n  y\n```\nend";
        assert_eq!(
            read(article),
            [
                Block::Heading(2, vec![text("The rule")]),
                Block::Paragraph(vec![text("Ask "), Span::Italic(vec![text("everyone")]), text("; wait.")]),
                Block::List(vec![vec![text("one")], vec![text("two goes on")]]),
                Block::Numbered(vec![vec![text("first")], vec![text("second")]]),
                Block::Code("x := 1\n  y".into()),
                Block::Paragraph(vec![text("end")]),
            ]
        );
    }

    #[test]
    fn spans_are_read() {
        assert_eq!(
            spans("`a*b` **very *bold* word** [a `run`](#/mutex/x/tie), 2 * 3 * 4"),
            [
                Span::Code("a*b".into()),
                text(" "),
                Span::Bold(vec![text("very "), Span::Italic(vec![text("bold")]), text(" word")]),
                text(" "),
                Span::Link(vec![text("a "), Span::Code("run".into())], "#/mutex/x/tie".into()),
                text(", 2 * 3 * 4"),
            ]
        );
        assert_eq!(spans("2 \\* 3 \\[x]"), [text("2 * 3 [x]")]);
    }

    #[test]
    fn links_lead_into_the_page_or_to_the_web_and_nowhere_else() {
        for address in ["javascript:alert(1)", "data:text/html,x", "//evil", "file.html", "#top"] {
            let line = format!("[x]({address})");
            assert_eq!(spans(&line), [text(&line)], "{address}");
        }
        assert!(matches!(&spans("[RFC](https://example.org/a)")[..], [Span::Link(..)]));
    }

    #[test]
    fn whatever_is_not_understood_stays_text() {
        for line in
            ["**", "*", "`", "[", "[a]", "[a](", "[](x)", "** a", "`` ", "\\", "#", "####### x", "<b>x</b>", "é**ü"]
        {
            let blocks = read(line);
            let [Block::Paragraph(found)] = &blocks[..] else { panic!("{line}: {blocks:?}") };
            let all: String =
                found.iter().map(|span| if let Span::Text(text) = span { &text[..] } else { "?" }).collect();
            assert_eq!(all.trim(), line.trim(), "{line}");
        }
    }
}
