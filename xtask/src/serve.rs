//! A small static file server for one's own machine, and rebuilding when a source changes.

use std::io::{BufRead as _, BufReader, ErrorKind, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

use crate::command::say;
use crate::failure::{Failure, Outcome, While as _};
use crate::files::files_below;
use crate::page;

/// What is watched, below the project's folder.
const WATCHED: [&str; 7] = ["src", "sim", "static", "scenarios", "index.html", "Cargo.toml", "Cargo.lock"];
const POLL: Duration = Duration::from_millis(500);
/// A browser that opens a connection and says nothing must not keep a thread for ever.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(20);

/// Builds and serves the page until interrupted.
pub fn serve(root: &Path, port: u16, watch: bool, quick: bool) -> Outcome<()> {
    // Before the build: a busy port should not cost a minute.
    let listener = TcpListener::bind(("127.0.0.1", port)).map_err(|error| match error.kind() {
        ErrorKind::AddrInUse => Failure::new(format!(
            "port {port} is in use by another program: choose another one with `cargo xtask serve --port {}`",
            port.wrapping_add(1)
        )),
        _ => Failure::new(format!("cannot listen on 127.0.0.1:{port}: {error}")),
    })?;
    let address = listener.local_addr().to(|| "read the server's own address".into())?;
    // Before the build as well: what is edited while it runs must not be missed.
    let built = newest_change(root);
    let dist = page::build(root, quick)?.dist;
    if watch {
        let root = root.to_path_buf();
        thread::spawn(move || rebuild_on_change(&root, quick, built));
        say("watching the sources: reload the page after a rebuild");
    }
    say(&format!("serving http://{address}/ (Ctrl+C ends it)"));
    for stream in listener.incoming().flatten() {
        let dist = dist.clone();
        // A failed answer is a browser that has gone away: nothing to say, and the next request is independent.
        thread::spawn(move || answer(&stream, &dist).ok());
    }
    Ok(())
}

/// What is compared to notice a change: the latest one, and the number of files, for one may have been removed.
type Changes = (Option<SystemTime>, usize);

fn rebuild_on_change(root: &Path, quick: bool, built: Changes) {
    let mut seen = built;
    loop {
        thread::sleep(POLL);
        let now = newest_change(root);
        if now == seen {
            continue;
        }
        seen = now;
        say("a source has changed: building again");
        if let Err(failure) = page::build(root, quick) {
            say(&format!("{failure}. The page before it is still served"));
        }
    }
}

fn newest_change(root: &Path) -> Changes {
    let mut files = Vec::new();
    for place in WATCHED.map(|name| root.join(name)) {
        if place.is_dir() {
            files.extend(files_below(&place).unwrap_or_default());
        } else {
            files.push(place);
        }
    }
    let changed = files.iter().filter_map(|file| file.metadata().and_then(|data| data.modified()).ok()).max();
    (changed, files.len())
}

fn answer(mut stream: &TcpStream, dist: &Path) -> std::io::Result<()> {
    stream.set_read_timeout(Some(REQUEST_TIMEOUT))?;
    stream.set_write_timeout(Some(REQUEST_TIMEOUT))?;
    let mut lines = BufReader::new(stream).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    // The headers are read to their end, so that closing the connection does not reset it before the answer arrives.
    for line in lines {
        if line?.is_empty() {
            break;
        }
    }
    let mut words = request.split_whitespace();
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let (status, kind, cache, body) = match (method, local_file(dist, path)) {
        ("GET" | "HEAD", Some(file)) => match std::fs::read(&file) {
            Ok(bytes) => ("200 OK", mime(&file), caching(&file), bytes),
            Err(_) => ("404 Not Found", "text/plain; charset=utf-8", "no-store", b"There is no such file.\n".to_vec()),
        },
        ("GET" | "HEAD", None) => {
            ("400 Bad Request", "text/plain; charset=utf-8", "no-store", b"This path cannot be read.\n".to_vec())
        }
        _ => ("405 Method Not Allowed", "text/plain; charset=utf-8", "no-store", b"Only GET and HEAD.\n".to_vec()),
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: {cache}\r\n\
         X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    if method == "GET" {
        stream.write_all(&body)?;
    }
    stream.flush()
}

/// The file that a request's path means; none where the path would leave the folder.
fn local_file(dist: &Path, path: &str) -> Option<PathBuf> {
    let path = decoded(path.split(['?', '#']).next()?)?;
    let below = Path::new(path.strip_prefix('/')?);
    if below.components().any(|part| !matches!(part, Component::Normal(_) | Component::CurDir)) {
        return None;
    }
    let file = dist.join(below);
    Some(if file.is_dir() { file.join("index.html") } else { file })
}

/// `%41` becomes `A`; none where it is not UTF-8 or not complete.
fn decoded(path: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn mime(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// A file with its content's hash in the name never changes; every other must be asked for again.
fn caching(file: &Path) -> &'static str {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or("");
    let hashed = name.split('.').any(|part| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit()));
    if hashed { "public, max-age=31536000, immutable" } else { "no-cache" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leaves_the_folder() {
        let dist = Path::new("/page");
        assert_eq!(local_file(dist, "/a%20b.js?x=1"), Some(PathBuf::from("/page/a b.js")));
        for path in ["/../etc/passwd", "/%2e%2e/etc/passwd", "//etc/passwd", "relative", "/%4", "/%ff"] {
            assert_eq!(local_file(dist, path), None, "{path}");
        }
    }

    #[test]
    fn only_hashed_names_are_kept_for_ever() {
        assert!(caching(Path::new("style.0123456789abcdef.css")).contains("immutable"));
        assert_eq!(caching(Path::new("index.html")), "no-cache");
    }
}
