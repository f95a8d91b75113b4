//! Ids of other objects, as expressions.

use std::collections::{BTreeMap, BTreeSet};

use hcl::{Attribute, Block, Expression};

use super::{
    defaults::DataSource,
    instances::Plan,
    kind::Kind,
    names::short_id,
    purpose::Purpose,
    variables::{Variables, attribute_of},
};

/// The variable that names the default tenant of a new instance.
const DEFAULT_TENANT_NAME: &str = "default_tenant_name";

/// Turns ids of objects into references to their resources.
#[derive(Debug)]
pub struct References {
    purpose: Purpose,
    default_tenant_id: Option<String>,
    /// The resource, by type and name.
    targets: BTreeMap<(Kind, String), (&'static str, String)>,
    absent: BTreeMap<(Kind, String), String>,
    /// Variables that stand for absent objects.
    stand_ins: BTreeMap<(Kind, String), Expression>,
    data_sources: BTreeMap<(Kind, String), DataSource>,
    /// What something refers to, of the data sources.
    looked_up: BTreeSet<(Kind, String)>,
    default_tenant_name: Option<Expression>,
}

impl References {
    /// For the resources of a plan.
    pub fn new(plan: &Plan<'_>, purpose: Purpose, default_tenant_id: Option<&str>) -> Self {
        let mut targets = BTreeMap::new();
        for instance in &plan.instances {
            let target = (instance.type_name, instance.name.clone());
            targets.entry((instance.kind, instance.id.clone())).or_insert(target);
        }
        Self {
            purpose,
            default_tenant_id: default_tenant_id.map(str::to_owned),
            targets,
            absent: plan.absent.clone(),
            stand_ins: BTreeMap::new(),
            data_sources: plan.data_sources.clone(),
            looked_up: BTreeSet::new(),
            default_tenant_name: None,
        }
    }

    /// The id of an object: a reference where it has a resource or a data source, else the id itself, or a variable for
    /// what a new instance may have under another id.
    pub fn resolve(&mut self, kind: Kind, id: &str, variables: &mut Variables) -> Expression {
        let wanted = (kind, id.to_owned());
        if let Some((type_name, name)) = self.targets.get(&wanted) {
            return attribute_of(type_name, &[name.as_str(), "id"]);
        }
        if self.purpose == Purpose::Adopt {
            return Expression::from(id);
        }
        if kind == Kind::Tenant && self.default_tenant_id.as_deref() == Some(id) {
            return self.default_tenant(variables);
        }
        if let Some(source) = self.data_sources.get(&wanted) {
            let reference = attribute_of("data", &[source.type_name, source.name.as_str(), "id"]);
            self.looked_up.insert(wanted);
            return reference;
        }
        let Some(label) = self.absent.get(&wanted) else { return Expression::from(id) };
        let stand_in = self.stand_ins.entry(wanted).or_insert_with(|| {
            let name = format!("{}_{}_id", kind.label().replace(' ', "_"), short_id(id));
            variables.with_default(&name, format!("The id that the new instance has for the {label}."), id)
        });
        stand_in.clone()
    }

    fn default_tenant(&mut self, variables: &mut Variables) -> Expression {
        if self.default_tenant_name.is_none() {
            let what = "The name of the tenant that the new instance began with.".to_owned();
            self.default_tenant_name = Some(variables.with_default(DEFAULT_TENANT_NAME, what, "Default"));
        }
        attribute_of("data", &["fusionauth_tenant", "default", "id"])
    }

    /// The data sources that something refers to, with what they find.
    pub fn data_sources(&self) -> Vec<(Kind, Block)> {
        let default_tenant = self.default_tenant_name.iter().map(|name| {
            let name = Attribute::new("name", name.clone());
            (Kind::Tenant, data("fusionauth_tenant", "default", [name]))
        });
        let sources = self.data_sources.iter().filter(|(wanted, _)| self.looked_up.contains(*wanted));
        let others = sources.map(|((kind, _), source)| {
            let arguments = source.arguments.iter().map(|(name, value)| Attribute::new(*name, value.as_str()));
            (*kind, data(source.type_name, &source.name, arguments))
        });
        default_tenant.chain(others).collect()
    }
}

fn data(type_name: &str, name: &str, arguments: impl IntoIterator<Item = Attribute>) -> Block {
    Block::builder("data").add_labels([type_name, name]).add_attributes(arguments).build()
}
