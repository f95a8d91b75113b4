//! Names whose values are secrets: those that the document marks, and those that mean one everywhere.

use openapi_tools::model::document::Document;

/// A longer name, in bytes, is no name.
pub(super) const MAX_NAME: usize = 96;

/// Which of the document's names count in a place that the document does not type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameRule {
    /// Names that are a secret wherever the document has them.
    Always,
    /// Names that are a secret somewhere in the document.
    Anywhere,
}

/// What a name says of its value, apart from the document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// A password, token, secret or private key.
    Secret,
    /// `Authorization` or `Proxy-Authorization`: the rest of the line.
    Authorization,
    /// `Cookie` or `Set-Cookie`: the rest of the line.
    Cookie,
    /// A secret in the query of a URL, if it is long; elsewhere any word.
    InQuery,
}

/// Whether the document marks this very name.
pub(super) fn is_marked(document: &Document, name: &str, rule: NameRule) -> bool {
    document.secret_name(name).is_some_and(|known| known.always || rule == NameRule::Anywhere)
}

/// Whole names, without separators and case.
const NAMES: [&str; 15] = [
    "pwd",
    "passcode",
    "passwordhash",
    "hashedpassword",
    "passwordconfirm",
    "passwordconfirmation",
    "codeverifier",
    "devicecode",
    "samlresponse",
    "accesstokens",
    "refreshtokens",
    "secretaccesskey",
    "awssecretaccesskey",
    "encodedjwt",
    "bearer",
];

/// Ends of names: `smtpPassword`, `client_secret`, `X-Auth-Token`.
const ENDINGS: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "privatekey",
    "secretkey",
    "sharedkey",
    "signingkey",
    "encryptionkey",
];

/// Starts of names that only speak of a secret: `forgotPassword`, `nextPageToken`, `requireCurrentPassword`.
const ABOUT: [&str; 25] = [
    "allow",
    "can",
    "continuation",
    "cursor",
    "disable",
    "enable",
    "expire",
    "forgot",
    "forget",
    "generate",
    "has",
    "invalid",
    "is",
    "max",
    "min",
    "missing",
    "next",
    "no",
    "page",
    "require",
    "send",
    "should",
    "show",
    "use",
    "wrong",
];

/// `user.password` in an error's code or `hasPassword` among them.
fn is_about(name: &str) -> bool {
    // `userToken` begins with `use`, `issuedToken` with `is`: what follows must be a secret's name.
    let rest = ABOUT.iter().filter_map(|start| name.strip_prefix(start));
    rest.into_iter().any(|rest| {
        let rest = rest.trim_start_matches("current").trim_start_matches("new").trim_start_matches("page");
        ENDINGS.contains(&rest.trim_start_matches("refresh").trim_start_matches("access"))
    })
}

/// The last two letters of all names that have a meaning.
const LAST_LETTERS: [[u8; 2]; 16] = [
    *b"rd", *b"wd", *b"se", *b"et", *b"en", *b"ey", *b"de", *b"sh", *b"rm", *b"on", *b"er", *b"ns", *b"wt", *b"ie",
    *b"ig", *b"re",
];

/// What a name means, in any case and with any separators; digits at its end do not count.
pub(super) fn meaning(name: &str) -> Option<Meaning> {
    if name.len() > MAX_NAME {
        return None;
    }
    // Most names are ordinary words, and their last letters tell.
    let mut letters = name.bytes().rev().skip_while(|byte| !byte.is_ascii_alphabetic()).map(|byte| byte | 0x20);
    if let (Some(last), Some(middle)) = (letters.next(), letters.next())
        && middle.is_ascii_alphabetic()
        && !LAST_LETTERS.contains(&[middle, last])
        && !name.contains('\\')
    {
        return None;
    }
    let mut buffer = [0_u8; MAX_NAME];
    let name = plain(name.as_bytes(), &mut buffer);
    match name {
        "authorization" | "proxyauthorization" => return Some(Meaning::Authorization),
        "cookie" | "setcookie" => return Some(Meaning::Cookie),
        "code" | "sig" | "signature" | "xamzsignature" | "xgoogsignature" | "key" => return Some(Meaning::InQuery),
        _ => {}
    }
    let is_secret = NAMES.contains(&name) || ENDINGS.iter().any(|ending| name.ends_with(ending)) && !is_about(name);
    is_secret.then_some(Meaning::Secret)
}

