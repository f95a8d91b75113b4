//! The audit log as a file: one line of JSON a call, appended.

use std::{
    fs::{File, OpenOptions},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;

use super::{Audit, CallEvent};

/// Lines that may wait for a slow disk. What comes while so many wait is lost, and that is reported.
const MAX_WAITING: usize = 1024;

/// The longest time that a call waits for its line to be written.
const MAX_DELAY: Duration = Duration::from_millis(100);

/// The longest time that the end of the process waits for the last lines.
const LAST_LINES: Duration = Duration::from_millis(500);

/// A file that lines are appended to, by a thread of its own: a disk that hangs holds no call up.
pub struct AuditFile {
    /// `None` once the log is closed.
    lines: Option<SyncSender<(String, oneshot::Sender<()>)>>,
    writer: Option<JoinHandle<()>>,
    is_reported: Arc<AtomicBool>,
}

impl AuditFile {
    /// Appends to the file at `path`, which is made readable by its owner only where it is not there. It is opened anew
    /// when `reopen` is set, as after a rotation. A log that cannot be written is reported once, and calls go on.
    ///
    /// # Errors
    /// There is no thread to write with.
    pub fn open(path: &Path, reopen: Arc<AtomicBool>) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(MAX_WAITING);
        let is_reported = Arc::new(AtomicBool::new(false));
        let mut writer = Writer { path: path.to_owned(), reopen, is_reported: Arc::clone(&is_reported), open: None };
        let thread = thread::Builder::new().name("audit log".to_owned()).spawn(move || writer.run(&receiver))?;
        Ok(Self { lines: Some(sender), writer: Some(thread), is_reported })
    }
}

impl Audit for AuditFile {
    fn record(&self, event: CallEvent) -> BoxFuture<'static, ()> {
        let (done, written) = oneshot::channel();
        let sent = self.lines.as_ref().is_some_and(|lines| lines.try_send((event.line(), done)).is_ok());
        if !sent {
            report(&self.is_reported, &"the disk is too slow, so lines are lost");
        }
        Box::pin(async move {
            // The line is written all the same where this takes longer.
            let _ = tokio::time::timeout(MAX_DELAY, written).await;
        })
    }
}

impl Drop for AuditFile {
    fn drop(&mut self) {
        // Ends the writer once it has written what waits.
        self.lines = None;
        let Some(writer) = self.writer.take() else { return };
        let start = std::time::Instant::now();
        while !writer.is_finished() && start.elapsed() < LAST_LINES {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn report(is_reported: &AtomicBool, cause: &dyn std::fmt::Display) {
    if !is_reported.swap(true, Ordering::Relaxed) {
        tracing::error!("the audit log is not written: {cause}; calls still work");
    }
}

struct Writer {
    path: PathBuf,
    reopen: Arc<AtomicBool>,
    is_reported: Arc<AtomicBool>,
    open: Option<Open>,
}

struct Open {
    file: File,
    /// Whether what was written last does not end its line.
    is_torn: bool,
}

impl Writer {
    fn run(&mut self, lines: &Receiver<(String, oneshot::Sender<()>)>) {
        // A log that cannot be opened is reported at the start, not at the first call.
        self.attempt(None);
        for (line, done) in lines {
            self.attempt(Some(&line));
            // The call may not have waited.
            let _ = done.send(());
        }
    }

    fn attempt(&mut self, line: Option<&str>) {
        if self.reopen.swap(false, Ordering::Relaxed) {
            self.open = None;
            self.is_reported.store(false, Ordering::Relaxed);
        }
        let written = self.opened().and_then(|open| line.map_or(Ok(()), |line| open.write(line)));
        if let Err(error) = written {
            report(&self.is_reported, &format_args!("{}: {error}", self.path.display()));
        }
    }

    fn opened(&mut self) -> io::Result<&mut Open> {
        if self.open.is_none() {
            self.open = Some(Open::at(&self.path)?);
        }
        self.open.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

impl Open {
    fn at(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(path)?;
        Ok(Self { is_torn: is_torn(path), file })
    }

    /// Appends a line by one write, so that whatever ends this process leaves whole lines.
    fn write(&mut self, line: &str) -> io::Result<()> {
        let bytes = if self.is_torn { format!("\n{line}") } else { line.to_owned() };
        let written = self.file.write(bytes.as_bytes())?;
        self.is_torn = written < bytes.len();
        if self.is_torn { Err(io::Error::new(io::ErrorKind::WriteZero, "a line was cut off")) } else { Ok(()) }
    }
}

/// Whether the file ends within a line, as a full disk leaves it.
fn is_torn(path: &Path) -> bool {
    let last_byte = || -> io::Result<u8> {
        let mut file = File::open(path)?;
        if !file.metadata()?.is_file() {
            return Ok(b'\n');
        }
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        Ok(last[0])
    };
    last_byte().is_ok_and(|last| last != b'\n')
}
