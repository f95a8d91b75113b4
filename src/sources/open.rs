//! Opens a source: its document is read, then its settings, and nothing is sent.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};

use gateway::{
    client_tokens::ClientTokens,
    redact::Learned,
    source::Source,
    toolset::selection::Selection,
    transport::{Transport, http::TlsError, proxy::Route, servers::Servers},
};
use openapi_tools::{
    load::lower::Lowered,
    model::{document::Document, security::Requirement},
};

use super::{
    cache::Cache,
    credentials::{self, Found},
    document::{self, DocumentError, Origin},
    fetch::Fetcher,
    filters,
    remote::Remote,
    report::Report,
    servers,
    simulation::{self, Simulation},
    source::{Api, source},
    transport::Limits,
    variables::Variables,
};
use crate::config::{
    Config, base_url,
    given::Settings,
    network,
    place::Place,
    settings::{BASE_URL, CREDENTIAL_HOSTS, PRIVATE_DOCUMENT, ValueKind},
};

/// Actions of overlays that find nothing, which are named at the start.
const MAX_UNMATCHED: usize = 3;

/// A source that is ready.
pub struct OpenSource {
    /// What the operator calls it.
    pub name: String,
    /// Where it is, for people.
    pub address: String,
    /// The source.
    pub source: Arc<Source>,
    /// Which of its tools are offered.
    pub selection: Selection,
    /// What the operator may want to know.
    pub notes: Vec<String>,
    /// What became of its document and settings.
    pub report: Report,
    /// The variables that it has.
    pub variables: Vec<&'static str>,
}

/// A source that cannot be used. The others can.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Its document cannot be used.
    #[error("{name}: {cause}")]
    Document {
        /// The source.
        name: String,
        /// Why.
        cause: DocumentError,
    },
    /// Nobody says where it is.
    #[error(
        "{name}: the document does not contain the address of the API ({servers}); set {setting}, including the path \
         before the paths of the document, such as https://host/api"
    )]
    NoAddress {
        /// The source.
        name: String,
        /// What the document says.
        servers: String,
        /// The setting that says it.
        setting: &'static str,
    },
    /// TLS could not be set up.
    #[error("{name}: {cause}")]
    Tls {
        /// The source.
        name: String,
        /// Why.
        cause: TlsError,
    },
}

/// Opens the document at a place as the source of that name. A lone source's tools and variables have no name before
/// theirs. Wrong values are noted in `settings`.
///
/// # Errors
/// The source cannot be used.
pub fn open(
    config: &Config,
    settings: &mut Settings,
    (name, place): (&str, &Place),
    is_lone: bool,
) -> Result<OpenSource, OpenError> {
    let prefix = if is_lone { String::new() } else { format!("{name}_") };
    let mut variables = Variables::of(settings, name, is_lone);
    let overlays = variables.overlays();
    let mut notes = Vec::new();
    let (lowered, changed) = read(config, &mut variables, place, (&overlays, &prefix), &mut notes)
        .map_err(|cause| OpenError::Document { name: name.to_owned(), cause })?;
    let mut report = Report {
        document: place.to_string(),
        changed,
        overlays: overlays.iter().map(|overlay| overlay.display().to_string()).collect(),
        left_out: lowered.left_out,
        faults: lowered.faults,
        ..Report::default()
    };
    notes.extend(lowered.unmatched.iter().take(MAX_UNMATCHED).map(ToString::to_string));
    if let Some(more) = lowered.unmatched.len().checked_sub(MAX_UNMATCHED + 1) {
        notes.push(format!("{} more actions of overlays find nothing; `inspect --overlay` names them", more + 1));
    }
    if lowered.left_out > 0 {
        let all = lowered.left_out + lowered.document.operations.len();
        notes.push(format!("{} of {all} operations are left out; `sources` says why", lowered.left_out));
    }
    let is_tool = |name: &str| lowered.document.operation(name).is_some();
    let selection = filters::read(&mut variables, &config.selection, &prefix, is_tool);
    let (api, address) = if config.sandbox.is_some() {
        simulated(name, lowered.document)
    } else {
        real(config, &mut variables, (&mut notes, &mut report), name, lowered.document)?
    };
    let variables = variables.known();
    let source = Arc::new(source(config, api));
    Ok(OpenSource { name: name.to_owned(), address, source, selection, notes, report, variables })
}

