//! Formats: `@csv` and its kin.

use std::fmt::Write;

use base64::{
    Engine, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig, general_purpose::STANDARD},
};

use super::{
    answer::{Answer, error, shown},
    text::to_string,
};
use crate::{json, value::Value};

/// A way to write a value into a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Format {
    Text,
    Json,
    Csv,
    Tsv,
    Html,
    Uri,
    UriDecoded,
    Shell,
    Base64,
    Base64Decoded,
    Base32,
    Base32Decoded,
    /// None that there is.
    Unknown(String),
}

impl Format {
    /// The format of a name without `@`.
    pub fn of(name: &str) -> Self {
        match name {
            "text" => Self::Text,
            "json" => Self::Json,
            "csv" => Self::Csv,
            "tsv" => Self::Tsv,
            "html" => Self::Html,
            "uri" => Self::Uri,
            "urid" => Self::UriDecoded,
            "sh" => Self::Shell,
            "base64" => Self::Base64,
            "base64d" => Self::Base64Decoded,
            "base32" => Self::Base32,
            "base32d" => Self::Base32Decoded,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// A value in this format.
    pub fn apply(&self, value: &Value) -> Answer {
        match self {
            Self::Text => Ok(to_string(value)),
            Self::Json => Ok(Value::string(json::write::to_text(value))),
            Self::Csv => row(value, "csv", ",", |text| format!("\"{}\"", text.replace('"', "\"\""))),
            Self::Tsv => row(value, "tsv", "\t", |text| {
                text.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r")
            }),
            Self::Html => Ok(Value::string(html(&text_of(value)))),
            Self::Uri => Ok(Value::string(uri(&text_of(value)))),
            Self::UriDecoded => uri_decoded(value),
            Self::Shell => shell(value),
            Self::Base64 => Ok(Value::string(STANDARD.encode(text_of(value)))),
            Self::Base64Decoded => base64_decoded(value),
            Self::Base32 => Ok(Value::string(base32(text_of(value).as_bytes()))),
            Self::Base32Decoded => base32_decoded(value),
            Self::Unknown(name) => Err(error(format!("{name} is not a valid format"))),
        }
    }
}

/// `format(name)`
#[allow(clippy::needless_pass_by_value)]
pub fn format(input: Value, arguments: &[Value]) -> Answer {
    match arguments.first() {
        Some(Value::String(name)) => Format::of(name).apply(&input),
        name => Err(error(format!("{} is not a valid format", shown(name.unwrap_or(&Value::Null))))),
    }
}

fn text_of(value: &Value) -> String {
    to_string(value).text().unwrap_or_default().to_owned()
}

/// The values of an array in one line; strings as `escape` writes them.
fn row(value: &Value, name: &str, separator: &str, escape: fn(&str) -> String) -> Answer {
    let Some(items) = value.items() else {
        return Err(error(format!("{} cannot be {name}-formatted, only array", shown(value))));
    };
    let mut line = String::new();
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            line.push_str(separator);
        }
        match item {
            Value::Null => {}
            item if item.is_nan() => {}
            Value::String(text) => line.push_str(&escape(text)),
            Value::Bool(_) | Value::Number(_) | Value::Literal(_) => json::write::write(item, &mut line),
            item => return Err(error(format!("{} is not valid in a csv row", shown(item)))),
        }
    }
    Ok(Value::string(line))
}

fn html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\'' => escaped.push_str("&apos;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn uri(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    escaped
}

fn uri_decoded(value: &Value) -> Answer {
    let text = text_of(value);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let digits = rest.get(..2).and_then(|digits| str::from_utf8(digits).ok());
        let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) else {
            return Err(error(format!("{} is not a valid uri encoding", shown(value))));
        };
        bytes.push(byte);
        rest = rest.get(2..).unwrap_or_default();
    }
    Ok(Value::string(String::from_utf8_lossy(&bytes).into_owned()))
}

fn shell(value: &Value) -> Answer {
    let one = |value: &Value| match value {
        Value::String(text) => Ok(format!("'{}'", text.replace('\'', "'\\''"))),
        Value::Array(_) | Value::Object(_) => Err(error(format!("{} can not be escaped for shell", shown(value)))),
        value => Ok(json::write::to_text(value)),
    };
    let words: Vec<String> = match value.items() {
        Some(items) => items.iter().map(one).collect::<Result<_, _>>()?,
        None => vec![one(value)?],
    };
    Ok(Value::string(words.join(" ")))
}

/// What base64 stands for. A last group may be short, as in jq; bytes that are no text become U+FFFD.
fn base64_decoded(value: &Value) -> Answer {
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engine = GeneralPurpose::new(&alphabet::STANDARD, config);
    let text = text_of(value);
    let digits = text.trim_end_matches('=');
    if digits.len() % 4 == 1 {
        return Err(error(format!("{} trailing base64 byte found", shown(value))));
    }
    match engine.decode(digits) {
        Ok(bytes) => Ok(Value::string(String::from_utf8_lossy(&bytes).into_owned())),
        Err(_) => Err(error(format!("{} is not valid base64 data", shown(value)))),
    }
}

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

fn base32(bytes: &[u8]) -> String {
    let mut text = String::new();
    for group in bytes.chunks(5) {
        let mut bits = group.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        bits <<= 8 * (5 - group.len());
        let digits = (group.len() * 8).div_ceil(5);
        for place in 0..8 {
            let digit = usize::try_from(bits >> (35 - 5 * place) & 31).unwrap_or_default();
            let digit = BASE32.get(digit).copied().filter(|_| place < digits);
            text.push(digit.map_or('=', char::from));
        }
    }
    text
}

fn base32_decoded(value: &Value) -> Answer {
    let text = text_of(value);
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let Some(digit) = BASE32.iter().position(|known| *known == byte) else {
            return Err(error(format!("{} is not valid base32 data", shown(value))));
        };
        bits = (bits << 5 | u32::try_from(digit).unwrap_or_default()) & 0xffff;
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.extend(u8::try_from(bits >> count & 0xff));
        }
    }
    Ok(Value::string(String::from_utf8_lossy(&bytes).into_owned()))
}
