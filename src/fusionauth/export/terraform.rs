//! Writes a snapshot as Terraform configuration for the FusionAuth provider.
//!
//! `instances` decides which objects become resources, `arguments` writes them as the provider's table says, `layout`
//! prints them.

mod arguments;
mod defaults;
mod files;
mod form_fields;
mod imports;
mod instances;
mod keys;
mod kind;
mod labels;
mod layout;
mod names;
pub mod purpose;
mod references;
mod scope;
mod table;
mod unexpressed;
mod variables;

use std::{borrow::Cow, collections::BTreeMap, fmt::Write};

use hcl::{Attribute, Block, Body, Expression, Identifier, ObjectKey, Structure};

use self::{
    arguments::ResourceWriter,
    imports::Import,
    instances::{Instance, plan},
    kind::Kind,
    layout::{Noted, print, print_noted},
    purpose::Purpose,
    references::References,
    table::provider,
};
use crate::fusionauth::export::{
    line::whole_line,
    report::{Export, Remark, Report, sorted},
    snapshot::{
        object::Snapshot,
        selection::{Identity, without_foreign_entries},
    },
};

/// The first version of Terraform that has `import` blocks.
const TERRAFORM_VERSION: &str = ">= 1.5.0";
/// The first version that takes a variable in them.
const TERRAFORM_VERSION_WITH_CHOSEN_IDS: &str = ">= 1.6.0";

/// Why something has another id in a new instance.
const CHOSEN_BY_INSTANCE: &str = "the provider cannot choose it; the new instance does";
/// Why what every instance has may have another id in a new one.
const CHOSEN_BEFORE: &str = "the new instance has chosen it";

/// The configuration of an instance as Terraform files: `providers.tf`, `variables.tf`, `imports.tf` (to adopt), a file
/// per family of objects, and what [`file()`] reads under `lambdas/`, `templates/` and `themes/`.
///
/// The same snapshot makes the same bytes. No file holds a secret: each is an input variable without a default.
///
/// [`file()`]: https://developer.hashicorp.com/terraform/language/functions/file
pub fn export(snapshot: &Snapshot, purpose: Purpose) -> Export {
    let (snapshot, foreign) = match purpose {
        // The provider would remove from the instance what is not written.
        Purpose::Adopt => (Cow::Borrowed(snapshot), Vec::new()),
        Purpose::Clone => without_foreign_entries(snapshot),
    };
    let snapshot = snapshot.as_ref();
    let plan = plan(snapshot, purpose);
    let references = References::new(&plan, purpose, snapshot.default_tenant_id.as_deref());
    let mut writer = ResourceWriter::new(purpose, references);
    let mut bodies: BTreeMap<&str, Vec<Noted>> = BTreeMap::new();
    let mut changes: Vec<Remark> = Vec::new();
    let mut frozen: Vec<Remark> = Vec::new();
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    for instance in &plan.instances {
        let mut resource = writer.resource(instance);
        let entries = foreign.iter().filter(|entries| is_of(instance, &entries.owner));
        let entries: Vec<_> = entries.map(|entries| entries.remark(&instance.label)).collect();
        resource.notes.extend(entries.iter().map(|remark| format!("{}: {}", remark.what, remark.why)));
        changes.extend(entries);
        match purpose {
            Purpose::Adopt => frozen.extend(resource.unset),
            Purpose::Clone => changes.extend(resource.unset),
        }
        let noted = Noted { notes: resource.notes, structure: Structure::Block(resource.block) };
        bodies.entry(instance.kind.file()).or_default().push(noted);
        *counts.entry(instance.kind).or_default() += 1;
    }
    let mut data: BTreeMap<&str, Vec<Noted>> = BTreeMap::new();
    for (kind, block) in writer.references.data_sources() {
        data.entry(kind.file()).or_default().push(Structure::Block(block).into());
    }
    for (file, mut structures) in data {
        let resources = bodies.entry(file).or_default();
        structures.append(resources);
        *resources = structures;
    }
    let mut imports: Vec<Noted> = Vec::new();
    for instance in &plan.instances {
        let import = instance.import.as_ref();
        let block = import.map(|import| import.block(instance.type_name, &instance.name, &mut writer.variables));
        imports.extend(block.map(Noted::from));
    }
    if !imports.is_empty() {
        bodies.insert("imports.tf", imports);
    }
    let variables = writer.variables.blocks();
    if !variables.is_empty() {
        bodies.insert("variables.tf", variables.into_iter().map(|block| Structure::Block(block).into()).collect());
    }
    changes.extend(plan.changes);
    if purpose == Purpose::Clone {
        changes.extend(plan.instances.iter().filter_map(new_in_clone));
        if counts.contains_key(&Kind::ApplicationRole) {
            let what = "the ids of application roles".to_owned();
            changes.push(Remark { what, why: CHOSEN_BY_INSTANCE.to_owned() });
        }
    }
    let left_out = snapshot.left_out.iter().cloned().chain(plan.left_out).collect();
    let report = Report {
        confined_to: None,
        changes: sorted(changes),
        secrets: writer.variables.secrets(),
        decisions: writer.variables.decisions(),
        // Objects come before properties.
        left_out: sorted(left_out).into_iter().chain(sorted(frozen)).collect(),
        objects: counts.into_iter().map(|(kind, count)| (kind.label(), count)).collect(),
    };
    let mut files = writer.files.files;
    files.extend(bodies.into_iter().map(|(path, structures)| (path.to_owned(), print_noted(&structures))));
    let version =
        if plan.instances.iter().any(has_chosen_id) { TERRAFORM_VERSION_WITH_CHOSEN_IDS } else { TERRAFORM_VERSION };
    files.insert("providers.tf".to_owned(), providers(purpose, version, &report));
    Export { files, report }
}

