//! A demo origin as a program; see `README.md` of the tests for its paths and switches.

use std::convert::Infallible;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use origin::{Origin, Ports};
use serde_json::json;

/// A small HTTP server whose faults are switched over HTTP while it runs.
#[derive(Debug, Parser)]
struct Arguments {
    /// Port to serve on; 0 takes a free one.
    #[arg(long, default_value_t = 9001)]
    port: u16,
    /// Port for control requests [default: port + 1000, or a free one].
    #[arg(long)]
    control_port: Option<u16>,
    /// Name that every answer carries.
    #[arg(long, default_value = "a")]
    name: String,
    /// Serve at every address of this machine (127.0.0.2, ...) and not at 127.0.0.1 alone.
    #[arg(long)]
    everywhere: bool,
}

impl Arguments {
    fn ports(&self) -> Ports {
        let beside = if self.port == 0 { 0 } else { self.port.saturating_add(1000) };
        Ports {
            serve: self.port,
            control: self.control_port.unwrap_or(beside),
            serve_everywhere: self.everywhere,
        }
    }
}

fn main() -> ExitCode {
    // Serving has no end of its own, so a return is a failure.
    let Err(error) = serve(&Arguments::parse());
    eprintln!("error: {error}");
    ExitCode::FAILURE
}

fn serve(arguments: &Arguments) -> io::Result<Infallible> {
    let origin = Origin::start_on(&arguments.name, arguments.ports())?;
    let state = origin.state();
    let started = json!({ "name": state.name, "url": state.url, "control_url": state.control_url });
    let mut out = io::stdout();
    writeln!(out, "{started}")?;
    out.flush()?;
    loop {
        std::thread::park();
    }
}
