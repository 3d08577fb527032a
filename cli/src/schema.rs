//! `gomujul schema`: the documents, for editors and other programs.

use shared::design;
use shared::experiment::RunReport;

#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Document {
    /// What `simulate`, `check` and `link` read and `open` prints.
    Design,
    /// What `simulate --json` prints.
    Result,
}

pub(crate) fn text(document: Document) -> String {
    let schema = match document {
        Document::Design => schemars::schema_for!(design::Document),
        Document::Result => schemars::schema_for!(RunReport),
    };
    format!("{:#}", schema.to_value())
}
