//! An HTTP/1.1 server on loopback that records what it is sent, byte for byte, and answers as it is told.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicBool, Ordering},
        mpsc::{Sender, channel},
    },
    thread,
    time::Duration,
};

use super::HANG_GUARD;

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub method: String,
    /// Path and query, not decoded.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Recorded {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// What to answer.
#[derive(Debug, Clone)]
pub enum Reply {
    /// A whole response; `Content-Length` is added.
    Response { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// These bytes, then the end of the connection.
    Raw(Vec<u8>),
    /// Nothing, until the client closes the connection.
    Hang,
    /// A reset of the connection.
    Reset,
}

impl Reply {
    pub fn json(status: u16, body: &str) -> Self {
        let headers = vec![("Content-Type", "application/json;charset=UTF-8".to_owned())];
        Self::Response { status, headers, body: body.as_bytes().to_vec() }
    }

    pub fn empty(status: u16) -> Self {
        Self::Response { status, headers: Vec::new(), body: Vec::new() }
    }
}

pub struct Recorder {
    address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    reply: Box<dyn Fn(&Recorded) -> Reply + Send + Sync>,
    seen: Mutex<Seen>,
    changed: Condvar,
    stopped: AtomicBool,
}

#[derive(Default)]
struct Seen {
    requests: Vec<Recorded>,
    /// Requests that the client gave up while they hung.
    aborted: usize,
}

impl Recorder {
    /// Records each request, then answers it with what `reply` returns. `reply` may block.
    pub fn start(reply: impl Fn(&Recorded) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            reply: Box::new(reply),
            seen: Mutex::default(),
            changed: Condvar::new(),
            stopped: AtomicBool::new(false),
        });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for stream in listener.incoming() {
                if accepting.stopped.load(Ordering::SeqCst) {
                    break;
                }
                let serving = Arc::clone(&accepting);
                thread::spawn(move || serve(&stream.unwrap(), &serving));
            }
        });
        Self { address, shared }
    }

    /// Answers everything with 200 and `{}`.
    pub fn agreeable() -> Self {
        Self::start(|_| Reply::json(200, "{}"))
    }

    /// Answers with 200 and this JSON, but only one request for each message on the sender. The others wait.
    pub fn holding(body: &'static str) -> (Self, Sender<()>) {
        let (release, held) = channel();
        let held = Mutex::new(held);
        let recorder = Self::start(move |_| {
            // Fails once the test is over and has dropped the sender. Nobody reads the reply then.
            let _ = held.lock().unwrap().recv();
            Reply::json(200, body)
        });
        (recorder, release)
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What has been recorded, and forgets it.
    pub fn take(&self) -> Vec<Recorded> {
        std::mem::take(&mut self.shared.seen.lock().unwrap().requests)
    }

    /// The number of requests that have been recorded.
    pub fn count(&self) -> usize {
        self.shared.seen.lock().unwrap().requests.len()
    }

    /// Waits until that many requests have been recorded.
    pub fn wait_for_requests(&self, count: usize) {
        self.shared.wait_until("the requests come", |seen| seen.requests.len() >= count);
    }

    /// Waits until the client has given up that many hanging requests.
    pub fn wait_for_aborted(&self, count: usize) {
        self.shared.wait_until("the requests are aborted", |seen| seen.aborted >= count);
    }
}

impl Shared {
    fn change(&self, change: impl FnOnce(&mut Seen)) {
        change(&mut self.seen.lock().unwrap());
        self.changed.notify_all();
    }

    fn wait_until(&self, what: &str, holds: impl Fn(&Seen) -> bool) {
        let seen = self.seen.lock().unwrap();
        let (seen, _) = self.changed.wait_timeout_while(seen, HANG_GUARD, |seen| !holds(seen)).unwrap();
        let holds = holds(&seen);
        // A panic with the lock held would poison it for the threads that serve.
        drop(seen);
        assert!(holds, "waited in vain until {what}");
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(stream: &TcpStream, shared: &Shared) {
    let mut reader = BufReader::new(stream);
    while let Some(request) = read_request(&mut reader) {
        shared.change(|seen| seen.requests.push(request.clone()));
        let reply = (shared.reply)(&request);
        if !answer(stream, shared, &mut reader, reply) {
            return;
        }
    }
}

/// Whether the connection goes on.
fn answer(mut stream: &TcpStream, shared: &Shared, reader: &mut BufReader<&TcpStream>, reply: Reply) -> bool {
    match reply {
        Reply::Response { status, headers, body } => {
            let mut head = format!("HTTP/1.1 {status} Status\r\nContent-Length: {}\r\n", body.len());
            for (name, value) in headers {
                head.push_str(&format!("{name}: {value}\r\n"));
            }
            head.push_str("\r\n");
            stream.write_all(&[head.as_bytes(), &body].concat()).is_ok()
        }
        Reply::Raw(bytes) => {
            let _ = stream.write_all(&bytes);
            false
        }
        Reply::Hang => {
            let mut rest = Vec::new();
            let _ = reader.read_to_end(&mut rest);
            shared.change(|seen| seen.aborted += 1);
            false
        }
        Reply::Reset => {
            socket2::SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
            false
        }
    }
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<Recorded> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    let length =
        headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Recorded { method, target, headers, body })
}