/// Whether a resource is the object's, and not that of a part of it.
fn is_of(instance: &Instance<'_>, (family, id): &Identity) -> bool {
    instance.kind == Kind::from(*family) && instance.id == *id
}

/// Whether the id that a resource is imported by is one that a new instance chose.
fn has_chosen_id(instance: &Instance<'_>) -> bool {
    matches!(instance.import, Some(Import::Chosen(_)))
}

/// What a new instance has differently, though there is a resource for it.
fn new_in_clone(instance: &Instance<'_>) -> Option<Remark> {
    let (part, why) = if instance.type_name == "fusionauth_key" {
        ("the material", "it cannot be read; the new instance generates its own")
    } else if has_chosen_id(instance) {
        ("the id", CHOSEN_BEFORE)
    } else if matches!(instance.kind, Kind::IdentityProvider | Kind::Connector) && instance.resource.own_id.is_none() {
        ("the id", CHOSEN_BY_INSTANCE)
    } else {
        return None;
    };
    Some(Remark { what: format!("{}: {part}", instance.label), why: why.to_owned() })
}

/// The file that names the provider. Its head lists what is not in the files.
fn providers(purpose: Purpose, version: &str, report: &Report) -> String {
    let mut text = match purpose {
        Purpose::Adopt => {
            "# Takes over the FusionAuth instance that this was read from. The first plan must import and must not destroy.\n"
        }
        Purpose::Clone => "# Creates the objects of one FusionAuth instance in another, new one.\n",
    }
    .to_owned();
    text.push_str("# The provider reads the instance's URL from FA_DOMAIN and the API key from FA_API_KEY.\n");
    for (heading, remarks) in
        [("Will differ from the instance:", &report.changes), ("Not in these files:", &report.left_out)]
    {
        if !remarks.is_empty() {
            // Writing to a string does not fail.
            let _ = writeln!(text, "#\n# {heading}");
        }
        for Remark { what, why } in remarks {
            let _ = writeln!(text, "# - {}: {}", whole_line(what), whole_line(why));
        }
    }
    text.push('\n');

    let provider = provider();
    let required = [("source", &provider.source), ("version", &provider.version)];
    let required =
        required.map(|(key, value)| (ObjectKey::from(Identifier::sanitized(key)), Expression::from(value.as_str())));
    let required = Expression::Object(required.into_iter().collect());
    let providers = Block::builder("required_providers").add_attribute(Attribute::new("fusionauth", required));
    let terraform =
        Block::builder("terraform").add_attribute(("required_version", version)).add_block(providers.build()).build();
    let instance = Block::builder("provider").add_label("fusionauth").build();
    text.push_str(&print(&Body::from([terraform, instance])));
    text
}

#[cfg(test)]
mod tests;
