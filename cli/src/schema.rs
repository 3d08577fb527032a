//! `gomujul schema`: the documents, for editors and other programs.

use shared::design;
use shared::experiment::RunReport;
use shared::origins::EdgeConfig;

#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Document {
    /// What `simulate`, `check` and `link` read and `open` prints.
    Design,
    /// What `simulate --json` prints.
    Result,
    /// What the Worker is told: origins, pools, routes and rules.
    Origins,
}

pub(crate) fn text(document: Document) -> String {
    let schema = match document {
        Document::Design => schemars::schema_for!(design::Document),
        Document::Result => schemars::schema_for!(RunReport),
        Document::Origins => schemars::schema_for!(EdgeConfig),
    };
    format!("{:#}", schema.to_value())
}
