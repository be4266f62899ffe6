//! The tags of `index.html` that carry `data-trunk`: the same file is built by Trunk and by this tool.
//!
//! Understood: `<link data-trunk rel="css|copy-file|rust">` and `<script data-trunk src="…">`. Anything else with
//! `data-trunk` is refused, so that the two builds cannot drift apart in silence.

use crate::failure::{Failure, Outcome};

/// What stands for the `rel="rust"` tag, with `{base}`, `{js}` and `{wasm}` to fill in: Trunk.toml's `pattern_script`.
pub const MODULE_HINTS: &str = r#"<link id="module-glue" rel="modulepreload" href="{base}{js}"><link id="module-wasm" rel="preload" href="{base}{wasm}" as="fetch" type="application/wasm" crossorigin="anonymous">"#;

/// One tag that the build has to replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tag {
    /// A style sheet: copied under a hashed name. With a part, it comes with that part of the program.
    Css { href: String, part: Option<String> },
    /// A file that keeps its name.
    Copy { href: String },
    /// A script: copied under a hashed name, its other attributes kept.
    Script { src: String, rest: String },
    /// The WebAssembly module.
    Module,
}

/// The page with every `data-trunk` tag replaced by what `replace` says, and without comments.
pub fn replace_tags(page: &str, mut replace: impl FnMut(Tag) -> Outcome<String>) -> Outcome<String> {
    let mut result = String::with_capacity(page.len());
    let mut rest = page;
    while let Some(start) = rest.find('<') {
        result.push_str(&rest[..start]);
        rest = &rest[start..];
        if rest.starts_with("<!--") {
            let end = rest.find("-->").ok_or_else(|| Failure::new("index.html: a comment has no end"))?;
            rest = &rest[end + 3..];
            continue;
        }
        let end = rest.find('>').ok_or_else(|| Failure::new("index.html: a tag has no end"))? + 1;
        let tag = &rest[..end];
        rest = &rest[end..];
        if !tag.contains(" data-trunk") {
            result.push_str(tag);
            continue;
        }
        if tag.starts_with("<script") {
            rest = rest
                .strip_prefix("</script>")
                .ok_or_else(|| Failure::new(format!("index.html: {tag} must be followed by </script> at once")))?;
        }
        result.push_str(&replace(read_tag(tag)?)?);
    }
    result.push_str(rest);
    Ok(without_blank_lines(&result))
}

fn without_blank_lines(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        result.push_str(line);
        result.push('\n');
    }
    result
}

fn read_tag(tag: &str) -> Outcome<Tag> {
    let attributes = attributes(tag);
    let value = |name: &str| attributes.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
    let needed = |name: &str| value(name).ok_or_else(|| Failure::new(format!("index.html: {tag} needs `{name}`")));
    if tag.starts_with("<script") {
        let rest = attributes.iter().filter(|(key, _)| *key != "data-trunk" && *key != "src");
        let rest: Vec<String> = rest.map(|(key, value)| format!(" {key}=\"{value}\"")).collect();
        return Ok(Tag::Script { src: needed("src")?, rest: rest.concat() });
    }
    match needed("rel")?.as_str() {
        "css" => Ok(Tag::Css { href: needed("href")?, part: value("data-part") }),
        "copy-file" => Ok(Tag::Copy { href: needed("href")? }),
        "rust" => Ok(Tag::Module),
        other => Err(Failure::new(format!(
            "index.html: this build does not know rel=\"{other}\" ({tag}): use css, copy-file, rust or a script, or teach xtask/src/html.rs"
        ))),
    }
}

/// The attributes of a tag in order. Values are in double quotes and hold no `>`: it is our own file.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let inner = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
    let mut rest = inner.split_once(char::is_whitespace).map_or("", |(_, rest)| rest).trim_start();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(rest.len());
        let name = &rest[..end];
        rest = &rest[end..];
        let mut value = "";
        if let Some(quoted) = rest.strip_prefix("=\"") {
            let close = quoted.find('"').unwrap_or(quoted.len());
            value = &quoted[..close];
            rest = quoted.get(close + 1..).unwrap_or("");
        }
        found.push((name, value));
        rest = rest.trim_start_matches('=').trim_start();
    }
    found
}

/// The local files that a finished page names, in order: what a first visit loads.
pub fn references(page: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for tag in page.split('<').filter_map(|part| part.split_once('>').map(|(tag, _)| tag)) {
        // Browsers with modules do not fetch what is for browsers without.
        let attributes = attributes(tag);
        if attributes.iter().any(|(name, _)| *name == "nomodule") {
            continue;
        }
        for (name, value) in attributes {
            let local = value.trim_start_matches("./");
            if matches!(name, "href" | "src") && !local.is_empty() && !found.iter().any(|known| known == local) {
                found.push(local.to_owned());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = concat!(
        "<head><!-- <link data-trunk rel=\"css\" href=\"no.css\"> -->\n\n",
        "<link data-trunk rel=\"css\" href=\"static/style.css\">\n",
        "<link rel=\"icon\" href=\"icon.svg\">\n",
        "<script data-trunk src=\"static/old.js\" nomodule=\"\"></script></head>",
    );

    #[test]
    fn tags_are_replaced_and_comments_go() {
        let mut seen = Vec::new();
        let page = replace_tags(PAGE, |tag| {
            seen.push(tag);
            Ok("X".to_owned())
        });
        assert_eq!(page.unwrap(), "<head>\nX\n<link rel=\"icon\" href=\"icon.svg\">\nX</head>\n");
        let css = Tag::Css { href: "static/style.css".into(), part: None };
        assert_eq!(seen, [css, Tag::Script { src: "static/old.js".into(), rest: " nomodule=\"\"".into() }]);
    }

    #[test]
    fn an_unknown_tag_is_refused_by_name() {
        let error = replace_tags("<link data-trunk rel=\"sass\" href=\"a\">", |_| Ok(String::new())).unwrap_err();
        assert!(error.to_string().contains("rel=\"sass\""), "{error}");
    }

    #[test]
    fn references_are_what_a_first_visit_loads() {
        let page = "<link href=\"./a.css\"><script src=\"b.js\" nomodule=\"\"></script><script src=\"c.js\"></script>";
        assert_eq!(references(page), ["a.css", "c.js"]);
    }

    #[test]
    fn trunk_writes_the_same_hints() {
        let trunk = include_str!("../../Trunk.toml");
        assert!(trunk.contains(&format!("pattern_script = '{MODULE_HINTS}'")), "Trunk.toml and html.rs differ");
    }
}
