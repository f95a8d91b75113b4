//! Resources, their templates and completion tell of the tools that are offered, and of no other.

use serde_json::{Value, json};

use crate::support::{client::Client, document::Document};

fn read(client: &mut Client, uri: &str) -> Value {
    client.request("resources/read", json!({ "uri": uri }))
}

fn text(client: &mut Client, uri: &str) -> String {
    let response = read(client, uri);
    response["result"]["contents"][0]["text"].as_str().unwrap_or_else(|| panic!("{uri}: {response}")).to_owned()
}

fn completed(client: &mut Client, template: &str, typed: &str) -> Value {
    let argument = json!({ "name": "name", "value": typed });
    let parameters = json!({ "ref": { "type": "ref/resource", "uri": template }, "argument": argument });
    client.request("completion/complete", parameters)["result"]["completion"].clone()
}

#[test]
fn areas_tools_and_schemas_are_read() {
    let mut client = Client::connect(&[]);
    let list = client.request("resources/list", json!({}));
    assert_eq!(list["result"]["resources"][0]["uri"], "fusionauth://areas");
    let templates = client.request("resources/templates/list", json!({}));
    let templates: Vec<_> = templates["result"]["resourceTemplates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|template| template["uriTemplate"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(templates, ["fusionauth://tools/{name}", "fusionauth://schemas/{name}"]);
    let areas = text(&mut client, "fusionauth://areas");
    assert!(areas.contains("- **api-key** (") && areas.contains("createAPIKey, createAPIKeyWithId, delete"), "{areas}");
    let tool = text(&mut client, "fusionauth://tools/createTenant");
    assert!(
        tool.contains("answer: TenantResponse") && tool.contains("JWTConfiguration {") && !tool.contains("not shown")
    );
    let schema: Value = serde_json::from_str(&text(&mut client, "fusionauth://schemas/GroupRequest")).unwrap();
    assert_eq!(schema["properties"]["group"]["$ref"], "fusionauth://schemas/Group");
    assert!(text(&mut client, "fusionauth://schemas/Group").contains("\"name\""));
}

#[test]
fn what_is_not_there_is_told() {
    let mut client = Client::connect(&[]);
    for (uri, expected) in [
        ("fusionauth://tools/retreiveUser", "did you mean `retrieveUser`?"),
        ("fusionauth://schemas/Grupp", "did you mean `Group`?"),
        ("file:///etc/passwd", "unknown resource"),
    ] {
        let error = &read(&mut client, uri)["error"];
        assert_eq!(error["code"], -32002, "{error}");
        assert!(error["message"].as_str().unwrap().contains(expected), "{error}");
    }
    let parameters = json!({ "ref": { "type": "ref/resource", "uri": "file:///{name}" }, "argument": { "name": "name", "value": "" } });
    assert_eq!(client.request("completion/complete", parameters)["error"]["code"], -32602);
}

/// The tools that are no operation.
const EXPORTS: usize = 2;

#[test]
fn names_are_completed() {
    let mut client = Client::connect(&[]);
    let names = completed(&mut client, "fusionauth://tools/{name}", "createten");
    assert_eq!(
        names["values"],
        json!(["createTenant", "createTenantManagerIdentityProviderType", "createTenantWithId"])
    );
    let all = completed(&mut client, "fusionauth://tools/{name}", "");
    let total = Document::load().operations().len() + EXPORTS;
    assert_eq!(
        (all["values"].as_array().unwrap().len(), &all["total"], &all["hasMore"]),
        (100, &json!(total), &json!(true))
    );
    let schemas = completed(&mut client, "fusionauth://schemas/{name}", "tenantreq");
    assert_eq!(schemas["values"], json!(["TenantRequest"]));
}

#[test]
fn what_is_not_offered_has_no_resource() {
    for environment in [("READ_ONLY", "true"), ("USE_TOOLS", "retrieve,search")] {
        for mode in ["list", "search"] {
            let mut client = Client::connect(&[environment, ("TOOL_MODE", mode)]);
            assert!(!text(&mut client, "fusionauth://areas").contains("delete"));
            assert!(read(&mut client, "fusionauth://tools/deleteUserWithId")["error"].is_object());
            assert!(
                read(&mut client, "fusionauth://schemas/TenantRequest")["error"].is_object(),
                "only a create takes it"
            );
            assert_eq!(completed(&mut client, "fusionauth://tools/{name}", "delete")["total"], 0);
            assert_eq!(completed(&mut client, "fusionauth://schemas/{name}", "TenantRequest")["total"], 0);
        }
    }
}
