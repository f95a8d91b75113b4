//! An API with everything that is needed to call it.

use std::{collections::BTreeSet, sync::Arc};

use openapi_tools::model::{document::Document, operation::Operation};
use url::Url;

use crate::{
    call::arguments::policy::UnknownProperties,
    composite::Composite,
    credentials::Credentials,
    dialect::Dialect,
    guide::Guide,
    redact::Redactor,
    tenancy::Confinement,
    transport::{Failure, Transport, queue::Queue},
};

/// One API: its document, what it means, and how to reach it.
pub struct Source {
    /// The document that the operations come from.
    pub document: &'static Document,
    /// What the API means by a status, an error or a word.
    pub dialect: &'static Dialect,
    /// How requests get there.
    pub transport: Arc<dyn Transport>,
    /// The turns of its calls.
    pub queue: Queue,
    /// What requests are authorized with.
    pub credentials: Arc<dyn Credentials>,
    /// The servers of operations that are served elsewhere than the rest of the API, and that credentials may go to.
    pub credential_servers: BTreeSet<&'static str>,
    /// The tenant that every call is for, where one is bound (the value of the dialect's tenant header).
    pub tenant_id: Option<String>,
    /// What happens to properties of bodies that the document does not know.
    pub unknown_properties: UnknownProperties,
    /// Hides secrets in answers, as the operator chose.
    pub redactor: Redactor,
    /// Hides secrets whatever the operator chose.
    pub strict_redactor: Redactor,
    /// Hides the secrets of others whatever the operator chose, for what is written to files.
    pub file_redactor: Redactor,
    /// Tools that make several calls.
    pub composites: Vec<Arc<dyn Composite>>,
    /// Whole jobs in steps.
    pub guides: &'static [Guide],
    /// What the operator calls the settings of this source.
    pub settings: SettingNames,
}

impl Source {
    /// The tenant that every call keeps to, where there is one.
    pub fn confinement(&self) -> Option<Confinement<'_>> {
        let (tenant_id, words) = (self.tenant_id.as_deref()?, self.dialect.tenants?);
        Some(Confinement { tenant_id, words, setting: self.settings.tenant_id })
    }

    /// Whether a request of `operation` may have credentials, by where it is served.
    ///
    /// # Errors
    /// It needs some, and they may not go there.
    pub fn gives_credentials(&self, operation: &Operation) -> Result<bool, Failure> {
        match operation.server {
            Some(server) if !self.credential_servers.contains(server) => {
                if operation.allows_anonymous() {
                    return Ok(false);
                }
                let host = Url::parse(server).ok().and_then(|url| url.host_str().map(str::to_owned));
                Err(Failure::OtherServer { server, host: host.unwrap_or_default() })
            }
            _ => Ok(true),
        }
    }

    /// The name of the argument that travels in the header of that name, where an operation has one.
    pub fn argument_of_header(&self, header: &str) -> Option<&'static str> {
        let mut parameters = self.document.operations.iter().filter_map(|operation| operation.header(header));
        parameters.next().map(|parameter| parameter.name)
    }
}

/// The settings that remedies name, as the operator types them.
#[derive(Debug, Clone, Copy)]
pub struct SettingNames {
    /// Where the API is.
    pub base_url: &'static str,
    /// The other hosts that credentials may go to.
    pub credential_hosts: &'static str,
    /// Certificates that are trusted beside the system's.
    pub ca_file: &'static str,
    /// The hosts that are reached without a proxy.
    pub no_proxy: &'static str,
    /// The time that a request may take.
    pub request_timeout: &'static str,
    /// Calls at a time.
    pub max_concurrent_calls: &'static str,
    /// Calls that wait.
    pub max_waiting_calls: &'static str,
    /// The largest response that is read.
    pub max_response_bytes: &'static str,
    /// The longest answer.
    pub max_answer_tokens: &'static str,
    /// The objects of a list that are shown whole.
    pub max_whole_objects: &'static str,
    /// The tenant that every call is for.
    pub tenant_id: &'static str,
}
