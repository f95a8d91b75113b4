//! The order in which objects are written: those that others refer to come first.

use std::collections::{BTreeMap, BTreeSet};

/// A step. Objects are given by their numbers; of those that could come next, the lowest comes first.
#[derive(Debug, PartialEq, Eq)]
pub enum Step {
    /// Writes an object without its references to objects that come later.
    Write {
        /// The object.
        object: usize,
        /// The objects that it must not refer to yet.
        without: BTreeSet<usize>,
    },
    /// Adds the references that an object was written without. All objects that they refer to exist by then.
    Complete {
        /// The object.
        object: usize,
    },
}

/// The order for objects that refer to each other. Every object is a key of `references`; objects that are no keys exist
/// already. `can_wait(object, other)` says whether the object can be written without its reference to the other one,
/// which decides where a cycle is broken.
pub fn order(references: &BTreeMap<usize, BTreeSet<usize>>, can_wait: &dyn Fn(usize, usize) -> bool) -> Vec<Step> {
    let mut open: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut users: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (object, others) in references {
        let others = others.iter().copied().filter(|other| other != object && references.contains_key(other));
        let others: BTreeSet<usize> = others.collect();
        for other in &others {
            users.entry(*other).or_default().push(*object);
        }
        open.insert(*object, others);
    }
    let mut ready: BTreeSet<usize> =
        open.iter().filter(|(_, others)| others.is_empty()).map(|(object, _)| *object).collect();
    let mut incomplete: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    let mut steps = Vec::with_capacity(open.len());
    while let Some(object) = ready.pop_first().or_else(|| cycle_breaker(&open, can_wait)) {
        let without = open.remove(&object).unwrap_or_default();
        steps.push(Step::Write { object, without: without.clone() });
        for user in users.get(&object).into_iter().flatten() {
            if let Some(others) = open.get_mut(user) {
                others.remove(&object);
                if others.is_empty() {
                    ready.insert(*user);
                }
            }
            if let Some(others) = incomplete.get_mut(user) {
                others.remove(&object);
                if others.is_empty() {
                    incomplete.remove(user);
                    steps.push(Step::Complete { object: *user });
                }
            }
        }
        if !without.is_empty() {
            incomplete.insert(object, without);
        }
    }
    steps
}

/// The object at which to break a cycle: the lowest that can be written without the others, else the lowest.
fn cycle_breaker(open: &BTreeMap<usize, BTreeSet<usize>>, can_wait: &dyn Fn(usize, usize) -> bool) -> Option<usize> {
    let in_cycles: Vec<usize> = open.keys().copied().filter(|object| reaches_itself(open, *object)).collect();
    let can_be_first =
        |object: &usize| open.get(object).is_some_and(|others| others.iter().all(|other| can_wait(*object, *other)));
    in_cycles.iter().copied().find(can_be_first).or_else(|| in_cycles.first().copied())
}

fn reaches_itself(open: &BTreeMap<usize, BTreeSet<usize>>, object: usize) -> bool {
    let mut seen = BTreeSet::new();
    let mut next = vec![object];
    while let Some(at) = next.pop() {
        for other in open.get(&at).into_iter().flatten() {
            if *other == object {
                return true;
            }
            if seen.insert(*other) {
                next.push(*other);
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    fn steps(references: &[(usize, &[usize])], can_wait: &dyn Fn(usize, usize) -> bool) -> Vec<Step> {
        let references = references.iter().map(|(object, others)| (*object, others.iter().copied().collect()));
        order(&references.collect(), can_wait)
    }

    fn write(object: usize, without: &[usize]) -> Step {
        Step::Write { object, without: without.iter().copied().collect() }
    }

    #[test]
    fn referenced_objects_come_first_and_lower_ones_before_higher() {
        let references: &[(usize, &[usize])] = &[(0, &[3]), (1, &[]), (2, &[2, 9]), (3, &[1]), (4, &[])];
        let expected = [write(1, &[]), write(2, &[]), write(3, &[]), write(0, &[]), write(4, &[])];
        assert_eq!(steps(references, &|_, _| true), expected);
    }

    #[test]
    fn a_cycle_is_broken_and_completed() {
        let references: &[(usize, &[usize])] = &[(0, &[1]), (1, &[2]), (2, &[1, 3]), (3, &[]), (4, &[2])];
        let expected =
            [write(3, &[]), write(1, &[2]), write(0, &[]), write(2, &[]), Step::Complete { object: 1 }, write(4, &[])];
        assert_eq!(steps(references, &|_, _| true), expected);
        let other_way = steps(references, &|object, _| object == 2);
        let expected =
            [write(3, &[]), write(2, &[1]), write(1, &[]), Step::Complete { object: 2 }, write(0, &[]), write(4, &[])];
        assert_eq!(other_way, expected);
    }

    #[test]
    fn a_cycle_that_no_object_may_break_is_broken_at_the_lowest() {
        let references: &[(usize, &[usize])] = &[(0, &[1]), (1, &[0])];
        assert_eq!(steps(references, &|_, _| false), [write(0, &[1]), write(1, &[]), Step::Complete { object: 0 }]);
    }
}
