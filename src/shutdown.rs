//! How the server ends: the first signal asks it to finish, the second makes it leave.
//!
//! Knows nothing of what is being finished; that is bounded by whoever does it.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The exit code of a process that left without finishing.
const LEFT_CODE: i32 = 130;

/// Listens for SIGTERM and SIGINT from here on. The token is cancelled by the first; the second
/// ends the process at once.
pub fn listen() -> std::io::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let stop = CancellationToken::new();
    let told = stop.clone();
    tokio::spawn(async move {
        wait(&mut terminate, &mut interrupt).await;
        tracing::info!("finishing; a second signal leaves at once");
        told.cancel();
        wait(&mut terminate, &mut interrupt).await;
        tracing::warn!("left without finishing");
        std::process::exit(LEFT_CODE);
    });
    Ok(stop)
}

async fn wait(
    terminate: &mut tokio::signal::unix::Signal,
    interrupt: &mut tokio::signal::unix::Signal,
) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
