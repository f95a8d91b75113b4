//! Lines of a stream, one a message.

use std::io;

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

use super::scan::Scan;

/// The longest message, in bytes, that is read.
pub const MAX_MESSAGE_BYTES: usize = 16 << 20;

/// A line without its end.
#[derive(Debug)]
pub enum Line {
    /// A line. The last one may lack its end.
    Whole(Vec<u8>, Scan),
    /// A line of more than [`MAX_MESSAGE_BYTES`]. It is skipped.
    TooLong(Scan),
    /// The end of the stream.
    End,
}

/// The next line.
///
/// # Errors
/// The stream cannot be read.
pub async fn next_line(input: &mut (impl AsyncBufRead + Unpin)) -> io::Result<Line> {
    let mut line = Vec::new();
    let mut scan = Scan::default();
    let mut length = 0;
    loop {
        let buffer = input.fill_buf().await?;
        if buffer.is_empty() && length == 0 {
            return Ok(Line::End);
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let part = end.and_then(|end| buffer.get(..end)).unwrap_or(buffer);
        scan.feed(part);
        length += part.len() + usize::from(end.is_some());
        if length > MAX_MESSAGE_BYTES {
            line = Vec::new();
        } else {
            line.extend_from_slice(part);
        }
        let is_last = end.is_some() || buffer.is_empty();
        let used = part.len() + usize::from(end.is_some());
        input.consume(used);
        if is_last {
            return Ok(if length > MAX_MESSAGE_BYTES { Line::TooLong(scan) } else { Line::Whole(line, scan) });
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::BufReader;

    use super::*;

    #[tokio::test]
    async fn a_line_that_is_too_long_is_skipped_its_id_known_and_the_next_one_read() {
        let mut input = b"{\"a\":\"".to_vec();
        input.resize(MAX_MESSAGE_BYTES + 100, b'x');
        input.extend_from_slice(b"\",\"id\":9}\n\nlast");
        let mut input = BufReader::new(input.as_slice());
        let Ok(Line::TooLong(scan)) = next_line(&mut input).await else { panic!("too long") };
        assert_eq!(scan.id().map(|id| id.to_string()).as_deref(), Some("9"));
        for expected in ["", "last"] {
            let Ok(Line::Whole(line, _)) = next_line(&mut input).await else { panic!("{expected}") };
            assert_eq!(line, expected.as_bytes());
        }
        assert!(matches!(next_line(&mut input).await, Ok(Line::End)));
    }
}
