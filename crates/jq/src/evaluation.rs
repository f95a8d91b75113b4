//! Evaluating a filter on a JSON text: the way in.

use std::{io, sync::atomic::AtomicBool};

pub use crate::stack::on_large_stack;
use crate::{
    compile::{NameError, compile},
    json,
    run::{
        flow::{End, Stop},
        machine::{Machine, Seen},
    },
    syntax::{error::SyntaxError, parser::parse, term::Span},
    value::Value,
};

/// What bounds an evaluation.
#[derive(Debug)]
pub struct Bounds<'b> {
    /// The evaluation ends soon after this is set.
    pub interrupt: &'b AtomicBool,
    /// The most that the results may have, in bytes.
    pub max_output: usize,
}

/// What a filter made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Results {
    /// JSON values, one a line.
    pub text: String,
    /// The lookups of a fixed key, such as `.name`, that were tried and gave null each time, and the comparisons with a fixed text
    /// that never found it: where they stand in the filter.
    pub only_null: Vec<Span>,
}

/// Why an evaluation failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The text is no filter.
    #[error(transparent)]
    Syntax(#[from] SyntaxError),
    /// A name stands for nothing.
    #[error(transparent)]
    Name(#[from] NameError),
    /// The input is no JSON.
    #[error("the input is no JSON: {0}")]
    NotJson(json::read::ReadError),
    /// A term failed.
    #[error("{message}")]
    Failed {
        /// Why.
        message: String,
        /// Which.
        span: Option<Span>,
        /// What was made before.
        results: Results,
    },
    /// The interrupt was set.
    #[error("the evaluation was interrupted")]
    Interrupted {
        /// What was made before.
        results: Results,
    },
    /// The recursion was too deep.
    #[error("it calls itself too deep")]
    TooDeep {
        /// What was made before.
        results: Results,
    },
    /// The results are too large.
    #[error("its results are too large")]
    TooMuchOutput,
    /// There is no memory for the stack, or an error of this program.
    #[error("it could not be run: {0}")]
    NotRun(String),
}

impl Fault {
    fn not_run(error: &io::Error) -> Self {
        Self::NotRun(error.to_string())
    }
}

/// Evaluates a filter on a JSON text. `watch` is called once the text is read, and what it returns is dropped before anything
/// is freed.
///
/// # Errors
/// What is wrong with the filter or the input.
pub fn evaluate<W>(
    filter: &str,
    json: &str,
    bounds: &Bounds<'_>,
    watch: impl FnOnce() -> W + Send,
) -> Result<Results, Fault> {
    on_large_stack(|| {
        let term = parse(filter)?;
        let program = compile(&term)?;
        let input = json::read::parse(json).map_err(Fault::NotJson)?;
        let machine = Machine::new(&program, bounds.interrupt);
        let mut results = Results::default();
        let watch = watch();
        // This is the last copy of the input but one: nothing large is freed while it is watched.
        let ended = machine.run(input.clone(), &mut |item| {
            if !results.text.is_empty() {
                results.text.push('\n');
            }
            json::write::write(&item.value, &mut results.text);
            if results.text.len() > bounds.max_output { Err(End::TooMuchOutput.into()) } else { Ok(()) }
        });
        drop(watch);
        let lookups = machine.lookups.borrow();
        let only_null = lookups.iter().zip(&program.lookups).filter(|(seen, _)| **seen == Seen::OnlyNull);
        results.only_null = only_null.map(|(_, span)| *span).collect();
        match ended {
            Ok(()) | Err(Stop::End(End::Halted)) => Ok(results),
            Err(Stop::Failed(failure)) => {
                let message = match &failure.value {
                    Value::String(message) => message.to_string(),
                    other => format!("(not a string): {}", json::write::to_text(other)),
                };
                Err(Fault::Failed { message, span: failure.span, results })
            }
            // A label is always around its break.
            Err(Stop::Break(_)) => Ok(results),
            Err(Stop::End(End::Interrupted)) => Err(Fault::Interrupted { results }),
            Err(Stop::End(End::TooMuchOutput)) => Err(Fault::TooMuchOutput),
            Err(Stop::End(End::TooDeep)) => Err(Fault::TooDeep { results }),
        }
    })
    .unwrap_or_else(|error| Err(Fault::not_run(&error)))
}
