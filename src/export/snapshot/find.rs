//! A tenant or an application by what a person calls it.

use super::{Family, Object, read::Reader};
use crate::nearest::did_you_mean;

/// The id of the tenant or application (`family`) that `text` names: its id, its name, or its name in another case.
///
/// # Errors
/// Where there is none, with the nearest name; where there are several of that name, with their ids; where they cannot
/// be listed.
pub async fn find(reader: &Reader<'_>, family: Family, text: &str) -> Result<String, String> {
    let objects = reader.objects(family).await.map_err(|error| error.to_string())?;
    among(&objects, family, text)
}

fn among(objects: &[Object], family: Family, text: &str) -> Result<String, String> {
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
        [] => {
            let nearest = did_you_mean(text, objects.iter().map(Object::label));
            Err(format!("there is no {} `{text}`{nearest}", family.singular()))
        }
        several => {
            let several: Vec<String> = several.iter().map(|object| described(object)).collect();
            Err(format!("there are several {} named `{text}`; use an id: {}", family.plural(), several.join(", ")))
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
        let find = |text: &str| among(&objects, Family::Application, text);
        assert_eq!(find("2"), Ok("2".to_owned()));
        assert_eq!(find("Pied Piper"), Ok("1".to_owned()));
        assert_eq!(find("hooli"), Ok("3".to_owned()));
        let several = "there are several applications named `pied piper`; use an id: 1 (tenant t), 2 (tenant t)";
        assert_eq!(find("pied piper"), Err(several.to_owned()));
        assert_eq!(find("Holi"), Err("there is no application `Holi`; did you mean `Hooli`?".to_owned()));
    }
}
