//! What a check finds: faults that refuse the call, and notes for the first line of its answer.

use std::fmt;

use super::place::Place;
use crate::text::shorten::shortened;

/// An argument that cannot be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArgumentFault {
    /// Where: `userId`, `requestBody.user.birthDate`.
    pub path: String,
    /// What was given and what was expected.
    pub message: String,
}

impl fmt::Display for ArgumentFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path, self.message)
    }
}

/// The most faults that are reported. A call has to be mended anyway.
pub const MAX_FAULTS: usize = 50;

/// The most places that a note names.
const MAX_NAMED: usize = 10;

/// What was found so far.
#[derive(Debug, Default)]
pub struct Report {
    /// What refuses the call.
    pub faults: Vec<ArgumentFault>,
    sent_as: Places,
    removed: Places,
    absent: Places,
    unknown: Places,
}

/// Places of one kind.
#[derive(Debug, Default)]
struct Places {
    named: Vec<String>,
    count: usize,
}

impl Places {
    fn add(&mut self, text: impl FnOnce() -> String) {
        self.count += 1;
        if self.named.len() < MAX_NAMED {
            self.named.push(text());
        }
    }

    fn append(&mut self, other: Self) {
        self.count += other.count;
        let room = MAX_NAMED.saturating_sub(self.named.len());
        self.named.extend(other.named.into_iter().take(room));
    }

    /// The note, with the places after `label`. `None` where there is no place.
    fn note(&self, label: &str) -> Option<String> {
        let more = self.count.saturating_sub(self.named.len());
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        (self.count > 0).then(|| format!("{label}{}{more}", self.named.join(", ")))
    }
}

impl Report {
    /// Notes a fault.
    pub fn fault(&mut self, path: &impl fmt::Display, message: impl Into<String>) {
        if !self.is_full() {
            self.faults
                .push(ArgumentFault { path: shortened(&path.to_string()).into_owned(), message: message.into() });
        }
    }

    /// Whether no further fault is reported.
    pub fn is_full(&self) -> bool {
        self.faults.len() >= MAX_FAULTS
    }

    /// Notes that a value is sent in another form.
    pub fn sent_as(&mut self, place: &Place, sent: impl fmt::Display) {
        self.sent_as.add(|| format!("{place} sent as {sent}"));
    }

    /// Notes that a null removes what is there.
    pub fn removed(&mut self, place: &Place) {
        self.removed.add(|| place.to_string());
    }

    /// Notes that a value is taken as not given.
    pub fn absent(&mut self, place: &impl fmt::Display) {
        self.absent.add(|| place.to_string());
    }

    /// Notes that a property is sent which the document does not know.
    pub fn unknown(&mut self, place: &Place) {
        self.unknown.add(|| place.to_string());
    }

    /// Adds what another check found.
    pub fn append(&mut self, other: Self) {
        let room = MAX_FAULTS.saturating_sub(self.faults.len());
        self.faults.extend(other.faults.into_iter().take(room));
        self.sent_as.append(other.sent_as);
        self.removed.append(other.removed);
        self.absent.append(other.absent);
        self.unknown.append(other.unknown);
    }

    /// The notes, each a part of one line.
    pub fn notes(&self) -> Vec<String> {
        let notes = [
            self.sent_as.note(""),
            self.removed.note("null removes "),
            self.absent.note("treated as not given: "),
            self.unknown.note("sent although it is not in the document: "),
        ];
        notes.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_and_notes_are_bounded() {
        let mut report = Report::default();
        let mut place = Place::default();
        for index in 0..100 {
            place.enter_item(index);
            report.fault(&place, "wrong");
            report.removed(&place);
            place.leave();
        }
        assert_eq!(report.faults.len(), MAX_FAULTS);
        let notes = report.notes();
        assert_eq!(notes, ["null removes [0], [1], [2], [3], [4], [5], [6], [7], [8], [9] and 90 more"]);
    }
}
