//! Narrows two sides to the same part: one application or one tenant.

use super::comparison::Side;
use crate::fusionauth::export::snapshot::{
    find::{FindError, find_among},
    object::{Family, Object, Scope, Snapshot},
    selection::{NotReadable, narrowed},
};

/// Why two sides have no common part.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScopeError {
    /// Both an application and a tenant were asked for.
    #[error("application, tenant: give one of them, or none for everything")]
    TwoScopes,
    /// One side is a tenant, the other an application.
    #[error("{a} is {of_a}, {b} is {of_b}; they cannot be compared")]
    Different {
        /// What A is called.
        a: String,
        /// What it is a part of.
        of_a: &'static str,
        /// What B is called.
        b: String,
        /// What it is a part of.
        of_b: &'static str,
    },
    /// A side does not have it.
    #[error("{side}: {error}")]
    Find {
        /// What the side is called.
        side: String,
        /// Why it was not found.
        error: FindError,
    },
    /// A side does not have it, though others name it.
    #[error("{side}: {error}")]
    NotReadable {
        /// What the side is called.
        side: String,
        /// What is missing.
        error: NotReadable,
    },
}

/// The application or tenant that was asked for, by name or id, on both sides; or the part that one of them is.
///
/// # Errors
/// There is no such part on a side.
pub fn narrow(a: Side, b: Side, application: Option<&str>, tenant: Option<&str>) -> Result<(Side, Side), ScopeError> {
    let asked = match (application, tenant) {
        (Some(_), Some(_)) => return Err(ScopeError::TwoScopes),
        (Some(name), None) => Some((Family::Application, name.to_owned())),
        (None, Some(name)) => Some((Family::Tenant, name.to_owned())),
        (None, None) => None,
    };
    let (of_a, of_b) = (family(&a.snapshot.scope), family(&b.snapshot.scope));
    let (family, name) = match (asked, of_a, of_b) {
        (Some(asked), _, _) => asked,
        (None, None, None) => return Ok((a, b)),
        (None, Some(of_a), Some(of_b)) if of_a == of_b => return Ok((a, b)),
        (None, Some(_), Some(_)) => {
            let (of_a, of_b) = (described(&a.snapshot.scope), described(&b.snapshot.scope));
            return Err(ScopeError::Different { a: a.name, of_a, b: b.name, of_b });
        }
        (None, Some(family), None) => (family, id(&a.snapshot.scope)),
        (None, None, Some(family)) => (family, id(&b.snapshot.scope)),
    };
    let (found_a, found_b) = (found(&a, family, &name), found(&b, family, &name));
    // An id is one side's; the other one knows the name.
    let (id_a, id_b) = match (found_a, found_b) {
        (Ok(id_a), Err(_)) => {
            let id_b = found(&b, family, label(&a.snapshot, family, &id_a))?;
            (id_a, id_b)
        }
        (Err(_), Ok(id_b)) => {
            let id_a = found(&a, family, label(&b.snapshot, family, &id_b))?;
            (id_a, id_b)
        }
        (found_a, found_b) => (found_a?, found_b?),
    };
    Ok((narrowed_to(a, family, id_a)?, narrowed_to(b, family, id_b)?))
}

fn narrowed_to(side: Side, family: Family, id: String) -> Result<Side, ScopeError> {
    let scope = if family == Family::Tenant { Scope::Tenant(id) } else { Scope::Application(id) };
    if side.snapshot.scope == scope {
        return Ok(side);
    }
    let Side { name, snapshot, unset } = side;
    match narrowed(snapshot, scope) {
        Ok(snapshot) => Ok(Side { name, snapshot, unset }),
        Err(error) => Err(ScopeError::NotReadable { side: name, error }),
    }
}

fn found(side: &Side, family: Family, name: &str) -> Result<String, ScopeError> {
    let objects: Vec<&Object> = side.snapshot.of_family(family).collect();
    find_among(&objects, family, name).map_err(|error| ScopeError::Find { side: side.name.clone(), error })
}

fn label<'s>(snapshot: &'s Snapshot, family: Family, id: &'s str) -> &'s str {
    snapshot.object(family, id).map_or(id, Object::label)
}

fn family(scope: &Scope) -> Option<Family> {
    match scope {
        Scope::Everything => None,
        Scope::Tenant(_) => Some(Family::Tenant),
        Scope::Application(_) => Some(Family::Application),
    }
}

fn id(scope: &Scope) -> String {
    match scope {
        Scope::Everything => String::new(),
        Scope::Tenant(id) | Scope::Application(id) => id.clone(),
    }
}

fn described(scope: &Scope) -> &'static str {
    match scope {
        Scope::Everything => "everything",
        Scope::Tenant(_) => "one tenant",
        Scope::Application(_) => "one application",
    }
}
