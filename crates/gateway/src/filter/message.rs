//! What goes to a worker and what comes back.

use std::io::{self, BufRead, Read};

use serde::{Deserialize, Serialize};

use super::{error::Error, evaluate::Results};

/// A filter and the JSON that it is for: what a worker reads.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// The filter.
    pub filter: String,
    /// The JSON.
    pub json: String,
}

impl Request {
    /// What stands before the filter and the JSON: their lengths.
    pub fn head(filter: &str, json: &str) -> String {
        format!("{} {}\n", filter.len(), json.len())
    }

    /// The next request; `None` at the end.
    ///
    /// # Errors
    /// The input breaks off, or is none of ours.
    pub fn read(input: &mut impl BufRead) -> io::Result<Option<Self>> {
        let mut head = String::new();
        if input.read_line(&mut head)? == 0 {
            return Ok(None);
        }
        let lengths =
            head.trim_end().split_once(' ').and_then(|(filter, json)| Some((filter.parse().ok()?, json.parse().ok()?)));
        let Some((filter, json)) = lengths else { return Err(io::ErrorKind::InvalidData.into()) };
        Ok(Some(Self { filter: text(input, filter)?, json: text(input, json)? }))
    }
}

fn text(input: &mut impl BufRead, length: u64) -> io::Result<String> {
    let mut text = String::new();
    input.take(length).read_to_string(&mut text)?;
    if text.len() as u64 == length { Ok(text) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
}

/// What a worker answers: one line of JSON.
#[derive(Debug, Serialize, Deserialize)]
pub struct Reply {
    /// What the filter made.
    pub outcome: Result<Results, Error>,
    /// Whether the worker takes no more: it ends.
    pub is_last: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_come_apart_again() {
        let (filter, json) = (".a\n\"é\"", "{\n}");
        let sent = format!("{}{filter}{json}", Request::head(filter, json)).repeat(2);
        let mut input = sent.as_bytes();
        for _ in 0..2 {
            let request = Request::read(&mut input).unwrap().unwrap();
            assert_eq!((&*request.filter, &*request.json), (filter, json));
        }
        assert_eq!(Request::read(&mut input).unwrap(), None);
        for broken in ["1 2\na", "x\n", "1\n", "9 9\nabc"] {
            assert!(Request::read(&mut broken.as_bytes()).is_err(), "{broken}");
        }
    }
}
