//! Checks of the files that comparisons may be made with.

use std::{collections::BTreeMap, path::PathBuf};

use super::finding::{
    Finding,
    Outcome::{Attention, Good},
};
use crate::{config::settings::COMPARE_WITH, fusionauth::compare::open};

/// Whether each file that the operator named can be read. The instances that they lead to are not asked.
pub fn examine_comparisons(named: &BTreeMap<String, PathBuf>) -> Vec<Finding> {
    let finding = |(name, path): (&String, &PathBuf)| match open::examine(name, path) {
        Ok(what) => Finding::new("comparison", Good, format!("{name}: {what}")),
        Err(error) => {
            let remedy = format!("Mend {}, or take {name} out of {}.", path.display(), COMPARE_WITH.label());
            Finding::new("comparison", Attention, error.to_string()).with_remedy(remedy)
        }
    };
    named.iter().map(finding).collect()
}
