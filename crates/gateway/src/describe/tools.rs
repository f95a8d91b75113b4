//! Tools in as few tokens as they can be understood by: small ones whole, large ones in outline, wanted parts whole.

use openapi_tools::describe::{
    outline::{Outline, answer_line},
    parts::Parts,
    signature::Notation,
};

use crate::{
    text::{nearest::did_you_mean, shorten::shortened},
    tool::Tool,
    toolset::Toolset,
};

/// Finds the settings of a tool that words are about, by their paths.
pub type FindSettings<'a> = &'a dyn Fn(&Tool, &str) -> Vec<String>;

/// Lengths of which the longest is taken that keeps a text within its tokens, in bytes.
pub const LENGTHS: [usize; 12] = [8_000, 7_000, 6_000, 5_000, 4_500, 4_000, 3_500, 3_000, 2_000, 1_000, 500, 0];

/// The most tokens that a description has which asks for no part, and one that does. Guides are not counted: no part of
/// one can be left out.
const MAX_TOKENS: usize = 1_200;
pub const MAX_TOKENS_ABOUT: usize = 2_000;

/// The tokens up to which a tool is shown with everything that it takes, and those that an outline is given.
const WHOLE_TOKENS: usize = 700;
const OUTLINE_TOKENS: usize = 900;

/// The tokens kept for notes at the end.
const NOTE_TOKENS: usize = 80;

/// How many settings are shown that words stand for.
const MAX_SETTINGS: usize = 4;

/// What a caller wants to know of tools.
pub struct Wanted<'a> {
    /// The wanted parts. Empty for all.
    pub about: &'a [&'a str],
    /// Whether the types of answers are wanted.
    pub has_answers: bool,
    /// Finds settings by words.
    pub settings: FindSettings<'a>,
}

/// Descriptions of some tools.
#[derive(Default)]
pub struct Described {
    /// One for each tool.
    pub texts: Vec<String>,
    /// What is to be said at the end.
    pub notes: Vec<String>,
}

/// Describes the tools within the tokens that a description may have, of which `used` are taken.
pub fn described(toolset: &Toolset, tools: &[Tool], wanted: &Wanted<'_>, used: usize) -> Described {
    let is_asking = !wanted.about.is_empty() || wanted.has_answers;
    let room = if is_asking { MAX_TOKENS_ABOUT } else { MAX_TOKENS }.saturating_sub(NOTE_TOKENS + used);
    // Where even the least of each is too much, the last tools are left to another call.
    for shown in (1..=tools.len()).rev() {
        let (now, later) = tools.split_at(shown);
        let entries: Vec<_> = later.iter().map(|tool| format!("{}\n", tool.entry())).collect();
        let room = room.saturating_sub(o200k::count(&entries.concat()));
        let described = if wanted.about.is_empty() {
            whole_or_outlined(toolset, now, wanted, room)
        } else {
            parts(toolset, now, wanted, room)
        };
        if let Some(mut described) = described {
            described.texts.extend(entries);
            if !later.is_empty() {
                described
                    .notes
                    .push(format!("There was no room for the last {}: ask for fewer at a time.", later.len()));
            }
            return described;
        }
    }
    let notes = (!tools.is_empty()).then(|| "That is too much at once: ask for fewer tools or parts.".to_owned());
    let texts = tools.iter().map(|tool| format!("{}\n", tool.entry())).collect();
    Described { texts, notes: notes.into_iter().collect() }
}

/// What a description begins with: the entry of the tool, and what it does.
pub fn head(toolset: &Toolset, tool: &Tool) -> String {
    let operation = tool.operation;
    format!(
        "{}\n{} ({} {})\n",
        tool.entry(),
        toolset.about_offered(&tool.description()),
        operation.method.as_str(),
        operation.path_template(),
    )
}

