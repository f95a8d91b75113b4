//! A client whose upstream records: what a call sends, or why it sends nothing.

use serde_json::{Value, json};

use crate::support::{
    client::{Client, ToolAnswer},
    recorder::{Recorded, Recorder},
};

pub struct Calling {
    pub upstream: Recorder,
    pub client: Client,
}

impl Calling {
    pub fn start() -> Self {
        Self::with(&[])
    }

    pub fn with(environment: &[(&str, &str)]) -> Self {
        let upstream = Recorder::agreeable();
        let url = upstream.url();
        let own = [("API_BASE_URL", url.as_str()), ("API_KEY_APIKEYAUTH", "test-key")];
        let client = Client::connect(&[&own[..], environment].concat());
        Self { upstream, client }
    }

    /// The first line of the answer, and the request that the call makes.
    pub fn sent(&mut self, tool: &str, arguments: Value) -> (String, Recorded) {
        let answer = self.client.call(tool, arguments.clone());
        assert!(!answer.is_error, "{tool} {arguments}: {}", answer.text);
        (answer.text.lines().next().unwrap().to_owned(), self.upstream.take().remove(0))
    }

    pub fn target(&mut self, tool: &str, arguments: Value) -> String {
        self.sent(tool, arguments).1.target
    }

    /// The first line of the answer, and the body that arrives.
    pub fn body(&mut self, tool: &str, arguments: Value) -> (String, Value) {
        let (line, request) = self.sent(tool, arguments);
        (line, serde_json::from_slice(&request.body).unwrap())
    }

    /// A body that arrives as it is expected, for a tool that takes one id besides.
    pub fn repairs(&mut self, tool: &str, id: &str, given: &Value, expected: &Value) {
        let (_, body) = self.body(tool, json!({ id: crate::support::USER_ID, "requestBody": given }));
        assert_eq!(body, *expected, "{tool} {given}");
    }

    /// The text of a refusal, which has all of `expected`. Nothing is sent.
    pub fn refused(&mut self, tool: &str, arguments: Value, expected: &[&str]) -> String {
        let ToolAnswer { text, is_error } = self.client.call(tool, arguments.clone());
        assert!(is_error && text.starts_with("Not sent: "), "{tool} {arguments}: {text}");
        for part in expected {
            assert!(text.contains(part), "{tool} {arguments}: {text:?} does not have {part:?}");
        }
        assert_eq!(self.upstream.take(), [], "{tool} {arguments}");
        text
    }

    /// The same for the body of a tool that takes one id besides.
    pub fn refused_body(&mut self, tool: &str, id: &str, body: &Value, expected: &[&str]) {
        self.refused(tool, json!({ id: crate::support::USER_ID, "requestBody": body }), expected);
    }
}
