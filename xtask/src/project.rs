//! Where things are in a clone.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

/// A clone of the repository.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    pub(crate) root: PathBuf,
    /// Cargo's target directory, wherever the configuration of the user puts it.
    pub(crate) target: PathBuf,
}

impl Project {
    /// The clone that this program was built from.
    pub(crate) fn here() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("the folder of the package xtask has no parent")?;
        let program = env::current_exe().context("the path of this program")?;
        let target = program
            .ancestors()
            .nth(2)
            .with_context(|| format!("`{}` is not in a target directory", program.display()))?;
        Ok(Self { root: root.to_owned(), target: target.to_owned() })
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// The built page: static assets of the Worker.
    pub(crate) fn dist(&self) -> PathBuf {
        self.path("dist")
    }

    /// The built Worker; `main` of wrangler.toml.
    pub(crate) fn worker(&self) -> PathBuf {
        self.path("edge/build/index.js")
    }

    /// A program that npm installed.
    pub(crate) fn npm_program(&self, name: &str) -> PathBuf {
        let name = if cfg!(windows) { format!("{name}.cmd") } else { name.to_owned() };
        self.path("node_modules/.bin").join(name)
    }

    /// A folder for what xtask itself remembers and logs; it goes away with `cargo clean`.
    pub(crate) fn scratch(&self) -> Result<PathBuf> {
        let folder = self.target.join("xtask");
        fs::create_dir_all(&folder).with_context(|| format!("creating `{}`", folder.display()))?;
        Ok(folder)
    }

    /// A command that runs in the root.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        // trunk 0.21 ends at once when this is set to 1, which is what the convention says.
        command.env_remove("NO_COLOR");
        command
    }

    /// A cargo command that builds where this program was built.
    pub(crate) fn cargo<const N: usize>(&self, arguments: [&str; N]) -> Command {
        let mut command = self.command(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.env("CARGO_TARGET_DIR", &self.target).args(arguments);
        command
    }

    pub(crate) fn read(&self, relative: &str) -> Result<String> {
        let path = self.path(relative);
        fs::read_to_string(&path).with_context(|| format!("reading `{}`", path.display()))
    }
}
