//! What names stand for while a program runs.

use std::rc::Rc;

use crate::{
    program::{Function, Index, Node},
    value::Value,
};

/// What one name stands for.
pub enum Entry<'p> {
    /// A variable.
    Variable(Value),
    /// A parameter that is a filter, with its own environment.
    Filter(&'p Node, Environment<'p>),
    /// A function.
    Function(&'p Function),
    /// A label, by its number.
    Label(u64),
}

/// All names in scope, the innermost first.
#[derive(Clone, Default)]
pub struct Environment<'p>(Option<Rc<Frame<'p>>>);

struct Frame<'p> {
    entry: Entry<'p>,
    parent: Environment<'p>,
}

impl<'p> Frame<'p> {
    /// What it holds of other frames, taken out.
    fn unlinked(&mut self) -> [Option<Rc<Frame<'p>>>; 2] {
        let filter = if let Entry::Filter(_, environment) = &mut self.entry { environment.0.take() } else { None };
        [self.parent.0.take(), filter]
    }
}

impl Drop for Frame<'_> {
    /// Without recursion, however long the chain is.
    fn drop(&mut self) {
        let mut frames = Vec::new();
        frames.extend(self.unlinked().into_iter().flatten());
        while let Some(frame) = frames.pop() {
            if let Some(mut frame) = Rc::into_inner(frame) {
                frames.extend(frame.unlinked().into_iter().flatten());
            }
        }
    }
}

impl<'p> Environment<'p> {
    /// The same with one more name.
    pub fn with(&self, entry: Entry<'p>) -> Self {
        Self(Some(Rc::new(Frame { entry, parent: self.clone() })))
    }

    /// The environment in which an entry is the innermost.
    pub fn up(&self, index: Index) -> Option<&Self> {
        let mut environment = self;
        for _ in 0..index {
            environment = &environment.0.as_ref()?.parent;
        }
        Some(environment)
    }

    /// The innermost entry.
    pub fn entry(&self) -> Option<&Entry<'p>> {
        self.0.as_ref().map(|frame| &frame.entry)
    }

    /// The entry that far up.
    pub fn at(&self, index: Index) -> Option<&Entry<'p>> {
        self.up(index)?.entry()
    }
}
