//! Days and dates in the proleptic Gregorian calendar.

use crate::value::Value;

pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
pub const DAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

/// A time in its parts, as C and jq have them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Broken {
    pub year: i64,
    /// From 0.
    pub month: i64,
    pub day: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
    /// What the second has after the point.
    pub fraction: f64,
    /// From Sunday, 0.
    pub weekday: i64,
    /// From 0.
    pub day_of_year: i64,
}

/// The number of days from 1970-01-01 to a date; the month is counted from 0 and may be beyond the year.
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = year + month.div_euclid(12);
    // Years begin in March, so that leap days end them.
    let month = (month.rem_euclid(12) + 10) % 12;
    let year = if month >= 10 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The year, month (from 0) and day of a number of days from 1970-01-01.
fn date(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let next = i64::from(month >= 10);
    (era * 400 + year + next, (month + 2) % 12, day)
}

impl Broken {
    /// The time of a number of seconds since 1970.
    #[allow(clippy::cast_possible_truncation)]
    pub fn of(seconds: f64) -> Self {
        // As in C: before 1970, the whole seconds are those towards 1970.
        let whole = seconds.trunc() as i64;
        let (year, month, day) = date(whole.div_euclid(86_400));
        let of_day = whole.rem_euclid(86_400);
        Self {
            year,
            month,
            day,
            hour: of_day / 3_600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
            fraction: seconds - seconds.floor(),
            ..Self::default()
        }
        .with_days()
    }

    /// The same with the days of week and year that its date has.
    pub fn with_days(self) -> Self {
        let day = days(self.year, self.month, self.day);
        let (year, ..) = date(day);
        Self { weekday: (day + 4).rem_euclid(7), day_of_year: day - days(year, 0, 1), ..self }
    }

    /// The number of seconds since 1970; parts may be beyond their bounds.
    #[allow(clippy::cast_precision_loss)]
    pub fn seconds(&self) -> f64 {
        let days = days(self.year, self.month, self.day);
        // Parts come from numbers of 32 bits.
        (days * 86_400 + self.hour * 3_600 + self.minute * 60 + self.second) as f64
    }

    /// The array that jq makes of it.
    #[allow(clippy::cast_precision_loss)]
    pub fn to_value(&self) -> Value {
        let second = self.second as f64 + self.fraction;
        let parts = [self.year, self.month, self.day, self.hour, self.minute];
        let numbers = parts.map(|part| part as f64).into_iter();
        let numbers = numbers.chain([second, self.weekday as f64, self.day_of_year as f64]);
        Value::array(numbers.map(Value::Number).collect())
    }

    /// The time of such an array. The days of week and year may be left out.
    #[allow(clippy::cast_possible_truncation)]
    pub fn from_value(value: &Value) -> Option<Self> {
        let items = value.items()?;
        let numbers: Vec<f64> = items.iter().map(Value::number).collect::<Option<_>>()?;
        let part = |index: usize| numbers.get(index).map(|number| i64::from(*number as i32));
        let second = *numbers.get(5)?;
        let time = Self {
            year: part(0)?,
            month: part(1)?,
            day: part(2)?,
            hour: part(3)?,
            minute: part(4)?,
            second: i64::from(second as i32),
            ..Self::default()
        };
        Some(match (part(6), part(7)) {
            (Some(weekday), Some(day_of_year)) => Self { weekday: weekday.rem_euclid(7), day_of_year, ..time },
            _ => time.with_days(),
        })
    }

    /// The week of the year, counted from the first day that is `first` (0 is Sunday).
    pub fn week(&self, first: i64) -> i64 {
        (self.day_of_year + 7 - (self.weekday - first).rem_euclid(7)) / 7
    }

    /// The year and week of ISO 8601.
    pub fn iso_week(&self) -> (i64, i64) {
        let from_monday = (self.weekday + 6) % 7;
        let week = (self.day_of_year - from_monday + 9) / 7;
        // The last week is that of December 28, which is always in it.
        let weeks = |year: i64| {
            let last = Self { year, month: 11, day: 28, ..Self::default() }.with_days();
            (last.day_of_year - (last.weekday + 6) % 7 + 9) / 7
        };
        match week {
            0 => (self.year - 1, weeks(self.year - 1)),
            week if week > weeks(self.year) => (self.year + 1, 1),
            week => (self.year, week),
        }
    }

    /// The same on a day of the year, counted from 0.
    pub fn on_day_of_year(self, day: i64) -> Self {
        let (_, month, day) = date(days(self.year, 0, 1) + day);
        Self { month, day, ..self }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_day_of_eight_centuries_comes_back() {
        for day in -150_000..150_000 {
            let (year, month, of_month) = date(day);
            assert_eq!(days(year, month, of_month), day);
        }
        assert_eq!((date(0), date(-1), date(19_782)), ((1970, 0, 1), (1969, 11, 31), (2024, 1, 29)));
    }

    #[test]
    fn weeks_of_iso_8601() {
        let week = |year, month, day| Broken { year, month, day, ..Broken::default() }.with_days().iso_week();
        assert_eq!(week(2021, 0, 1), (2020, 53));
        assert_eq!(week(2024, 11, 30), (2025, 1));
        assert_eq!(week(2024, 1, 29), (2024, 9));
    }
}
