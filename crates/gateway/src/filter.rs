//! jq filters on answers, each in a process of its own.
//!
//! A filter is a program of the model's, which may be endless, explode or nest too deep. In a process of its own it
//! cannot take time, memory or stack from the server, and it sees neither the server's environment nor its secrets.

pub mod evaluate;

use std::{env, io, num::NonZero, path::PathBuf, process::Stdio, sync::LazyLock, thread, time::Duration};

use tokio::{io::AsyncWriteExt, process::Command, sync::Semaphore, time};

/// The hidden command that evaluates a filter.
pub const COMMAND: &str = "evaluate-filter";

/// The longest filter, in bytes.
const LONGEST: usize = 10_000;

/// After this the process is ended from outside. It counts its own processor time and ends by itself long before, however
/// busy the machine is.
const PATIENCE: Duration = Duration::from_secs(120);

/// Filters at a time: more than there are processors would take each other's time.
static ROOM: LazyLock<Semaphore> =
    LazyLock::new(|| Semaphore::new(thread::available_parallelism().map_or(1, NonZero::get)));

/// The JSON values that the filter makes of `json`, one a line.
///
/// # Errors
/// What is wrong with the filter, for the model.
pub async fn apply(filter: &str, json: &str) -> Result<String, String> {
    if filter.len() > LONGEST {
        return Err(format!("it has {} bytes; the longest allowed has {LONGEST}", filter.len()));
    }
    // Never closed, so there is room sooner or later.
    let _room = ROOM.acquire().await.ok();
    let not_run = |error: io::Error| format!("it could not be run: {error}");
    let mut child = Command::new(this_program().map_err(not_run)?)
        .arg(COMMAND)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(not_run)?;
    let stdin = child.stdin.take();
    let write = async {
        if let Some(mut stdin) = stdin {
            // A process that has ended early says why by its status.
            let _ = stdin.write_all(evaluate::head(filter).as_bytes()).await;
            let _ = stdin.write_all(json.as_bytes()).await;
            let _ = stdin.shutdown().await;
        }
    };
    let run = async { tokio::join!(write, child.wait_with_output()).1 };
    let output = match time::timeout(PATIENCE, run).await {
        Ok(output) => output.map_err(not_run)?,
        Err(_) => return Err(evaluate::Ending::TimeOver.to_string()),
    };
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    match evaluate::Ending::of(output.status.code()) {
        evaluate::Ending::Done => Ok(text),
        evaluate::Ending::Fault => Err(text),
        ending => Err(ending.to_string()),
    }
}

/// This program's file, also where it has been replaced since the start.
fn this_program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok(PathBuf::from("/proc/self/exe")) } else { env::current_exe() }
}
