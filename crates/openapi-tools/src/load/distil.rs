//! From a published OpenAPI document to its facts: paths, methods, names, types. Prose, examples and servers stay out.

use serde_json::{Map, Value, json};

/// A distilled document.
#[derive(Debug, Clone, PartialEq)]
pub struct Distilled {
    /// The facts, keys sorted.
    pub document: Value,
    /// JSON paths of keys that are neither facts nor prose as far as this program knows; they were left out.
    pub unknown: Vec<String>,
}

/// The facts of `published`.
pub fn distil(published: &Value) -> Distilled {
    let mut distiller = Distiller { unknown: Vec::new() };
    let document = distiller.object(published, "", &DOCUMENT);
    Distilled { document, unknown: distiller.unknown }
}

/// What becomes of the value of a key.
#[derive(Clone, Copy)]
enum Rule {
    /// A fact: kept as it is.
    Keep,
    /// Prose: left out.
    Drop,
    /// An object of a known form.
    Object(&'static Form),
    /// An object whose keys are names and whose values are all of one form.
    Named(&'static Form),
    /// A list of objects of one form.
    List(&'static Form),
    /// A value of one form, or a boolean.
    ObjectOrFlag(&'static Form),
    /// A text that OpenAPI demands: emptied.
    Empty,
    /// An object whose keys are names and whose values are texts that OpenAPI demands: they are emptied.
    EmptyByName,
}

type Form = [(&'static str, Rule)];

use Rule::{Drop, Empty, EmptyByName, Keep, List, Named, Object, ObjectOrFlag};

const DOCUMENT: [(&str, Rule); 8] = [
    ("openapi", Keep),
    ("info", Object(&INFO)),
    ("servers", Drop),
    ("tags", Drop),
    ("externalDocs", Drop),
    ("security", Keep),
    ("components", Object(&COMPONENTS)),
    ("paths", Named(&PATH)),
];

static INFO: [(&str, Rule); 6] = [
    ("title", Keep),
    ("version", Keep),
    ("description", Drop),
    ("license", Drop),
    ("contact", Drop),
    ("termsOfService", Drop),
];

static COMPONENTS: [(&str, Rule); 2] = [("schemas", Named(&SCHEMA)), ("securitySchemes", Named(&SECURITY_SCHEME))];

static SECURITY_SCHEME: [(&str, Rule); 9] = [
    ("$ref", Keep),
    ("type", Keep),
    ("name", Keep),
    ("in", Keep),
    ("scheme", Keep),
    ("bearerFormat", Keep),
    ("flows", Object(&FLOWS)),
    ("openIdConnectUrl", Keep),
    ("description", Drop),
];

static FLOWS: [(&str, Rule); 4] = [
    ("implicit", Object(&FLOW)),
    ("password", Object(&FLOW)),
    ("clientCredentials", Object(&FLOW)),
    ("authorizationCode", Object(&FLOW)),
];

static FLOW: [(&str, Rule); 4] =
    [("authorizationUrl", Keep), ("tokenUrl", Keep), ("refreshUrl", Keep), ("scopes", EmptyByName)];

static PATH: [(&str, Rule); 8] = [
    ("delete", Object(&OPERATION)),
    ("get", Object(&OPERATION)),
    ("patch", Object(&OPERATION)),
    ("post", Object(&OPERATION)),
    ("put", Object(&OPERATION)),
    ("parameters", List(&PARAMETER)),
    ("summary", Drop),
    ("description", Drop),
];

static OPERATION: [(&str, Rule); 10] = [
    ("operationId", Keep),
    ("parameters", List(&PARAMETER)),
    ("requestBody", Object(&REQUEST_BODY)),
    ("responses", Named(&RESPONSE)),
    ("security", Keep),
    ("deprecated", Keep),
    ("summary", Drop),
    ("description", Drop),
    ("tags", Drop),
    ("externalDocs", Drop),
];

static PARAMETER: [(&str, Rule); 10] = [
    ("name", Keep),
    ("in", Keep),
    ("required", Keep),
    ("schema", Object(&SCHEMA)),
    ("style", Keep),
    ("explode", Keep),
    ("deprecated", Keep),
    ("description", Drop),
    ("example", Drop),
    ("examples", Drop),
];

static REQUEST_BODY: [(&str, Rule); 3] = [("content", Named(&MEDIA_TYPE)), ("required", Keep), ("description", Drop)];

static RESPONSE: [(&str, Rule); 3] = [("content", Named(&MEDIA_TYPE)), ("description", Empty), ("headers", Drop)];

static MEDIA_TYPE: [(&str, Rule); 3] = [("schema", Object(&SCHEMA)), ("example", Drop), ("examples", Drop)];

static SCHEMA: [(&str, Rule); 34] = [
    ("$ref", Keep),
    ("type", Keep),
    ("format", Keep),
    ("enum", Keep),
    ("pattern", Keep),
    ("properties", Named(&SCHEMA)),
    ("required", Keep),
    ("additionalProperties", ObjectOrFlag(&SCHEMA)),
    ("items", Object(&SCHEMA)),
    ("uniqueItems", Keep),
    ("oneOf", List(&SCHEMA)),
    ("anyOf", List(&SCHEMA)),
    ("allOf", List(&SCHEMA)),
    ("not", Object(&SCHEMA)),
    ("discriminator", Keep),
    ("nullable", Keep),
    ("readOnly", Keep),
    ("writeOnly", Keep),
    ("deprecated", Keep),
    ("default", Keep),
    ("multipleOf", Keep),
    ("minimum", Keep),
    ("maximum", Keep),
    ("exclusiveMinimum", Keep),
    ("exclusiveMaximum", Keep),
    ("minLength", Keep),
    ("maxLength", Keep),
    ("minItems", Keep),
    ("maxItems", Keep),
    ("title", Drop),
    ("description", Drop),
    ("example", Drop),
    ("examples", Drop),
    ("externalDocs", Drop),
];

struct Distiller {
    unknown: Vec<String>,
}

impl Distiller {
    /// A value that does not have the form is kept as it is: the reader of the result says what is wrong with it.
    fn object(&mut self, value: &Value, place: &str, form: &Form) -> Value {
        let Some(entries) = value.as_object() else { return value.clone() };
        let mut kept = Map::new();
        for (key, inner) in entries {
            let inner_place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
            match form.iter().find(|(known, _)| known == key) {
                Some((_, rule)) => {
                    if let Some(inner) = self.apply(*rule, inner, &inner_place) {
                        kept.insert(key.clone(), inner);
                    }
                }
                None => self.unknown.push(inner_place),
            }
        }
        Value::Object(kept)
    }

    fn apply(&mut self, rule: Rule, value: &Value, place: &str) -> Option<Value> {
        match (rule, value) {
            (Drop, _) => None,
            (Empty, _) => Some(json!("")),
            (EmptyByName, Value::Object(entries)) => {
                Some(Value::Object(entries.keys().map(|name| (name.clone(), json!(""))).collect()))
            }
            (Named(form), Value::Object(entries)) => {
                let named = entries
                    .iter()
                    .map(|(name, inner)| (name.clone(), self.object(inner, &format!("{place}.{name}"), form)));
                Some(Value::Object(named.collect()))
            }
            (List(form), Value::Array(items)) => {
                let items =
                    items.iter().enumerate().map(|(index, item)| self.object(item, &format!("{place}[{index}]"), form));
                Some(Value::Array(items.collect()))
            }
            (Object(form) | ObjectOrFlag(form), value) => Some(self.object(value, place, form)),
            (Keep | EmptyByName | Named(_) | List(_), value) => Some(value.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_goes_and_facts_stay() {
        let published = json!({
            "openapi": "3.0.3",
            "info": { "title": "T", "version": "1", "description": "prose" },
            "servers": [{ "url": "http://localhost" }],
            "paths": { "/api/user": { "get": {
                "operationId": "retrieveUser",
                "description": "prose",
                "parameters": [{ "name": "email", "in": "query", "description": "prose", "schema": { "type": "string", "example": "a" } }],
                "responses": { "200": { "description": "prose" } },
            } } },
        });
        let distilled = distil(&published);
        assert_eq!(
            distilled.document,
            json!({
                "openapi": "3.0.3",
                "info": { "title": "T", "version": "1" },
                "paths": { "/api/user": { "get": {
                    "operationId": "retrieveUser",
                    "parameters": [{ "name": "email", "in": "query", "schema": { "type": "string" } }],
                    "responses": { "200": { "description": "" } },
                } } },
            })
        );
        assert_eq!(distilled.unknown, Vec::<String>::new());
        assert_eq!(distil(&distilled.document).document, distilled.document, "distilling again changes nothing");
    }

    #[test]
    fn a_property_that_is_called_description_is_a_fact() {
        let published = json!({ "components": { "schemas": { "Role": {
            "type": "object",
            "description": "prose",
            "properties": { "description": { "type": "string", "description": "prose" } },
        } } } });
        let properties = json!({ "description": { "type": "string" } });
        assert_eq!(distil(&published).document.pointer("/components/schemas/Role/properties"), Some(&properties));
    }

    #[test]
    fn scopes_stay_without_their_descriptions() {
        let published = json!({ "components": { "securitySchemes": { "oauth": { "type": "oauth2", "description": "prose", "flows": {
            "password": { "tokenUrl": "https://a.example/token", "scopes": { "description": "prose", "read": "prose" } },
        } } } } });
        let distilled = distil(&published);
        assert_eq!(
            distilled.document,
            json!({ "components": { "securitySchemes": { "oauth": { "type": "oauth2", "flows": {
                "password": { "tokenUrl": "https://a.example/token", "scopes": { "description": "", "read": "" } },
            } } } } })
        );
        assert_eq!(distilled.unknown, Vec::<String>::new());
    }

    #[test]
    fn what_is_left_out_without_being_prose_is_reported() {
        let published =
            json!({ "paths": { "/api/user": { "get": { "operationId": "retrieveUser", "callbacks": {} } } } });
        assert_eq!(distil(&published).unknown, ["paths./api/user.get.callbacks"]);
    }
}
