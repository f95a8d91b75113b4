//! Evaluating a jq filter: what the process of its own does.

use std::{
    fmt,
    io::{self, Read, Write},
    process,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use cpu_time::ProcessTime;
use jaq_core::{
    Compiler, Ctx, Exn, Vars, data,
    load::{self, Arena, File, Loader},
};
use jaq_json::{Val, read, write};
use serde::de::IgnoredAny;

use crate::text::shorten::shortened;

/// The processor time that a filter may take, besides reading the answer and writing the results.
const TIME: Duration = Duration::from_millis(200);

/// How often that time is looked at.
const TICK: Duration = Duration::from_millis(5);

/// The processor time after which the system ends the process, in seconds: a backstop.
#[cfg(unix)]
const MAX_CPU_SECONDS: u64 = 30;

/// The memory that the process may take, in bytes.
#[cfg(unix)]
const MEMORY: u64 = 1 << 30;

/// The most that a filter may make, in bytes.
const MOST_OUTPUT: usize = 8 << 20;

/// The stack, in bytes: a filter may call itself some thousand times.
const STACK: usize = 64 << 20;

/// How the process ended, as its exit status says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The results are on stdout.
    Done,
    /// What is wrong with the filter is on stdout.
    Fault,
    /// The time is over.
    TimeOver,
    /// The system ended it: too much memory, or too deep a recursion.
    Broken,
}

impl Ending {
    /// By an exit status, `None` for a signal.
    pub fn of(status: Option<i32>) -> Self {
        [Self::Done, Self::Fault, Self::TimeOver]
            .into_iter()
            .find(|ending| status == ending.status())
            .unwrap_or(Self::Broken)
    }

    fn status(self) -> Option<i32> {
        match self {
            Self::Done => Some(0),
            Self::Fault => Some(3),
            Self::TimeOver => Some(4),
            Self::Broken => None,
        }
    }

    fn exit(self) -> ! {
        process::exit(self.status().unwrap_or(1))
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done | Self::Fault => formatter.write_str("it ended"),
            Self::TimeOver => write!(formatter, "it took longer than {} ms and was ended", TIME.as_millis()),
            Self::Broken => formatter.write_str("it took too much memory or called itself too deep, and was ended"),
        }
    }
}

/// What the process reads on stdin before the JSON.
pub fn head(filter: &str) -> String {
    format!("{}\n{filter}", filter.len())
}

/// Reads a filter and JSON from stdin, writes the results to stdout, and ends the process.
pub fn run() -> ! {
    confine();
    let mut bytes = Vec::new();
    if io::stdin().lock().read_to_end(&mut bytes).is_err() {
        Ending::Broken.exit();
    }
    let work = thread::Builder::new().stack_size(STACK).spawn(move || {
        let (filter, json) = parted(&bytes).unwrap_or_default();
        let (text, ending) = match evaluate_watched(filter, json, Watchdog::start) {
            Ok(results) => (results, Ending::Done),
            Err(fault) => (fault, Ending::Fault),
        };
        let mut stdout = io::stdout().lock();
        // Nobody is left to be told.
        let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        ending.exit()
    });
    // The thread ends the process, so only a panic leads on.
    let _ = work.map(thread::JoinHandle::join);
    Ending::Broken.exit()
}

/// Ends the process once the evaluation has taken too much processor time. Time in which other programs run does not
/// count.
struct Watchdog {
    is_done: Arc<AtomicBool>,
}

impl Watchdog {
    /// Starts counting.
    fn start() -> Self {
        let is_done = Arc::new(AtomicBool::new(false));
        let seen = Arc::clone(&is_done);
        let begin = ProcessTime::now();
        thread::spawn(move || {
            while !seen.load(Ordering::Acquire) {
                if begin.elapsed() > TIME {
                    Ending::TimeOver.exit();
                }
                thread::sleep(TICK);
            }
        });
        Self { is_done }
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.is_done.store(true, Ordering::Release);
    }
}

/// Limits that the system keeps; the time is kept everywhere.
fn confine() {
    #[cfg(unix)]
    {
        let _ = rlimit::setrlimit(rlimit::Resource::AS, MEMORY, MEMORY);
        let _ = rlimit::setrlimit(rlimit::Resource::CPU, MAX_CPU_SECONDS, MAX_CPU_SECONDS);
        // A core file would hold the answer.
        let _ = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0);
    }
}

fn parted(bytes: &[u8]) -> Option<(&str, &str)> {
    let (length, rest) = str::from_utf8(bytes).ok()?.split_once('\n')?;
    rest.split_at_checked(length.parse().ok()?)
}

/// The results, one a line.
///
/// # Errors
/// What is wrong with the filter, and where.
pub fn evaluate(filter: &str, json: &str) -> Result<String, String> {
    evaluate_watched(filter, json, || ())
}

