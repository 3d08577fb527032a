//! `conform DIR`: runs the conformance vectors of a folder and reports.

use std::path::Path;
use std::process::ExitCode;

#[expect(clippy::print_stdout, reason = "the report is what this program is for")]
fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("usage: conform DIR, where DIR holds vectors as *.json");
        return ExitCode::FAILURE;
    };
    match tests::conform::run(Path::new(&folder)) {
        Ok((report, tally)) => {
            print!("{report}");
            if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
