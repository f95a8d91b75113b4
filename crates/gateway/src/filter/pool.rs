//! The processes that evaluate filters: started when needed, kept for the next filter.

use std::{
    env, io,
    num::NonZero,
    path::PathBuf,
    process::Stdio,
    sync::{Mutex, PoisonError},
    thread,
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    process::{Child, ChildStdin, ChildStdout, Command},
    sync::Semaphore,
    time,
};

use super::{
    error::{Error, MAX_FILTER_BYTES},
    evaluate::Results,
    message::{Reply, Request},
    worker::{COMMAND, Exit},
};

/// After this a worker is ended from outside. It counts its own processor time and answers long before, however busy the machine
/// is.
const PATIENCE: Duration = Duration::from_secs(60);

/// Workers of one session, at most as many as there are processors: more would take each other's time.
pub struct Filters {
    room: Semaphore,
    idle: Mutex<Vec<Worker>>,
}

impl Default for Filters {
    fn default() -> Self {
        let processors = thread::available_parallelism().map_or(1, NonZero::get);
        Self { room: Semaphore::new(processors), idle: Mutex::default() }
    }
}

impl Filters {
    /// What a filter makes of JSON.
    ///
    /// # Errors
    /// What is wrong with the filter, for the model.
    pub async fn apply(&self, filter: &str, json: &str) -> Result<Results, Error> {
        if filter.len() > MAX_FILTER_BYTES {
            return Err(Error::TooLong(filter.len()));
        }
        // Never closed, so there is room sooner or later.
        let _room = self.room.acquire().await.ok();
        loop {
            let kept = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let is_new = kept.is_none();
            let mut worker = match kept {
                Some(worker) => worker,
                None => Worker::start().map_err(|error| Error::NotRun(error.to_string()))?,
            };
            // A worker that is not put back is ended when it is dropped.
            match time::timeout(PATIENCE, worker.answer(filter, json)).await {
                Err(_) => return Err(Error::TimeOver { results: String::new() }),
                Ok(Ok(reply)) => {
                    if !reply.is_last {
                        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
                    }
                    return reply.outcome;
                }
                // One that was kept may have ended before, since there was nothing to do.
                Ok(Err(Exit::Done)) if !is_new => {}
                Ok(Err(Exit::Done | Exit::Broken)) => return Err(Error::Memory),
                Ok(Err(Exit::TimeOver)) => return Err(Error::TimeOver { results: String::new() }),
            }
        }
    }
}

/// A process that evaluates filters.
struct Worker {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Worker {
    fn start() -> io::Result<Self> {
        let mut child = Command::new(this_program()?)
            .arg(COMMAND)
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        Ok(Self { child, stdin, stdout: BufReader::new(stdout) })
    }

    /// What it answers, or how it ended.
    async fn answer(&mut self, filter: &str, json: &str) -> Result<Reply, Exit> {
        let head = Request::head(filter, json);
        let (stdin, stdout) = (&mut self.stdin, &mut self.stdout);
        let write = async {
            // One that has ended says why by its status.
            for part in [&head, filter, json] {
                stdin.write_all(part.as_bytes()).await?;
            }
            stdin.flush().await
        };
        let mut line = Vec::new();
        let (_, read) = tokio::join!(write, stdout.read_until(b'\n', &mut line));
        match read.ok().and_then(|_| serde_json::from_slice(&line).ok()) {
            Some(reply) => Ok(reply),
            None => Err(Exit::of(self.child.wait().await.ok().and_then(|status| status.code()))),
        }
    }
}

/// This program's file, also where it has been replaced since the start.
fn this_program() -> io::Result<PathBuf> {
    if cfg!(target_os = "linux") { Ok(PathBuf::from("/proc/self/exe")) } else { env::current_exe() }
}
