//! A document as a source of tools.

use std::{collections::BTreeSet, sync::Arc};

use gateway::{
    call::arguments::policy::UnknownProperties,
    credentials::Credentials,
    redact::{Learned, Options, Redactor},
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
    /// Those that are learnt at run time.
    pub learned: Learned,
    /// The servers of operations that credentials may go to.
    pub credential_servers: BTreeSet<&'static str>,
    /// The setting that says where the API is.
    pub base_url_setting: &'static str,
    /// The setting that names hosts which may get credentials.
    pub hosts_setting: &'static str,
}

/// The source with the limits of this configuration.
pub fn source(config: &Config, api: Api) -> Source {
    let upstream = &config.upstream;
    let document = api.document;
    let title = if document.title.is_empty() { api.name.as_str() } else { document.title };
    let dialect = dialect(title, &api.name);
    let options = Options {
        reveal: config.is_revealing,
        raw_text: config.is_raw_text,
        own: api.own,
        learned: api.learned,
        content: &[],
    };
    let redactor = Redactor::new(document, options);
    Source {
        document,
        dialect,
        transport: api.transport,
        queue: Queue::new(QueueConfig {
            max_concurrent_calls: upstream.max_concurrent_calls,
            max_waiting_calls: upstream.max_waiting_calls,
            request_timeout: upstream.request_timeout,
        }),
        credentials: api.credentials,
        credential_servers: api.credential_servers,
        tenant_id: None,
        unknown_properties: config.unknown_properties.unwrap_or(UnknownProperties::AsDocumented),
        strict_redactor: redactor.strict(),
        file_redactor: redactor.for_files(),
        redactor,
        composites: Vec::new(),
        guides: &[],
        settings: SettingNames {
            base_url: api.base_url_setting,
            credential_hosts: api.hosts_setting,
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
