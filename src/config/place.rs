//! Where a document is: in a file, or at a URL.

use std::{
    fmt,
    path::{Path, PathBuf, absolute},
};

use url::Url;

/// Where a document is. A URL is shown without its query and user, which may be secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In a file.
    File(PathBuf),
    /// At a URL.
    Url(Url),
}

/// Words that say of a file at a URL no more than what it is.
const GENERIC: [&str; 6] = ["openapi", "swagger", "api-docs", "spec", "schema", "index"];

impl Place {
    /// The place that a text names.
    pub fn of(text: &str) -> Self {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        url.map_or_else(|| Self::File(PathBuf::from(text)), Self::Url)
    }

    /// A text that names what is there, as far as the place tells.
    pub fn stem(&self) -> Option<String> {
        let of = |path: &str| Path::new(path).file_stem()?.to_str().map(str::to_owned);
        match self {
            Self::File(path) => of(path.to_str()?),
            Self::Url(url) => {
                let stem = of(url.path()).filter(|stem| !GENERIC.contains(&stem.to_ascii_lowercase().as_str()));
                // `github` of `api.github.com`
                stem.or_else(|| url.domain()?.rsplit('.').nth(1).map(str::to_owned))
            }
        }
    }

    /// The place as another process in another folder understands it.
    pub fn whole(&self) -> String {
        match self {
            Self::File(path) => absolute(path).unwrap_or_else(|_| path.clone()).display().to_string(),
            Self::Url(url) => url.to_string(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(formatter),
            Self::Url(url) => formatter.write_str(&shown(url)),
        }
    }
}

/// A URL without what may be secret in it.
pub fn shown(url: &Url) -> String {
    format!("{}{}", url.origin().ascii_serialization(), url.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_told_from_files_and_show_no_secret() {
        for (text, shown, stem) in [
            ("a/github.yaml", "a/github.yaml", Some("github")),
            ("https://u:p@x.example/a/shop.v2.json?key=k#f", "https://x.example/a/shop.v2.json", Some("shop.v2")),
            ("https://api.github.com/openapi.json", "https://api.github.com/openapi.json", Some("github")),
            ("https://localhost:8080/", "https://localhost:8080/", None),
            ("HTTP://10.0.0.1/swagger.json", "http://10.0.0.1/swagger.json", None),
            ("ftp://x.example/a.json", "ftp://x.example/a.json", Some("a")),
        ] {
            let place = Place::of(text);
            assert_eq!((place.to_string().as_str(), place.stem().as_deref()), (shown, stem), "{text}");
        }
    }
}
