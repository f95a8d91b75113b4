//! What somebody wants to do, from the words of a query.

use std::{collections::HashMap, sync::LazyLock};

/// What someone wants to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intent {
    /// Look at something.
    Read,
    /// Make something new.
    Create,
    /// Change something that exists.
    Change,
    /// Remove something.
    Delete,
    /// Set something going, such as a login or a mail. No query is known by its words to want that.
    SetGoing,
}

/// What a query wants: none, one or two of the four.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    intents: [Option<Intent>; 2],
}

impl Wanted {
    /// Whether the intent is one of those that the query shows.
    pub fn is(self, intent: Intent) -> bool {
        self.intents.contains(&Some(intent))
    }

    /// Whether the query shows no intent.
    pub fn is_none(self) -> bool {
        self.intents == [None, None]
    }
}

/// The words and phrases by which a query shows each intent, or two of them. The longest phrase that comes first decides.
const PHRASES: &[(Intent, Option<Intent>, &str)] = &[
    (
        Intent::Delete,
        None,
        "cancel, clean up, delete, destroy, detach, disconnect, dissolve, drop, erase, forget about, get rid of, kick, kick out, kill, log out, \
         logout, purge, remove, retire, revoke, strip, take away, take out, throw out, unassign, uninstall, unlink, unregister, \
         wipe, sign out",
    ),
    (
        Intent::Delete,
        Some(Intent::Change),
        "clear, deactivate, disable, disallow, must not, no longer, no more, not allow, not any more, opt out, should not, switch off, turn off, unban, unblock, unlock, unset, stop",
    ),
    (
        Intent::Create,
        None,
        "add a new, back up, backup, build, clone, connect, copy, create, define, generate, import, install, introduce, invite, \
         issue, make a, make a new, migrate, new, onboard, provision, register, set up a, set up an, sign up, spin up, \
         upload, write",
    ),
    (
        Intent::Create,
        Some(Intent::Change),
        "add, assign, attach, give, grant, make, put, send, set up, setup, start, use",
    ),
    (
        Intent::Change,
        None,
        "activate, allow, alter, change, configure, customise, customize, decrease, edit, enable, enforce, extend, \
         fix, force, hide, increase, let, limit, lock, lower, make sure, modify, move, only allow, overwrite, patch, \
         prevent, raise, rename, replace, require, reset, restore, restrict, rotate, set, shorten, switch, switch on, \
         turn on, update, upgrade",
    ),
    (
        Intent::Read,
        None,
        "are, audit, browse, can, check, compare, count, detect, did, display, do, does, export, fetch, find, get, give me, has, have, inspect, how long, \
         how many, how much, how often, is, list, look, look at, look up, lookup, monitor, print, read, report on, retrieve, search, see, \
         show, show me, tell, total, verify, view, was, were, what, when, where, which, who, whose, why",
    ),
];

/// Openings after which the wish itself comes: "how do I delete" is no question about what is there.
const OPENINGS: &[&str] = &[
    "how do i",
    "how do we",
    "how can i",
    "how can we",
    "how to",
    "can i",
    "can we",
    "is there a way to",
    "is it possible to",
    "i want to",
    "we want to",
    "i need to",
    "we need to",
    "i would like to",
    "please",
];

/// Words that ask only where they begin: "which webhooks are there", and not "a webhook when a user is created".
const ASKING_AT_THE_START: &[&str] =
    &["are", "can", "did", "do", "does", "has", "have", "is", "was", "were", "what", "when", "where", "which", "why"];

/// Verbs that say with what as well: less than a noun, and more than the others.
const TELLING: &[&str] = &[
    "audit", "cancel", "clone", "copy", "export", "import", "invite", "lock", "logout", "migrate", "register",
    "restore", "rotate", "search", "unlock",
];

/// What follows a verb, sometimes after a few words: "log them out", "turn it off".
const PARTICLES: &[&str] = &["away", "in", "off", "on", "out", "up"];

/// How many words may stand between a verb and its particle.
const MAX_BETWEEN: usize = 3;

