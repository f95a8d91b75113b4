//! What a key may be used for.

use std::{fmt, str::FromStr};

/// One thing that a key may be used for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Everything: `*`.
    Everything,
    /// Something of one source.
    Of {
        /// The source's name.
        source: String,
        /// What of it.
        part: Part,
    },
}

/// A part of a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// All of it: `<source>:*`.
    All,
    /// What changes nothing: `<source>:read`.
    Read,
    /// The tools of a bucket: `<source>:<bucket>`.
    Bucket(String),
    /// The tools of a bucket in one area: `<source>:<area>:<bucket>`, or all of the area: `<source>:<area>:*`.
    Area {
        /// The area.
        area: String,
        /// The bucket, `read` or `*`.
        bucket: String,
    },
    /// One tool: `<source>:tool:<name>`.
    Tool(String),
}

/// A tool, as scopes see it.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// The name of its source.
    pub source: &'a str,
    /// Its area.
    pub area: &'a str,
    /// Its bucket.
    pub bucket: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Whether it changes nothing.
    pub is_read_only: bool,
}

/// A text that is no scope.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no scope; expected *, SOURCE:*, SOURCE:read, SOURCE:BUCKET, SOURCE:AREA:BUCKET or SOURCE:tool:NAME, such as \
     fusionauth:read"
)]
pub struct ScopeError(String);

const EVERYTHING: &str = "*";
const READ: &str = "read";
const TOOL: &str = "tool";

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let error = || ScopeError(text.to_owned());
        if text == EVERYTHING {
            return Ok(Self::Everything);
        }
        let words: Vec<_> = text.split(':').collect();
        let is_word = |word: &&str| {
            !word.is_empty() && word.chars().all(|character| character.is_alphanumeric() || "-_./ ".contains(character))
        };
        let (source, part) = match words.as_slice() {
            [source, EVERYTHING] => (source, Part::All),
            [source, READ] => (source, Part::Read),
            [source, bucket] if is_word(bucket) => (source, Part::Bucket((*bucket).to_owned())),
            [source, TOOL, name] if is_word(name) => (source, Part::Tool((*name).to_owned())),
            [source, area, bucket] if is_word(area) && (*bucket == EVERYTHING || is_word(bucket)) => {
                (source, Part::Area { area: (*area).to_owned(), bucket: (*bucket).to_owned() })
            }
            _ => return Err(error()),
        };
        let source = Some(*source).filter(is_word).ok_or_else(error)?;
        Ok(Self::Of { source: source.to_owned(), part })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => formatter.write_str(EVERYTHING),
            Self::Of { source, part } => match part {
                Part::All => write!(formatter, "{source}:{EVERYTHING}"),
                Part::Read => write!(formatter, "{source}:{READ}"),
                Part::Bucket(bucket) => write!(formatter, "{source}:{bucket}"),
                Part::Area { area, bucket } => write!(formatter, "{source}:{area}:{bucket}"),
                Part::Tool(name) => write!(formatter, "{source}:{TOOL}:{name}"),
            },
        }
    }
}

impl Scope {
    /// Whether it permits the use of a tool.
    pub fn permits(&self, target: &Target<'_>) -> bool {
        let is_bucket = |bucket: &str| bucket == target.bucket || bucket == READ && target.is_read_only;
        match self {
            Self::Everything => true,
            Self::Of { source, part } => {
                source == target.source
                    && match part {
                        Part::All => true,
                        Part::Read => target.is_read_only,
                        Part::Bucket(bucket) => is_bucket(bucket),
                        Part::Area { area, bucket } => {
                            area == target.area && (bucket == EVERYTHING || is_bucket(bucket))
                        }
                        Part::Tool(name) => name == target.name,
                    }
            }
        }
    }
}

/// Scopes with commas between them.
///
/// # Errors
/// The first word that is none.
pub fn parse_list(text: &str) -> Result<Vec<Scope>, ScopeError> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let mut scopes = words.map(str::parse).collect::<Result<Vec<Scope>, _>>()?;
    scopes.sort();
    scopes.dedup();
    Ok(scopes)
}

/// The scopes with commas between them.
pub fn join(scopes: &[Scope]) -> String {
    scopes.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TARGET: Target<'_> =
        Target { source: "fusionauth", area: "user", bucket: "retrieve", name: "retrieveUser", is_read_only: true };

    #[test]
    fn what_scopes_permit() {
        for (scope, permits) in [
            ("*", true),
            ("fusionauth:*", true),
            ("fusionauth:read", true),
            ("fusionauth:retrieve", true),
            ("fusionauth:user:retrieve", true),
            ("fusionauth:user:read", true),
            ("fusionauth:user:*", true),
            ("fusionauth:tool:retrieveUser", true),
            ("other:*", false),
            ("fusionauth:delete", false),
            ("fusionauth:group:retrieve", false),
            ("fusionauth:user:delete", false),
            ("fusionauth:tool:retrieveUsers", false),
            ("FusionAuth:read", false),
        ] {
            let parsed: Scope = scope.parse().unwrap();
            assert_eq!(parsed.permits(&TARGET), permits, "{scope}");
            assert_eq!(parsed.to_string(), scope);
        }
        let search = Target { bucket: "search", is_read_only: false, ..TARGET };
        assert!(!"fusionauth:read".parse::<Scope>().unwrap().permits(&search));
    }

    #[test]
    fn what_is_no_scope() {
        for text in
            ["", "read", "fusionauth:", ":read", "*:read", "a:b:c:d", "a:tool:", "a::b", "a:b,c", "a:*:*", "a:b\n"]
        {
            assert!(text.parse::<Scope>().is_err(), "{text}");
        }
        assert_eq!(parse_list(" b:read, a:read,b:read ,").map(|scopes| join(&scopes)), Ok("a:read,b:read".to_owned()));
        assert!(parse_list("a:read, read").unwrap_err().to_string().starts_with("`read` is no scope; expected"));
    }
}
