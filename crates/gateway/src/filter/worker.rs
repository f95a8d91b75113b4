//! The process that evaluates filters, one after the other.
//!
//! Nothing is left of one filter for the next: each is evaluated on a thread of its own with all that it makes, and a process
//! that has grown ends and is replaced.

use std::{
    fs,
    io::{self, BufReader, Write},
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};

use cpu_time::ProcessTime;

use super::{
    error::MAX_MILLISECONDS,
    evaluate::evaluate_watched,
    message::{Reply, Request},
};

/// The hidden command that runs a worker.
pub const COMMAND: &str = "evaluate-filters";

/// How often the time of a filter is looked at.
const TICK: Duration = Duration::from_millis(5);

/// After this much processor time beyond the limit, a filter that has not ended by itself is ended with the process: it does
/// one long step, such as sorting.
const GRACE: Duration = Duration::from_millis(250);

/// A worker without work ends after this.
const MAX_IDLE: Duration = Duration::from_secs(60);

/// The processor time after which the system ends the process during one filter, in seconds: a backstop.
#[cfg(unix)]
const MAX_CPU_SECONDS: u64 = 30;

/// The address space that the process may take, in bytes (Linux).
pub const MAX_MEMORY: u64 = 1 << 30;

/// A process that has this much in memory after a filter, in pages of 4 KiB, ends.
const MAX_KEPT_PAGES: u64 = (96 << 20) / 4096;

/// How a worker ended, as its exit status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// There was nothing to do any more.
    Done,
    /// A filter took too long.
    TimeOver,
    /// The system ended it: too much memory.
    Broken,
}

impl Exit {
    /// By an exit status, `None` for a signal.
    pub fn of(status: Option<i32>) -> Self {
        match status {
            Some(0) => Self::Done,
            Some(4) => Self::TimeOver,
            _ => Self::Broken,
        }
    }

    fn exit(self) -> ! {
        process::exit(match self {
            Self::Done => 0,
            Self::TimeOver => 4,
            Self::Broken => 1,
        })
    }
}

/// Evaluates filters from stdin and writes what they make to stdout, until there is no more. Then it ends the process.
pub fn run() -> ! {
    confine();
    let monitor = Monitor::start();
    let mut input = BufReader::new(io::stdin().lock());
    let mut output = io::stdout().lock();
    loop {
        let request = match Request::read(&mut input) {
            Ok(Some(request)) => request,
            Ok(None) => Exit::Done.exit(),
            Err(_) => Exit::Broken.exit(),
        };
        monitor.tell(Event::Busy);
        renew_time();
        let interrupt = Arc::new(AtomicBool::new(false));
        let watch = || monitor.watch(Arc::clone(&interrupt));
        let outcome = evaluate_watched(&request.filter, &request.json, &interrupt, watch);
        drop(request);
        let is_last = has_grown();
        let reply = Reply { outcome, is_last };
        let written = serde_json::to_writer(&mut output, &reply).map_err(io::Error::from);
        // Nobody is left where it cannot be written.
        if written.and_then(|()| output.write_all(b"\n")).and_then(|()| output.flush()).is_err() || is_last {
            Exit::Done.exit();
        }
        monitor.tell(Event::Idle);
    }
}

/// What the monitor is told.
enum Event {
    /// There is nothing to do.
    Idle,
    /// A request is read or answered.
    Busy,
    /// A filter is evaluated. It is to be interrupted by this.
    Watch(Arc<AtomicBool>),
}

/// A thread that ends filters which take too long, and the process when it has nothing to do.
struct Monitor {
    events: Sender<Event>,
}

impl Monitor {
    fn start() -> Self {
        let (events, receiver) = channel();
        thread::spawn(move || watch_over(&receiver));
        Self { events }
    }

    fn tell(&self, event: Event) {
        // The monitor ends with the process only.
        let _ = self.events.send(event);
    }

    /// Starts counting a filter's time, until what this returns is dropped.
    fn watch(&self, interrupt: Arc<AtomicBool>) -> Watch {
        self.tell(Event::Watch(interrupt));
        Watch { events: self.events.clone() }
    }
}

/// A filter's time is counted as long as this lives.
struct Watch {
    events: Sender<Event>,
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.events.send(Event::Busy);
    }
}

fn watch_over(events: &Receiver<Event>) {
    let limit = Duration::from_millis(MAX_MILLISECONDS);
    let mut event = Event::Idle;
    loop {
        event = match event {
            Event::Idle => match events.recv_timeout(MAX_IDLE) {
                Ok(event) => event,
                Err(_) => Exit::Done.exit(),
            },
            Event::Busy => match events.recv() {
                Ok(event) => event,
                Err(_) => Exit::Done.exit(),
            },
            Event::Watch(interrupt) => {
                // The time of this process alone: how busy the machine is does not count.
                let begin = ProcessTime::now();
                loop {
                    match events.recv_timeout(TICK) {
                        Ok(event) => break event,
                        Err(RecvTimeoutError::Disconnected) => Exit::Done.exit(),
                        Err(RecvTimeoutError::Timeout) => {}
                    }
                    let spent = begin.elapsed();
                    if spent > limit + GRACE {
                        Exit::TimeOver.exit();
                    }
                    if spent > limit {
                        interrupt.store(true, Ordering::Relaxed);
                    }
                }
            }
        };
    }
}

/// Limits that the system keeps; the time is kept everywhere.
fn confine() {
    #[cfg(unix)]
    {
        let _ = rlimit::setrlimit(rlimit::Resource::AS, MAX_MEMORY, MAX_MEMORY);
        // A core file would hold the answer.
        let _ = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0);
    }
}

/// Gives the next filter its processor time: the system counts that of the whole process.
fn renew_time() {
    #[cfg(unix)]
    if let Ok((_, most)) = rlimit::getrlimit(rlimit::Resource::CPU) {
        let spent = ProcessTime::try_now().map(|now| now.as_duration().as_secs()).unwrap_or_default();
        let _ = rlimit::setrlimit(rlimit::Resource::CPU, (spent + MAX_CPU_SECONDS).min(most), most);
    }
}

/// Whether so much is in memory that the process is to be replaced. Known on Linux only; elsewhere the system takes back what is
/// freed as it likes.
fn has_grown() -> bool {
    let pages = fs::read_to_string("/proc/self/statm").ok();
    pages
        .as_deref()
        .and_then(|pages| pages.split(' ').nth(1)?.parse::<u64>().ok())
        .is_some_and(|pages| pages > MAX_KEPT_PAGES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_statuses_say_how_it_ended() {
        assert_eq!(
            [Some(0), Some(4), Some(1), None].map(Exit::of),
            [Exit::Done, Exit::TimeOver, Exit::Broken, Exit::Broken]
        );
    }
}
