//! Where an API is served (OpenAPI 3.1, "Server Object").

use serde_json::Value;

/// The URLs of a list of servers, with the defaults of their variables. One with a variable that has none is left out.
pub(super) fn urls(servers: Option<&Value>) -> Vec<String> {
    let servers = servers.and_then(Value::as_array).into_iter().flatten();
    servers.filter_map(url).collect()
}

fn url(server: &Value) -> Option<String> {
    let mut url = server.get("url")?.as_str()?.to_owned();
    for (name, variable) in server.get("variables").and_then(Value::as_object).into_iter().flatten() {
        let values = variable.get("enum").and_then(Value::as_array);
        let default = variable.get("default").or_else(|| values?.first());
        let Some(default) = default.and_then(Value::as_str) else { continue };
        url = url.replace(&format!("{{{name}}}"), default);
    }
    (!url.contains('{')).then_some(url)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn variables_have_their_defaults() {
        let servers = json!([
            { "url": "https://{region}.a.example/{base}", "variables": {
                "region": { "default": "eu" }, "base": { "enum": ["v1", "v2"] } } },
            { "url": "https://{host}/", "variables": { "host": { "description": "yours" } } },
            { "url": "/api" },
            { "description": "no url" },
            "https://b.example",
        ]);
        assert_eq!(urls(Some(&servers)), ["https://eu.a.example/v1", "/api"]);
        assert_eq!(urls(None), Vec::<String>::new());
    }
}
