//! Tests that the languages are complete and that the source asks only for messages that exist.

#![cfg(test)]

use super::bundle::sources;
use super::{Locale, text};
use fluent_bundle::FluentResource;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Every message of a language with the placeholders that it uses, and the file that it is in.
fn messages(locale: Locale) -> BTreeMap<String, (BTreeSet<String>, &'static str)> {
    let mut found: BTreeMap<String, (BTreeSet<String>, &str)> = BTreeMap::new();
    for &(file, source) in sources(locale) {
        if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
            panic!("{file}: {errors:?}");
        }
        let mut key = String::new();
        for line in source.lines() {
            if let Some((name, _)) = line.split_once('=')
                && line.starts_with(|c: char| c.is_ascii_lowercase())
            {
                key = name.trim().to_owned();
                let old = found.insert(key.clone(), (BTreeSet::new(), file));
                assert!(old.is_none(), "{file}: {key} is there twice");
            }
            let Some((placeholders, _)) = found.get_mut(&key) else { continue };
            if line.starts_with('#') {
                continue;
            }
            for part in line.split('$').skip(1) {
                let end = part.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-');
                placeholders.insert(part[..end.unwrap_or(part.len())].to_owned());
            }
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_messages_and_placeholders() {
    let [english, korean] = Locale::ALL.map(messages);
    let only = |a: &BTreeMap<_, _>, b: &BTreeMap<String, _>| -> Vec<String> {
        b.keys().filter(|key| !a.contains_key(*key)).cloned().collect()
    };
    assert_eq!(only(&korean, &english), [""; 0], "missing in Korean");
    assert_eq!(only(&english, &korean), [""; 0], "missing in English");
    for (key, (placeholders, file)) in &english {
        assert_eq!((placeholders, &file[2..]), (&korean[key].0, &korean[key].1[2..]), "{key}");
    }
}

#[test]
fn every_problem_of_a_design_has_words() {
    for locale in Locale::ALL {
        for code in shared::design::PROBLEM_CODES {
            let key = format!("issue-{code}");
            assert_ne!(text(locale, &key), format!("⟨{key}⟩"), "{locale:?}");
        }
    }
}

#[test]
fn every_key_in_the_source_exists() {
    let known = messages(Locale::En);
    let mut files = Vec::new();
    rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    for (path, source) in files.iter().filter(|(path, _)| !path.ends_with("i18n/keys.rs")) {
        for key in literal_keys(source) {
            assert!(known.contains_key(key), "{path}: no message {key:?}");
        }
    }
}

#[test]
fn a_missing_key_shows_itself() {
    assert_eq!(text(Locale::Ko, "no-such-key"), "⟨no-such-key⟩");
}

/// Keys in calls of the form `text(anything, "key")` and `format(anything, "key", …)`.
fn literal_keys(source: &str) -> Vec<&str> {
    let calls = source.match_indices("text(").chain(source.match_indices("format("));
    let line = |at: usize| source[..at].rsplit('\n').next().unwrap_or_default();
    calls
        .filter(|(at, _)| !line(*at).trim_start().starts_with("//"))
        .filter_map(|(at, name)| {
            let (first, rest) = source[at + name.len()..].split_once(',')?;
            let is_value = |c: char| c.is_alphanumeric() || "_.*&:".contains(c);
            let literal = rest.trim_start().strip_prefix('"')?;
            (first.trim().chars().all(is_value)).then(|| literal.split('"').next())?
        })
        .collect()
}

fn rust_files(folder: &Path, files: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            rust_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = fs::read_to_string(&path).expect("a source file");
            files.push((path.display().to_string(), source));
        }
    }
}
