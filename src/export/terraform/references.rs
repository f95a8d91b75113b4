//! Ids of other objects, as expressions.

use std::collections::{BTreeMap, BTreeSet};

use hcl::Expression;

use super::{
    Purpose,
    instances::{Instance, Plan},
    kind::Kind,
    names::short_id,
    variables::{Variables, attribute_of},
};

/// The variable that names the default tenant of a new instance.
const DEFAULT_TENANT_NAME: &str = "default_tenant_name";

/// Turns ids of objects into references to their resources.
#[derive(Debug)]
pub struct References {
    purpose: Purpose,
    default_tenant_id: Option<String>,
    /// The place of the resource, its type and name.
    targets: BTreeMap<(Kind, String), (usize, &'static str, String)>,
    absent: BTreeMap<(Kind, String), String>,
    /// Variables that stand for absent objects.
    stand_ins: BTreeMap<(Kind, String), Expression>,
    /// References between resources of one kind, by the one that refers. Only these can make a circle, since no kind
    /// refers to a later one.
    sideways: BTreeMap<usize, BTreeSet<usize>>,
    default_tenant: Option<Expression>,
}

impl References {
    /// For the resources of a plan.
    pub fn new(plan: &Plan<'_>, purpose: Purpose, default_tenant_id: Option<&str>) -> Self {
        let mut targets = BTreeMap::new();
        for (at, instance) in plan.instances.iter().enumerate() {
            let target = (at, instance.type_name, instance.name.clone());
            targets.entry((instance.kind, instance.id.clone())).or_insert(target);
        }
        Self {
            purpose,
            default_tenant_id: default_tenant_id.map(str::to_owned),
            targets,
            absent: plan.absent.clone(),
            stand_ins: BTreeMap::new(),
            sideways: BTreeMap::new(),
            default_tenant: None,
        }
    }

    /// The id of an object, said in the resource at `from`, which is an `instance`: a reference where the object has a
    /// resource and Terraform can follow it, else the id itself, or a variable for what a new instance may have
    /// under another id.
    pub fn resolve(
        &mut self,
        from: usize,
        instance: &Instance<'_>,
        kind: Kind,
        id: &str,
        variables: &mut Variables,
    ) -> Expression {
        let wanted = (kind, id.to_owned());
        if let Some((to, type_name, name)) = self.targets.get(&wanted) {
            let (to, reference) = (*to, attribute_of(type_name, &[name.as_str(), "id"]));
            let is_followed = kind < instance.kind || kind == instance.kind && self.add_sideways(from, to);
            return if is_followed { reference } else { Expression::from(id) };
        }
        if self.purpose == Purpose::Adopt {
            return Expression::from(id);
        }
        if kind == Kind::Tenant && self.default_tenant_id.as_deref() == Some(id) {
            return self.default_tenant(variables);
        }
        let Some(label) = self.absent.get(&wanted) else { return Expression::from(id) };
        let stand_in = self.stand_ins.entry(wanted).or_insert_with(|| {
            let name = format!("{}_{}_id", kind.label().replace(' ', "_"), short_id(id));
            variables.with_default(&name, format!("The id that the new instance has for the {label}."), id)
        });
        stand_in.clone()
    }

    fn default_tenant(&mut self, variables: &mut Variables) -> Expression {
        if self.default_tenant.is_none() {
            let what = "The name of the tenant that the new instance began with.".to_owned();
            self.default_tenant = Some(variables.with_default(DEFAULT_TENANT_NAME, what, "Default"));
        }
        attribute_of("data", &["fusionauth_tenant", "default", "id"])
    }

    /// The name of the default tenant, where something refers to it.
    pub fn default_tenant_name(&self) -> Option<&Expression> {
        self.default_tenant.as_ref()
    }

    /// Adds a reference between resources of one kind, unless it would close a circle.
    fn add_sideways(&mut self, from: usize, to: usize) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![to];
        while let Some(at) = open.pop() {
            if at == from {
                return false;
            }
            if seen.insert(at) {
                open.extend(self.sideways.get(&at).into_iter().flatten());
            }
        }
        self.sideways.entry(from).or_default().insert(to);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_circle_is_closed() {
        let mut references = References::new(&Plan::default(), Purpose::Adopt, None);
        assert!(!references.add_sideways(1, 1));
        assert!(references.add_sideways(1, 2));
        assert!(references.add_sideways(2, 3));
        assert!(!references.add_sideways(3, 1));
        assert!(references.add_sideways(1, 3));
        assert!(!references.add_sideways(2, 1));
    }
}
