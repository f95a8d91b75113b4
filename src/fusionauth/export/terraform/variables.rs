//! Input variables: what the files name and do not hold.

use std::collections::BTreeMap;

use hcl::{
    Block, Expression,
    expr::{Traversal, Variable},
};

use super::names::numbered;
use crate::fusionauth::export::report::SecretToSet;

/// The input variables, by name.
#[derive(Debug, Default)]
pub struct Variables {
    inputs: BTreeMap<String, Input>,
}

#[derive(Debug)]
struct Input {
    what: String,
    /// None for a secret.
    default: Option<String>,
}

impl Variables {
    /// A new secret; `what` is it. The name may get a number to be the only one.
    pub fn secret(&mut self, name: &str, what: String) -> Expression {
        self.add(name, Input { what, default: None })
    }

    /// A new variable that is no secret.
    pub fn with_default(&mut self, name: &str, what: String, default: &str) -> Expression {
        self.add(name, Input { what, default: Some(default.to_owned()) })
    }

    fn add(&mut self, name: &str, input: Input) -> Expression {
        let name = numbered(name, |name| self.inputs.contains_key(name));
        let reference = attribute_of("var", &[name.as_str()]);
        self.inputs.insert(name, input);
        reference
    }

    /// The secrets, for the report.
    pub fn secrets(&self) -> Vec<SecretToSet> {
        let secrets = self.inputs.iter().filter(|(_, input)| input.default.is_none());
        secrets.map(|(name, input)| SecretToSet { variable: name.clone(), what: input.what.clone() }).collect()
    }

    /// Their declarations, by name.
    pub fn blocks(&self) -> Vec<Block> {
        let block = |(name, input): (&String, &Input)| {
            let block = Block::builder("variable")
                .add_label(name)
                .add_attribute(("description", input.what.as_str()))
                .add_attribute(("type", Variable::sanitized("string")));
            let block = match &input.default {
                Some(default) => block.add_attribute(("default", default.as_str())),
                None => block.add_attribute(("sensitive", true)),
            };
            block.build()
        };
        self.inputs.iter().map(block).collect()
    }
}

/// `root.a.b`.
pub fn attribute_of(root: &str, names: &[&str]) -> Expression {
    let traversal = Traversal::builder(Variable::sanitized(root));
    names.iter().fold(traversal, |traversal, name| traversal.attr(*name)).build().into()
}
