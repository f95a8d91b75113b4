//! Compares two snapshots.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    matching::{Matching, Pair},
    values::{self, Context, Difference},
};
use crate::fusionauth::export::{
    line::one_line,
    report::Remark,
    snapshot::{
        families::LISTINGS,
        object::{Family, Object, Scope, Snapshot},
        selection::without_foreign_entries,
    },
};

/// One of two instances.
#[derive(Debug, Clone)]
pub struct Side {
    /// What it is called.
    pub name: String,
    /// What was read of it.
    pub snapshot: Snapshot,
    /// What stands for variables that are not set, as a text or as its digest, each with the variable's name.
    pub unset: BTreeMap<String, String>,
}

/// An object, as a report calls it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its kind.
    pub kind: &'static str,
    /// Its name; the kind has it where there is one object only.
    pub name: Option<String>,
    /// Its id.
    pub id: Option<String>,
}

/// An object that is not the same on both sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// A's object.
    pub object: Named,
    /// Its properties that differ.
    pub differences: Vec<Difference>,
}

/// What two instances have in common, and what not.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison {
    /// What the sides are called.
    pub names: [String; 2],
    /// The objects that one side has.
    pub only_in: [Vec<Named>; 2],
    /// The objects that differ.
    pub changed: Vec<Changed>,
    /// What cannot be compared, and why.
    pub not_comparable: Vec<Remark>,
    /// How many objects both sides have.
    pub compared: usize,
}

impl Comparison {
    /// Compares two instances.
    pub fn of(a: &Side, b: &Side) -> Self {
        let mut not_comparable = left_out(a, b);
        let ((of_a, outside_a), (of_b, outside_b)) = (in_scope(&a.snapshot), in_scope(&b.snapshot));
        if outside_a || outside_b {
            not_comparable.push(Remark {
                what: "what groups, identity providers and webhooks have for other applications and tenants".to_owned(),
                why: "it is outside of what was asked for".to_owned(),
            });
        }
        let families = comparable(&of_a, &of_b);
        let matching = Matching::of(&of_a, &of_b, &families);
        let labels = labels(&of_a);
        let mut unset = a.unset.clone();
        unset.extend(b.unset.clone());
        let context = Context { ids: &matching.ids, labels: &labels, unset: &unset };
        let mut changed = Vec::new();
        let mut has_instants = false;
        for pair in &matching.pairs {
            let found = values::compare(pair.a, &values::aligned(pair.b, &matching.ids), pair.is_copy, &context);
            has_instants |= found.has_instants;
            let object = Named::of(pair.a);
            not_comparable.extend(remarks_of(pair));
            let of_object = found.not_comparable.into_iter();
            not_comparable
                .extend(of_object.map(|(why, paths)| Remark { what: format!("{object}: {}", paths.join(", ")), why }));
            if !found.differences.is_empty() {
                changed.push(Changed { object, differences: found.differences });
            }
        }
        if has_instants {
            not_comparable.push(Remark {
                what: "when something was made, changed or switched on".to_owned(),
                why: "each instance has its own times".to_owned(),
            });
        }
        if matching.pairs.iter().any(|pair| pair.a.family == Family::Key) {
            not_comparable.push(Remark {
                what: "the secret halves of keys".to_owned(),
                why: "the API never answers them".to_owned(),
            });
        }
        let named = |objects: &[&Object]| objects.iter().copied().map(Named::of).collect();
        Self {
            names: [a.name.clone(), b.name.clone()],
            only_in: [named(&matching.only_in_a), named(&matching.only_in_b)],
            changed,
            not_comparable,
            compared: matching.pairs.len(),
        }
    }

    /// Whether nothing differs that can be compared.
    pub fn is_same(&self) -> bool {
        self.only_in.iter().all(Vec::is_empty) && self.changed.is_empty()
    }
}

impl Named {
    fn of(object: &Object) -> Self {
        let name = object.id.is_some().then(|| one_line(&super::secrets::shown(object.label())));
        Self { kind: object.family.singular(), name, id: object.id.clone() }
    }
}

impl std::fmt::Display for Named {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.name, &self.id) {
            (Some(name), Some(id)) if name != id => write!(formatter, "{} `{name}` ({id})", self.kind),
            (_, Some(id)) => write!(formatter, "{} {id}", self.kind),
            _ => formatter.write_str(self.kind),
        }
    }
}

/// What a report says of two objects that are the same one.
fn remarks_of(pair: &Pair<'_>) -> Option<Remark> {
    let object = Named::of(pair.a);
    if pair.is_copy {
        return Some(Remark {
            what: format!("{object}: its name"),
            why: "one is the copy that a Kickstart makes of an installed object whose id it cannot know".to_owned(),
        });
    }
    let (a, b) = (pair.a.id.as_ref()?, pair.b.id.as_ref()?);
    (a != b).then(|| Remark {
        what: format!("{object}: its id"),
        why: format!("the other side has {b}; what refers to one is compared with what refers to the other"),
    })
}

/// What was not read of one side or of both.
fn left_out(a: &Side, b: &Side) -> Vec<Remark> {
    let (of_a, of_b) = (&a.snapshot.left_out, &b.snapshot.left_out);
    let remark = |remark: &Remark, side: Option<&Side>| Remark {
        what: match side {
            Some(side) => format!("{} of {}", remark.what, side.name),
            None => remark.what.clone(),
        },
        why: remark.why.clone(),
    };
    let of_a = of_a.iter().map(|one| remark(one, (!of_b.contains(one)).then_some(a)));
    let of_b = of_b.iter().filter(|one| !a.snapshot.left_out.contains(one)).map(|one| remark(one, Some(b)));
    of_a.chain(of_b).collect()
}

/// A part of an instance without what it has for the rest of it, and whether there was any.
fn in_scope(snapshot: &Snapshot) -> (Cow<'_, Snapshot>, bool) {
    if snapshot.scope == Scope::Everything {
        return (Cow::Borrowed(snapshot), false);
    }
    let (snapshot, outside) = without_foreign_entries(snapshot);
    (snapshot, !outside.is_empty())
}

/// The kinds that were read on both sides.
fn comparable(a: &Snapshot, b: &Snapshot) -> BTreeSet<Family> {
    let is_read =
        |snapshot: &Snapshot, family: Family| !snapshot.left_out.iter().any(|remark| remark.what == family.plural());
    let families = LISTINGS.iter().map(|listing| listing.family);
    families.filter(|family| is_read(a, *family) && is_read(b, *family)).collect()
}

/// What objects are called, by their ids. An id that objects of several kinds have is one of those.
fn labels(snapshot: &Snapshot) -> BTreeMap<&str, &str> {
    let all = snapshot.foreign.iter().chain(&snapshot.objects);
    all.filter_map(|object| Some((object.id.as_deref()?, object.label()))).collect()
}
