//! `cargo xtask serve`: everything on this machine, as close to the platform as it goes.
//!
//! `wrangler dev` runs the built Worker in workerd with a local KV and serves the built page from
//! it; three demo origins stand behind it; a clock fires the cron trigger every minute, as the
//! platform would. What is changed while it runs is built again, and wrangler reloads it.

mod cron;
mod origins;
mod watch;
mod worker;

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::net::TcpListener;
use std::process::ExitStatus;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::Args;

use crate::build;
use crate::console::seconds;
use crate::process::{self, Interrupted, Process};
use crate::project::Project;
use origins::DemoOrigin;

const POLL: Duration = Duration::from_millis(100);

#[derive(Clone, Debug, Args)]
pub(crate) struct Options {
    /// Port of the page and of the load balancer.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Port of the first demo origin; the others follow, and each takes its port + 1000 for
    /// control.
    #[arg(long, default_value_t = 9001, value_parser = clap::value_parser!(u16).range(1..=64_000))]
    origin_port: u16,
}

pub(crate) fn run(project: &Project, options: &Options) -> Result<()> {
    let started = Instant::now();
    let origins = DemoOrigin::three(options.origin_port);
    check_ports(options, &origins)?;
    let program = thread::scope(|scope| {
        // Beside the page, whose build leaves a core idle for minutes.
        let origin = scope.spawn(|| build::program(project, "origin", "origin"));
        build::page_and_worker(project)?;
        origin.join().unwrap_or_else(|_| bail!("building the demo origin panicked"))
    })?;
    let mut servers = Vec::new();
    for origin in &origins {
        servers.push(origin.start(project, &program)?);
    }
    let token = new_token();
    let mut worker = worker::start(project, options.port, &origins, &token)?;
    worker::wait_until_ready(&mut worker, options.port)?;
    for server in &mut servers {
        if let Some(status) = server.ended()? {
            bail!("{} ended while starting: {status}", server.name());
        }
    }
    announce(options, &origins, &token, started.elapsed());
    thread::scope(|scope| {
        scope.spawn(|| cron::run(options.port));
        let builder = watch::start(scope, project);
        let result = builder.and_then(|_watcher| stand_by(worker, servers));
        // The threads above look for this, and the scope waits for them.
        process::interrupt();
        result
    })
}

/// Watches over the programs until the person stops us or the Worker ends.
fn stand_by(mut worker: Process, mut servers: Vec<Process>) -> Result<()> {
    loop {
        match process::sleep(POLL) {
            Ok(()) => {}
            Err(Interrupted) => {
                println!("stopping");
                return Ok(());
            }
        }
        if let Some(status) = worker.ended()? {
            bail!("{} ended by itself: {status}; everything is stopped", worker.name());
        }
        // A dead origin is what the load balancer is for: the others stay up.
        let mut alive = Vec::new();
        for mut server in servers {
            match server.ended()? {
                Some(status) => report_death(&server, status),
                None => alive.push(server),
            }
        }
        servers = alive;
    }
}

fn report_death(server: &Process, status: ExitStatus) {
    println!(
        "{} ended: {status}; the Worker should now send its requests to the others",
        server.name()
    );
}

/// A token that nobody knows but who reads the terminal; another one with each start.
fn new_token() -> String {
    format!("{:016x}", RandomState::new().build_hasher().finish())
}

fn announce(options: &Options, origins: &[DemoOrigin], token: &str, elapsed: Duration) {
    println!("\nready after {}: http://127.0.0.1:{}/_lb/\n", seconds(elapsed), options.port);
    println!("  balanced requests   curl http://127.0.0.1:{}/", options.port);
    println!("  live console        http://127.0.0.1:{}/_lb/?live", options.port);
    println!("  its token           {token}");
    if let Some(origin) = origins.first() {
        let control = origin.control_url();
        println!(
            "  kill origin {}       curl -X POST '{control}/_origin/set?down=true'",
            origin.name
        );
        println!("  bring it back       curl -X POST '{control}/_origin/set?down=false'");
        println!(
            "  make it busy        curl -X POST '{control}/_origin/set?load=0.93&delay_ms=200'"
        );
    }
    println!(
        "  the other origins   control ports {}",
        control_ports(origins.get(1..).unwrap_or_default())
    );
    println!("  stop                Ctrl-C\n");
}

fn control_ports(origins: &[DemoOrigin]) -> String {
    let ports: Vec<String> = origins
        .iter()
        .map(|origin| format!("{} ({})", origin.control_port(), origin.name))
        .collect();
    ports.join(", ")
}

/// Says now which port is taken, before minutes of building.
fn check_ports(options: &Options, origins: &[DemoOrigin]) -> Result<()> {
    let origin_ports = origins.iter().flat_map(|origin| [origin.port, origin.control_port()]);
    let all = [(options.port, "--port")]
        .into_iter()
        .chain(origin_ports.map(|port| (port, "--origin-port")));
    for (port, option) in all {
        if let Err(error) = TcpListener::bind(("127.0.0.1", port)) {
            bail!("port {port} cannot be used ({error}): choose another with {option}");
        }
    }
    Ok(())
}
