//! Why a call failed, in words for a model, with the setting that mends it.

use std::fmt::Write;

use openapi_tools::model::operation::Operation;

use super::arguments::report::{ArgumentFault, MAX_FAULTS};
use crate::{
    answer::Answer,
    composite::{ExchangeError, Unconfirmed},
    credentials::AUTHORIZATION,
    redact::one_line,
    source::Source,
    text::numerals::thousands,
    transport::{Failure, ProxyName, TlsFault, or},
};

/// The answer to a call that got no response.
pub fn failed(operation: &Operation, source: &Source, error: &ExchangeError) -> Answer {
    Answer::failure(match error {
        ExchangeError::Forbidden(_) | ExchangeError::SecretsFile(_) | ExchangeError::Download(_) => {
            format!("Not sent: {error}.")
        }
        ExchangeError::Unconfirmed(unconfirmed) => unconfirmed_call(operation, unconfirmed),
        ExchangeError::Arguments(faults) => refused(operation, faults),
        // Some of it comes from the other side, such as the names in its certificate.
        ExchangeError::Transport(failure) => {
            let argument = operation.header(AUTHORIZATION).map(|parameter| parameter.name);
            let argument = argument.filter(|_| matches!(failure, Failure::MissingCredential(_)));
            let hint = argument.map(|argument| format!(" Or give it as `{argument}`.")).unwrap_or_default();
            one_line(&format!("{}{hint}", explain(source, failure)))
        }
    })
}

fn refused(operation: &Operation, faults: &[ArgumentFault]) -> String {
    let name = operation.name;
    let mut text = match faults.len() {
        1 => format!("Not sent: 1 argument of {name} is wrong."),
        MAX_FAULTS.. => format!("Not sent: {MAX_FAULTS} arguments or more of {name} are wrong."),
        count => format!("Not sent: {count} arguments of {name} are wrong."),
    };
    for fault in faults {
        // Writing to a String does not fail.
        let _ = write!(text, "\n- {fault}");
    }
    text
}

fn unconfirmed_call(operation: &Operation, unconfirmed: &Unconfirmed) -> String {
    let name = operation.name;
    match unconfirmed {
        Unconfirmed::Asked => format!("Not sent yet: {unconfirmed}."),
        Unconfirmed::Declined => {
            format!("Not sent: {unconfirmed} {name}. Do not call it again unless they ask for it.")
        }
        Unconfirmed::Cancelled => {
            format!("Not sent: {unconfirmed} about {name}. Ask them before you call it again.")
        }
        Unconfirmed::Unavailable { setting } => format!(
            "Not sent: a person has to confirm {name}{}, and this client cannot ask one (it has no elicitation). Use a \
             client that can, or `call --yes` on the command line.",
            setting.map(|setting| format!(" ({setting})")).unwrap_or_default()
        ),
        Unconfirmed::Invalid(reason) => {
            format!("Not sent: the confirmation of {name} is not valid: {reason}. Call it again to be asked again.")
        }
    }
}

