//! References to other objects, as expressions.

use std::collections::{BTreeMap, BTreeSet};

use hcl::{Attribute, Block, Expression};

use super::{
    defaults::DataSource,
    imports::DEFAULT_TENANT_ID,
    instances::{Absent, Plan},
    kind::Kind,
    names::short_id,
    purpose::Purpose,
    variables::{InputVariables, attribute_of},
};

/// Turns ids of objects into references to their resources.
#[derive(Debug)]
pub struct References {
    purpose: Purpose,
    default_tenant_id: Option<String>,
    /// The resources by object, as type and name.
    targets: BTreeMap<(Kind, String), (&'static str, String)>,
    /// The objects that have no resource.
    absent: BTreeMap<(Kind, String), Absent>,
    /// The labels of objects outside of what was asked for.
    foreign: BTreeMap<(Kind, String), String>,
    /// The labels of the objects whose ids were written since the last call of `take_named`, by id.
    named: BTreeMap<String, String>,
    /// The variables for their ids.
    absent_ids: BTreeMap<(Kind, String), Expression>,
    data_sources: BTreeMap<(Kind, String), DataSource>,
    /// The data sources that something refers to.
    used_data_sources: BTreeSet<(Kind, String)>,
    /// The variable for the id of a default tenant that has no resource.
    default_tenant: Option<Expression>,
}

impl References {
    /// References to the resources of a plan.
    pub fn new(plan: &Plan<'_>, purpose: Purpose, default_tenant_id: Option<&str>) -> Self {
        let mut targets = BTreeMap::new();
        for instance in &plan.instances {
            if let Some(id) = &instance.id {
                let target = (instance.type_name, instance.name.clone());
                targets.entry((instance.kind, id.clone())).or_insert(target);
            }
        }
        Self {
            purpose,
            default_tenant_id: default_tenant_id.map(str::to_owned),
            targets,
            absent: plan.absent.clone(),
            foreign: plan.foreign.clone(),
            named: BTreeMap::new(),
            absent_ids: BTreeMap::new(),
            data_sources: plan.data_sources.clone(),
            used_data_sources: BTreeSet::new(),
            default_tenant: None,
        }
    }

    /// The id of an object: a reference where it has a resource or a data source, a variable where a new instance may have
    /// the object under another id, else the id itself.
    pub fn resolve(&mut self, kind: Kind, id: &str, variables: &mut InputVariables) -> Expression {
        let wanted = (kind, id.to_owned());
        if let Some((type_name, name)) = self.targets.get(&wanted) {
            return attribute_of(type_name, &[name.as_str(), "id"]);
        }
        if self.purpose == Purpose::Adopt {
            let absent = self.absent.get(&wanted).map(|absent| &absent.label);
            if let Some(label) = self.foreign.get(&wanted).or(absent) {
                self.named.insert(id.to_owned(), label.clone());
            }
            return Expression::from(id);
        }
        if kind == Kind::Tenant && self.default_tenant_id.as_deref() == Some(id) {
            let variable = self.default_tenant.get_or_insert_with(|| DEFAULT_TENANT_ID.reference(variables));
            return variable.clone();
        }
        if let Some(source) = self.data_sources.get(&wanted) {
            let reference = attribute_of("data", &[source.type_name, source.name.as_str(), "id"]);
            self.used_data_sources.insert(wanted);
            return reference;
        }
        let Some(Absent { label, how }) = self.absent.get(&wanted) else { return Expression::from(id) };
        let variable = self.absent_ids.entry(wanted).or_insert_with(|| {
            let name = format!("{}_{}_id", kind.label().replace(' ', "_"), short_id(id));
            variables.decision(&name, format!("The id that the new instance has for the {label}. {how}"))
        });
        variable.clone()
    }

    /// The labels of the objects that have no resource and whose ids were written since the last call, by id.
    pub fn take_named(&mut self) -> BTreeMap<String, String> {
        std::mem::take(&mut self.named)
    }

    /// The data sources that something refers to, with the kinds of the objects that they find.
    pub fn data_sources(&self) -> Vec<(Kind, Block)> {
        let sources = self.data_sources.iter().filter(|(wanted, _)| self.used_data_sources.contains(*wanted));
        let blocks = sources.map(|((kind, _), source)| {
            let arguments = source.arguments.iter().map(|(name, value)| Attribute::new(*name, value.as_str()));
            (*kind, data(source.type_name, &source.name, arguments))
        });
        blocks.collect()
    }
}

fn data(type_name: &str, name: &str, arguments: impl IntoIterator<Item = Attribute>) -> Block {
    Block::builder("data").add_labels([type_name, name]).add_attributes(arguments).build()
}
