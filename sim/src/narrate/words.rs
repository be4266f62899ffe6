//! A little English.

use std::fmt::{Display, Write};

/// `AnswerTimeout` as `answer timeout`.
pub fn lower_words(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    for (index, letter) in name.chars().enumerate() {
        if index > 0 && letter.is_ascii_uppercase() {
            words.push(' ');
        }
        words.push(letter.to_ascii_lowercase());
    }
    words
}

/// "P0", "P0 and P1", "P0, P1 and P2".
pub fn list(items: impl Iterator<Item = impl Display>) -> String {
    let mut items = items.peekable();
    let mut text = String::new();
    let mut first = true;
    while let Some(item) = items.next() {
        let before = match (first, items.peek()) {
            (true, _) => "",
            (false, Some(_)) => ", ",
            (false, None) => " and ",
        };
        // Writing into a text cannot fail.
        let _ = write!(text, "{before}{item}");
        first = false;
    }
    text
}

/// What a button tells a process to do, as what the process does: "Leave the critical section" as "P0 leaves the
/// critical section". A label that does not begin with a verb stands behind a colon.
pub fn third_person(subject: &str, label: &str) -> String {
    let (verb, rest) = label.split_once(' ').map_or((label, ""), |(verb, rest)| (verb, rest));
    // A name stays as it is.
    if verb.bytes().any(|byte| byte.is_ascii_digit()) {
        return format!("{subject}: {label}");
    }
    let verb = verb.to_ascii_lowercase();
    let space = if rest.is_empty() { "" } else { " " };
    if NO_VERBS.contains(&verb.as_str()) || !verb.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return format!("{subject}: {verb}{space}{rest}");
    }
    if WISHES.contains(&verb.as_str()) {
        return format!("{subject} asks to {verb}{space}{rest}");
    }
    format!("{subject} {}{space}{rest}", with_s(&verb))
}

/// What does not happen at once when it is asked for: others have to agree first.
const WISHES: [&str; 3] = ["enter", "acquire", "lock"];

/// Words with which a label may begin and which are not verbs.
const NO_VERBS: [&str; 10] = ["a", "an", "the", "new", "another", "local", "internal", "one", "no", "event"];

fn with_s(verb: &str) -> String {
    let before_y = verb.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match (verb, before_y) {
        ("be", _) => "is".into(),
        ("have", _) => "has".into(),
        (_, Some(stem)) => format!("{stem}ies"),
        _ if verb.ends_with(['s', 'x', 'z', 'o']) || verb.ends_with("ch") || verb.ends_with("sh") => {
            format!("{verb}es")
        }
        _ => format!("{verb}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_becomes_what_the_process_does() {
        for (label, told) in [
            ("Leave the critical section", "P0 leaves the critical section"),
            ("Enter the critical section", "P0 asks to enter the critical section"),
            ("Try again", "P0 tries again"),
            ("Delay the reply", "P0 delays the reply"),
            ("Push a job", "P0 pushes a job"),
            ("Do nothing", "P0 does nothing"),
            ("An internal event", "P0: an internal event"),
            ("4 jobs", "P0: 4 jobs"),
            ("P1 asks for R2", "P0: P1 asks for R2"),
        ] {
            assert_eq!(third_person("P0", label), told);
        }
    }

    #[test]
    fn lists_have_an_and_before_the_last() {
        assert_eq!(list(["P0"].iter()), "P0");
        assert_eq!(list(["P0", "P1"].iter()), "P0 and P1");
        assert_eq!(list(["P0", "P1", "P2"].iter()), "P0, P1 and P2");
    }
}
