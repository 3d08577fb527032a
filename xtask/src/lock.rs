//! One at a time, across processes.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::process;

const POLL: Duration = Duration::from_millis(200);

/// A lock on a file. The system releases it also when the process is killed.
#[derive(Debug)]
pub(crate) struct FileLock(#[expect(dead_code, reason = "held, not read")] File);

impl FileLock {
    /// Takes the lock; says for what it waits when another process holds it.
    pub(crate) fn take(path: &Path, holder: &str) -> Result<Self> {
        let locking = || format!("locking `{}`", path.display());
        let file = File::create(path).with_context(locking)?;
        let mut announced = false;
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::Error(error)) => return Err(error).with_context(locking),
                Err(TryLockError::WouldBlock) => {}
            }
            if !announced {
                println!("waiting for {holder}");
                announced = true;
            }
            process::sleep(POLL)?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_waits_for_the_first() {
        let path = std::env::temp_dir().join(format!("xtask-lock-{}", std::process::id()));
        let first = FileLock::take(&path, "the first").unwrap();
        std::thread::scope(|scope| {
            let second = scope.spawn(|| FileLock::take(&path, "the first"));
            std::thread::sleep(Duration::from_millis(50));
            assert!(!second.is_finished());
            drop(first);
            second.join().unwrap().unwrap();
        });
        std::fs::remove_file(&path).unwrap();
    }
}
