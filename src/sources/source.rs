//! A document as a source of tools.

use std::sync::Arc;

use gateway::{
    credentials::Credentials,
    redact::{Options, Redactor},
    source::{SettingNames, Source},
    transport::{
        Transport,
        queue::{Queue, QueueConfig},
    },
};
use openapi_tools::model::document::Document;
use secrecy::SecretString;

use super::dialect::dialect;
use crate::config::{Config, settings};

/// The API that a document describes: its name for the operator, how it is reached, and what its requests are authorized
/// with.
pub struct Api {
    /// What the operator calls the source.
    pub name: String,
    /// The document.
    pub document: &'static Document,
    /// How requests get there.
    pub transport: Arc<dyn Transport>,
    /// What requests are authorized with.
    pub credentials: Arc<dyn Credentials>,
    /// The credentials, to keep them out of answers.
    pub own: Vec<SecretString>,
}

/// The source with the limits of this configuration.
pub fn source(config: &Config, api: Api) -> Source {
    let Api { name, document, transport, credentials, own } = api;
    let upstream = &config.upstream;
    let title = if document.title.is_empty() { name.as_str() } else { document.title };
    let dialect = dialect(title, &name);
    let options = Options { reveal: config.is_revealing, raw_text: config.is_raw_text, own, content: &[] };
    let redactor = Redactor::new(document, options);
    Source {
        document,
        dialect,
        transport,
        queue: Queue::new(QueueConfig {
            max_concurrent_calls: upstream.max_concurrent_calls,
            max_waiting_calls: upstream.max_waiting_calls,
            request_timeout: upstream.request_timeout,
        }),
        credentials,
        tenant_id: None,
        unknown_properties: config.unknown_properties,
        strict_redactor: redactor.for_files(),
        redactor,
        composites: Vec::new(),
        guides: &[],
        settings: SettingNames {
            base_url: settings::BASE_URL.label(),
            ca_file: settings::CA_FILE.label(),
            no_proxy: settings::NO_PROXY.label(),
            request_timeout: settings::REQUEST_TIMEOUT.label(),
            max_concurrent_calls: settings::MAX_CONCURRENT_CALLS.label(),
            max_waiting_calls: settings::MAX_WAITING_CALLS.label(),
            max_response_bytes: settings::MAX_RESPONSE_BYTES.label(),
            max_answer_tokens: settings::MAX_ANSWER_TOKENS.label(),
            max_whole_objects: settings::MAX_WHOLE_OBJECTS.label(),
            tenant_id: settings::TENANT_ID.label(),
        },
    }
}
