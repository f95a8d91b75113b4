//! Instants, which travel as milliseconds since 1970, as people and models write them.

use std::time::{SystemTime, UNIX_EPOCH};

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::Value;

use super::{
    checker::Checker,
    repairs::{self, describe},
};
use crate::text::format::is_date;

/// What is expected where the document has an instant.
pub const EXPECTED: &str = "milliseconds since 1970, or a date or date-time such as 2026-01-31T12:00:00Z";

/// What is expected where a relative time is taken too.
pub const EXPECTED_OR_RELATIVE: &str =
    "milliseconds since 1970, a date or date-time such as 2026-01-31T12:00:00Z, or a relative time such as -30d";

impl Checker<'_> {
    /// An instant in milliseconds since 1970. A date or a date-time is one, and a relative time in the query.
    pub(super) fn instant(&mut self, value: Value) -> Value {
        let bound = Bound::of(self.place.property().unwrap_or_default());
        let text = value.as_str().unwrap_or_default();
        let date = date_of_digits(text);
        if let (None, Some(milliseconds)) = (&date, repairs::integer(&value)) {
            if let Some(meant) = milliseconds.as_i64().and_then(meant) {
                let moment = shown(milliseconds.as_i64().unwrap_or_default());
                self.fault(format!("as milliseconds it is {moment}; {meant}"));
            }
            return milliseconds;
        }
        let relative = || relative(text, self.policy.now);
        let absolute = absolute(date.as_deref().unwrap_or(text), bound);
        let found = if self.is_in_query { absolute.or_else(relative) } else { absolute };
        if let Some(milliseconds) = found {
            self.report.sent_as(&self.place, shown(milliseconds));
            return Value::from(milliseconds);
        }
        let expected = if self.is_in_query { EXPECTED_OR_RELATIVE } else { EXPECTED };
        self.fault(format!("expected an instant ({expected}), got {}", describe(&value)));
        value
    }
}

/// The date that eight digits are (ISO 8601, basic format): `20260131`.
fn date_of_digits(text: &str) -> Option<String> {
    let text = text.trim();
    let is_digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (year, month, day) = (text.get(..4)?, text.get(4..6)?, text.get(6..)?);
    let date = format!("{year}-{month}-{day}");
    (is_digits && is_usual_year(year.parse().ok()?) && date.parse::<jiff::civil::Date>().is_ok()).then_some(date)
}

/// Whether a number that could be one is a year.
fn is_usual_year(year: i64) -> bool {
    (1900..=2199).contains(&year)
}

/// What a number of milliseconds was probably meant as, where nobody means the moment in the first days of 1970, or in the
/// distant future, that it is.
fn meant(number: i64) -> Option<String> {
    let digits = number.to_string();
    if let Some(date) = date_of_digits(&digits) {
        return Some(format!("the date is \"{date}\""));
    }
    if is_usual_year(number) {
        return Some(format!("the start of the year is \"{number}-01-01\""));
    }
    let (year, month) = (number / 100, number % 100);
    if is_usual_year(year) && (1..=12).contains(&month) {
        return Some(format!("the start of the month is \"{year}-{month:02}-01\""));
    }
    let units = [("seconds", 1), ("microseconds", 1_000_000), ("nanoseconds", 1_000_000_000)];
    units.into_iter().find_map(|(unit, in_second)| {
        let seconds = number / in_second;
        let moment = Timestamp::from_second(seconds).ok().filter(|_| USUAL_SECONDS.contains(&seconds))?;
        Some(format!("as {unit} it would be {}, \"{moment}\"", seconds.saturating_mul(1_000)))
    })
}

/// The seconds since 1970 from September 2001 to the end of 2099.
const USUAL_SECONDS: std::ops::Range<i64> = 1_000_000_000..4_102_444_800;

/// What a date stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bound {
    /// The start of the day.
    Start,
    /// The last millisecond of the day.
    End,
}

impl Bound {
    /// What a date stands for in the property or parameter of that name: `end`, `endInstant` and the like are upper
    /// bounds.
    pub fn of(name: &str) -> Self {
        let is_word = |rest: &str| !rest.starts_with(|first: char| first.is_ascii_lowercase());
        let is_end = ["end", "until", "to", "before"].iter().any(|word| name.strip_prefix(word).is_some_and(is_word));
        let is_end = is_end || ["End", "Until", "Before"].iter().any(|word| name.ends_with(word));
        if is_end { Self::End } else { Self::Start }
    }
}

/// An ISO 8601 date or date-time in milliseconds since 1970. Without a zone it is UTC.
pub fn absolute(text: &str, bound: Bound) -> Option<i64> {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Some(timestamp.as_millisecond());
    }
    // A date-time whose zone was not understood must not be read without it.
    let time = text.split_once(['T', 't', ' ']).map(|(_, time)| time);
    if !is_date(text)
        && !time.is_some_and(|time| time.bytes().all(|byte| byte.is_ascii_digit() || b":.,".contains(&byte)))
    {
        return None;
    }
    let start = text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp().as_millisecond();
    Some(if is_date(text) && bound == Bound::End { start.saturating_add(DAY - 1) } else { start })
}

