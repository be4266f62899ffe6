//! Files and places of the project.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::command::{cargo, output};
use crate::failure::{Failure, Outcome, While as _};

/// The project's folder: the one above this package, as the cargo that runs this tool sees it.
pub fn root() -> Outcome<PathBuf> {
    std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .and_then(|package| package.parent().map(Path::to_path_buf))
        .ok_or_else(|| Failure::new("run this tool as `cargo xtask …` in the project's folder"))
}

/// Cargo's target folder, wherever the environment or a configuration file has put it.
pub fn target(root: &Path) -> Outcome<PathBuf> {
    let metadata = metadata(root)?;
    let folder = metadata["target_directory"].as_str();
    folder.map(PathBuf::from).ok_or_else(|| Failure::new("`cargo metadata` names no target folder"))
}

/// What cargo knows of the project.
pub fn metadata(root: &Path) -> Outcome<Value> {
    let text = output(cargo(root).args(["metadata", "--format-version=1", "--no-deps"]))?;
    serde_json::from_str(&text).to(|| "read what `cargo metadata` printed".into())
}

/// Reads a file's bytes.
pub fn read(path: &Path) -> Outcome<Vec<u8>> {
    fs::read(path).to(|| format!("read {}", path.display()))
}

/// Reads a file's text.
pub fn read_text(path: &Path) -> Outcome<String> {
    fs::read_to_string(path).to(|| format!("read {}", path.display()))
}

/// Writes a file, with the folders on its way.
pub fn write(path: &Path, bytes: &[u8]) -> Outcome<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).to(|| format!("create {}", folder.display()))?;
    }
    fs::write(path, bytes).to(|| format!("write {}", path.display()))
}

/// An empty folder: whatever was there is gone.
pub fn empty_folder(path: &Path) -> Outcome<()> {
    if path.exists() {
        fs::remove_dir_all(path).to(|| format!("empty {}", path.display()))?;
    }
    fs::create_dir_all(path).to(|| format!("create {}", path.display()))
}

/// What is directly in a folder, sorted; nothing where there is no such folder.
pub fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut paths = fs::read_dir(folder)
        .to(|| format!("list {}", folder.display()))?
        .map(|entry| entry.map(|entry| entry.path()).to(|| format!("list {}", folder.display())))
        .collect::<Outcome<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

/// Every file below a folder, sorted.
pub fn files_below(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            files.extend(files_below(&path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}

/// The file's name without its extension.
pub fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The path below `folder` as part of an address: with `/` on every system.
pub fn address(path: &Path, folder: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// 64 bits of the content as 16 hexadecimal digits (FNV-1a): a name for caches, not a protection.
pub fn content_hash(bytes: &[u8]) -> String {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}

/// `style.css` with its content's hash: `style.0123456789abcdef.css`.
pub fn hashed_name(path: &Path, bytes: &[u8]) -> String {
    let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned()).unwrap_or_default();
    format!("{}.{}.{extension}", stem(path), content_hash(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_carries_sixteen_digits_of_its_content() {
        // The first vector is the published FNV-1a value of the empty input, the second of "a".
        assert_eq!(content_hash(b""), "cbf29ce484222325");
        assert_eq!(content_hash(b"a"), "af63dc4c8601ec8c");
        assert_eq!(hashed_name(Path::new("static/style.css"), b"a"), "style.af63dc4c8601ec8c.css");
    }
}
