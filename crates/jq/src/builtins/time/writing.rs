//! `strftime`, as the C locale has it.

use std::fmt::Write;

use super::calendar::{Broken, DAYS, MONTHS};

/// A time in a format.
pub fn write(time: &Broken, format: &str) -> String {
    let mut text = String::new();
    let mut characters = format.chars();
    while let Some(character) = characters.next() {
        if character != '%' {
            text.push(character);
            continue;
        }
        let before = characters.as_str();
        let mut padding = None;
        let mut directive = characters.next();
        if let Some(flag @ ('-' | '_' | '0')) = directive {
            padding = Some(flag);
            directive = characters.next();
        }
        if !directive.is_some_and(|directive| write_one(time, directive, padding, &mut text)) {
            // None that there is stays as it is.
            text.push('%');
            characters = before.chars();
        }
    }
    text
}

/// Appends what a directive stands for, and says whether there is one.
fn write_one(time: &Broken, directive: char, padding: Option<char>, text: &mut String) -> bool {
    let name = |names: &[&'static str], index: i64| {
        usize::try_from(index).ok().and_then(|index| names.get(index).copied()).unwrap_or("?")
    };
    let short = |name: &'static str| name.get(..3).unwrap_or(name);
    let hour = if time.hour % 12 == 0 { 12 } else { time.hour % 12 };
    let half = if time.hour < 12 { "AM" } else { "PM" };
    let mut number = |value: i64, width: usize, filler: char| {
        // Writing to a string does not fail.
        let _ = match padding.unwrap_or(filler) {
            '-' => write!(text, "{value}"),
            '_' => write!(text, "{value:width$}"),
            _ => write!(text, "{value:0width$}"),
        };
    };
    match directive {
        'Y' => number(time.year, 1, '0'),
        'C' => number(time.year.div_euclid(100), 2, '0'),
        'y' => number(time.year.rem_euclid(100), 2, '0'),
        'm' => number(time.month + 1, 2, '0'),
        'd' => number(time.day, 2, '0'),
        'e' => number(time.day, 2, '_'),
        'H' => number(time.hour, 2, '0'),
        'k' => number(time.hour, 2, '_'),
        'I' => number(hour, 2, '0'),
        'l' => number(hour, 2, '_'),
        'M' => number(time.minute, 2, '0'),
        'S' => number(time.second, 2, '0'),
        'j' => number(time.day_of_year + 1, 3, '0'),
        'u' => number(if time.weekday == 0 { 7 } else { time.weekday }, 1, '0'),
        'w' => number(time.weekday, 1, '0'),
        'U' => number(time.week(0), 2, '0'),
        'W' => number(time.week(1), 2, '0'),
        'V' => number(time.iso_week().1, 2, '0'),
        'G' => number(time.iso_week().0, 1, '0'),
        'g' => number(time.iso_week().0.rem_euclid(100), 2, '0'),
        's' => {
            let _ = write!(text, "{}", time.seconds());
        }
        'A' => text.push_str(name(&DAYS, time.weekday)),
        'a' => text.push_str(short(name(&DAYS, time.weekday))),
        'B' => text.push_str(name(&MONTHS, time.month)),
        'b' | 'h' => text.push_str(short(name(&MONTHS, time.month))),
        'p' => text.push_str(half),
        'P' => text.push_str(&half.to_ascii_lowercase()),
        'Z' => text.push_str("UTC"),
        'z' => text.push_str("+0000"),
        'n' => text.push('\n'),
        't' => text.push('\t'),
        '%' => text.push('%'),
        'D' | 'x' => text.push_str(&write(time, "%m/%d/%y")),
        'F' => text.push_str(&write(time, "%Y-%m-%d")),
        'R' => text.push_str(&write(time, "%H:%M")),
        'T' | 'X' => text.push_str(&write(time, "%H:%M:%S")),
        'r' => text.push_str(&write(time, "%I:%M:%S %p")),
        'c' => text.push_str(&write(time, "%a %b %e %H:%M:%S %Y")),
        _ => return false,
    }
    true
}
