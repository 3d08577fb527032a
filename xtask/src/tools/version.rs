//! Reading versions: of a package in Cargo.lock, and of a program that prints its own.

use anyhow::{Context as _, Result};
use toml::Table;

/// The version of a package in the text of a Cargo.lock.
pub(super) fn locked(lock: &str, package: &str) -> Result<String> {
    let lock: Table = lock.parse().context("Cargo.lock is not TOML")?;
    lock.get("package")
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .find(|entry| entry.get("name").and_then(toml::Value::as_str) == Some(package))
        .and_then(|entry| entry.get("version")?.as_str())
        .map(ToOwned::to_owned)
        .with_context(|| format!("Cargo.lock names no package `{package}`"))
}

/// `v20.20.2` as numbers that compare in the right order; a suffix such as `-rc.1` is left out.
pub(super) fn parse(text: &str) -> Option<[u32; 3]> {
    let text = text.trim().trim_start_matches('v');
    let text = text.split(['-', '+']).next().unwrap_or_default();
    let mut numbers = text.split('.').map(|part| part.parse().ok());
    let version = [numbers.next()??, numbers.next()??, numbers.next()??];
    numbers.next().is_none().then_some(version)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "wasm-bindgen-macro"
version = "9.9.9"

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
dependencies = ["wasm-bindgen-macro"]
"#;

    #[test]
    fn finds_the_exact_package() {
        assert_eq!(locked(LOCK, "wasm-bindgen").unwrap(), "0.2.130");
        let error = locked(LOCK, "trunk").unwrap_err();
        assert_eq!(error.to_string(), "Cargo.lock names no package `trunk`");
        assert!(locked("<<<<<<< ours", "trunk").is_err());
    }

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(parse("v20.20.2\n"), Some([20, 20, 2]));
        assert!(parse("v20.10.0") > parse("20.3.0"));
        assert_eq!(parse("22.0.0-nightly20240101"), Some([22, 0, 0]));
        for text in ["", "20", "20.3", "20.3.0.1", "node"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
