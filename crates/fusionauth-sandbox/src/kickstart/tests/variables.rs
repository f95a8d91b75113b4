//! Tests of variables: their values, and those without one.

use super::*;

#[test]
fn variables_are_replaced_anywhere_in_a_string() {
    let body = json!({
        "#{user.name}": ["<#{adminEmail}> #{user.name}", 1, null, true],
        "lambda": "#{FUSIONAUTH_LAMBDA[OpenIDReconcile]_ID}",
        "environment": "#{ENV.EDITOR}#{ENV.EMPTY}",
        "through": "#{editor}",
        "plain": "${user.email} { # } #a{b} 100% \\ \\d C:\\temp {{"
    });
    let expected = json!({
        "Erlich": ["<admin@example.com> Erlich", 1, null, true],
        "lambda": "lambda",
        // What a variable holds is not looked at again.
        "environment": "vi #{adminEmail}",
        "through": "vi #{adminEmail}",
        "plain": "${user.email} { # } #a{b} 100% \\ \\d C:\\temp {{"
    });
    assert_eq!(TestFolder::new().body(body).unwrap(), expected);
}

#[test]
fn a_uuid_is_new_each_time_but_a_variable_keeps_its_own() {
    let mut file = with_body(json!(["#{UUID()}", "#{UUID()}", "#{id}", "#{id}"]));
    file["variables"]["id"] = json!("#{UUID()}");
    let body = TestFolder::new().read(&file).unwrap().steps[0].body.clone();
    let ids: Vec<&str> = body.as_array().unwrap().iter().map(|id| id.as_str().unwrap()).collect();
    assert!(ids.iter().all(|id| is_uuid(id) && id.as_bytes()[14] == b'4'), "{ids:?}");
    assert_ne!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
    assert_eq!(ids[2], ids[3]);
}

#[test]
fn variables_without_a_value_are_reported_together_with_a_file_to_fill_in() {
    let folder = TestFolder::new();
    folder.write("body.json", &json!({"a": "#{xyzzy}"}).to_string());
    let mut file = with_requests(json!([
        {"method": "POST", "url": "/a", "tenantId": "#{tenant}", "body": {"user": {"email": "#{adminEmial}"}}},
        {"method": "POST", "url": "/b", "body": "&{body.json}"},
        {"method": "POST", "url": "/c", "body": {"#{name}": "#{uuid()} #{adminEmial} #{secret}"}},
    ]));
    file["variables"]["secret"] = json!("#{ENV.MISSING}");
    file["variables"]["defaultTenantId"] = json!("#{ENV.TENANT}");
    let expected = r#"7 variables have no value:
  variables.defaultTenantId: the environment variable `TENANT` is not set
  variables.secret: the environment variable `MISSING` is not set
  requests[0].body.user.email: unknown variable `adminEmial`; did you mean `adminEmail`?
  requests[0].tenantId: unknown variable `tenant`
  requests[1].body.a: unknown variable `xyzzy` (in `body.json`)
  requests[2].body.#{name}: unknown variable `name`
  requests[2].body.#{name}: unknown variable `uuid()`; did you mean `UUID()`?
A file of values for them:
{
  "ENV.MISSING": "",
  "ENV.TENANT": "",
  "adminEmial": "",
  "name": "",
  "tenant": "",
  "uuid()": "",
  "xyzzy": ""
}"#;
    assert_eq!(error(folder.read(&file)), expected);
    assert!(error(folder.body(json!(["#{xyzzy}"]))).starts_with("1 variable has no value:\n  requests[0].body[0]: "));
    assert_eq!(
        error(folder.body(json!({"a": "x #{adminEmail"}))),
        "requests[0].body.a: `#{` is not closed: expected `}` after it, or `\\#{` for plain text"
    );
}

#[test]
fn given_values_come_before_the_environment_and_the_file() {
    let folder = TestFolder::new();
    let file = with_body(json!(["#{adminEmail}", "#{ENV.EDITOR}", "#{editor}", "#{new}", "#{FUSIONAUTH_TENANT_ID}"]));
    folder.write("kickstart.json", &file.to_string());
    let variables = [("adminEmail", "a"), ("ENV.EDITOR", "b #{x}"), ("new", "c"), ("defaultTenantId", ID)];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let given = Given { environment: &environment, variables };
    let kickstart = read(&folder.0.join("kickstart.json"), &given, built_in()).unwrap();
    assert_eq!(kickstart.steps[0].body, json!(["a", "b #{x}", "b #{x}", "c", ID]));
    assert_eq!(kickstart.default_tenant_id.as_deref(), Some(ID));
}

#[test]
fn a_variable_does_not_refer_to_another() {
    let folder = TestFolder::new();
    for name in ["adminEmail", TENANT_VARIABLE] {
        let mut file = with_body(json!({}));
        file["variables"]["login"] = json!(format!("<#{{{name}}}>"));
        let expected = format!("variables.login: a variable cannot refer to another, here `{name}`");
        let message = error(folder.read(&file));
        assert!(message.starts_with(&expected), "{message}");
    }
    let mut file = with_body(json!({}));
    file["variables"]["text"] = json!("@{a.txt}");
    let message = error(folder.read(&file));
    assert!(message.starts_with("variables.text: `@{a.txt}` is a file, which a variable cannot hold"), "{message}");
}

#[test]
fn the_default_tenant_id_is_the_tenant_variable() {
    let folder = TestFolder::new();
    let mut file = with_body(json!({"id": "#{FUSIONAUTH_TENANT_ID}", "same": "#{defaultTenantId}"}));
    file["variables"]["defaultTenantId"] = json!(ID);
    let kickstart = folder.read(&file).unwrap();
    assert_eq!(kickstart.default_tenant_id.as_deref(), Some(ID));
    assert_eq!(kickstart.steps[0].body, json!({"id": ID, "same": ID}));

    assert_eq!(folder.body(json!({"id": "#{FUSIONAUTH_TENANT_ID}"})).unwrap(), json!({"id": "tenant"}));
    for name in ["defaultTenantId", "tenantManagerApplicationId"] {
        let mut file = file.clone();
        file["variables"][name] = json!("default");
        assert_eq!(error(folder.read(&file)), format!("variables.{name}: expected a UUID, got `default`"));
    }

    let mut file = with_body(json!(["#{TENANT_MANAGER_ID}", "#{FUSIONAUTH_TENANT_MANAGER_APPLICATION_ID}"]));
    file["variables"]["tenantManagerApplicationId"] = json!(ID);
    let kickstart = folder.read(&file).unwrap();
    assert_eq!(kickstart.tenant_manager_id.as_deref(), Some(ID));
    assert_eq!(kickstart.steps[0].body, json!([ID, ID]));
}
