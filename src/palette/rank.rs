//! What is meant by a few letters: fuzzy by the beginnings of words. "ra" and "ric agr" both find "Ricart–Agrawala".

use sim::order::Order as _;

/// How well a query fits an entry, and which letters of its title were meant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Match {
    /// More is better.
    pub score: i32,
    /// Byte ranges of the title, in order.
    pub marks: Vec<(usize, usize)>,
}

/// A word: its place in the text, and its letters as they are compared.
struct Word {
    start: usize,
    letters: Vec<(char, usize)>,
}

/// A letter as it is compared: small, without its accent.
fn folded(letter: char) -> char {
    let small = letter.to_lowercase().next().unwrap_or(letter);
    match small {
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' | 'ø' => 'o',
        'ù'..='ü' => 'u',
        other => other,
    }
}

fn words(text: &str) -> Vec<Word> {
    let mut words: Vec<Word> = vec![];
    let mut inside = false;
    for (start, letter) in text.char_indices() {
        // An apostrophe does not end a word: "Peterson's".
        if !letter.is_alphanumeric() {
            inside = inside && matches!(letter, '\'' | '’');
            continue;
        }
        if !inside {
            words.push(Word { start, letters: vec![] });
            inside = true;
        }
        if let Some(word) = words.last_mut() {
            word.letters.push((folded(letter), start + letter.len_utf8()));
        }
    }
    words
}

/// How well `query` fits an entry with this title, in this context: its family, its topic. Every word of the query must
/// be found; nothing where one is not.
pub fn rank(query: &str, title: &str, context: &str) -> Option<Match> {
    let (title_words, context_words) = (words(title), words(context));
    let mut found = Match { score: 0, marks: vec![] };
    let asked = words(query);
    for word in &asked {
        let letters: Vec<char> = word.letters.iter().map(|&(letter, _)| letter).collect();
        let mut marks = vec![];
        if let Some(score) = spread(&letters, &title_words, &mut marks) {
            found.score += score;
            found.marks.append(&mut marks);
        } else {
            let position = context_words.iter().position(|other| shared(&letters, other) == letters.len())?;
            found.score += 30 - (position as i32).min(10);
        }
    }
    if asked.is_empty() {
        return Some(found);
    }
    found.score /= asked.len() as i32;
    // Of two that fit alike, the shorter is more likely meant.
    found.score -= (title.len() as i32 / 6).min(8);
    found.marks.order();
    merge(&mut found.marks);
    Some(found)
}

/// How many letters the word shares with the beginning of these.
fn shared(letters: &[char], word: &Word) -> usize {
    letters.iter().zip(&word.letters).take_while(|(one, (other, _))| *one == other).count()
}

/// Spreads the letters over beginnings of words, in order, in as few pieces as can be. A table from the end, so that no
/// query takes long: what the letters from the l-th on are worth on the words from the w-th on, and how many of them
/// the w-th takes.
fn spread(letters: &[char], words: &[Word], marks: &mut Vec<(usize, usize)>) -> Option<i32> {
    let (count, rows) = (words.len(), letters.len());
    let mut table: Vec<Option<(i32, usize)>> = vec![None; (rows + 1) * (count + 1)];
    let at = |letter: usize, word: usize| letter * (count + 1) + word;
    for word in 0..=count {
        table[at(rows, word)] = Some((0, 0));
    }
    for letter in (0..rows).rev() {
        for index in (0..count).rev() {
            let mut best = table[at(letter, index + 1)].map(|(score, _)| (score, 0));
            for length in 1..=shared(&letters[letter..], &words[index]) {
                let Some((later, _)) = table[at(letter + length, index + 1)] else { continue };
                let whole = length == words[index].letters.len();
                let score = later - 20 - index as i32 + if index == 0 { 20 } else { 0 } + if whole { 5 } else { 0 };
                if best.is_none_or(|(known, _)| score >= known) {
                    best = Some((score, length));
                }
            }
            table[at(letter, index)] = best;
        }
    }
    let (score, _) = table[at(0, 0)]?;
    let (mut letter, mut index) = (0, 0);
    while letter < rows {
        let (_, length) = table[at(letter, index)]?;
        if length > 0 {
            marks.push((words[index].start, words[index].letters[length - 1].1));
        }
        letter += length;
        index += 1;
    }
    Some(score + 120)
}

/// Joins ranges that overlap.
fn merge(marks: &mut Vec<(usize, usize)>) {
    marks.dedup_by(|next, before| {
        let joined = next.0 <= before.1;
        if joined {
            before.1 = before.1.max(next.1);
        }
        joined
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    const TITLES: [&str; 9] = [
        "Lamport clocks",
        "Ricart–Agrawala",
        "Bully election",
        "Probes (Chandy–Misra–Haas)",
        "Sender and receiver thresholds",
        "A richer tie",
        "Crash P1",
        "Wait-die, wound-wait",
        "Peterson’s algorithm",
    ];

    fn first(query: &str) -> Option<&'static str> {
        let ranked = TITLES.iter().filter_map(|title| Some((rank(query, title, "")?.score, *title)));
        ranked.max_by_key(|(score, _)| *score).map(|(_, title)| title)
    }

    #[test]
    fn beginnings_of_words_find_what_is_meant() {
        for (query, title) in [
            ("ric", "Ricart–Agrawala"),
            ("RIC", "Ricart–Agrawala"),
            ("ra", "Ricart–Agrawala"),
            ("agr", "Ricart–Agrawala"),
            ("ric agr", "Ricart–Agrawala"),
            ("agrawala ricart", "Ricart–Agrawala"),
            ("cmh", "Probes (Chandy–Misra–Haas)"),
            ("bul", "Bully election"),
            ("crp", "Crash P1"),
            ("ww", "Wait-die, wound-wait"),
            ("petersons", "Peterson’s algorithm"),
        ] {
            assert_eq!(first(query), Some(title), "{query}");
        }
        for query in ["icart", "ricx", "ric xyz", "mportl"] {
            assert_eq!(first(query), None, "{query}");
        }
    }

    #[test]
    fn the_context_counts_but_less_than_the_title() {
        let by_context = rank("mutex tie", "Equal stamps, a tie", "mutex Ricart–Agrawala").unwrap();
        let by_title = rank("tie", "Equal stamps, a tie", "").unwrap();
        assert!(by_context.score < by_title.score);
        assert!(rank("bully", "Equal stamps", "Ricart–Agrawala").is_none());
    }

    #[test]
    fn marks_are_the_letters_that_were_meant() {
        let marked = |query, title: &'static str| -> Vec<&str> {
            rank(query, title, "").unwrap().marks.iter().map(|&(from, to)| &title[from..to]).collect()
        };
        assert_eq!(marked("ra", "Ricart–Agrawala"), ["R", "A"]);
        assert_eq!(marked("ricag", "Ricart–Agrawala"), ["Ric", "Ag"]);
        assert_eq!(marked("naive", "Naïve élection"), ["Naïve"]);
        assert_eq!(marked("ele naï", "Naïve élection"), ["Naï", "éle"]);
        assert_eq!(marked("", "Anything"), Vec::<&str>::new());
    }

    #[test]
    fn an_empty_query_fits_everything_alike() {
        assert!(TITLES.iter().all(|title| rank(" ", title, "").unwrap().score == 0));
    }

    #[test]
    fn long_and_hostile_queries_end() {
        let title = "a ".repeat(40);
        assert!(rank(&"a".repeat(30), &title, "").is_some());
        assert!(rank(&format!("{}b", "a".repeat(30)), &title, "").is_none());
    }
}