/// Lower-case letters and digits of a name, `\u0061` decoded, without digits at the end.
fn plain<'a>(name: &[u8], buffer: &'a mut [u8; MAX_NAME]) -> &'a str {
    let mut length = 0;
    let mut at = 0;
    while let Some(byte) = name.get(at) {
        let mut byte = *byte;
        at += 1;
        if byte == b'\\'
            && let Some(decoded) = escaped(name.get(at..).unwrap_or_default())
        {
            byte = decoded;
            at += 5;
        }
        if let (true, Some(place)) = (byte.is_ascii_alphanumeric(), buffer.get_mut(length)) {
            *place = byte.to_ascii_lowercase();
            length += 1;
        }
    }
    let name = buffer.get(..length).and_then(|name| str::from_utf8(name).ok()).unwrap_or_default();
    name.trim_end_matches(|character: char| character.is_ascii_digit())
}

/// The ASCII character that `u0061` stands for.
pub(super) fn escaped(rest: &[u8]) -> Option<u8> {
    let digits = rest.strip_prefix(b"u").and_then(|rest| rest.get(..4))?;
    let digits = str::from_utf8(digits).ok()?;
    u8::try_from(u32::from_str_radix(digits, 16).ok()?).ok().filter(u8::is_ascii)
}

/// Whether the letters of both are the same: `new-password` and `New password`.
pub(super) fn is_label(name: &str, text: &str) -> bool {
    if text.len() > MAX_NAME || name.len() > MAX_NAME {
        return false;
    }
    let (mut one, mut other) = ([0_u8; MAX_NAME], [0_u8; MAX_NAME]);
    let text = text.trim_end_matches([':', '.', '*', ' ']);
    text.bytes().all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b' ' | b'-' | b'_'))
        && plain(name.as_bytes(), &mut one) == plain(text.as_bytes(), &mut other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_mean_a_secret_in_any_writing() {
        let secrets = [
            "password",
            "Password",
            "PASSWORD",
            "password2",
            "smtp_password",
            "newPassword",
            "api-key",
            "apiKey",
            "API_KEY",
            "x-api-key",
            "X-Auth-Token",
            "refreshToken",
            "refresh_token",
            "client_secret",
            "clientSecret",
            "privateKey",
            "private-key",
            "PrivateKey",
            "pwd",
            "secret",
            "token",
            "userToken",
            "issuedToken",
            "p\\u0061ssword",
            "spring.datasource.password",
            "resetToken",
            "code_verifier",
            "sharedSecret",
        ];
        for name in secrets {
            assert_eq!(meaning(name), Some(Meaning::Secret), "{name}");
        }
        assert_eq!(meaning("Set-Cookie"), Some(Meaning::Cookie));
        assert_eq!(meaning("proxy-authorization"), Some(Meaning::Authorization));
        let others = [
            "passwordValidationRules",
            "refreshTokenTimeToLiveInMinutes",
            "tokenType",
            "keyId",
            "signingKeyId",
            "passwordless",
            "tokens",
            "hasPassword",
            "forgotPassword",
            "requireCurrentPassword",
            "nextPageToken",
            "generateRefreshToken",
            "changePasswordId",
            "siteKey",
            "publicKey",
            "secretary",
            "keys",
            "",
            "tokenEndpoint",
            "maxTokens",
            "accessKeyId",
        ];
        for name in others {
            assert_eq!(meaning(name), None, "{name}");
        }
    }

    #[test]
    fn the_last_letters_are_those_of_all_names() {
        for name in
            NAMES.into_iter().chain(ENDINGS).chain(["authorization", "setcookie", "code", "sig", "signature", "key"])
        {
            assert!(meaning(name).is_some() && meaning(&format!("{}_1", name.to_uppercase())).is_some(), "{name}");
        }
    }

    #[test]
    fn labels_repeat_the_name() {
        assert!(is_label("new-password", "New password"));
        assert!(is_label("password", "Password:"));
        assert!(!is_label("password", "hunter"));
        assert!(!is_label("password", "password1"));
    }
}