/// Reads the document at a place, and tells whether it has changed since it was kept, where it was.
pub fn read(
    config: &Config,
    variables: &mut Variables<'_>,
    place: &Place,
    (overlays, prefix): (&[PathBuf], &str),
    notes: &mut Vec<String>,
) -> Result<(Lowered, Option<bool>), DocumentError> {
    let url = match place {
        Place::File(path) => return Ok((document::read(&Origin::File(path), overlays, prefix)?, None)),
        Place::Url(url) => url,
    };
    let private = variables.setting(PRIVATE_DOCUMENT.label(), ValueKind::Bool);
    let fetcher = Fetcher {
        route: network::route(variables.settings, url.as_str()),
        certificates: config.upstream.certificates.clone(),
        is_private: variables.settings.switch(&private).is_some(),
        private_setting: private.label(),
    };
    let remote = Remote::new(fetcher, Cache::of(config.cache_dir.as_deref()), config.fetching);
    let lowered = document::read(&Origin::Url(url, &remote), overlays, prefix)?;
    let changed = match remote.keep() {
        Ok(count) => count > 0,
        Err(error) => {
            notes.push(format!("{place} is not kept, and is fetched at every start: {error}"));
            true
        }
    };
    Ok((Lowered { document: servers::absolute(lowered.document, url), ..lowered }, Some(changed)))
}

fn simulated(name: &str, document: Document) -> (Api, String) {
    let document = leaked(servers::at_one(document));
    let api = Api {
        name: name.to_owned(),
        document,
        transport: Arc::new(Simulation(document)),
        credentials: Arc::new(credentials::simulated(document)),
        own: Vec::new(),
        learned: Learned::default(),
        credential_servers: BTreeSet::new(),
        base_url_setting: BASE_URL.label(),
        hosts_setting: BASE_URL.label(),
    };
    (api, simulation::ADDRESS.to_owned())
}

fn real(
    config: &Config,
    variables: &mut Variables<'_>,
    (notes, report): (&mut Vec<String>, &mut Report),
    name: &str,
    document: Document,
) -> Result<(Api, String), OpenError> {
    let setting = variables.base_url();
    let hosts = variables.setting(CREDENTIAL_HOSTS.label(), ValueKind::List);
    let (document, base_url) = match base_url::read_of(variables.settings, &setting) {
        Some(base_url) => (servers::at_one(document), base_url),
        None => {
            let base_url = document.servers.first().and_then(|server| base_url::parse(server).ok());
            let base_url = base_url.ok_or_else(|| OpenError::NoAddress {
                name: name.to_owned(),
                servers: match document.servers {
                    [] => "it names no server".to_owned(),
                    servers => format!("its servers: {}", servers.join(", ")),
                },
                setting: setting.label(),
            })?;
            let (document, dropped) = servers::checked(document);
            if !dropped.is_empty() {
                notes.push(format!("left out, because their servers are not http URLs: {}", dropped.join(", ")));
            }
            (document, base_url)
        }
    };
    let document = leaked(document);
    let allowed = variables.settings.words(&hosts).map(|words| words.words).unwrap_or_default();
    let Found { credentials, own, learned, rows } = credentials::read(config, variables, document, &base_url);
    let refused = refused(document, &credentials);
    let unset: Vec<_> = rows.iter().filter(|row| !row.is_set).map(|row| row.setting).collect();
    if refused > 0 && !unset.is_empty() {
        let all = document.operations.len();
        let unset = unset.join(", ");
        notes.push(format!("{refused} of {all} tools are refused until they have credentials: {unset}"));
    }
    report.credentials = rows;
    report.refused = refused;
    let transport = transport(config, variables.settings, document, &base_url)
        .map_err(|cause| OpenError::Tls { name: name.to_owned(), cause })?;
    let api = Api {
        name: name.to_owned(),
        document,
        transport,
        credentials: Arc::new(credentials),
        own,
        learned,
        credential_servers: servers::trusted(document, &base_url, &allowed),
        base_url_setting: setting.label(),
        hosts_setting: hosts.label(),
    };
    Ok((api, base_url))
}

/// How many operations need credentials of which some are missing.
fn refused(document: &Document, credentials: &ClientTokens) -> usize {
    let is_there = |scheme: usize| document.security_schemes.get(scheme).is_some_and(|one| credentials.has(one.name));
    let is_met = |Requirement(schemes): &Requirement| schemes.iter().all(|used| is_there(used.scheme));
    let operations = document.operations.iter();
    operations.filter(|one| !one.allows_anonymous() && !one.security.iter().any(is_met)).count()
}

fn transport(
    config: &Config,
    settings: &mut Settings,
    document: &Document,
    base_url: &str,
) -> Result<Arc<dyn Transport>, TlsError> {
    let limits = Limits::of(&config.upstream);
    let main = limits.clone().transport(base_url, network::route(settings, base_url))?;
    let others = servers::named(document);
    if others.is_empty() {
        return Ok(main);
    }
    let routes: BTreeMap<_, _> = others.into_iter().map(|server| (server, network::route(settings, server))).collect();
    let connect = move |server: &str| {
        // Every server that a request names is one of the document's.
        let route = routes.get(server).cloned().unwrap_or(Route::Direct);
        limits.clone().transport(server, route)
    };
    Ok(Arc::new(Servers::new(main, Box::new(connect))))
}

fn leaked(document: Document) -> &'static Document {
    Box::leak(Box::new(document))
}
