//! Finds a tenant or an application by name or id.

use super::{
    object::{Family, Object},
    read::{ReadError, Reader},
};
use gateway::text::{nearest::did_you_mean, shorten::shortened};

/// Why there is no such tenant or application.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FindError {
    /// They cannot be listed.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// None has that name.
    #[error("there is no {family} `{name}`{hint}")]
    NotFound {
        /// The name of the kind.
        family: &'static str,
        /// What was given.
        name: String,
        /// The nearest right name.
        hint: String,
    },
    /// Several have that name.
    #[error("there are several {family} named `{name}`; use an id: {ids}")]
    Ambiguous {
        /// The plural name of the kind.
        family: &'static str,
        /// The name.
        name: String,
        /// Their ids.
        ids: String,
    },
}

/// The id of the tenant or application (`family`) that `text` names: its id, its name, or its name in another case.
///
/// # Errors
/// None has that name, or several have, or they cannot be listed.
pub async fn find(reader: &Reader<'_>, family: Family, text: &str) -> Result<String, FindError> {
    let objects = reader.objects(family).await?;
    find_among(&objects.iter().collect::<Vec<_>>(), family, text)
}

/// The same among objects that were read, all of which are of that kind.
///
/// # Errors
/// None has that name, or several have.
pub fn find_among(objects: &[&Object], family: Family, text: &str) -> Result<String, FindError> {
    // The kinds that can be found all have ids.
    let identified = || objects.iter().copied().filter_map(|object| Some((object.id.as_deref()?, object)));
    if let Some((id, _)) = identified().find(|(id, _)| id.eq_ignore_ascii_case(text)) {
        return Ok(id.to_owned());
    }
    let named = |matches: &dyn Fn(&str) -> bool| -> Vec<(&str, &Object)> {
        identified().filter(|(_, object)| matches(object.label())).collect()
    };
    let lower = text.to_lowercase();
    let mut found = named(&|name: &str| name == text);
    if found.is_empty() {
        found = named(&|name: &str| name.to_lowercase() == lower);
    }
    match found.as_slice() {
        [(id, _)] => Ok((*id).to_owned()),
        [] => Err(FindError::NotFound {
            family: family.singular(),
            name: shortened(text).into_owned(),
            hint: did_you_mean(text, objects.iter().map(|object| object.label())),
        }),
        several => {
            let ids: Vec<String> = several.iter().map(|(id, object)| describe(id, object)).collect();
            let name = shortened(text).into_owned();
            Err(FindError::Ambiguous { family: family.plural(), name, ids: ids.join(", ") })
        }
    }
}

/// The id, and the tenant, which tells objects of the same name apart.
fn describe(id: &str, object: &Object) -> String {
    match object.text("tenantId") {
        Some(tenant_id) => format!("{id} (tenant {tenant_id})"),
        None => id.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn by_id_by_name_and_by_name_in_another_case() {
        let application = |id: &str, name: &str| {
            let value = json!({ "id": id, "name": name, "tenantId": "t" }).as_object().cloned().unwrap();
            Object { family: Family::Application, id: Some(id.to_owned()), value }
        };
        let objects = [application("1", "Pied Piper"), application("2", "PIED PIPER"), application("3", "Hooli")];
        let objects = objects.each_ref();
        let find = |text: &str| find_among(&objects, Family::Application, text).map_err(|error| error.to_string());
        assert_eq!(find("2"), Ok("2".to_owned()));
        assert_eq!(find("Pied Piper"), Ok("1".to_owned()));
        assert_eq!(find("hooli"), Ok("3".to_owned()));
        let several = "there are several applications named `pied piper`; use an id: 1 (tenant t), 2 (tenant t)";
        assert_eq!(find("pied piper"), Err(several.to_owned()));
        assert_eq!(find("Holi"), Err("there is no application `Holi`; did you mean `Hooli`?".to_owned()));
    }
}