/// What happened and what to do about it.
pub fn explain(source: &Source, failure: &Failure) -> String {
    let (api, settings) = (source.dialect.api_name, &source.settings);
    match failure {
        Failure::MissingCredential(missing) => {
            let (what, settings) =
                (or(missing.iter().map(|missing| missing.what)), or(missing.iter().map(|missing| missing.setting)));
            format!("Not sent: this tool needs {what}. Set {settings} where the server is started.")
        }
        Failure::NoToken { server, cause } => format!(
            "Not sent: {server} gives no access token for it: {cause}. Check the client's id, secret and scopes where the \
             server is started."
        ),
        Failure::OtherServer { server, host } => format!(
            "Not sent: {server} serves this tool. It is not the host of the rest of {api}, and credentials are not \
             sent to other hosts by default. {}={host} in the environment of this server allows it.",
            settings.credential_hosts
        ),
        Failure::Busy { running, waiting } => format!(
            "Not sent: the server is busy ({running} calls are running, {waiting} are waiting). Try again later. {} and \
             {} set these limits.",
            settings.max_concurrent_calls, settings.max_waiting_calls
        ),
        Failure::NoTurn { running, limit } => format!(
            "Not sent: {running} other calls were running for all of {}. {} sets this time limit, {} the number of calls at a time.",
            humantime::format_duration(*limit),
            settings.request_timeout,
            settings.max_concurrent_calls
        ),
        Failure::Open { base_url, faults, cause, retry_in } => {
            let next = match retry_in.as_millis().div_ceil(1000) {
                0 => "One call is now testing whether it works again".to_owned(),
                seconds => format!("The next call is sent in {seconds} s"),
            };
            format!("Not sent: the last {faults} calls to {base_url} failed (the last one: {cause}). {next}.")
        }
        Failure::Unreachable { base_url, cause, proxy: Some(ProxyName { address, setting }) } => format!(
            "No connection to {base_url} through the proxy {address}: {cause}. {setting} sets the proxy; {} names hosts \
             to reach without it.",
            settings.no_proxy
        ),
        Failure::Unreachable { base_url, cause, proxy: None } => format!(
            "No connection to {base_url}: {cause}. Is {api} running there? {} says where it is.",
            settings.base_url
        ),
        Failure::ProxyRefused { base_url, proxy: ProxyName { address, setting } } => format!(
            "No connection to {base_url}: the proxy {address} requires a user name and password (407). Set them in \
             {setting} (`http://user:password@host:port`); {} names hosts to reach without it.",
            settings.no_proxy
        ),
        Failure::Insecure { base_url, fault, cause } => {
            format!("No secure connection to {base_url}: {}", insecure(source, fault, cause))
        }
        Failure::Repeated { tries, last } => format!("{} It was tried {tries} times.", explain(source, last)),
        Failure::TimedOut { limit } => format!(
            "No answer within {}, so the request was cancelled; it is not known whether it took effect. {} sets the time limit.",
            humantime::format_duration(*limit),
            settings.request_timeout
        ),
        Failure::Interrupted { cause } => format!(
            "The connection broke before the response was complete ({cause}); it is not known whether the request \
             took effect."
        ),
        Failure::UrlTooLong { bytes, limit } => {
            format!(
                "Not sent: the URL would have {} bytes; at most {} are allowed.",
                thousands(*bytes),
                thousands(*limit)
            )
        }
        Failure::LongUrl { last, advice } => format!("{} {advice}", explain(source, last)),
        Failure::TooLarge { status, limit } => format!(
            "{status}, but the answer is larger than {limit} bytes and was not read. Ask for less (`numberOfResults`, a \
             narrower search), or raise {}.",
            settings.max_response_bytes
        ),
        Failure::Undecodable { status, fault } => format!(
            "{status}, but the answer cannot be read: {}. Something between this server and {api}, such as a proxy, may have changed it.",
            source.redactor.redact_line(&fault.to_string())
        ),
    }
}

/// What is wrong with a certificate, or with TLS, and what to do about it.
fn insecure(source: &Source, fault: &TlsFault, cause: &str) -> String {
    let settings = &source.settings;
    match fault {
        TlsFault::UnknownIssuer => format!(
            "its certificate is not trusted here ({cause}). Put the certificate of the authority that issued it, or the \
             server's own if it is self-signed, as PEM into a file, and name the file in {}.",
            settings.ca_file
        ),
        TlsFault::Expired => format!(
            "its certificate has expired ({cause}). Renew the certificate on the server; if it is new, set this \
             machine's clock."
        ),
        TlsFault::NotYetValid => {
            format!("its certificate is not valid yet ({cause}). Set this machine's clock, or the server's.")
        }
        TlsFault::WrongName { presented } => {
            let names = if presented.is_empty() { "other names".to_owned() } else { presented.join(", ") };
            format!(
                "its certificate is for {names}. {} must use a name that the certificate has, or the server needs another \
                 certificate.",
                settings.base_url
            )
        }
        TlsFault::NoTls => format!(
            "the server there does not speak TLS ({cause}), so there is no certificate. Does {} need `http://`?",
            settings.base_url
        ),
        TlsFault::Other => {
            format!("{cause}. Certificates are checked against this system's and those in {}.", settings.ca_file)
        }
    }
}
