//! Documents at URLs, with the files that they refer to: fetched once, then kept until they are refreshed.

use std::{cell::RefCell, collections::BTreeMap, io};

use openapi_tools::load::bundle::Library;
use url::Url;

use super::{
    cache::Cache,
    fetch::{FetchError, Fetched, Fetcher, NOT_MODIFIED, Validators},
};
use crate::config::{Fetching, place::shown};

/// Where documents at URLs come from.
pub struct Remote {
    fetcher: Fetcher,
    cache: Cache,
    fetching: Fetching,
    /// What was fetched, by URL. It is kept once the whole document is right.
    fetched: RefCell<BTreeMap<String, Option<(String, Validators)>>>,
}

impl Remote {
    /// Reads from `cache` what is there and is not asked for again, and else fetches it.
    pub fn new(fetcher: Fetcher, cache: Cache, fetching: Fetching) -> Self {
        Self { fetcher, cache, fetching, fetched: RefCell::default() }
    }

    /// The text at `url`.
    ///
    /// # Errors
    /// It is not kept and cannot be fetched, or is no text.
    pub fn text(&self, url: &Url) -> Result<String, FetchError> {
        if let Some(Some((text, _))) = self.fetched.borrow().get(url.as_str()) {
            return Ok(text.clone());
        }
        let kept = self.cache.get(url);
        let is_asked = self.fetched.borrow().contains_key(url.as_str());
        match kept {
            Some(kept) if self.fetching != Fetching::Changed || is_asked => return Ok(kept.text),
            None if self.fetching == Fetching::Nothing => return Err(FetchError::NotKept(shown(url))),
            _ => {}
        }
        let fetched = self.fetcher.fetch(url, kept.as_ref().map(|kept| &kept.validators))?;
        let (text, new) = match (fetched, kept) {
            (Fetched::Document { bytes, validators }, _) => {
                let text = String::from_utf8(bytes).map_err(|_| FetchError::NoText(shown(url)))?;
                (text.clone(), Some((text, validators)))
            }
            (Fetched::Unchanged, Some(kept)) => (kept.text, None),
            // Nobody asked for a change.
            (Fetched::Unchanged, None) => return Err(FetchError::Status { url: shown(url), status: NOT_MODIFIED }),
        };
        self.fetched.borrow_mut().insert(url.to_string(), new);
        Ok(text)
    }

    /// Keeps what was fetched. Answers with the number of texts that are new.
    ///
    /// # Errors
    /// The folder cannot be written to.
    pub fn keep(&self) -> Result<usize, io::Error> {
        let mut count = 0;
        for (url, fetched) in self.fetched.borrow().iter() {
            let (Some((text, validators)), Ok(url)) = (fetched, Url::parse(url)) else { continue };
            count += usize::from(self.cache.get(&url).is_none_or(|kept| kept.text != *text));
            self.cache.put(&url, text, validators.clone())?;
        }
        Ok(count)
    }
}

impl Library for Remote {
    fn locate(&self, from: &str, reference: &str) -> Result<String, String> {
        let from = Url::parse(from).map_err(|error| error.to_string())?;
        let url = from.join(reference).map_err(|error| error.to_string())?;
        if url.origin() != from.origin() {
            return Err("a reference to another host is not followed".to_owned());
        }
        Ok(url.to_string())
    }

    fn read(&self, place: &str) -> Result<String, String> {
        let url = Url::parse(place).map_err(|error| error.to_string())?;
        self.text(&url).map_err(|error| error.to_string())
    }
}
