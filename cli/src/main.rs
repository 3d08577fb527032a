//! The `gomujul` command: the same simulation as the page's, in a terminal and in CI.

mod check;
mod compare;
mod edge;
mod input;
mod output;
mod report;
mod runs;
mod schema;
mod simulate;
mod summary;
mod sweep;
mod traffic;

use clap::{Parser, Subcommand};
use shared::design;
use std::process::ExitCode;

/// Design, simulate and share elastic architectures.
#[derive(Parser)]
#[command(name = "gomujul", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Simulates a design and prints what came of it.
    Simulate(simulate::Args),
    /// Runs two designs on the same random numbers and says how they differ.
    Compare(compare::Args),
    /// Runs a design with other values in one or two fields.
    Sweep(sweep::Args),
    /// Reads recorded traffic from a CSV file, into a design if one is named.
    Traffic(traffic::Args),
    /// Lists what is wrong with a design, and how to mend it. Fails if there are errors.
    Check {
        /// A design file, a link, or - for standard input.
        design: String,
        /// Print the issues as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints the share link of a design.
    Link {
        /// A design file, or - for standard input.
        design: String,
        /// The page that the link opens.
        #[arg(long, default_value = "")]
        page: String,
    },
    /// Prints the design that a link carries, as JSON.
    Open {
        /// A link, its part after the #, or - for standard input.
        link: String,
    },
    /// The configuration of the Worker: checks it, or makes one of a design.
    #[command(subcommand)]
    Edge(edge::Command),
    /// Prints the JSON schema of a document.
    Schema {
        /// Which document.
        #[arg(value_enum, default_value = "design")]
        document: schema::Document,
    },
}

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Simulate(args) => simulate::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Sweep(args) => sweep::run(&args),
        Command::Traffic(args) => traffic::run(&args),
        Command::Check { design, json } => check::run(&design, json),
        Command::Link { design, page } => input::read(&design)
            .and_then(|design| output::line(&with_page(&page, &design::encode(&design)))),
        Command::Open { link } => {
            input::read_link(&link).and_then(|design| output::text(&design::to_json(&design)))
        }
        Command::Edge(command) => edge::run(&command),
        Command::Schema { document } => output::line(&schema::text(document)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("gomujul: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The link that opens `fragment` on `page`; the bare fragment if no page is named.
fn with_page(page: &str, fragment: &str) -> String {
    match page {
        "" => format!("#{fragment}"),
        page => format!("{}#{fragment}", page.trim_end_matches('#')),
    }
}