/// Small tools whole, the others in outline. `None` where that takes more than `room`.
fn whole_or_outlined(toolset: &Toolset, tools: &[Tool], wanted: &Wanted<'_>, room: usize) -> Option<Described> {
    let most = WHOLE_TOKENS.min(room / tools.len());
    let mut notation = Notation::default();
    let mut texts: Vec<Option<String>> = Vec::new();
    for tool in tools {
        let mut with_it = notation.clone();
        let request = toolset.lines_about_offered(&with_it.request(tool.view(), usize::MAX));
        let text = format!("{}{request}", head(toolset, tool));
        let is_small = o200k::count_up_to(&text, most).is_some();
        if is_small {
            notation = with_it;
        }
        texts.push(is_small.then_some(text));
    }
    let large: Vec<_> = tools.iter().zip(&texts).filter(|(_, text)| text.is_none()).map(|(tool, _)| tool).collect();
    let outline = Outline::of(&large.iter().map(|tool| tool.view()).collect::<Vec<_>>());
    let with_outline = |limit: u32| {
        let mut outlines = large
            .iter()
            .zip(outline.texts(limit))
            .map(|(tool, text)| format!("{}{}", head(toolset, tool), toolset.lines_about_offered(&text)));
        let texts = texts.iter().map(|text| text.clone().or_else(|| outlines.next()).unwrap_or_default());
        texts.collect::<Vec<_>>()
    };
    let least: usize = texts.iter().flatten().map(|text| o200k::count(text)).sum();
    let budget = room.min(least + OUTLINE_TOKENS * large.len());
    let steps = outline.steps();
    let fits = |limit: u32, budget: usize| {
        let texts = with_outline(limit);
        let answers: String = tools.iter().map(|tool| answer_line(tool.view())).collect();
        o200k::count_up_to(&format!("{}{answers}", texts.concat()), budget).is_some()
    };
    let fitting = steps.partition_point(|limit| fits(*limit, budget));
    let limit = steps.get(fitting.saturating_sub(1)).copied().unwrap_or_default();
    if fitting == 0 && !fits(limit, room) {
        return None;
    }
    let mut described = Described { texts: with_outline(limit), notes: Vec::new() };
    let partial = (0..large.len()).find(|at| outline.is_partial(*at, limit));
    if let Some((tool, part)) = partial.and_then(|at| Some((large.get(at)?, outline.example(at)?))) {
        described.notes.push(format!(
            "… marks what is left out; for that and for all descriptions, ask for a part, as in {{\"names\":[\"{}\"],\"about\":[\"{part}\"]}}",
            tool.name()
        ));
    }
    add_answers(&mut described.texts, toolset, tools, wanted, room);
    Some(described)
}

/// The wanted parts of each tool. `None` where they take more than `room`.
fn parts(toolset: &Toolset, tools: &[Tool], wanted: &Wanted<'_>, room: usize) -> Option<Described> {
    let mut all: Vec<_> = tools.iter().map(|tool| Parts::of(tool.view(), wanted.has_answers)).collect();
    let mut notes = Vec::new();
    for about in wanted.about {
        let mut is_found = false;
        for (tool, parts) in tools.iter().zip(&mut all) {
            is_found |= want(tool, parts, about, wanted.settings);
        }
        if !is_found {
            let names: Vec<_> = tools.iter().map(Tool::name).collect();
            let known = all.iter().flat_map(Parts::names);
            let last = about.rsplit('.').next().unwrap_or(about);
            let hint = did_you_mean(last, known);
            notes.push(format!("about: {} has no `{}`{hint}", names.join(", "), shortened(about)));
        }
    }
    let written = |max_bytes: usize| {
        let mut notation = Notation::default();
        let texts = tools.iter().zip(&all).map(|(tool, parts)| {
            let text = toolset.lines_about_offered(&parts.text(&mut notation, max_bytes));
            format!("{}{text}", head(toolset, tool))
        });
        texts.collect::<Vec<_>>()
    };
    let answers: String = tools.iter().map(|tool| answer_line(tool.view())).chain(notes.iter().cloned()).collect();
    let fits = |texts: &Vec<String>| o200k::count_up_to(&format!("{}{answers}", texts.concat()), room).is_some();
    let mut texts = LENGTHS.iter().map(|length| written(*length)).find(fits)?;
    add_answers(&mut texts, toolset, tools, wanted, room);
    Some(Described { texts, notes })
}

/// Wants what is called so, or what the words are about. False if nothing is.
fn want(tool: &Tool, parts: &mut Parts<'_>, about: &str, settings: FindSettings<'_>) -> bool {
    if parts.want(about) {
        return true;
    }
    let paths = settings(tool, about);
    let known: Vec<_> = paths.iter().take(MAX_SETTINGS).map(|path| parts.want_setting(path)).collect();
    known.contains(&true) || parts.want_like(about)
}

/// Adds the line of each answer, or its types where they are wanted and there is room.
fn add_answers(texts: &mut [String], toolset: &Toolset, tools: &[Tool], wanted: &Wanted<'_>, room: usize) {
    let used = o200k::count(&texts.concat());
    let written = |max_bytes: usize| {
        let mut notation = Notation::default();
        let answers = tools.iter().map(|tool| toolset.lines_about_offered(&notation.answer(tool.view(), max_bytes)));
        answers.collect::<Vec<_>>()
    };
    let lengths = LENGTHS.iter().filter(|_| wanted.has_answers);
    let fits = |answers: &Vec<String>| o200k::count_up_to(&answers.concat(), room.saturating_sub(used)).is_some();
    let answers = lengths.map(|length| written(*length)).find(fits);
    let answers = answers.unwrap_or_else(|| tools.iter().map(|tool| answer_line(tool.view())).collect());
    for (text, answer) in texts.iter_mut().zip(answers) {
        text.push_str(&answer);
    }
}
