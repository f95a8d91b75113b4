//! Which object of one instance is which of another.
//!
//! What every instance has goes together first, then objects of the same id, then those of the same name. Ids differ from
//! instance to instance, so what refers to an object of one side is compared with what refers to its partner.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::fusionauth::export::snapshot::{
    installed::installed,
    object::{Family, Object, Scope, Snapshot},
};

/// How the name ends under which a Kickstart makes another object of one that is installed.
const COPY_SUFFIX: &str = " (copy)";

/// The same object on both sides.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    pub a: &'a Object,
    pub b: &'a Object,
    /// Whether one of them is what a Kickstart made of the other, which is installed: its name is another one.
    pub is_copy: bool,
}

/// All objects of two snapshots.
#[derive(Debug, Default)]
pub struct Matching<'a> {
    /// Sorted by family, then id of A's object.
    pub pairs: Vec<Pair<'a>>,
    pub only_in_a: Vec<&'a Object>,
    pub only_in_b: Vec<&'a Object>,
    /// The ids of B's objects, and of what is in them, with those of their partners, where these differ.
    pub ids: BTreeMap<&'a str, &'a str>,
}

impl<'a> Matching<'a> {
    /// Finds the partners. What belongs to none of `families` is left out.
    pub fn of(a: &'a Snapshot, b: &'a Snapshot, families: &BTreeSet<Family>) -> Self {
        let mut matcher =
            Matcher { a: Candidates::of(a, families), b: Candidates::of(b, families), ..Matcher::default() };
        matcher.match_scopes(a, b);
        matcher.match_installed(a, b);
        matcher.match_ids();
        matcher.match_names();
        matcher.into_matching(a, b)
    }
}

/// The objects of one side that have no partner yet, by family and id.
#[derive(Default)]
struct Candidates<'a>(BTreeMap<Identity<'a>, &'a Object>);

/// The kind and id of an object.
type Identity<'a> = (Family, Option<&'a str>);

fn identity(object: &Object) -> Identity<'_> {
    (object.family, object.id.as_deref())
}

impl<'a> Candidates<'a> {
    fn of(snapshot: &'a Snapshot, families: &BTreeSet<Family>) -> Self {
        let all = snapshot.foreign.iter().chain(&snapshot.objects);
        let all = all.filter(|object| families.contains(&object.family));
        Self(all.map(|object| (identity(object), object)).collect())
    }

    fn get(&self, family: Family, id: Option<&str>) -> Option<&'a Object> {
        self.0.get(&(family, id)).copied()
    }

    fn take(&mut self, object: &'a Object) -> bool {
        self.0.remove(&identity(object)).is_some()
    }
}

#[derive(Default)]
struct Matcher<'a> {
    a: Candidates<'a>,
    b: Candidates<'a>,
    pairs: Vec<Pair<'a>>,
    ids: BTreeMap<&'a str, &'a str>,
}

impl<'a> Matcher<'a> {
    fn pair(&mut self, a: &'a Object, b: &'a Object, is_copy: bool) {
        // Whoever has a partner keeps it.
        if self.a.get(a.family, a.id.as_deref()).is_none() || !self.b.take(b) {
            return;
        }
        self.a.take(a);
        self.align(a.id.as_deref(), b.id.as_deref());
        for (property, value) in &b.value {
            self.align_items(a.value.get(property), value);
        }
        self.pairs.push(Pair { a, b, is_copy });
    }

    fn align(&mut self, a: Option<&'a str>, b: Option<&'a str>) {
        if let (Some(a), Some(b)) = (a, b)
            && a != b
        {
            self.ids.entry(b).or_insert(a);
        }
    }

