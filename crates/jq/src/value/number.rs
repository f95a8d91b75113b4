//! Numbers: those that were read keep their text, those that were computed have the shortest.

use std::cmp::Ordering;

/// A number as it was written.
#[derive(Debug, Clone, PartialEq)]
pub struct Literal {
    /// Its value, rounded.
    pub value: f64,
    /// Its text, as jq writes it.
    pub text: Box<str>,
}

/// A number in decimal: a sign, digits without zeros before them, and the power of ten of the last digit.
struct Decimal {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    /// The number that a text is (RFC 8259, section 6; also `.5`, `5.`, `+5`).
    fn parse(text: &str) -> Option<Self> {
        let (is_negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
            None => (text, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let is_number = !(whole.is_empty() && fraction.is_empty());
        if !is_number || !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let digits = format!("{whole}{fraction}");
        let digits = digits.trim_start_matches('0');
        let digits = if digits.is_empty() { "0" } else { digits }.to_owned();
        Some(Self { is_negative, digits, exponent: i64::from(exponent) - i64::try_from(fraction.len()).ok()? })
    }

    /// The power of ten of the first digit.
    fn magnitude(&self) -> i64 {
        self.exponent.saturating_add(i64::try_from(self.digits.len()).unwrap_or(i64::MAX) - 1)
    }

    /// The text in the scientific notation of General Decimal Arithmetic, which jq writes.
    fn to_text(&self) -> String {
        let sign = if self.is_negative { "-" } else { "" };
        let magnitude = self.magnitude();
        if self.exponent > 0 || magnitude < -6 {
            let (first, rest) = self.digits.split_at(1);
            let point = if rest.is_empty() { "" } else { "." };
            return format!("{sign}{first}{point}{rest}E{magnitude:+}");
        }
        let places = usize::try_from(-self.exponent).unwrap_or_default();
        if places == 0 {
            return format!("{sign}{}", self.digits);
        }
        let digits = format!("{:0>width$}", self.digits, width = places + 1);
        let (whole, fraction) = digits.split_at(digits.len() - places);
        format!("{sign}{whole}.{fraction}")
    }

    fn is_zero(&self) -> bool {
        self.digits == "0"
    }

    fn compare(&self, other: &Self) -> Ordering {
        let sign = |decimal: &Self| match (decimal.is_zero(), decimal.is_negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        match (sign(self), sign(other)) {
            (0, 0) => Ordering::Equal,
            (own, others) if own != others => own.cmp(&others),
            (own, _) => {
                let digits = |decimal: &Self| decimal.digits.trim_end_matches('0').to_owned();
                let order = self.magnitude().cmp(&other.magnitude()).then_with(|| digits(self).cmp(&digits(other)));
                if own < 0 { order.reverse() } else { order }
            }
        }
    }
}

impl Literal {
    /// The order of two literals, by all of their digits.
    pub fn compare(&self, other: &Self) -> Ordering {
        let by_value = self.value.partial_cmp(&other.value).unwrap_or(Ordering::Equal);
        by_value.then_with(|| match (Decimal::parse(&self.text), Decimal::parse(&other.text)) {
            (Some(own), Some(others)) => own.compare(&others),
            _ => Ordering::Equal,
        })
    }
}

/// A number that was read.
pub enum Parsed {
    /// Its text says no more than its value.
    Plain(f64),
    /// Its text says more.
    Written(Literal),
}

/// The number that a text is; `None` where it is none.
pub fn parse(text: &str) -> Option<Parsed> {
    // Most numbers are short and whole.
    if text.len() <= 15 && !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Parsed::Plain);
    }
    let decimal = Decimal::parse(text)?;
    let value: f64 = text.parse().ok()?;
    let written = decimal.to_text();
    if written == format_number(value) {
        return Some(Parsed::Plain(value));
    }
    Some(Parsed::Written(Literal { value, text: written.into() }))
}

/// A computed number as jq writes it: 17 digits at most, the fewest that say which number it is; NaN is null, and infinity
/// the largest number.
pub fn format_number(number: f64) -> String {
    if number.is_nan() {
        return "null".to_owned();
    }
    let number = number.clamp(f64::MIN, f64::MAX);
    if number == 0.0 {
        return if number.is_sign_negative() { "-0" } else { "0" }.to_owned();
    }
    // "1.25e-5": the digits and the power of ten of the first.
    let shortest = format!("{:e}", number.abs());
    let (mantissa, exponent) = shortest.split_once('e').unwrap_or((&shortest, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let digits = mantissa.replace('.', "");
    let length = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    let sign = if number < 0.0 { "-" } else { "" };
    if exponent < -4 || exponent >= length + 15 {
        let point = exponent.abs();
        let exponent_sign = if exponent < 0 { '-' } else { '+' };
        return format!("{sign}{mantissa}e{exponent_sign}{point:02}");
    }
    let point = usize::try_from(exponent + 1).unwrap_or_default();
    if exponent < 0 {
        let zeros = usize::try_from(-exponent - 1).unwrap_or_default();
        return format!("{sign}0.{}{digits}", "0".repeat(zeros));
    }
    if point >= digits.len() {
        return format!("{sign}{digits}{}", "0".repeat(point - digits.len()));
    }
    let (whole, fraction) = digits.split_at(point);
    format!("{sign}{whole}.{fraction}")
}
