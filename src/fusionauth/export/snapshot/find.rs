//! A tenant or an application by what a person calls it.

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
    /// There is none of that name.
    #[error("there is no {family} `{name}`{hint}")]
    None {
        /// What one is called.
        family: &'static str,
        /// The name.
        name: String,
        /// The nearest right name.
        hint: String,
    },
    /// There are several of that name.
    #[error("there are several {family} named `{name}`; use an id: {ids}")]
    Several {
        /// What several are called.
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
/// There is none of that name, or several, or they cannot be listed.
pub async fn find(reader: &Reader<'_>, family: Family, text: &str) -> Result<String, FindError> {
    among(&reader.objects(family).await?, family, text)
}

fn among(objects: &[Object], family: Family, text: &str) -> Result<String, FindError> {
    if let Some(object) = objects.iter().find(|object| object.id.eq_ignore_ascii_case(text)) {
        return Ok(object.id.clone());
    }
    let named = |is_meant: &dyn Fn(&str) -> bool| -> Vec<&Object> {
        objects.iter().filter(|object| is_meant(object.label())).collect()
    };
    let lower = text.to_lowercase();
    let mut found = named(&|name: &str| name == text);
    if found.is_empty() {
        found = named(&|name: &str| name.to_lowercase() == lower);
    }
    match found.as_slice() {
        [object] => Ok(object.id.clone()),
        [] => Err(FindError::None {
            family: family.singular(),
            name: shortened(text).into_owned(),
            hint: did_you_mean(text, objects.iter().map(Object::label)),
        }),
        several => {
            let ids: Vec<String> = several.iter().map(|object| described(object)).collect();
            let name = shortened(text).into_owned();
            Err(FindError::Several { family: family.plural(), name, ids: ids.join(", ") })
        }
    }
}

/// The id, and the tenant where that tells objects of one name apart.
fn described(object: &Object) -> String {
    match object.value.get("tenantId").and_then(|id| id.as_str()) {
        Some(tenant_id) => format!("{} (tenant {tenant_id})", object.id),
        None => object.id.clone(),
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
            Object { family: Family::Application, id: id.to_owned(), value }
        };
        let objects = [application("1", "Pied Piper"), application("2", "PIED PIPER"), application("3", "Hooli")];
        let find = |text: &str| among(&objects, Family::Application, text).map_err(|error| error.to_string());
        assert_eq!(find("2"), Ok("2".to_owned()));
        assert_eq!(find("Pied Piper"), Ok("1".to_owned()));
        assert_eq!(find("hooli"), Ok("3".to_owned()));
        let several = "there are several applications named `pied piper`; use an id: 1 (tenant t), 2 (tenant t)";
        assert_eq!(find("pied piper"), Err(several.to_owned()));
        assert_eq!(find("Holi"), Err("there is no application `Holi`; did you mean `Hooli`?".to_owned()));
    }
}
