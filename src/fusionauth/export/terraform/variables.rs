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
    is_secret: bool,
}

impl InputVariables {
    /// Adds a variable for a secret. The name gets a number where it is taken.
    pub fn secret(&mut self, name: &str, description: String) -> Expression {
        self.add(name, InputVariable { description, is_secret: true })
    }

    /// Adds a variable that somebody has to decide. The name gets a number where it is taken.
    ///
    /// It has no default: a wrong one would be found when half of the resources are made.
    pub fn decision(&mut self, name: &str, description: String) -> Expression {
        self.add(name, InputVariable { description, is_secret: false })
    }

    fn add(&mut self, name: &str, variable: InputVariable) -> Expression {
        let name = numbered(name, |name| self.variables.contains_key(name));
        let reference = attribute_of("var", &[name.as_str()]);
        self.variables.insert(name, variable);
        reference
    }

    /// The secrets, for the report.
    pub fn secrets(&self) -> Vec<SecretToSet> {
        let secrets = self.variables.iter().filter(|(_, variable)| variable.is_secret);
        let secret = |(name, variable): (&String, &InputVariable)| SecretToSet {
            variable: name.clone(),
            what: variable.description.clone(),
        };
        secrets.map(secret).collect()
    }

    /// Those that somebody has to decide, for the report.
    pub fn decisions(&self) -> Vec<Decision> {
        let decisions = self.variables.iter().filter(|(_, variable)| !variable.is_secret);
        let decision = |(name, variable): (&String, &InputVariable)| Decision {
            variable: name.clone(),
            what: variable.description.clone(),
        };
        decisions.map(decision).collect()
    }

    /// Their declarations, by name.
    pub fn blocks(&self) -> Vec<Block> {
        let block = |(name, variable): (&String, &InputVariable)| {
            let block = Block::builder("variable")
                .add_label(name)
                .add_attribute(("description", variable.description.as_str()))
                .add_attribute(("type", Variable::sanitized("string")));
            let block = if variable.is_secret { block.add_attribute(("sensitive", true)) } else { block };
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
