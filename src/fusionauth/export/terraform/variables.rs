//! Input variables.

use std::collections::BTreeMap;

use hcl::{
    Block, Expression,
    expr::{Traversal, Variable},
};

use super::names::numbered;
use crate::fusionauth::export::report::{Decision, SecretToSet};

/// The input variables, by name.
#[derive(Debug, Default)]
pub struct InputVariables {
    variables: BTreeMap<String, InputVariable>,
}

#[derive(Debug)]
struct InputVariable {
    description: String,
    /// `None` for a secret.
    default: Option<String>,
}

impl InputVariables {
    /// Adds a variable for a secret. The name gets a number where it is taken.
    pub fn secret(&mut self, name: &str, description: String) -> Expression {
        self.add(name, InputVariable { description, default: None })
    }

    /// Adds a variable that is not secret. The name gets a number where it is taken.
    pub fn with_default(&mut self, name: &str, description: String, default: &str) -> Expression {
        self.add(name, InputVariable { description, default: Some(default.to_owned()) })
    }

    fn add(&mut self, name: &str, variable: InputVariable) -> Expression {
        let name = numbered(name, |name| self.variables.contains_key(name));
        let reference = attribute_of("var", &[name.as_str()]);
        self.variables.insert(name, variable);
        reference
    }

    /// The secrets, for the report.
    pub fn secrets(&self) -> Vec<SecretToSet> {
        let secrets = self.variables.iter().filter(|(_, variable)| variable.default.is_none());
        let secret = |(name, variable): (&String, &InputVariable)| SecretToSet {
            variable: name.clone(),
            what: variable.description.clone(),
        };
        secrets.map(secret).collect()
    }

    /// Those that are not secret, for the report.
    pub fn decisions(&self) -> Vec<Decision> {
        let decision = |(name, variable): (&String, &InputVariable)| {
            let default = variable.default.clone()?;
            Some(Decision { variable: name.clone(), what: variable.description.clone(), default })
        };
        self.variables.iter().filter_map(decision).collect()
    }

    /// Their declarations, by name.
    pub fn blocks(&self) -> Vec<Block> {
        let block = |(name, variable): (&String, &InputVariable)| {
            let block = Block::builder("variable")
                .add_label(name)
                .add_attribute(("description", variable.description.as_str()))
                .add_attribute(("type", Variable::sanitized("string")));
            let block = match &variable.default {
                Some(default) => block.add_attribute(("default", default.as_str())),
                None => block.add_attribute(("sensitive", true)),
            };
            block.build()
        };
        self.variables.iter().map(block).collect()
    }
}

/// The expression `root.a.b`.
pub fn attribute_of(root: &str, names: &[&str]) -> Expression {
    let traversal = Traversal::builder(Variable::sanitized(root));
    names.iter().fold(traversal, |traversal, name| traversal.attr(*name)).build().into()
}
