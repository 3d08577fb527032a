//! The demo origin: a small real HTTP/1.1 server whose faults are switched while it runs.
//!
//! The Worker is tried against real sockets, because that is where balancers fail: refused
//! connections, resets in the middle of an answer, servers that accept and then say nothing.
//! `README.md` of the tests lists the paths, the settings and the control requests.
//!
//! An origin runs on a thread of its own with two listeners. The first serves and is closed while
//! the origin is `down`; the second takes the control requests and stays open, so that a dead
//! origin can be brought back.

mod answer;
mod control;
mod record;
mod server;
mod settings;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::thread::JoinHandle;

use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot, watch};

pub use record::{Counters, Head};
use record::{Kind, Record};
use server::Command;
pub use settings::{Health, SettingError, Settings};

/// The ports to listen on at 127.0.0.1; zero takes a free one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ports {
    pub serve: u16,
    pub control: u16,
    /// Serve at every address of this machine, so also at 127.0.0.2: one process can then stand
    /// for several origins. Control stays at 127.0.0.1.
    pub serve_everywhere: bool,
}

/// What is known about an origin at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct State {
    pub name: String,
    pub url: String,
    pub control_url: String,
    pub settings: Settings,
    pub counters: Counters,
    pub last_request: Option<Head>,
    pub last_health_request: Option<Head>,
}

/// What the tasks of one origin share.
#[derive(Debug)]
struct Shared {
    name: String,
    address: SocketAddr,
    control_address: SocketAddr,
    settings: watch::Sender<Settings>,
    record: Arc<Record>,
}

impl Shared {
    fn state(&self) -> State {
        State {
            name: self.name.clone(),
            url: format!("http://{}", self.address),
            control_url: format!("http://{}", self.control_address),
            settings: self.settings.borrow().clone(),
            counters: self.record.counters(),
            last_request: self.record.last(Kind::Ordinary),
            last_health_request: self.record.last(Kind::Health),
        }
    }
}

/// A running origin. Dropping it closes its sockets and ends its thread.
#[derive(Debug)]
pub struct Origin {
    shared: Arc<Shared>,
    /// `None` only while it is being dropped: closing the channel ends the server.
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
}

impl Origin {
    /// Starts an origin on free ports.
    ///
    /// # Errors
    /// When no socket can be opened.
    pub fn start(name: &str) -> io::Result<Self> {
        Self::start_on(name, Ports::default())
    }

    /// Starts an origin on the given ports.
    ///
    /// # Errors
    /// When a port is taken.
    pub fn start_on(name: &str, ports: Ports) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (listener, control) = runtime.block_on(async {
            let host =
                if ports.serve_everywhere { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
            let serve = bind((host, ports.serve).into()).await?;
            io::Result::Ok((serve, bind((Ipv4Addr::LOCALHOST, ports.control).into()).await?))
        })?;
        let shared = Arc::new(Shared {
            name: name.to_owned(),
            address: listener.local_addr()?,
            control_address: control.local_addr()?,
            settings: watch::Sender::default(),
            record: Arc::default(),
        });
        let (commands, inbox) = mpsc::channel(16);
        let server = server::run(Arc::clone(&shared), listener, inbox);
        // Control holds a weak sender: the server ends with the last strong one, which is ours.
        let control = control::run(Arc::clone(&shared), control, commands.downgrade());
        let thread =
            std::thread::Builder::new().name(format!("origin {name}")).spawn(move || {
                runtime.block_on(async {
                    tokio::spawn(control);
                    server.await;
                });
            })?;
        Ok(Self { shared, commands: Some(commands), thread: Some(thread) })
    }

    /// Where it serves, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        self.state().url
    }

    /// Where it takes control requests, without a slash at the end.
    #[must_use]
    pub fn control_url(&self) -> String {
        self.state().control_url
    }

    /// Settings, counters and the last requests.
    #[must_use]
    pub fn state(&self) -> State {
        self.shared.state()
    }

    /// Changes settings and returns when they hold. It blocks, so call it from outside of async
    /// code.
    ///
    /// # Errors
    /// When the origin comes back from `down` and its port was taken meanwhile.
    pub fn set(&self, change: impl FnOnce(&mut Settings)) -> io::Result<()> {
        let mut settings = self.shared.settings.borrow().clone();
        change(&mut settings);
        let (reply, result) = oneshot::channel();
        let stopped = || io::Error::other("the origin has stopped");
        let commands = self.commands.as_ref().ok_or_else(stopped)?;
        commands.blocking_send(Command { settings, reply }).map_err(|_| stopped())?;
        result.blocking_recv().map_err(|_| stopped())?
    }

    /// Default settings, and counters at zero.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn clear(&self) -> io::Result<()> {
        self.set(|settings| *settings = Settings::default())?;
        self.shared.record.clear();
        Ok(())
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the server has been printed by its own thread already.
            let _ = thread.join();
        }
    }
}

async fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .map_err(|error| io::Error::new(error.kind(), format!("port {}: {error}", address.port())))
}
