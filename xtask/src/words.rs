//! The words of the page: one file for each language, beside the program.

use std::fs;

use anyhow::{Context as _, Result};

use crate::project::Project;

/// The folders of `www/locales`.
const LANGUAGES: [&str; 2] = ["en", "ko"];

/// Puts the files of each language together into `dist/words-….txt`. The name ends as that of a text,
/// because servers compress texts.
pub(crate) fn write(project: &Project) -> Result<()> {
    for language in LANGUAGES {
        let folder = project.path("www/locales").join(language);
        let entries =
            fs::read_dir(&folder).with_context(|| format!("reading `{}`", folder.display()))?;
        let mut files = entries.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>>>()?;
        files.sort();
        let mut words = String::new();
        for file in files {
            let source = fs::read_to_string(&file)
                .with_context(|| format!("reading `{}`", file.display()))?;
            words.push_str(&source);
            words.push('\n');
        }
        fs::write(project.dist().join(format!("words-{language}.txt")), words)
            .with_context(|| format!("writing the words of `{language}`"))?;
    }
    Ok(())
}
