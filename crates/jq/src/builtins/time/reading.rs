//! `strptime`, as the C locale has it.

use super::calendar::{Broken, DAYS, MONTHS};

/// The time that a text is in a format; `None` where it does not match.
pub fn read(text: &str, format: &str) -> Option<Broken> {
    let mut reader =
        Reader { rest: text, time: Broken { year: 1900, ..Broken::default() }, day_of_year: None, is_afternoon: None };
    reader.format(format)?;
    if !reader.rest.is_empty() {
        return None;
    }
    let Reader { mut time, day_of_year, is_afternoon, .. } = reader;
    if let Some(is_afternoon) = is_afternoon {
        time.hour = time.hour % 12 + if is_afternoon { 12 } else { 0 };
    }
    if let Some(day) = day_of_year.filter(|_| time.day == 0) {
        time = time.on_day_of_year(day);
    }
    Some(time.with_days())
}

struct Reader<'t> {
    rest: &'t str,
    time: Broken,
    day_of_year: Option<i64>,
    is_afternoon: Option<bool>,
}

impl Reader<'_> {
    fn format(&mut self, format: &str) -> Option<()> {
        let mut characters = format.chars();
        while let Some(character) = characters.next() {
            match character {
                '%' => {
                    let mut directive = characters.next()?;
                    // Flags, and other forms of the locale, change nothing.
                    while matches!(directive, '-' | '_' | '0' | 'E' | 'O') {
                        directive = characters.next()?;
                    }
                    self.directive(directive)?;
                }
                blank if blank.is_whitespace() => self.skip_blanks(),
                other => self.rest = self.rest.strip_prefix(other)?,
            }
        }
        Some(())
    }

    fn skip_blanks(&mut self) {
        self.rest = self.rest.trim_start_matches(|character: char| character.is_ascii_whitespace());
    }

    /// A number of so many digits at most, within bounds.
    fn number(&mut self, digits: usize, least: i64, greatest: i64) -> Option<i64> {
        self.skip_blanks();
        let length = self.rest.bytes().take(digits).take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.rest.split_at_checked(length)?;
        let number = number.parse().ok().filter(|number| (least..=greatest).contains(number))?;
        self.rest = rest;
        Some(number)
    }

    /// The index of a name, whole or its first three letters, in any case.
    fn name(&mut self, names: &[&str]) -> Option<i64> {
        let starts = |name: &str| self.rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        for (index, name) in names.iter().enumerate() {
            let short = name.get(..3).unwrap_or(name);
            let Some(found) = [*name, short].into_iter().find(|name| starts(name)) else { continue };
            self.rest = self.rest.get(found.len()..)?;
            return i64::try_from(index).ok();
        }
        None
    }

    fn directive(&mut self, directive: char) -> Option<()> {
        match directive {
            'Y' => self.time.year = self.number(4, 0, 9_999)?,
            'C' => self.time.year = self.number(2, 0, 99)? * 100 + self.time.year.rem_euclid(100),
            'y' => {
                let year = self.number(2, 0, 99)?;
                self.time.year = if year < 69 { 2_000 + year } else { 1_900 + year };
            }
            'm' => self.time.month = self.number(2, 1, 12)? - 1,
            'd' | 'e' => self.time.day = self.number(2, 1, 31)?,
            'H' | 'k' => self.time.hour = self.number(2, 0, 23)?,
            'I' | 'l' => self.time.hour = self.number(2, 1, 12)?,
            'M' => self.time.minute = self.number(2, 0, 59)?,
            'S' => self.time.second = self.number(2, 0, 61)?,
            'j' => self.day_of_year = Some(self.number(3, 1, 366)? - 1),
            's' => {
                let seconds: u32 = u32::try_from(self.number(10, 0, i64::from(u32::MAX))?).ok()?;
                self.time = Broken::of(f64::from(seconds));
            }
            'a' | 'A' => {
                self.name(&DAYS)?;
            }
            'b' | 'B' | 'h' => self.time.month = self.name(&MONTHS)?,
            'p' | 'P' => self.is_afternoon = Some(self.name(&["AM", "PM"])? == 1),
            'u' => {
                self.number(1, 1, 7)?;
            }
            'w' => {
                self.number(1, 0, 6)?;
            }
            'U' | 'W' | 'V' => {
                self.number(2, 0, 53)?;
            }
            'G' => {
                self.number(4, 0, 9_999)?;
            }
            'g' => {
                self.number(2, 0, 99)?;
            }
            'Z' => {
                self.skip_blanks();
                self.rest = self.rest.trim_start_matches(|character: char| character.is_ascii_alphabetic());
            }
            'z' => self.offset()?,
            'n' | 't' => self.skip_blanks(),
            '%' => self.rest = self.rest.strip_prefix('%')?,
            'D' | 'x' => self.format("%m/%d/%y")?,
            'F' => self.format("%Y-%m-%d")?,
            'R' => self.format("%H:%M")?,
            'T' | 'X' => self.format("%H:%M:%S")?,
            'r' => self.format("%I:%M:%S %p")?,
            'c' => self.format("%a %b %e %H:%M:%S %Y")?,
            _ => return None,
        }
        Some(())
    }

    /// An offset from UTC: `Z`, `+0200`, `+02:00` or `+02`. As in jq, it does not change the time.
    fn offset(&mut self) -> Option<()> {
        self.skip_blanks();
        if let Some(rest) = self.rest.strip_prefix('Z') {
            self.rest = rest;
            return Some(());
        }
        self.rest = self.rest.strip_prefix(['+', '-'])?;
        self.number(2, 0, 99)?;
        self.rest = self.rest.strip_prefix(':').unwrap_or(self.rest);
        if self.rest.starts_with(|next: char| next.is_ascii_digit()) {
            self.number(2, 0, 59)?;
        }
        Some(())
    }
}
