//! References that are being replaced by what they lead to: none within itself, and no more than anybody could read.

/// References within references that are replaced.
const MAX_DEPTH: usize = 64;

/// References of one schema that are replaced. A few types that refer to each other can say more than there is memory for.
const MAX_REPLACED: usize = 20_000;

/// The references being replaced, outermost first.
pub(super) struct Replacing {
    open: Vec<&'static str>,
    left: usize,
}

impl Default for Replacing {
    fn default() -> Self {
        Self { open: Vec::new(), left: MAX_REPLACED }
    }
}

impl Replacing {
    /// How many references are being replaced, one within the other.
    pub(super) fn depth(&self) -> usize {
        self.open.len()
    }

    /// Begins with a reference; not with one that is begun already, one too deep, or one too many.
    pub(super) fn begin(&mut self, name: &'static str) -> bool {
        let is_allowed = self.left > 0 && self.open.len() < MAX_DEPTH && !self.open.contains(&name);
        if is_allowed {
            self.left -= 1;
            self.open.push(name);
        }
        is_allowed
    }

    /// Ends what was begun last.
    pub(super) fn end(&mut self) {
        self.open.pop();
    }
}