    /// The ids of roles, scopes and permissions, by their names.
    fn align_items(&mut self, a: Option<&'a Value>, b: &'a Value) {
        let named = |list: &'a Value| -> BTreeMap<&'a str, &'a str> {
            let items = list.as_array().into_iter().flatten();
            items.filter_map(|item| Some((item.get("name")?.as_str()?, item.get("id")?.as_str()?))).collect()
        };
        let of_a = a.map(named).unwrap_or_default();
        for (name, id) in named(b) {
            self.align(of_a.get(name).copied(), Some(id));
        }
    }

    /// What was asked for on both sides, and the tenants that every instance starts with.
    fn match_scopes(&mut self, a: &'a Snapshot, b: &'a Snapshot) {
        let scopes = match (&a.scope, &b.scope) {
            (Scope::Tenant(a), Scope::Tenant(b)) => Some((Family::Tenant, a, b)),
            (Scope::Application(a), Scope::Application(b)) => Some((Family::Application, a, b)),
            _ => None,
        };
        let default = a.default_tenant_id.as_ref().zip(b.default_tenant_id.as_ref());
        let default = default.map(|(a, b)| (Family::Tenant, a, b));
        for (family, a, b) in scopes.into_iter().chain(default) {
            if let (Some(a), Some(b)) = (self.a.get(family, Some(a)), self.b.get(family, Some(b))) {
                self.pair(a, b, false);
            }
        }
    }

    /// What every instance has under an id of its own.
    fn match_installed(&mut self, a: &'a Snapshot, b: &'a Snapshot) {
        let managers =
            |snapshot: &'a Snapshot| snapshot.of_family(Family::Application).find(|it| it.is_tenant_manager());
        if let (Some(a), Some(b)) = (managers(a), managers(b)) {
            self.pair(a, b, false);
        }
        let in_a: BTreeMap<_, _> = installed(a).into_iter().map(|object| (role(object), object)).collect();
        for in_b in installed(b) {
            let Some(in_a) = in_a.get(&role(in_b)).copied() else { continue };
            match (self.b.copy_of(in_a), self.a.copy_of(in_b)) {
                (Some(copy), _) => {
                    self.pair(in_a, copy, true);
                    self.stand_beside(in_a, in_b);
                }
                (None, Some(copy)) => {
                    self.pair(copy, in_b, true);
                    self.a.take(in_a);
                }
                (None, None) => self.pair(in_a, in_b, false),
            }
        }
    }

    /// Both sides have it; what refers to A's is compared with what refers to the copy in B, or to B's own.
    fn stand_beside(&mut self, a: &'a Object, b: &'a Object) {
        if self.b.take(b) {
            self.align(a.id.as_deref(), b.id.as_deref());
        }
    }

    fn match_ids(&mut self) {
        let same: Vec<_> =
            self.a.0.iter().filter_map(|((family, id), a)| Some((*a, self.b.get(*family, *id)?))).collect();
        for (a, b) in same {
            self.pair(a, b, false);
        }
    }

    fn match_names(&mut self) {
        // Tenants come first: what is in one goes with what is in its partner.
        let families: BTreeSet<Family> = self.a.0.keys().map(|(family, _)| *family).collect();
        let tenants = families.iter().filter(|family| **family == Family::Tenant);
        let others = families.iter().filter(|family| **family != Family::Tenant);
        for family in tenants.chain(others).copied() {
            let in_a = named(&self.a, family, &BTreeMap::new());
            let mut in_b = named(&self.b, family, &self.ids);
            for (name, a) in in_a {
                // Several of a name cannot be told apart.
                if let ([a], Some([b])) = (a.as_slice(), in_b.remove(&name).as_deref()) {
                    self.pair(a, b, false);
                }
            }
        }
    }

    fn into_matching(self, a: &'a Snapshot, b: &'a Snapshot) -> Matching<'a> {
        let own_a: BTreeSet<Identity<'_>> = a.objects.iter().map(identity).collect();
        let own_b: BTreeSet<Identity<'_>> = b.objects.iter().map(identity).collect();
        let is_in = |own: &BTreeSet<Identity<'_>>, object: &Object| own.contains(&identity(object));
        let mut matching = Matching { ids: self.ids, ..Matching::default() };
        matching.only_in_a.extend(self.a.0.into_values().filter(|object| is_in(&own_a, object)));
        matching.only_in_b.extend(self.b.0.into_values().filter(|object| is_in(&own_b, object)));
        for pair in self.pairs {
            match (is_in(&own_a, pair.a), is_in(&own_b, pair.b)) {
                (true, true) => matching.pairs.push(pair),
                (true, false) => matching.only_in_a.push(pair.a),
                (false, true) => matching.only_in_b.push(pair.b),
                (false, false) => {}
            }
        }
        matching.pairs.sort_by_key(|pair| identity(pair.a));
        matching.only_in_a.sort_by_key(|object| identity(object));
        matching.only_in_b.sort_by_key(|object| identity(object));
        matching
    }
}

impl<'a> Candidates<'a> {
    /// What a Kickstart made of an object that is installed on the other side: it has the object's id.
    fn copy_of(&self, installed: &Object) -> Option<&'a Object> {
        let copy = self.get(installed.family, installed.id.as_deref())?;
        (copy.label().strip_suffix(COPY_SUFFIX) == Some(installed.label())).then_some(copy)
    }
}

/// What an installed object is, whatever its id.
fn role(object: &Object) -> (Family, Option<&str>, Option<&str>) {
    // There is one form of each type.
    let label = (object.family != Family::Form).then(|| object.label());
    (object.family, object.text("type"), label)
}

