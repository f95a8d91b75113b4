//! Asking the person at the terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use futures_util::future::BoxFuture;
use gateway::{
    composite::Unconfirmed,
    confirmation::{Confirm, Question},
};

/// Asks on the terminal, where there is one.
pub struct Terminal {
    /// Whether everything is confirmed beforehand.
    pub is_confirmed: bool,
}

impl Confirm for Terminal {
    fn shows_questions(&self) -> bool {
        !self.is_confirmed && io::stdin().is_terminal() && io::stderr().is_terminal()
    }

    fn confirm<'a>(&'a self, question: &'a Question) -> BoxFuture<'a, Result<(), Unconfirmed>> {
        Box::pin(std::future::ready(match (self.is_confirmed, self.shows_questions()) {
            (true, _) => Ok(()),
            (false, true) => ask(&question.message, &mut io::stdin().lock(), &mut io::stderr().lock()),
            (false, false) => Err(Unconfirmed::Unavailable { setting: None }),
        }))
    }
}

/// Asks once. Only `y` and `yes` agree.
pub fn ask(message: &str, answers: &mut impl BufRead, terminal: &mut impl Write) -> Result<(), Unconfirmed> {
    let mut answer = String::new();
    let asked = write!(terminal, "{message}\nGo on? [y/N] ").and_then(|()| terminal.flush());
    match asked.and_then(|()| answers.read_line(&mut answer)) {
        Err(_) | Ok(0) => Err(Unconfirmed::Cancelled),
        Ok(_) if ["y", "yes"].iter().any(|yes| answer.trim().eq_ignore_ascii_case(yes)) => Ok(()),
        Ok(_) => Err(Unconfirmed::Declined),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(answer: &str) -> (Result<(), Unconfirmed>, String) {
        let mut shown = Vec::new();
        let result = ask("Call deletePets?", &mut answer.as_bytes(), &mut shown);
        (result, String::from_utf8(shown).unwrap_or_default())
    }

    #[test]
    fn only_yes_agrees() {
        for yes in ["y\n", "YES\n", " yes \r\n"] {
            let (result, shown) = answered(yes);
            assert_eq!(result, Ok(()), "{yes:?}");
            assert_eq!(shown, "Call deletePets?\nGo on? [y/N] ");
        }
        for no in ["\n", "n\n", "yep\n", "yes please\n"] {
            assert_eq!(answered(no).0, Err(Unconfirmed::Declined), "{no:?}");
        }
        assert_eq!(answered("").0, Err(Unconfirmed::Cancelled));
    }
}