fn phrases() -> impl Iterator<Item = (Wanted, &'static str)> {
    PHRASES.iter().flat_map(|(intent, other, phrases)| {
        let wanted = Wanted { intents: [Some(*intent), *other] };
        phrases.split(", ").map(move |phrase| (wanted, phrase))
    })
}

/// How much each word of the phrases counts.
static VERB_WEIGHTS: LazyLock<HashMap<&'static str, f32>> = LazyLock::new(|| {
    let parts = phrases().flat_map(|(_, phrase)| phrase.split(' ')).map(|part| (part, 0.35));
    parts.chain(TELLING.iter().map(|word| (*word, 0.7))).collect()
});

/// How much a word counts beside a noun: less where it only says what is to be done, not with what.
pub fn verb_weight(word: &str) -> f32 {
    VERB_WEIGHTS.get(word).copied().unwrap_or(1.0)
}

/// Where the parts stand in the words: one after another, or a verb and its particle with a few words between them. The
/// places of the parts are the first and all that follow.
pub fn position(words: &[String], parts: &[&str]) -> Option<Vec<usize>> {
    let (first, rest) = parts.split_first()?;
    let is_split = matches!(rest, [last] if PARTICLES.contains(last));
    words.iter().enumerate().filter(|(_, word)| word == first).find_map(|(start, _)| {
        let after = words.get(start + 1..)?;
        if after.iter().zip(rest).filter(|(word, part)| word == part).count() == rest.len() {
            return Some((start..=start + rest.len()).collect());
        }
        let particle = after.iter().take(MAX_BETWEEN + 1).position(|word| Some(&word.as_str()) == rest.first());
        particle.filter(|_| is_split).map(|between| vec![start, start + 1 + between])
    })
}

/// What a query wants, where it shows that.
pub fn wanted(words: &[String]) -> Wanted {
    let openings = OPENINGS.iter().filter_map(|opening| {
        let parts: Vec<_> = opening.split(' ').collect();
        let start = words.windows(parts.len()).position(|window| window == parts)?;
        Some(start + parts.len())
    });
    let words = words.get(openings.max().unwrap_or_default()..).unwrap_or_default();
    let found = phrases().filter_map(|(wanted, phrase)| {
        let parts: Vec<_> = phrase.split(' ').collect();
        let start = *position(words, &parts)?.first()?;
        let asks = start == 0 || !ASKING_AT_THE_START.contains(&phrase);
        asks.then_some((start, std::cmp::Reverse(phrase.len()), wanted))
    });
    found.min_by_key(|(start, length, _)| (*start, *length)).map(|(.., wanted)| wanted).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ranking::words::plain_words;

    #[test]
    fn the_first_longest_phrase_decides() {
        for (query, expected) in [
            ("take away a role from a user", &[Intent::Delete] as &[_]),
            ("how do I get rid of a webhook", &[Intent::Delete]),
            ("how many users are there", &[Intent::Read]),
            ("How can I create a tenant?", &[Intent::Create]),
            ("set up an identity provider", &[Intent::Create]),
            ("turn on two factor", &[Intent::Change]),
            ("turn two factor off", &[Intent::Delete, Intent::Change]),
            ("add a role to a user", &[Intent::Create, Intent::Change]),
            ("admins must not add keys", &[Intent::Delete, Intent::Change]),
            ("password rules", &[]),
            ("a webhook when a user is created", &[]),
            ("which webhooks are there", &[Intent::Read]),
        ] {
            let wanted = wanted(&plain_words(query));
            let all = [Intent::Read, Intent::Create, Intent::Change, Intent::Delete];
            let shown: Vec<_> = all.into_iter().filter(|intent| wanted.is(*intent)).collect();
            assert!(
                shown.len() == expected.len() && expected.iter().all(|one| shown.contains(one)),
                "{query}: {shown:?}"
            );
        }
    }

    #[test]
    fn a_verb_and_its_particle_may_stand_apart() {
        for (query, is_there) in [
            ("log somebody out on all devices", true),
            ("log out", true),
            ("log errors of the last few days out", false),
            ("out they log", false),
        ] {
            assert_eq!(position(&plain_words(query), &["log", "out"]).is_some(), is_there, "{query}");
        }
    }
}
