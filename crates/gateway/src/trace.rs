//! What a call is a part of, so that the logs of all who handle it can be put together.

/// The ids of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// The id of the request: the one that the client chose, or one of ours.
    pub request_id: String,
    trace_id: String,
    flags: String,
    is_continued: bool,
}

/// The longest id of a request that a client may choose, in characters.
const MAX_ID: usize = 64;

impl Trace {
    /// The ids of a request with these headers, or new ones in the place of those that are none.
    pub fn new(request_id: Option<&str>, traceparent: Option<&str>) -> Self {
        let is_id = |id: &&str| {
            (1..=MAX_ID).contains(&id.len())
                && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let known = traceparent.and_then(parsed);
        let (trace_id, flags) = known
            .map_or_else(|| (random_hex::<16>(), "00".to_owned()), |(id, flags)| (id.to_owned(), flags.to_owned()));
        let request_id = request_id.filter(is_id).map_or_else(random_hex::<8>, str::to_owned);
        Self { request_id, trace_id, flags, is_continued: known.is_some() }
    }

    /// Whether somebody else began the trace.
    pub fn is_continued(&self) -> bool {
        self.is_continued
    }

    /// The id of the trace.
    pub fn trace_id(&self) -> &str {
        &self.trace_id
    }

    /// The header `traceparent` of a request of ours: a new part of the same trace.
    pub fn child(&self) -> String {
        format!("00-{}-{}-{}", self.trace_id, random_hex::<8>(), self.flags)
    }
}

/// Trace id and flags (W3C, "Trace Context", section 3.2). A version that is not known is read as the one that is.
fn parsed(text: &str) -> Option<(&str, &str)> {
    let mut parts = text.trim().split('-');
    let (version, trace, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let is_some = |text: &str| text.bytes().any(|byte| byte != b'0');
    let is_whole = version != "00" || parts.next().is_none();
    let is_right = is_hex(version, 2)
        && version != "ff"
        && is_whole
        && is_hex(trace, 32)
        && is_some(trace)
        && is_hex(parent, 16)
        && is_some(parent)
        && is_hex(flags, 2);
    is_right.then_some((trace, flags))
}

/// Random bytes in hexadecimal. Where the system has none, they are not random, and at least not zero.
fn random_hex<const LENGTH: usize>() -> String {
    let mut bytes = [1; LENGTH];
    let _ = getrandom::fill(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    #[test]
    fn what_comes_goes_on() {
        let trace = Trace::new(Some("abc-1"), Some(PARENT));
        assert_eq!((trace.request_id.as_str(), trace.trace_id()), ("abc-1", "0af7651916cd43dd8448eb211c80319c"));
        let child = trace.child();
        assert!(child.starts_with("00-0af7651916cd43dd8448eb211c80319c-") && child.ends_with("-01"), "{child}");
        assert!(child.len() == PARENT.len() && !child.contains("b7ad6b7169203331"), "{child}");
        assert_eq!(Trace::new(None, Some("cc-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more")).flags, "01");
    }

    #[test]
    fn what_is_no_id_is_replaced() {
        let long = "x".repeat(65);
        for id in ["", "a b", "a\n", "é", &long] {
            assert_eq!(Trace::new(Some(id), None).request_id.len(), 16, "{id}");
        }
        for parent in [
            "",
            "garbage",
            &PARENT.to_uppercase(),
            &PARENT[1..],
            &format!("{PARENT}-x"),
            &PARENT.replacen("00", "ff", 1),
        ] {
            let trace = Trace::new(None, Some(parent));
            assert_ne!(trace.trace_id(), "0af7651916cd43dd8448eb211c80319c", "{parent}");
            assert_eq!((trace.trace_id().len(), trace.flags.as_str()), (32, "00"));
        }
        let zeros = "00-00000000000000000000000000000000-b7ad6b7169203331-01";
        assert_ne!(Trace::new(None, Some(zeros)).trace_id(), "00000000000000000000000000000000");
    }
}
