//! Standard output. A reader that has seen enough (`gomujul … | head`) is no error.

use std::io::{ErrorKind, Write as _};

/// Writes `text` as it is.
pub(crate) fn text(text: &str) -> Result<(), String> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("standard output: {error}"))
        }
        _ => Ok(()),
    }
}

/// Writes `text` and ends the line.
pub(crate) fn line(line: &str) -> Result<(), String> {
    text(&format!("{line}\n"))
}
