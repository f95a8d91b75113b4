//! What is written on stderr. stdout belongs to MCP.

use std::{
    fmt::{self, Write as _},
    io::{self, Write as _},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
    time::{Duration, Instant},
};

use gateway::redact::safe_cut;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::{filter::Targets, fmt::layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{error::ConfigError, given::Settings, settings::LOG};

/// The parts of this program whose own messages are logged.
const OWN_TARGETS: [&str; 2] = [env!("CARGO_CRATE_NAME"), "gateway"];

/// The longest text that is written at once, in bytes. What is longer is cut.
const MAX_TEXT_BYTES: usize = 4 << 10;

/// Texts that wait until stderr takes them. More are dropped.
const MAX_WAITING: usize = 256;

/// How long the end of the process waits for stderr.
const LAST_TEXTS: Duration = Duration::from_millis(200);

/// The thread that writes, where there is one.
static WRITER: OnceLock<SyncSender<Work>> = OnceLock::new();

/// Texts that were dropped since the last one that was not.
static DROPPED: AtomicUsize = AtomicUsize::new(0);

enum Work {
    Text(Vec<u8>),
    /// Answered when all before it is written.
    Flush(SyncSender<()>),
}

/// Writes on stderr. Where it cannot be written, nothing happens: nobody is there who could be told.
pub fn report(text: fmt::Arguments<'_>) {
    let _ = Stderr.write_fmt(text);
}

/// The standard error of a process whose parent may not read it, or may have closed it.
struct Stderr;

impl io::Write for Stderr {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        match WRITER.get() {
            Some(writer) => {
                if let Err(TrySendError::Full(_)) = writer.try_send(Work::Text(cut(text))) {
                    DROPPED.fetch_add(1, Ordering::Relaxed);
                }
            }
            None => write_now(text),
        }
        Ok(text.len())
    }

    /// One text, not a piece for each of its parts.
    fn write_fmt(&mut self, arguments: fmt::Arguments<'_>) -> io::Result<()> {
        let mut text = String::new();
        let _ = text.write_fmt(arguments);
        self.write_all(text.as_bytes())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn write_now(text: &[u8]) {
    let _ = io::stderr().write_all(text);
}

/// A text of bounded length.
fn cut(text: &[u8]) -> Vec<u8> {
    if text.len() <= MAX_TEXT_BYTES {
        return text.to_vec();
    }
    let text = String::from_utf8_lossy(text);
    format!("{}…\n", text.get(..safe_cut(&text, MAX_TEXT_BYTES)).unwrap_or_default()).into_bytes()
}

/// From now on writing on stderr never waits: a thread writes, and what it cannot write in time is dropped and counted.
/// The guard gives the last texts a moment when it is dropped.
#[must_use]
pub fn never_wait() -> Flush {
    let (sender, work) = sync_channel(MAX_WAITING);
    // Without a thread nothing is changed; a second one is not needed.
    if WRITER.get().is_none() && thread::Builder::new().name("stderr".to_owned()).spawn(|| write(work)).is_ok() {
        let _ = WRITER.set(sender);
    }
    Flush
}

fn write(work: Receiver<Work>) {
    for work in work {
        match work {
            Work::Text(text) => {
                let dropped = DROPPED.swap(0, Ordering::Relaxed);
                if dropped > 0 {
                    write_now(format!("({dropped} messages were dropped: stderr was not read)\n").as_bytes());
                }
                write_now(&text);
            }
            // Who waited may have gone.
            Work::Flush(done) => drop(done.try_send(())),
        }
    }
}

/// Waits for the last texts when it is dropped, but not for long.
pub struct Flush;

impl Drop for Flush {
    fn drop(&mut self) {
        let Some(writer) = WRITER.get() else { return };
        let start = Instant::now();
        let (done, is_done) = sync_channel(1);
        while let Err(TrySendError::Full(_)) = writer.try_send(Work::Flush(done.clone())) {
            if start.elapsed() >= LAST_TEXTS {
                return;
            }
            thread::sleep(Duration::from_millis(5));
        }
        let _ = is_done.recv_timeout(LAST_TEXTS.saturating_sub(start.elapsed()));
    }
}

/// Starts logging to stderr at the level that the settings or the count of `-v` name. A setting that names no level is a
/// mistake, noted in `settings`.
///
/// Only this program's own messages go below warnings: libraries log the messages that pass, and those hold secrets.
pub fn start(settings: &mut Settings, verbosity: u8) {
    // Programs share RUST_LOG, so it may name what is none of ours.
    let is_own = |source: &str| !LOG.other_variables.iter().any(|other| source.starts_with(other));
    let asked = settings.get(&LOG).map(|given| (level(&given.value, is_own(&given.source)), given));
    let asked = match asked {
        None => LevelFilter::WARN,
        Some((Some(level), _)) => level,
        Some((None, given)) => {
            let expected = "off, error, warn, info, debug or trace".to_owned();
            settings.mistake(ConfigError::Value { source_name: given.source, value: given.value, expected });
            LevelFilter::WARN
        }
    };
    let own = match verbosity {
        0 => asked,
        1 => asked.max(LevelFilter::INFO),
        2 => asked.max(LevelFilter::DEBUG),
        _ => LevelFilter::TRACE,
    };
    let libraries = Targets::new().with_default(own.min(LevelFilter::WARN));
    // Its warnings are of errors that clients are answered, which are logged here with the ids that clients know.
    let libraries = libraries.with_target("rmcp", own.min(LevelFilter::ERROR));
    let filter = OWN_TARGETS.iter().fold(libraries, |filter, target| filter.with_target(*target, own));
    let layer = layer().with_writer(|| Stderr).with_ansi(io::IsTerminal::is_terminal(&io::stderr())).with_target(false);
    // Fails where a subscriber is set already, which is one of ours from the same process.
    let _ = tracing_subscriber::registry().with(filter).with(layer).try_init();
}

/// A bare level, or the level that directives (`target=level`) name for this program. A bare word is a target to
/// `RUST_LOG`; where `is_level`, it has to be a level.
fn level(value: &str, is_level: bool) -> Option<LevelFilter> {
    let is_wrong = |word: &str| !word.contains(['=', '[']) && word.parse::<LevelFilter>().is_err();
    if is_level && value.split(',').map(str::trim).any(is_wrong) {
        return None;
    }
    let targets: Targets = value.parse().ok()?;
    let own = targets.iter().find(|(target, _)| *target == env!("CARGO_CRATE_NAME")).map(|(_, level)| level);
    Some(own.or_else(|| targets.default_level()).unwrap_or(LevelFilter::WARN))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(cut(b"short\n"), b"short\n");
        let long = cut("é".repeat(MAX_TEXT_BYTES).as_bytes());
        assert_eq!(String::from_utf8(long).unwrap(), format!("{}…\n", "é".repeat(MAX_TEXT_BYTES / 2)));
        let odd = cut(format!("a{}", "é".repeat(MAX_TEXT_BYTES)).as_bytes());
        assert_eq!(String::from_utf8(odd).unwrap(), format!("a{}…\n", "é".repeat(MAX_TEXT_BYTES / 2 - 1)));
    }

    #[test]
    fn levels_and_directives() {
        assert_eq!(level("debug", true), Some(LevelFilter::DEBUG));
        assert_eq!(level("WARN", true), Some(LevelFilter::WARN));
        assert_eq!(level("info,hyper=trace,fusionauth_mcp=error", true), Some(LevelFilter::ERROR));
        assert_eq!(level("hyper=trace", true), Some(LevelFilter::WARN));
        assert_eq!(level("fusionauth_mcp=loud", true), None);
        for word in ["loud", "verbose", "info,loud", "1e3", "debug info"] {
            assert_eq!(level(word, true), None, "{word}");
        }
        assert_eq!(level("hyper", false), Some(LevelFilter::WARN), "a target of another program");
    }
}
