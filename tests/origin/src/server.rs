//! Accepting, serving and cutting connections.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::settings::Settings;
use super::{Shared, answer, bind};

/// New settings, and where to say that they hold.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) settings: Settings,
    pub(super) reply: oneshot::Sender<io::Result<()>>,
}

/// Serves until nobody can send commands any more.
pub(super) async fn run(
    shared: Arc<Shared>,
    listener: TcpListener,
    mut commands: mpsc::Receiver<Command>,
) {
    let mut listener = Some(listener);
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            command = commands.recv() => {
                let Some(Command { settings, reply }) = command else { return };
                let result = switch(&shared, &mut listener, &mut connections, settings).await;
                // The sender may have gone away without waiting for the answer.
                let _ = reply.send(result);
            }
            stream = accept(listener.as_ref()) => {
                shared.record.connection();
                connections.spawn(serve(Arc::clone(&shared), stream));
            }
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
        }
    }
}

async fn switch(
    shared: &Shared,
    listener: &mut Option<TcpListener>,
    connections: &mut JoinSet<()>,
    settings: Settings,
) -> io::Result<()> {
    if settings.down {
        *listener = None;
        connections.shutdown().await;
    } else if listener.is_none() {
        *listener = Some(bind(shared.address).await?);
    }
    shared.settings.send_replace(settings);
    Ok(())
}

/// The next connection; never returns while there is no listener.
pub(super) async fn accept(listener: Option<&TcpListener>) -> TcpStream {
    let Some(listener) = listener else { return std::future::pending().await };
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
            // The process is out of file handles, or the client has gone: neither is the server's
            // end.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    // Answers are small: without this a chunk waits for the acknowledgement of the one before.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    // Pinned on the heap because `poll_without_shutdown` wants to move the connection afterwards.
    let service = service_fn(|request| Box::pin(answer::respond(Arc::clone(&shared), request)));
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let result = poll_fn(|context| connection.poll_without_shutdown(context)).await;
    let mut stream = connection.into_parts().io.into_inner();
    match result {
        // The answer asked to be cut: closing with linger zero sends RST in place of FIN.
        Err(error) if error.is_user() => {
            let _ = stream.set_zero_linger();
        }
        // A client that has gone needs no farewell.
        Ok(()) | Err(_) => {
            let _ = stream.shutdown().await;
        }
    }
}
