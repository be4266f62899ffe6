//! How wide a text will be, without a browser to ask.
//!
//! The widths are those of `DejaVu Sans`, one of the widest of the fonts that a system sets its menus in: a capsule that
//! is sized by them holds its text in every other font, too.

/// Hundredths of the size, for the characters from space to tilde.
#[rustfmt::skip]
const REGULAR: [u8; 95] = [
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34, 84, 84, 84, 53,
    100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99, 69, 61, 69, 39, 34, 39, 84, 50,
    50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52, 39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
];
#[rustfmt::skip]
const BOLD: [u8; 95] = [
    35, 46, 52, 84, 70, 100, 87, 31, 46, 46, 52, 84, 38, 42, 38, 37, 70, 70, 70, 70, 70, 70, 70, 70, 70, 70, 40, 40, 84, 84, 84, 58,
    100, 77, 76, 73, 83, 68, 68, 82, 84, 37, 37, 77, 64, 100, 84, 85, 73, 85, 77, 72, 68, 81, 77, 110, 77, 72, 73, 46, 37, 46, 84, 50,
    50, 67, 72, 59, 72, 68, 44, 72, 71, 34, 34, 67, 34, 104, 71, 69, 72, 72, 49, 60, 48, 71, 65, 92, 65, 65, 58, 71, 37, 71, 84,
];

/// The width of a text in pixels; never less than a common system font needs.
pub fn width(text: &str, size: f32, bold: bool) -> f32 {
    text.chars().map(|letter| f32::from(advance(letter, bold))).sum::<f32>() * size / 100.0
}

fn advance(letter: char, bold: bool) -> u8 {
    let table = if bold { &BOLD } else { &REGULAR };
    match letter {
        ' '..='~' => table[letter as usize - 32],
        '·' => 38,
        '–' => 50,
        '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' => 0,
        // Latin, Greek and Cyrillic letters; then arrows and signs; then scripts as wide as they are high.
        '\u{a0}'..='\u{5ff}' => 70,
        '\u{600}'..='\u{10ff}' => 75,
        '\u{2000}'..='\u{206f}' => 100,
        '\u{2070}'..='\u{2bff}' => 84,
        _ => 105,
    }
}

/// The text, or as much of its beginning as fits with an ellipsis; empty where not even one letter does.
pub fn shortened(text: &str, size: f32, bold: bool, room: f32) -> String {
    if width(text, size, bold) <= room {
        return text.to_owned();
    }
    let mut left = room - size;
    let mut end = 0;
    for (index, letter) in text.char_indices() {
        left -= f32::from(advance(letter, bold)) * size / 100.0;
        if left < 0.0 {
            break;
        }
        end = index + letter.len_utf8();
    }
    let kept = text[..end].trim_end();
    if kept.is_empty() { String::new() } else { format!("{kept}…") }
}

/// The text on at most so many lines, broken between words; what does not fit is shortened.
pub fn wrapped(text: &str, size: f32, bold: bool, room: f32, lines: usize) -> Vec<String> {
    let mut done = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() && done.len() < lines {
        if done.len() + 1 == lines || width(rest, size, bold) <= room {
            let line = shortened(rest, size, bold, room);
            done.extend((!line.is_empty()).then_some(line));
            break;
        }
        let breaks = rest.match_indices(' ').map(|(index, _)| index);
        let fitting = breaks.take_while(|&index| width(&rest[..index], size, bold) <= room).last();
        let Some(end) = fitting else {
            done.push(shortened(rest, size, bold, room));
            break;
        };
        done.push(rest[..end].to_owned());
        rest = rest[end..].trim_start();
    }
    done
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_add_up_and_bold_is_wider() {
        assert!((width("P1", 100.0, false) - 124.0).abs() < 0.1);
        assert!(width("wanted", 14.0, true) > width("wanted", 14.0, false));
    }

    #[test]
    fn a_shortened_text_fits_and_says_that_it_is_shortened() {
        let whole = "in the critical section";
        assert_eq!(shortened(whole, 14.0, true, 500.0), whole);
        let short = shortened(whole, 14.0, true, 90.0);
        assert!(short.ends_with('…') && width(&short, 14.0, true) <= 90.0, "{short}");
        assert_eq!(shortened(whole, 14.0, true, 10.0), "");
    }

    #[test]
    fn a_wrapped_text_is_broken_between_words() {
        let lines = |room, most| wrapped("in the critical section", 14.0, true, room, most);
        assert_eq!(lines(300.0, 2), ["in the critical section"]);
        assert_eq!(lines(120.0, 2), ["in the critical", "section"]);
        assert_eq!(lines(60.0, 2), ["in the", "critic…"]);
        assert_eq!(lines(300.0, 0), Vec::<String>::new());
    }
}
