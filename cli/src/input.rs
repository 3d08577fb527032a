//! Where designs come from: files, links, standard input.

use shared::design::{self, Design};
use std::io::Read as _;

/// Largest file read, in bytes: larger ones are not designs.
const FILE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Reads a design from a file, a link, or standard input (`-`).
pub(crate) fn read(name: &str) -> Result<Design, String> {
    if looks_like_link(name) {
        return from_link(name);
    }
    let text = text(name)?;
    // A file may hold a link as well as a document.
    if looks_like_link(text.trim()) {
        return from_link(&text);
    }
    design::from_json(&text).map_err(|error| format!("{name}: {error}"))
}

/// The text of a file, or of standard input (`-`).
pub(crate) fn text(name: &str) -> Result<String, String> {
    match name {
        "-" => read_text(std::io::stdin().lock(), "standard input"),
        path => {
            let file = std::fs::File::open(path).map_err(|error| format!("{path}: {error}"))?;
            read_text(file, path)
        }
    }
}

/// Reads a design from a link on the command line or, for `-`, on standard input. Command lines
/// are bounded; standard input takes links of any length.
pub(crate) fn read_link(link: &str) -> Result<Design, String> {
    match link {
        "-" => from_link(&read_text(std::io::stdin().lock(), "standard input")?),
        link => from_link(link),
    }
}

/// Reads a design from a link.
pub(crate) fn from_link(link: &str) -> Result<Design, String> {
    design::decode(link).map_err(|error| error.to_string())
}

/// True for a URL with a fragment, or a bare fragment `v1.…`.
fn looks_like_link(text: &str) -> bool {
    let is_version = |text: &str| {
        let digits = text.strip_prefix('v').and_then(|rest| rest.split_once('.'));
        digits.is_some_and(|(n, _)| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    match text.rsplit_once('#') {
        Some((_, fragment)) => is_version(fragment),
        None => is_version(text) && !std::path::Path::new(text).exists(),
    }
}

fn read_text(from: impl std::io::Read, name: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    let mut limited = from.take(FILE_BYTES_MAX + 1);
    limited.read_to_end(&mut bytes).map_err(|error| format!("{name}: {error}"))?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(format!(
            "{name}: larger than {} MiB, which no design is",
            FILE_BYTES_MAX >> 20
        ));
    }
    String::from_utf8(bytes).map_err(|_| format!("{name}: not UTF-8 text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_and_paths_are_told_apart() {
        for link in ["v1.abc", "#v1.abc", "https://example.com/_lb/#v12.x", "v99.future"] {
            assert!(looks_like_link(link), "{link}");
        }
        for path in ["story.json", "v1/story.json", "-", "", "{\"a\":1}", "versions.json"] {
            assert!(!looks_like_link(path), "{path}");
        }
    }
}
