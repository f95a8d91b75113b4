//! Writes a snapshot as Terraform configuration for the FusionAuth provider.
//!
//! `instances` decides which objects become resources, `arguments` writes them as the provider's table says, `layout`
//! prints them.

mod arguments;
mod defaults;
mod files;
mod instances;
mod keys;
mod kind;
mod layout;
mod names;
pub mod purpose;
mod references;
mod scope;
mod table;
mod unexpressed;
mod variables;

use std::{collections::BTreeMap, fmt::Write};

use hcl::{Attribute, Block, Body, Expression, Identifier, ObjectKey, Structure};

use self::{
    arguments::ResourceWriter,
    instances::{Instance, plan},
    kind::Kind,
    layout::print,
    purpose::Purpose,
    references::References,
    table::provider,
    variables::attribute_of,
};
use crate::fusionauth::export::{
    line::whole_line,
    report::{Export, LeftOut, Report},
    snapshot::object::Snapshot,
};

/// The first version of Terraform that has `import` blocks.
const TERRAFORM_VERSION: &str = ">= 1.5.0";

/// Why something has another id in a new instance.
const CHOSEN_BY_INSTANCE: &str = "the provider cannot choose it; the new instance does";

/// The configuration of an instance as Terraform files: `providers.tf`, `variables.tf`, `imports.tf` (to adopt), a file
/// per family of objects, and what [`file()`] reads under `lambdas/`, `templates/` and `themes/`.
///
/// The same snapshot makes the same bytes. No file holds a secret: each is an input variable without a default.
///
/// [`file()`]: https://developer.hashicorp.com/terraform/language/functions/file
pub fn export(snapshot: &Snapshot, purpose: Purpose) -> Export {
    let plan = plan(snapshot, purpose);
    let references = References::new(&plan, purpose, snapshot.default_tenant_id.as_deref());
    let mut writer = ResourceWriter::new(purpose, references);
    let mut bodies: BTreeMap<&str, Vec<Structure>> = BTreeMap::new();
    let mut counts: BTreeMap<Kind, usize> = BTreeMap::new();
    for instance in &plan.instances {
        let block = writer.resource(instance);
        bodies.entry(instance.kind.file()).or_default().push(Structure::Block(block));
        *counts.entry(instance.kind).or_default() += 1;
    }
    let mut data: BTreeMap<&str, Vec<Structure>> = BTreeMap::new();
    for (kind, block) in writer.references.data_sources() {
        data.entry(kind.file()).or_default().push(Structure::Block(block));
    }
    for (file, mut structures) in data {
        let resources = bodies.entry(file).or_default();
        structures.append(resources);
        *resources = structures;
    }
    if purpose == Purpose::Adopt && !plan.instances.is_empty() {
        bodies.insert("imports.tf", plan.instances.iter().map(import).collect());
    }
    let variables = writer.variables.blocks();
    if !variables.is_empty() {
        bodies.insert("variables.tf", variables.into_iter().map(Structure::Block).collect());
    }

    let mut left_out = snapshot.left_out.clone();
    left_out.extend(plan.left_out);
    left_out.extend(writer.left_out);
    if purpose == Purpose::Clone {
        left_out.extend(plan.instances.iter().filter_map(new_in_clone));
        if counts.contains_key(&Kind::ApplicationRole) {
            let what = "the ids of application roles".to_owned();
            left_out.push(LeftOut { what, why: CHOSEN_BY_INSTANCE.to_owned() });
        }
    }
    left_out.sort();
    left_out.dedup();

    let mut files = writer.files.files;
    files.extend(bodies.into_iter().map(|(path, structures)| (path.to_owned(), print(&Body(structures)))));
    files.insert("providers.tf".to_owned(), providers(purpose, &left_out));
    let objects = counts.into_iter().map(|(kind, count)| (kind.label(), count)).collect();
    Export { files, report: Report { objects, secrets: writer.variables.secrets(), left_out } }
}

/// The `import` block of a resource.
fn import(instance: &Instance<'_>) -> Structure {
    let to = attribute_of(instance.type_name, &[instance.name.as_str()]);
    let block = Block::builder("import")
        .add_attribute(Attribute::new("to", to))
        .add_attribute(("id", instance.import_id.as_str()));
    Structure::Block(block.build())
}

/// What a new instance has differently, though there is a resource for it.
fn new_in_clone(instance: &Instance<'_>) -> Option<LeftOut> {
    let (part, why) = if instance.type_name == "fusionauth_key" {
        ("the material", "it cannot be read; the new instance generates its own")
    } else if instance.kind == Kind::IdentityProvider && instance.resource.own_id.is_none() {
        ("the id", CHOSEN_BY_INSTANCE)
    } else {
        return None;
    };
    Some(LeftOut { what: format!("{}: {part}", instance.label), why: why.to_owned() })
}

/// The file that names the provider. Its head lists what is not in the files.
fn providers(purpose: Purpose, left_out: &[LeftOut]) -> String {
    let mut text = match purpose {
        Purpose::Adopt => {
            "# Takes over the FusionAuth instance that this was read from. The first plan has to import and not destroy.\n"
        }
        Purpose::Clone => "# Makes what was read from a FusionAuth instance in another, new one.\n",
    }
    .to_owned();
    text.push_str("# The provider reads the instance's URL from FA_DOMAIN and the API key from FA_API_KEY.\n");
    if !left_out.is_empty() {
        text.push_str("#\n# Not in these files:\n");
        for LeftOut { what, why } in left_out {
            // Writing to a string does not fail.
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
    let terraform = Block::builder("terraform")
        .add_attribute(("required_version", TERRAFORM_VERSION))
        .add_block(providers.build())
        .build();
    let instance = Block::builder("provider").add_label("fusionauth").build();
    text.push_str(&print(&Body::from([terraform, instance])));
    text
}

#[cfg(test)]
mod tests;
