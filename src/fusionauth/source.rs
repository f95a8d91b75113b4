//! FusionAuth as a source of tools.

use std::{collections::BTreeSet, sync::Arc};

use gateway::{
    call::arguments::policy::UnknownProperties,
    composite::Composite,
    credentials::{StaticCredential, StaticCredentials},
    principal::Principal,
    redact::{Learned, Options, Redactor},
    session::Session,
    source::{SettingNames, Source},
    toolset::{Presentation, Toolset, selection::Selection},
    transport::{
        Transport,
        queue::{Queue, QueueConfig},
    },
};

use super::{
    dialect::{API_KEY_SCHEME, BEARER_SCHEME, DIALECT},
    export::{format::Format, tool::ExportTool},
    guides::GUIDES,
    tools::DOCUMENT,
};
use crate::config::{Config, settings};

/// The instance that `transport` leads to, as the operator configured it.
pub fn source(config: &Config, transport: Arc<dyn Transport>) -> Source {
    let upstream = &config.upstream;
    let redactor = Redactor::new(
        &DOCUMENT,
        Options {
            reveal: config.is_revealing,
            raw_text: config.is_raw_text,
            own: [&upstream.api_key, &upstream.bearer_token].into_iter().flatten().cloned().collect(),
            learned: Learned::default(),
            content: DIALECT.content_properties,
        },
    );
    let credentials = StaticCredentials::new(vec![
        StaticCredential {
            scheme: API_KEY_SCHEME,
            what: "an API key",
            setting: settings::API_KEY.label(),
            secret: upstream.api_key.clone(),
        },
        StaticCredential {
            scheme: BEARER_SCHEME,
            what: "a bearer token (JWT)",
            setting: settings::BEARER_TOKEN.label(),
            secret: upstream.bearer_token.clone(),
        },
    ]);
    Source {
        document: &DOCUMENT,
        dialect: &DIALECT,
        transport,
        queue: Queue::new(QueueConfig {
            max_concurrent_calls: upstream.max_concurrent_calls,
            max_waiting_calls: upstream.max_waiting_calls,
            request_timeout: upstream.request_timeout,
        }),
        credentials: Arc::new(credentials),
        credential_servers: BTreeSet::new(),
        tenant_id: upstream.tenant_id.clone(),
        unknown_properties: config.unknown_properties.unwrap_or(UnknownProperties::Refuse),
        strict_redactor: redactor.strict(),
        file_redactor: redactor.for_files(),
        redactor,
        composites: composites(),
        guides: GUIDES,
        settings: SettingNames {
            base_url: settings::BASE_URL.label(),
            credential_hosts: settings::BASE_URL.label(),
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

/// A session that offers every tool of that instance.
pub fn session(config: &Config, transport: Arc<dyn Transport>) -> Session {
    let source = Arc::new(source(config, transport));
    let toolset = Toolset::choose(vec![source], &Selection::default(), Presentation::default());
    let toolset = toolset.unwrap_or_else(|_| unreachable!("an empty selection offers everything"));
    Session::new(Arc::new(Principal::Local), Arc::new(toolset), config.limits)
}

/// The tools that make several calls.
fn composites() -> Vec<Arc<dyn Composite>> {
    Format::ALL.into_iter().map(|format| Arc::new(ExportTool::new(format)) as Arc<dyn Composite>).collect()
}
