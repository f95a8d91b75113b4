//! Instants in a search: dates, times, and `now` with an offset.

/// The length of a day, in ms.
const DAY: i64 = 86_400_000;

/// An instant in ms since 1970: `2026-01-31`, `2026-01-31T12:00:00Z`, `now-30d`, `now-1d/d`.
///
/// `None` if the text is none of these. Months and years of an offset have 30 and 365 days.
pub fn instant_of(text: &str, now: u64) -> Option<f64> {
    let instant = match text.strip_prefix("now") {
        Some(offset) => moved(i64::try_from(now).ok()?, offset)?,
        None => {
            let (date, offset) = text.split_once("||").unwrap_or((text, ""));
            moved(absolute(date)?, offset)?
        }
    };
    // Instants of the calendar are far below the whole numbers that a floating point number can tell apart.
    instant.to_string().parse().ok()
}

/// An instant moved by offsets such as `-30d` and rounded down by `/d`.
fn moved(start: i64, mut rest: &str) -> Option<i64> {
    let mut instant = start;
    while !rest.is_empty() {
        if let Some(unit) = rest.strip_prefix('/') {
            let length = unit_length(unit.chars().next()?)?;
            instant = instant.checked_sub(instant.rem_euclid(length))?;
            rest = unit.get(1..)?;
            continue;
        }
        let (sign, after) = rest
            .strip_prefix('-')
            .map(|after| (-1, after))
            .or_else(|| rest.strip_prefix('+').map(|after| (1, after)))?;
        let digits = after.find(|letter: char| !letter.is_ascii_digit())?;
        let amount: i64 = after.get(..digits)?.parse().ok()?;
        let unit = after.get(digits..)?;
        let length = unit_length(unit.chars().next()?)?;
        instant = instant.checked_add(amount.checked_mul(length)?.checked_mul(sign)?)?;
        rest = unit.get(1..)?;
    }
    Some(instant)
}

fn unit_length(unit: char) -> Option<i64> {
    Some(match unit {
        's' => 1000,
        'm' => 60_000,
        'h' | 'H' => 3_600_000,
        'd' => DAY,
        'w' => 7 * DAY,
        'M' => 30 * DAY,
        'y' => 365 * DAY,
        _ => return None,
    })
}

/// `2026`, `2026-01`, `2026-01-31`, or a date with a time in UTC.
fn absolute(text: &str) -> Option<i64> {
    let (date, time) = text.split_once('T').unwrap_or((text, ""));
    let mut parts = date.split('-');
    let mut part = |default: Option<i64>| match parts.next() {
        Some(digits) if !digits.is_empty() && digits.len() <= 4 => digits.parse::<u16>().ok().map(i64::from),
        Some(_) => None,
        None => default,
    };
    let (year, month, day) = (part(None)?, part(Some(1))?, part(Some(1))?);
    if parts.next().is_some() || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
        return None;
    }
    // Days of the civil calendar since 1970, counted in years that begin in March.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    let days = era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468;
    Some(days * DAY + time_of_day(time)?)
}

fn time_of_day(time: &str) -> Option<i64> {
    let time = time.strip_suffix('Z').unwrap_or(time);
    if time.is_empty() {
        return Some(0);
    }
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut parts = time.split(':').map(|part| part.parse::<u8>().ok().map(i64::from));
    let (hour, minute, second) = (parts.next()??, parts.next().unwrap_or(Some(0))?, parts.next().unwrap_or(Some(0))?);
    if parts.next().is_some() || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let milliseconds: i64 = format!("{fraction:0<3}").get(..3)?.parse().ok()?;
    Some(((hour * 60 + minute) * 60 + second) * 1000 + milliseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_times_and_offsets_are_instants() {
        let now = 1_767_225_600_000;
        for (text, expected) in [
            ("2026-01-01", 1_767_225_600_000.0),
            ("2026", 1_767_225_600_000.0),
            ("1970-01-01T00:00:01.5Z", 1500.0),
            ("2024-02-29T12:30:00Z", 1_709_209_800_000.0),
            ("now", 1_767_225_600_000.0),
            ("now-1d", 1_767_139_200_000.0),
            ("now+1h/d", 1_767_225_600_000.0),
            ("2026-01-02||-1d", 1_767_225_600_000.0),
        ] {
            assert_eq!(instant_of(text, now), Some(expected), "{text}");
        }
        for text in ["", "yesterday", "2026-13-01", "now-", "now-1x", "now-99999999999999999999d", "2026-01-01T25:00"] {
            assert_eq!(instant_of(text, now), None, "{text}");
        }
    }
}
