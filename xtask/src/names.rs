//! The names by which a module and its glue know each other carry a hash each, which no compression shortens. They get
//! short ones, in both.

use std::collections::BTreeMap;
use std::path::Path;

use walrus::Module;

use crate::failure::{Failure, Outcome};
use crate::files::{read_text, write};

/// Letters of a hash at the end of a name.
const HASH: usize = 16;

/// Gives every import and export of the module whose name ends in a hash a short name, in the glue as well.
pub fn shorten(glue: &Path, wasm: &Path) -> Outcome<()> {
    let mut module = Module::from_file(wasm).map_err(|error| Failure::new(format!("{}: {error:#}", wasm.display())))?;
    let imports = module.imports.iter().map(|import| import.name.clone());
    let exports = module.exports.iter().map(|export| export.name.clone());
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    for name in imports.chain(exports).filter(|name| ends_in_a_hash(name)) {
        let short = format!("_{}", names.len());
        names.entry(name).or_insert(short);
    }
    for import in module.imports.iter_mut() {
        if let Some(short) = names.get(&import.name) {
            import.name.clone_from(short);
        }
    }
    for export in module.exports.iter_mut() {
        if let Some(short) = names.get(&export.name) {
            export.name.clone_from(short);
        }
    }
    write(wasm, &module.emit_wasm())?;
    write(glue, replace_words(&read_text(glue)?, &names).as_bytes())
}

fn ends_in_a_hash(name: &str) -> bool {
    let (_, end) = name.split_at(name.len().saturating_sub(HASH));
    name.len() > HASH && end.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Replaces whole words.
fn replace_words(text: &str, names: &BTreeMap<String, String>) -> String {
    let in_word = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(in_word) {
        result.push_str(&rest[..start]);
        rest = &rest[start..];
        let (word, after) = rest.split_at(rest.find(|letter| !in_word(letter)).unwrap_or(rest.len()));
        result.push_str(names.get(word).map_or(word, String::as_str));
        rest = after;
    }
    result + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_with_a_hash_are_shortened() {
        assert!(ends_in_a_hash("__wbg_log_0123456789abcdef"));
        assert!(!ends_in_a_hash("__wbindgen_malloc") && !ends_in_a_hash("0123456789abcdef"));
    }

    #[test]
    fn whole_words_are_replaced_and_nothing_else() {
        let names = BTreeMap::from([("log_1".to_owned(), "_0".to_owned())]);
        assert_eq!(replace_words("{ log_1: f(log_12), \"log_1\" } é", &names), "{ _0: f(log_12), \"_0\" } é");
    }
}