/// The same, watched by what `watch` starts once the answer is read. It is dropped before the results are written.
fn evaluate_watched<W>(filter: &str, json: &str, watch: impl FnOnce() -> W) -> Result<String, String> {
    let definitions = jaq_core::defs().chain(jaq_std::defs()).chain(jaq_json::defs());
    let functions = jaq_core::funs().chain(jaq_std::funs()).chain(jaq_json::funs());
    let arena = Arena::default();
    let input = read::parse_single(json.as_bytes()).map_err(|error| format!("the answer is no JSON: {error}"))?;
    // The answer is kept until the end: freeing it is not the filter's work.
    let watch = watch();
    let results = (|| {
        let modules = Loader::new(definitions).load(&arena, File { code: filter, path: () }).map_err(|errors| {
            errors.into_iter().map(|(_, error)| unread(filter, &error)).collect::<Vec<_>>().join("; ")
        })?;
        let program = Compiler::default().with_funs(functions).compile(modules).map_err(|errors| {
            let unknown = errors.into_iter().flat_map(|(_, errors)| errors);
            let unknown = unknown.map(|(name, kind)| format!("unknown {}{}", kind.as_str(), place(filter, name)));
            unknown.collect::<Vec<_>>().join("; ")
        })?;
        let context = Ctx::<data::JustLut<Val>>::new(&program.lut, Vars::new([]));
        let mut results = Vec::new();
        for (index, result) in program.id.run((context, input.clone())).enumerate() {
            let result = match result.map_err(Exn::get_err) {
                Ok(result) => result,
                Err(Ok(error)) => return Err(format!("result {}: {}", index + 1, shortened(&error.to_string()))),
                // `halt`
                Err(Err(_)) => break,
            };
            let start = results.len();
            if index > 0 {
                results.push(b'\n');
            }
            write::write(&mut results, &write::Pp::default(), 0, &result).map_err(|error| error.to_string())?;
            let line = results.get(start..).unwrap_or_default();
            if serde_json::from_slice::<IgnoredAny>(line).is_err() {
                return Err(format!(
                    "result {} is no JSON: NaN, infinity, a key that is no string, or broken text",
                    index + 1
                ));
            }
            if results.len() > MOST_OUTPUT {
                return Err(format!("its results are larger than {} MiB", MOST_OUTPUT >> 20));
            }
        }
        String::from_utf8(results).map_err(|_| "its results are no text".to_owned())
    })();
    drop(watch);
    results
}

/// What could not be read of the filter.
fn unread(filter: &str, error: &load::Error<&str>) -> String {
    let faults: Vec<_> = match error {
        load::Error::Io(errors) => {
            errors.iter().map(|(path, _)| format!("`{path}` cannot be included: there are no modules")).collect()
        }
        load::Error::Lex(errors) => errors
            .iter()
            .map(|(expected, found)| format!("expected {}{}", expected.as_str(), place(filter, found)))
            .collect(),
        load::Error::Parse(errors) => errors
            .iter()
            .map(|(expected, found)| format!("expected {}{}", expected.as_str(), place(filter, found)))
            .collect(),
    };
    faults.join("; ")
}

/// Where `part` of the filter stands, counted in characters from 1.
fn place(filter: &str, part: &str) -> String {
    let start = load::span(filter, part).start;
    let Some(before) = filter.get(..start) else { return String::new() };
    let position = before.chars().count() + 1;
    match part.chars().take(20).collect::<String>() {
        found if found.trim().is_empty() => format!(" at character {position}, the end"),
        found => format!(" at character {position}: `{found}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_one_a_line() {
        let json = r#"{"applications":[{"name":"a","n":1.50},{"name":"b","n":12345678901234567890}]}"#;
        assert_eq!(evaluate(".applications[] | {name}", json).unwrap(), "{\"name\":\"a\"}\n{\"name\":\"b\"}");
        assert_eq!(evaluate("[.applications[].n]", json).unwrap(), "[1.50,12345678901234567890]");
        assert_eq!(evaluate("empty", json).unwrap(), "");
        assert_eq!(evaluate(".applications | length", json).unwrap(), "2");
    }

    #[test]
    fn faults_say_where() {
        let fault = |filter: &str| evaluate(filter, "{\"a\":[1]}").unwrap_err();
        assert_eq!(fault(".a["), "expected closing bracket at character 4, the end");
        assert_eq!(fault(".a | lenght"), "unknown filter at character 6: `lenght`");
        assert_eq!(fault(".a |"), "expected term at character 5, the end");
        assert_eq!(fault(".a.b"), "result 1: cannot index [1] with \"b\"");
        assert!(fault("nan").starts_with("result 1 is no JSON"));
        assert!(fault("include \"secrets\"; .").contains("there are no modules"));
        assert!(fault("env.PATH, repeat(\"x\" * 100000)").contains("larger than 8 MiB"));
    }

    #[test]
    fn input_comes_apart_again() {
        assert_eq!(parted(format!("{}{{}}", head(".a\n\"é\"")).as_bytes()), Some((".a\n\"é\"", "{}")));
        assert_eq!(parted(b"9\n.a{}"), None);
    }
}
