//! Is a build up to date? Answered by what its inputs contain, not by when they were written.
//!
//! Times lie after a checkout; contents do not. The sources are a few megabytes, read in a few
//! milliseconds.

use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// Everything that a build depends on, as one number.
#[derive(Debug, Default)]
pub(crate) struct Fingerprint(DefaultHasher);

impl Fingerprint {
    /// A word that changes the result: a version, a flag.
    pub(crate) fn text(mut self, text: &str) -> Self {
        self.part(text.as_bytes());
        self
    }

    /// A file, or every file below a folder. One that is not there counts as absent.
    pub(crate) fn path(mut self, root: &Path, relative: &str) -> Result<Self> {
        let start = root.join(relative);
        for file in files(&start)? {
            let name = file.strip_prefix(root).unwrap_or(&file);
            let content =
                fs::read(&file).with_context(|| format!("reading `{}`", file.display()))?;
            self.part(name.as_os_str().as_encoded_bytes());
            self.part(&content);
        }
        Ok(self)
    }

    /// Length first, so that moving a byte from one part to the next changes the number.
    fn part(&mut self, bytes: &[u8]) {
        self.0.write_usize(bytes.len());
        self.0.write(bytes);
    }

    fn number(&self) -> String {
        format!("{:016x}\n", self.0.finish())
    }

    /// Whether `stamp` was written for these inputs.
    pub(crate) fn matches(&self, stamp: &Path) -> bool {
        fs::read_to_string(stamp).is_ok_and(|written| written == self.number())
    }

    /// Remembers that the build of these inputs succeeded.
    pub(crate) fn write(&self, stamp: &Path) -> Result<()> {
        fs::write(stamp, self.number()).with_context(|| format!("writing `{}`", stamp.display()))
    }
}

/// The files below a path in a fixed order. What builds write and what editors hide is not an
/// input.
fn files(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let read = || format!("reading the folder `{}`", path.display());
    let mut entries = fs::read_dir(path)
        .with_context(read)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .with_context(read)?;
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        if !is_generated(&entry) {
            found.extend(files(&entry)?);
        }
    }
    Ok(found)
}

/// Whether a file or folder of this name never decides what is built.
pub(crate) fn is_generated(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with('.')
        || name.ends_with('~')
        || (path.is_dir() && matches!(&*name, "target" | "build" | "dist" | "node_modules"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of its own for one test, removed at its end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("xtask-{name}-{}", std::process::id()));
            fs::create_dir_all(path.join("src/build")).unwrap();
            Self(path)
        }

        fn write(&self, relative: &str, content: &str) {
            fs::write(self.0.join(relative), content).unwrap();
        }

        fn fingerprint(&self) -> String {
            Fingerprint::default().path(&self.0, "src").unwrap().number()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn depends_on_names_and_contents_only() {
        let folder = Folder::new("contents");
        folder.write("src/a.rs", "one");
        let first = folder.fingerprint();
        folder.write("src/a.rs", "two");
        assert_ne!(folder.fingerprint(), first);
        folder.write("src/a.rs", "one");
        assert_eq!(folder.fingerprint(), first, "the same again, at another time");
        folder.write("src/.a.rs.swp", "an editor's");
        folder.write("src/build/out.js", "a build's");
        assert_eq!(folder.fingerprint(), first);
        fs::rename(folder.0.join("src/a.rs"), folder.0.join("src/b.rs")).unwrap();
        assert_ne!(folder.fingerprint(), first);
    }

    #[test]
    fn a_stamp_holds_until_an_input_changes() {
        let folder = Folder::new("stamp");
        let stamp = folder.0.join("stamp");
        let before = Fingerprint::default().text("trunk 1");
        assert!(!before.matches(&stamp));
        before.write(&stamp).unwrap();
        assert!(before.matches(&stamp));
        assert!(!Fingerprint::default().text("trunk 2").matches(&stamp));
        let (ab, a_b) =
            (Fingerprint::default().text("ab"), Fingerprint::default().text("a").text("b"));
        assert_ne!(ab.number(), a_b.number());
    }
}
