//! How far a command is.

use std::time::Duration;

use gateway::composite::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// A bar on stderr, where that is a terminal.
pub struct Bar(ProgressBar);

impl Bar {
    /// An empty bar.
    pub fn new() -> Self {
        let bar = ProgressBar::no_length();
        // The template is right, so there always is a style.
        if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// Shows what was done.
    pub fn show(&self, progress: Progress) {
        self.0.set_length(progress.total as u64);
        self.0.set_position(progress.done as u64);
        self.0.set_message(progress.what);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}