/// What tells an object of a family from the others, besides its id: its tenant, its type and its name.
type Name<'a> = (Option<&'a str>, Option<&'a str>, &'a str);

fn named<'a>(
    candidates: &Candidates<'a>,
    family: Family,
    ids: &BTreeMap<&'a str, &'a str>,
) -> BTreeMap<Name<'a>, Vec<&'a Object>> {
    let mut by_name: BTreeMap<Name<'a>, Vec<&'a Object>> = BTreeMap::new();
    for object in candidates.0.range((family, None)..).map_while(|((of, _), object)| (*of == family).then_some(*object))
    {
        let tenant = object.text("tenantId").map(|id| ids.get(id).copied().unwrap_or(id));
        by_name.entry((tenant, object.text("type"), object.label())).or_default().push(object);
    }
    by_name
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn snapshot(objects: &[(Family, &str, Value)]) -> Snapshot {
        let objects = objects.iter().map(|(family, id, value)| Object {
            family: *family,
            id: Some((*id).to_owned()),
            value: value.as_object().cloned().unwrap(),
        });
        let (objects, foreign, left_out) = (objects.collect(), Vec::new(), Vec::new());
        Snapshot { scope: Scope::Everything, objects, foreign, default_tenant_id: None, left_out }
    }

    /// The pairs as `a=b`, and what only one side has.
    fn matched(a: &[(Family, &str, Value)], b: &[(Family, &str, Value)]) -> (Vec<String>, Vec<String>, Vec<String>) {
        let (a, b) = (snapshot(a), snapshot(b));
        let families = [Family::Tenant, Family::Application, Family::Lambda].into();
        let Matching { pairs, only_in_a, only_in_b, .. } = Matching::of(&a, &b, &families);
        let id = |object: &Object| object.id.clone().unwrap();
        let pairs = pairs.iter().map(|pair| format!("{}={}", id(pair.a), id(pair.b))).collect();
        (pairs, only_in_a.into_iter().map(id).collect(), only_in_b.into_iter().map(id).collect())
    }

    fn assert_matched(a: &[(Family, &str, Value)], b: &[(Family, &str, Value)], expected: [&[&str]; 3]) {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        let [pairs, only_in_a, only_in_b] = expected.map(owned);
        assert_eq!(matched(a, b), (pairs, only_in_a, only_in_b));
    }

    #[test]
    fn an_id_counts_before_a_name() {
        let lambda =
            |id: &'static str, name: &str| (Family::Lambda, id, json!({ "name": name, "type": "JWTPopulate" }));
        let a = [lambda("1", "Names"), lambda("2", "Roles")];
        assert_matched(&a, &[lambda("1", "Roles"), lambda("3", "Names")], [&["1=1"], &["2"], &["3"]]);
        assert_matched(&a, &[lambda("4", "Roles"), lambda("3", "Names")], [&["1=3", "2=4"], &[], &[]]);
    }

    #[test]
    fn what_cannot_be_told_apart_has_no_partner() {
        let lambda = |id: &'static str, kind: &str| (Family::Lambda, id, json!({ "name": "Names", "type": kind }));
        let twins = [lambda("1", "JWTPopulate"), lambda("2", "JWTPopulate")];
        assert_matched(&twins, &[lambda("3", "JWTPopulate")], [&[], &["1", "2"], &["3"]]);
        assert_matched(&twins, &[lambda("3", "SAMLv2Populate")], [&[], &["1", "2"], &["3"]]);
        let of_types = [lambda("1", "JWTPopulate"), lambda("2", "SAMLv2Populate")];
        let others = [lambda("3", "SAMLv2Populate"), lambda("4", "JWTPopulate")];
        assert_matched(&of_types, &others, [&["1=4", "2=3"], &[], &[]]);
    }

    #[test]
    fn a_name_counts_within_a_tenant() {
        let tenant = |id: &'static str, name: &str| (Family::Tenant, id, json!({ "name": name }));
        let application =
            |id: &'static str, tenant: &str| (Family::Application, id, json!({ "name": "Chat", "tenantId": tenant }));
        let a = [tenant("t1", "One"), tenant("t2", "Two"), application("a1", "t1"), application("a2", "t2")];
        let b = [tenant("u1", "One"), tenant("u2", "Two"), application("b2", "u2"), application("b1", "u1")];
        assert_matched(&a, &b, [&["t1=u1", "t2=u2", "a1=b1", "a2=b2"], &[], &[]]);
    }

    #[test]
    fn a_kind_that_is_not_compared_is_on_neither_side() {
        let key = [(Family::Key, "1", json!({ "name": "A" }))];
        assert_matched(&key, &[], [&[], &[], &[]]);
    }
}
