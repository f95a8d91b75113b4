//! Follows a guide on the sandbox call by call, with the ids taken from earlier answers.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::costs::{self, Cost};
use crate::support::{
    client::Client,
    sandbox::{API_KEY, Sandbox},
};

/// A guide that changes nothing can be carried out so.
pub const READING: [(&str, &str); 1] = [("READ_ONLY", "true")];

/// What is done with a call of a text.
pub enum Step<'a> {
    /// It is made. What stands as `<name>` in later calls is taken from its answer, by JSON pointers into the list of
    /// values that it holds.
    Make(&'a str, &'a [(&'a str, &'a str)]),
    /// It is left out, and why.
    LeaveOut(&'a str, &'a str),
}

impl Step<'_> {
    fn tool(&self) -> &str {
        match self {
            Self::Make(tool, _) | Self::LeaveOut(tool, _) => tool,
        }
    }
}

/// A call in a text: the tool that it goes to, and the line of arguments.
pub struct Block {
    called: String,
    line: String,
}

impl Block {
    /// The tool that is meant.
    fn tool(&self, mode: &str) -> String {
        if mode == "list" {
            return self.called.clone();
        }
        assert_eq!(self.called, "call_tool");
        let call: Value = serde_json::from_str(&self.line).unwrap();
        call["name"].as_str().unwrap().to_owned()
    }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut lines = text.lines();
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        if let Some(called) = line.strip_prefix("```call ") {
            blocks.push(Block { called: called.to_owned(), line: lines.next().unwrap().to_owned() });
        }
    }
    blocks
}

/// The names that stand as `<name>`.
fn placeholders(line: &str) -> impl Iterator<Item = &str> {
    let closed = line.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    closed.map(|(name, _)| name).filter(|name| !name.is_empty() && name.chars().all(char::is_alphanumeric))
}

/// The JSON values of an answer, after its first line.
fn values(answer: &str) -> Vec<Value> {
    let body = answer.split_once('\n').map_or("", |(_, body)| body);
    serde_json::Deserializer::from_str(body).into_iter::<Value>().map(Result::unwrap).collect()
}

/// A client that carries texts out, and counts what the last one took.
pub struct Walk {
    client: Client,
    mode: &'static str,
    /// Whether nothing is changed, so that the answers are the same each time.
    is_reading: bool,
    /// The tokens of the guide itself.
    guide: usize,
    /// What stands for `<name>`.
    pub known: BTreeMap<String, String>,
    pub calls: usize,
    tokens: usize,
}

impl Walk {
    pub fn on(sandbox: &Sandbox, mode: &'static str, more: &[(&str, &str)]) -> Self {
        let environment = [&[("API_KEY_APIKEYAUTH", API_KEY), ("TOOL_MODE", mode)], more].concat();
        let client = sandbox.client_with(&environment);
        let is_reading = more.contains(&READING[0]);
        Self { client, mode, is_reading, guide: 0, known: BTreeMap::new(), calls: 0, tokens: 0 }
    }

    pub fn know(&mut self, name: &str, value: &str) {
        self.known.insert(name.to_owned(), value.to_owned());
    }

    /// The calls of a guide, from its prompt.
    pub fn prompted(&mut self, name: &str, arguments: &Value) -> Vec<Block> {
        (self.calls, self.tokens) = (0, 0);
        let response = self.client.request("prompts/get", json!({ "name": name, "arguments": arguments }));
        let text = response["result"]["messages"][0]["content"]["text"].as_str();
        let text = text.unwrap_or_else(|| panic!("{name}: {response}"));
        self.guide = o200k::count(text);
        blocks(text)
    }

    /// Carries a guide out: the values of each answer, none where a call is left out.
    pub fn guide(&mut self, name: &str, arguments: &Value, steps: &[Step]) -> Vec<Vec<Value>> {
        let blocks = self.prompted(name, arguments);
        let answers = self.follow(name, &blocks, steps);
        self.check_cost(name);
        answers
    }

    /// Carries a part of a guide out in the same way.
    pub fn part(&mut self, name: &str, steps: &[Step]) -> Vec<Vec<Value>> {
        let shown = self.client.call("describe_tool", json!({ "names": [name] }));
        assert!(!shown.is_error, "{name}: {}", shown.text);
        self.follow(name, &blocks(&shown.text), steps)
    }

    pub fn follow(&mut self, name: &str, blocks: &[Block], steps: &[Step]) -> Vec<Vec<Value>> {
        let calls: Vec<_> = blocks.iter().map(|block| block.tool(self.mode)).collect();
        let expected: Vec<_> = steps.iter().map(Step::tool).collect();
        assert_eq!(calls, expected, "{name}: there is a step for each call");
        let mut answers = Vec::new();
        for (block, step) in blocks.iter().zip(steps) {
            let found = match step {
                Step::Make(_, taken) => {
                    let found = Value::Array(values(&self.make(block).concat()));
                    for (placeholder, pointer) in *taken {
                        let id = found.pointer(pointer).and_then(Value::as_str);
                        self.know(placeholder, id.unwrap_or_else(|| panic!("{placeholder}: no {pointer} in {found}")));
                    }
                    found.as_array().unwrap().clone()
                }
                Step::LeaveOut(tool, why) => {
                    eprintln!("{name} {}: {tool} is left out: {why}", self.mode);
                    Vec::new()
                }
            };
            answers.push(found);
        }
        answers
    }

    /// Makes a call: the texts of its answer.
    pub fn make(&mut self, block: &Block) -> Vec<String> {
        let mut line = block.line.clone();
        for name in placeholders(&block.line) {
            let value = self.known.get(name).unwrap_or_else(|| panic!("nothing stands for <{name}> in {line}"));
            line = line.replace(&format!("<{name}>"), value);
        }
        let arguments: Value = serde_json::from_str(&line).unwrap();
        let response = self.client.request("tools/call", json!({ "name": block.called, "arguments": arguments }));
        let content = response["result"]["content"].as_array().unwrap_or_else(|| panic!("{line}: {response}"));
        let texts: Vec<_> = content.iter().map(|content| content["text"].as_str().unwrap().to_owned()).collect();
        assert_eq!(response["result"]["isError"], false, "{line}: {texts:?}");
        self.calls += 1;
        self.tokens += texts.iter().map(|text| o200k::count(text)).sum::<usize>();
        texts
    }

    /// Compares what the guide cost with the page.
    pub fn check_cost(&self, name: &str) {
        // In search mode the guide names other calls, which cost the same.
        let guide = (self.mode == "list").then_some(self.guide);
        costs::check(name, &Cost { guide, calls: self.calls, answers: self.tokens, is_reading: self.is_reading });
    }
}

/// Does the same in both modes, each with a sandbox of its own and a client that sees what came of it.
pub fn in_both_modes(environment: &[(&str, &str)], test: impl Fn(&mut Walk, &mut Client)) {
    for mode in ["list", "search"] {
        let sandbox = Sandbox::start(&[]);
        test(&mut Walk::on(&sandbox, mode, environment), &mut sandbox.client());
    }
}

/// The object in the answer of a tool that reads one.
pub fn read(client: &mut Client, tool: &str, arguments: Value, object: &str) -> Value {
    let answer = client.call(tool, arguments);
    assert!(!answer.is_error, "{tool}: {}", answer.text);
    values(&answer.text)[0][object].clone()
}
