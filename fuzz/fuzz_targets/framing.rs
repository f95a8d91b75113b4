//! Any bytes on stdin become messages or faults, and every request keeps its id.
#![no_main]

use fusionauth_mcp::serve::{
    lines::{Line, next_line},
    message::{Message, Parsed, parse, refused},
    method,
};
use libfuzzer_sys::fuzz_target;
use tokio::{io::BufReader, runtime::Builder};

fuzz_target!(|bytes: &[u8]| {
    let Ok(runtime) = Builder::new_current_thread().build() else { return };
    runtime.block_on(async {
        let mut input = BufReader::new(bytes);
        let mut lines = 0;
        while let Ok(line) = next_line(&mut input).await {
            let parsed = match line {
                Line::End => break,
                Line::Whole(line, scan) => parse(line, &scan),
                Line::TooLong(scan) => Parsed::One(refused(method::unopened(), &scan)),
            };
            let messages = match parsed {
                Parsed::One(one) => vec![one],
                Parsed::Batch(messages) => messages,
            };
            for message in messages {
                if let Ok(Message::Request(request)) = message {
                    let _ = method::request(&request.method, request.params.as_deref());
                    let _ = method::waits_for_upstream(&request.method);
                }
            }
            lines += 1;
        }
        assert!(lines <= bytes.iter().filter(|byte| **byte == b'\n').count() + 1);
    });
});