/// A relative time, such as `now`, `-30d` or `now-2h`, in milliseconds since 1970.
pub fn relative(text: &str, now: SystemTime) -> Option<i64> {
    let text = text.trim();
    let rest = text.strip_prefix("now").unwrap_or(text).trim_start();
    let now = i64::try_from(now.duration_since(UNIX_EPOCH).ok()?.as_millis()).ok()?;
    if rest.is_empty() {
        return (!text.is_empty()).then_some(now);
    }
    let (is_past, amount) = match (rest.strip_prefix('-'), rest.strip_prefix('+')) {
        (Some(amount), _) => (true, amount),
        (_, Some(amount)) => (false, amount),
        _ => return None,
    };
    let amount = i64::try_from(humantime::parse_duration(amount.trim()).ok()?.as_millis()).ok()?;
    let moment = if is_past { now.checked_sub(amount) } else { now.checked_add(amount) };
    // What no date can be written for is no instant.
    moment.filter(|moment| Timestamp::from_millisecond(*moment).is_ok())
}

/// The instant with the date-time that it stands for.
pub fn shown(milliseconds: i64) -> String {
    match Timestamp::from_millisecond(milliseconds) {
        Ok(timestamp) => format!("{milliseconds} ({timestamp})"),
        Err(_) => milliseconds.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn dates_and_date_times_are_read() {
        const MIDNIGHT: i64 = 1_764_028_800_000;
        for (text, expected) in [
            ("2025-11-25", MIDNIGHT),
            (" 2025-11-25 ", MIDNIGHT),
            ("2025-11-25T00:00:00Z", MIDNIGHT),
            ("2025-11-25T00:00", MIDNIGHT),
            ("2025-11-25 00:00:00", MIDNIGHT),
            ("2025-11-25T02:00:00+02:00", MIDNIGHT),
            ("2025-11-24T17:00:00.000-07:00", MIDNIGHT),
            ("2025-11-25T00:00:00.25", MIDNIGHT + 250),
        ] {
            assert_eq!(absolute(text, Bound::Start), Some(expected), "{text}");
        }
        assert_eq!(absolute("2025-11-25", Bound::End), Some(MIDNIGHT + 86_399_999));
        assert_eq!(absolute("2025-11-25T00:00:00Z", Bound::End), Some(MIDNIGHT));
        for wrong in ["", "soon", "2025-02-30", "25.11.2025", "2025-11-25T25:00", "2025-11-25T10:00 PST", "now", "-30d"]
        {
            assert_eq!(absolute(wrong, Bound::Start), None, "{wrong}");
        }
    }

    #[test]
    fn numbers_that_nobody_means_as_milliseconds_are_told_what_they_mean() {
        for (number, expected) in [
            (20_240_101, "the date is \"2024-01-01\""),
            (2_024, "the start of the year is \"2024-01-01\""),
            (202_412, "the start of the month is \"2024-12-01\""),
            (1_704_067_200, "as seconds it would be 1704067200000, \"2024-01-01T00:00:00Z\""),
            (1_704_067_200_000_000, "as microseconds it would be 1704067200000, \"2024-01-01T00:00:00Z\""),
            (1_704_067_200_000_000_000, "as nanoseconds it would be 1704067200000, \"2024-01-01T00:00:00Z\""),
        ] {
            assert_eq!(meant(number).as_deref(), Some(expected));
        }
        for number in [0, 1, -1, 86_400_000, 20_241_301, 1_704_067_200_000, 253_402_300_799_999, i64::MAX, i64::MIN] {
            assert_eq!(meant(number), None, "{number}");
        }
        assert_eq!(date_of_digits(" 20240229 ").as_deref(), Some("2024-02-29"));
        for text in ["20230229", "2024010", "202401011", "2024é1"] {
            assert_eq!(date_of_digits(text), None, "{text}");
        }
    }

    #[test]
    fn relative_times_are_read_by_the_given_clock() {
        let now = UNIX_EPOCH + Duration::from_millis(1_764_028_800_000);
        for (text, expected) in [
            ("now", 1_764_028_800_000),
            ("-30d", 1_764_028_800_000 - 30 * 86_400_000),
            ("now-2h", 1_764_028_800_000 - 7_200_000),
            ("+ 90s", 1_764_028_800_000 + 90_000),
        ] {
            assert_eq!(relative(text, now), Some(expected), "{text}");
        }
        for wrong in ["", "30d", "-", "-soon", "tomorrow", "nowadays", "-99999999999999y"] {
            assert_eq!(relative(wrong, now), None, "{wrong}");
        }
    }

    #[test]
    fn upper_bounds_are_known_by_name() {
        for (name, expected) in [
            ("end", Bound::End),
            ("endInstant", Bound::End),
            ("validTo", Bound::Start),
            ("start", Bound::Start),
            ("endpoint", Bound::Start),
            ("token", Bound::Start),
            ("createdBefore", Bound::End),
        ] {
            assert_eq!(Bound::of(name), expected, "{name}");
        }
        assert_eq!(shown(0), "0 (1970-01-01T00:00:00Z)");
    }
}
