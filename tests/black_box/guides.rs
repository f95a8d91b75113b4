//! Each guide, carried out on the sandbox as its prompt says, in both modes: call by call, with the ids that the
//! answers hold. What came of it is read by another client.

use std::{collections::BTreeMap, fs};

use fusionauth_sandbox::{
    instance::DEFAULT_TENANT_ID,
    seed::{
        CONSOLE_APPLICATION_ID, HOOLI_TENANT_ID, HOOLI_XYZ_APPLICATION_ID, LOCK_ACTION_ID, LOCKED_USER_ID,
        PIED_PIPER_APPLICATION_ID, PIED_PIPER_THEME_ID, PIPERCHAT_APPLICATION_ID, PLAIN_WEBHOOK_ID, RICHARD_ID,
        RS256_KEY_ID, UNRESTRICTED_API_KEY_ID,
    },
};
use serde_json::{Value, json};

use crate::support::{
    client::{Client, command},
    sandbox::{API_KEY, Sandbox},
};

/// A guide that changes nothing can be carried out so.
const READING: [(&str, &str); 1] = [("READ_ONLY", "true")];

/// What is done with a call of a text.
enum Step<'a> {
    /// It is made. What stands as `<name>` in later calls is taken from its answer, by JSON pointers into the list of
    /// values that it holds.
    Make(&'a str, &'a [(&'a str, &'a str)]),
    /// It is left out, and why.
    LeaveOut(&'a str, &'a str),
}

use Step::{LeaveOut, Make};

impl Step<'_> {
    fn tool(&self) -> &str {
        match self {
            Make(tool, _) | LeaveOut(tool, _) => tool,
        }
    }
}

/// A call in a text: the tool that it goes to, and the line of arguments.
struct Block {
    called: String,
    line: String,
}

impl Block {
    /// The tool that is meant.
    fn tool(&self, mode: &str) -> String {
        if mode == "list" {
            return self.called.clone();
        }
        assert_eq!(self.called, "call_tool");
        let call: Value = serde_json::from_str(&self.line).unwrap();
        call["name"].as_str().unwrap().to_owned()
    }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut lines = text.lines();
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        if let Some(called) = line.strip_prefix("```call ") {
            blocks.push(Block { called: called.to_owned(), line: lines.next().unwrap().to_owned() });
        }
    }
    blocks
}

/// The names that stand as `<name>`.
fn placeholders(line: &str) -> impl Iterator<Item = &str> {
    let closed = line.split('<').skip(1).filter_map(|rest| rest.split_once('>'));
    closed.map(|(name, _)| name).filter(|name| !name.is_empty() && name.chars().all(char::is_alphanumeric))
}

/// The JSON values of an answer, after its first line.
fn values(answer: &str) -> Vec<Value> {
    let body = answer.split_once('\n').map_or("", |(_, body)| body);
    serde_json::Deserializer::from_str(body).into_iter::<Value>().map(Result::unwrap).collect()
}

/// A client that carries texts out, and counts what the last one took.
struct Walk {
    client: Client,
    mode: &'static str,
    /// What stands for `<name>`.
    known: BTreeMap<String, String>,
    calls: usize,
    tokens: usize,
}

impl Walk {
    fn on(sandbox: &Sandbox, mode: &'static str, more: &[(&str, &str)]) -> Self {
        let environment = [&[("API_KEY_APIKEYAUTH", API_KEY), ("TOOL_MODE", mode)], more].concat();
        Self { client: sandbox.client_with(&environment), mode, known: BTreeMap::new(), calls: 0, tokens: 0 }
    }

    fn know(&mut self, name: &str, value: &str) {
        self.known.insert(name.to_owned(), value.to_owned());
    }

    /// The calls of a guide, from its prompt.
    fn prompted(&mut self, name: &str, arguments: &Value) -> Vec<Block> {
        (self.calls, self.tokens) = (0, 0);
        let response = self.client.request("prompts/get", json!({ "name": name, "arguments": arguments }));
        let text = response["result"]["messages"][0]["content"]["text"].as_str();
        blocks(text.unwrap_or_else(|| panic!("{name}: {response}")))
    }

    /// Carries a guide out: the values of each answer, none where a call is left out.
    fn guide(&mut self, name: &str, arguments: &Value, steps: &[Step]) -> Vec<Vec<Value>> {
        let blocks = self.prompted(name, arguments);
        let answers = self.follow(name, &blocks, steps);
        self.tell(name);
        answers
    }

    /// Carries a part of a guide out in the same way.
    fn part(&mut self, name: &str, steps: &[Step]) -> Vec<Vec<Value>> {
        let shown = self.client.call("describe_tool", json!({ "names": [name] }));
        assert!(!shown.is_error, "{name}: {}", shown.text);
        self.follow(name, &blocks(&shown.text), steps)
    }

    fn follow(&mut self, name: &str, blocks: &[Block], steps: &[Step]) -> Vec<Vec<Value>> {
        let calls: Vec<_> = blocks.iter().map(|block| block.tool(self.mode)).collect();
        let expected: Vec<_> = steps.iter().map(Step::tool).collect();
        assert_eq!(calls, expected, "{name}: there is a step for each call");
        let mut answers = Vec::new();
        for (block, step) in blocks.iter().zip(steps) {
            let found = match step {
                Make(_, taken) => {
                    let found = Value::Array(values(&self.make(block).concat()));
                    for (placeholder, pointer) in *taken {
                        let id = found.pointer(pointer).and_then(Value::as_str);
                        self.know(placeholder, id.unwrap_or_else(|| panic!("{placeholder}: no {pointer} in {found}")));
                    }
                    found.as_array().unwrap().clone()
                }
                LeaveOut(tool, why) => {
                    eprintln!("{name} {}: {tool} is left out: {why}", self.mode);
                    Vec::new()
                }
            };
            answers.push(found);
        }
        answers
    }

    /// Makes a call: the texts of its answer.
    fn make(&mut self, block: &Block) -> Vec<String> {
        let mut line = block.line.clone();
        for name in placeholders(&block.line) {
            let value = self.known.get(name).unwrap_or_else(|| panic!("nothing stands for <{name}> in {line}"));
            line = line.replace(&format!("<{name}>"), value);
        }
        let arguments: Value = serde_json::from_str(&line).unwrap();
        let response = self.client.request("tools/call", json!({ "name": block.called, "arguments": arguments }));
        let content = response["result"]["content"].as_array().unwrap_or_else(|| panic!("{line}: {response}"));
        let texts: Vec<_> = content.iter().map(|content| content["text"].as_str().unwrap().to_owned()).collect();
        assert_eq!(response["result"]["isError"], false, "{line}: {texts:?}");
        self.calls += 1;
        self.tokens += texts.iter().map(|text| o200k::count(text)).sum::<usize>();
        texts
    }

    /// What a guide took: its name, the mode, calls, tokens of their answers.
    fn tell(&self, name: &str) {
        eprintln!("{name} {} {} {}", self.mode, self.calls, self.tokens);
    }
}

/// Does the same in both modes, each with a sandbox of its own and a client that sees what came of it.
fn in_both_modes(environment: &[(&str, &str)], test: impl Fn(&mut Walk, &mut Client)) {
    for mode in ["list", "search"] {
        let sandbox = Sandbox::start(&[]);
        test(&mut Walk::on(&sandbox, mode, environment), &mut sandbox.client());
    }
}

/// The object in the answer of a tool that reads one.
fn read(client: &mut Client, tool: &str, arguments: Value, object: &str) -> Value {
    let answer = client.call(tool, arguments);
    assert!(!answer.is_error, "{tool}: {}", answer.text);
    values(&answer.text)[0][object].clone()
}

fn application(client: &mut Client, id: &Value) -> Value {
    read(client, "retrieveApplicationWithId", json!({ "applicationId": id }), "application")
}

fn tenant(client: &mut Client, id: &str) -> Value {
    read(client, "retrieveTenantWithId", json!({ "tenantId": id }), "tenant")
}

/// `[name, findings]` of each object in an answer of the review.
fn findings(answer: &[Value]) -> Vec<Value> {
    answer.iter().map(|object| json!([object["name"], object["findings"]])).collect()
}

#[test]
fn explore_instance() {
    in_both_modes(&READING, |walk, _| {
        let answers = walk.guide(
            "explore-instance",
            &json!({}),
            &[
                Make("searchTenantsWithId", &[]),
                Make("searchApplicationsWithId", &[]),
                Make("retrieveTotalReportWithExcludesWithId", &[]),
                Make("searchIdentityProvidersWithId", &[]),
                Make("retrieveReactorStatus", &[]),
                Make("retrieveLambdasByTypeWithId", &[]),
            ],
        );
        assert_eq!((&answers[0][0], answers[0].len()), (&json!(3), 4));
        assert_eq!((&answers[1][0], answers[1].len()), (&json!(8), 9));
        assert_eq!(answers[2][0]["users"], 120);
        assert_eq!(answers[2][0]["perApplication"][PIPERCHAT_APPLICATION_ID], 13);
        let providers: Vec<_> = answers[3].iter().skip(1).map(|provider| &provider["name"]).collect();
        assert_eq!(providers, ["Hooli SSO", "Aviato SAML"]);
        assert_eq!(answers[3][1]["applications"], json!([PIED_PIPER_APPLICATION_ID]));
        assert_eq!(answers[4], [json!(false)]);
        assert!(answers[5].iter().any(|lambda| lambda["name"] == "Add the Weissman score"));
    });
}

#[test]
fn count_users() {
    in_both_modes(&READING, |walk, reader| {
        let answers = walk.guide(
            "count-users",
            &json!({ "application": "PiperChat", "tenant": "Hooli" }),
            &[
                Make("retrieveTotalReportWithExcludesWithId", &[]),
                Make("retrieveTotalReportWithExcludesWithId", &[]),
                Make("searchApplicationsWithId", &[]),
                Make("searchTenantsWithId", &[("tenantId", "/1/id")]),
                Make("searchUsersByQueryWithId", &[]),
                Make("searchUsersByQueryWithId", &[]),
                Make("retrieveMonthlyActiveReportWithId", &[]),
                Make("retrieveRegistrationReportWithId", &[]),
            ],
        );
        assert_eq!(answers[0], [json!({ "now": 120, "ever": 120 })]);
        let count = json!({ "applicationId": PIPERCHAT_APPLICATION_ID, "now": 13, "ever": 13 });
        assert!(answers[1].contains(&count), "{:?}", answers[1]);
        assert_eq!(answers[2].len(), 8);
        assert_eq!(answers[3][1]["name"], "Hooli");
        assert_eq!((&answers[4], &answers[5]), (&vec![json!(40)], &vec![json!(60)]));
        assert!(answers[6][0].is_u64() && answers[7][0].is_u64());
        let everybody = json!({ "search": { "queryString": "*", "numberOfResults": 1, "accurateTotal": true } });
        let total = read(reader, "searchUsersByQueryWithId", json!({ "requestBody": everybody }), "total");
        assert_eq!(total, 120);
    });
}

#[test]
fn find_user() {
    in_both_modes(&READING, |walk, _| {
        let answers = walk.guide(
            "find-user",
            &json!({ "user": "richard@piedpiper.example" }),
            &[
                Make("searchUsersByQueryWithId", &[("userId", "/1/id"), ("tenantId", "/1/tenantId")]),
                Make("retrieveUser", &[]),
                Make("retrieveUserWithId", &[]),
                Make("retrieveUserRecentLogin", &[]),
            ],
        );
        assert_eq!((&answers[0][0], &answers[0][1]["name"]), (&json!(1), &json!("Richard Hendricks")));
        assert_eq!(answers[1], [json!(RICHARD_ID)]);
        let user = &answers[2][0];
        assert_eq!((&user["id"], &user["active"]), (&json!(RICHARD_ID), &json!(true)));
        assert_eq!(user["groups"].as_array().map(Vec::len), Some(2));
        let registration = &user["registrations"][0];
        assert_eq!(registration["applicationId"], PIED_PIPER_APPLICATION_ID);
        assert_eq!(registration["roles"], json!(["admin"]));
        let logins: Vec<_> = answers[3].iter().map(|login| &login[1]).collect();
        assert_eq!(logins, [CONSOLE_APPLICATION_ID, PIED_PIPER_APPLICATION_ID], "the last one first");
    });
}

#[test]
fn registration_form() {
    in_both_modes(&[], |walk, reader| {
        let answers = walk.guide(
            "registration-form",
            &json!({ "application": "Pied Piper" }),
            &[
                Make("searchApplicationsWithId", &[("applicationId", "/0/id")]),
                Make("retrieveFormFields", &[("emailFieldId", "/0/id"), ("passwordFieldId", "/1/id")]),
                Make("createFormField", &[("firstNameFieldId", "/0/field/id")]),
                Make("createFormField", &[("colourFieldId", "/0/field/id")]),
                Make("createForm", &[("formId", "/0/form/id")]),
                Make("patchApplicationWithId", &[]),
            ],
        );
        let form_id = &answers[4][0]["form"]["id"];
        let form = read(reader, "retrieveFormWithId", json!({ "formId": form_id }), "form");
        assert_eq!(form["type"], "registration");
        let steps = form["steps"].as_array().unwrap();
        assert_eq!((steps.len(), &steps[0]["type"]), (1, &json!("collectData")));
        let fields: Vec<_> = steps[0]["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|id| {
                let field = read(reader, "retrieveFormFieldWithId", json!({ "fieldId": id }), "field");
                json!([field["key"], field["required"]])
            })
            .collect();
        let expected = [
            json!(["user.email", true]),
            json!(["user.password", true]),
            json!(["user.firstName", false]),
            json!(["registration.data.favouriteColor", false]),
        ];
        assert_eq!(fields, expected);
        let application = application(reader, &json!(PIED_PIPER_APPLICATION_ID));
        let expected = json!({ "enabled": true, "type": "advanced", "formId": form_id });
        assert_eq!(application["registrationConfiguration"], expected);
    });
}

#[test]
fn new_application() {
    in_both_modes(&[], |walk, reader| {
        let answers = walk.guide(
            "new-application",
            &json!({ "name": "Bachmanity", "kind": "web", "tenant": "Pied Piper" }),
            &[
                Make("searchTenantsWithId", &[("tenantId", "/0/id")]),
                Make("createApplication", &[("applicationId", "/0/application/id")]),
                Make("createOAuthScope", &[]),
            ],
        );
        let application = application(reader, &answers[1][0]["application"]["id"]);
        assert_eq!(application["name"], "Bachmanity");
        assert_eq!(application["tenantId"], DEFAULT_TENANT_ID);
        let oauth = &application["oauthConfiguration"];
        assert_eq!(oauth["proofKeyForCodeExchangePolicy"], "Required");
        assert_eq!(oauth["authorizedURLValidationPolicy"], "ExactMatch");
        assert_eq!(oauth["clientAuthenticationPolicy"], "Required");
        assert_eq!(oauth["enabledGrants"], json!(["authorization_code", "refresh_token"]));
        assert_eq!(answers[2][0]["scope"]["applicationId"], application["id"]);
        let answers = walk.part(
            "new-application-machine.md",
            &[
                Make("searchEntityTypesWithId", &[]),
                Make("createEntityType", &[("entityTypeId", "/0/entityType/id")]),
                Make("createEntity", &[("targetEntityId", "/0/entity/id")]),
                Make("createEntity", &[("callerEntityId", "/0/entity/id")]),
                Make("upsertEntityGrantWithId", &[]),
                Make("retrieveEntityGrantWithId", &[]),
            ],
        );
        assert_eq!(answers[5], [json!(["read"])]);
        let pair = json!({
            "X-FusionAuth-TenantId": DEFAULT_TENANT_ID,
            "entityId": walk.known["targetEntityId"],
            "recipientEntityId": walk.known["callerEntityId"],
        });
        let grant = read(reader, "retrieveEntityGrantWithId", pair, "grant");
        assert_eq!(grant["permissions"], json!(["read"]));
    });
}

const REVIEW: [Step<'static>; 4] = [
    Make("searchApplicationsWithId", &[]),
    Make("searchTenantsWithId", &[]),
    Make("searchKeysWithId", &[]),
    Make("searchWebhooksWithId", &[]),
];

#[test]
fn security_review() {
    in_both_modes(&READING, |walk, _| {
        let answers = walk.guide("security-review", &json!({}), &REVIEW);
        let expected = [
            json!(["PiperChat", ["pkce: NotRequiredWhenUsingClientAuthentication", "wildcard URLs", "Login API open"]]),
            json!(["Compression Console", ["pkce: NotRequired", "refresh token reusable"]]),
            json!([
                "HooliXYZ",
                ["pkce: NotRequired", "implicit grant", "password grant", "no client authentication", "debug on"]
            ]),
            json!(["Nucleus", ["pkce: NotRequiredWhenUsingClientAuthentication", "http URLs"]]),
        ];
        assert_eq!(findings(&answers[0]), expected);
        let aviato = [
            "refresh token reusable",
            "password under 12",
            "no breach check",
            "no multi-factor",
            "no lock after failed logins",
            "email not verified",
        ];
        let hooli = [&aviato[..], &["mail unencrypted"]].concat();
        let expected = [
            json!(["Pied Piper", ["refresh token reusable", "no breach check"]]),
            json!(["Hooli", hooli]),
            json!(["Aviato", aviato]),
        ];
        assert_eq!(findings(&answers[1]), expected);
        let keys: Vec<_> = answers[2].iter().map(|key| json!([key["name"], key["algorithm"]])).collect();
        assert_eq!(keys, [json!(["Default signing key", "HS256"]), json!(["Webhook signatures", "HS256"])]);
        assert_eq!(answers[3].len(), 1);
        assert_eq!(answers[3][0]["id"], PLAIN_WEBHOOK_ID);
        assert_eq!(answers[3][0]["findings"], json!(["over http", "unsigned"]));
        let answers = walk.part(
            "security-review-oauth-2-1.md",
            &[Make("searchApplicationsWithId", &[]), Make("searchTenantsWithId", &[])],
        );
        let failed: Vec<_> = answers[0].iter().filter(|row| row["pass"] != true).map(|row| &row["name"]).collect();
        assert_eq!(failed, ["PiperChat", "Compression Console", "HooliXYZ", "Nucleus"]);
        assert_eq!(answers[1].len(), 3);
    });
}

#[test]
fn security_review_remedies() {
    in_both_modes(&[], |walk, _| {
        walk.know("applicationId", HOOLI_XYZ_APPLICATION_ID);
        walk.know("tenantId", HOOLI_TENANT_ID);
        walk.know("webhookId", PLAIN_WEBHOOK_ID);
        walk.know("keyId", UNRESTRICTED_API_KEY_ID);
        let answers = walk.part(
            "security-review-remedies.md",
            &[
                Make("patchApplicationWithId", &[]),
                Make("patchTenantWithId", &[]),
                Make("patchWebhookWithId", &[]),
                Make("retrieveAPIKeyWithId", &[]),
            ],
        );
        assert_eq!(answers[3][0]["everything"], true);
        let blocks = walk.prompted("security-review", &json!({}));
        let answers = walk.follow("security-review", &blocks, &REVIEW);
        let application = json!(["HooliXYZ", ["no client authentication", "debug on"]]);
        assert!(findings(&answers[0]).contains(&application), "{:?}", answers[0]);
        let left = [
            "no breach check",
            "no multi-factor",
            "no lock after failed logins",
            "email not verified",
            "mail unencrypted",
        ];
        assert!(findings(&answers[1]).contains(&json!(["Hooli", left])), "{:?}", answers[1]);
        assert_eq!(answers[3][0]["findings"], json!(["unsigned"]));
    });
}

#[test]
fn debug_login() {
    in_both_modes(&READING, |walk, _| {
        let answers = walk.guide(
            "debug-login",
            &json!({ "user": "jian@piedpiper.example", "application": "Pied Piper" }),
            &[
                Make("searchUsersByQueryWithId", &[("userId", "/1/id")]),
                Make("retrieveUserActioning", &[]),
                Make("searchApplicationsWithId", &[("tenantId", "/0/tenantId")]),
                Make("retrieveTenantWithId", &[]),
                Make("retrieveUserRecentLogin", &[]),
                Make("searchEventLogsWithId", &[]),
            ],
        );
        assert_eq!((&answers[0][0], &answers[0][1]["id"]), (&json!(1), &json!(LOCKED_USER_ID)));
        let lock = &answers[1][0];
        assert_eq!((answers[1].len(), &lock["name"]), (1, &json!("Lock account")));
        assert_eq!(lock["comment"], "Until the smart fridges are back");
        assert_eq!(lock["expiry"], 4_102_444_800_000_u64);
        assert_eq!(lock["actionerUserId"], RICHARD_ID);
        assert_eq!((answers[2].len(), &answers[2][0]["requireRegistration"]), (1, &json!(true)));
        assert_eq!(answers[3][0]["lock"]["userActionId"], LOCK_ACTION_ID);
        assert!(answers[4].is_empty(), "never signed in");
    });
}

#[test]
fn debug_login_remedies() {
    in_both_modes(&[], |walk, reader| {
        let in_force = json!({ "userId": LOCKED_USER_ID, "preventingLogin": true });
        let locks = read(reader, "retrieveUserActioning", in_force.clone(), "actions");
        walk.know("actionId", locks[0]["id"].as_str().unwrap());
        walk.know("administratorUserId", RICHARD_ID);
        walk.know("userId", LOCKED_USER_ID);
        walk.know("tenantId", DEFAULT_TENANT_ID);
        walk.know("email", "jian@piedpiper.example");
        walk.know("applicationId", PIPERCHAT_APPLICATION_ID);
        walk.part(
            "debug-login-remedies.md",
            &[
                Make("cancelActionWithId", &[]),
                Make("updateUserWithId", &[]),
                Make("patchUserWithId", &[]),
                Make("updateUserVerifyEmail", &[]),
                Make("createUserVerifyEmail", &[]),
                Make("registerWithId", &[]),
                Make("forgotPasswordWithId", &[]),
            ],
        );
        assert_eq!(read(reader, "retrieveUserActioning", in_force, "actions"), json!([]));
        let user = read(reader, "retrieveUserWithId", json!({ "userId": LOCKED_USER_ID }), "user");
        assert_eq!((&user["active"], &user["expiry"]), (&json!(true), &json!(4_102_444_800_000_u64)));
        let registrations = user["registrations"].as_array().unwrap();
        assert!(registrations.iter().any(|registration| registration["applicationId"] == PIPERCHAT_APPLICATION_ID));
    });
}

#[test]
fn theme_login_page() {
    in_both_modes(&[], |walk, reader| {
        let answers = walk.guide(
            "theme-login-page",
            &json!({ "application": "Pied Piper" }),
            &[
                Make("searchApplicationsWithId", &[("applicationId", "/0/id"), ("tenantId", "/0/tenantId")]),
                Make("retrieveTenantWithId", &[("sourceThemeId", "/0/themeId")]),
                Make("createTheme", &[("themeId", "/0/theme/id")]),
                Make("retrieveThemeWithId", &[]),
                Make("patchThemeWithId", &[]),
                Make("patchApplicationWithId", &[]),
            ],
        );
        let id = &answers[2][0]["theme"]["id"];
        let theme = read(reader, "retrieveThemeWithId", json!({ "themeId": id }), "theme");
        assert_eq!(theme["name"], "Pied Piper login");
        assert!(theme["stylesheet"].as_str().unwrap().contains("--main-accent-color"), "{theme}");
        let source = read(reader, "retrieveThemeWithId", json!({ "themeId": PIED_PIPER_THEME_ID }), "theme");
        assert_eq!(theme["templates"], source["templates"], "a copy");
        assert!(!source["stylesheet"].as_str().unwrap().contains("--main-accent-color"), "{source}");
        assert_eq!(application(reader, &json!(PIED_PIPER_APPLICATION_ID))["themeId"], *id);
        assert_eq!(tenant(reader, DEFAULT_TENANT_ID)["themeId"], PIED_PIPER_THEME_ID);
    });
}

#[test]
fn migrate_users() {
    in_both_modes(&[], |walk, reader| {
        let answers = walk.guide(
            "migrate-users",
            &json!({ "application": "Pied Piper" }),
            &[
                Make("searchApplicationsWithId", &[("applicationId", "/0/id"), ("tenantId", "/0/tenantId")]),
                Make("searchUsersByQueryWithId", &[]),
                Make("importUsersWithId", &[]),
                Make("refreshUserSearchIndex", &[]),
                Make("searchUsersByQueryWithId", &[]),
            ],
        );
        assert_eq!(answers[1], [json!(60)]);
        assert_eq!((&answers[4][0], answers[4].len()), (&json!(2), 3));
        for (email, is_verified) in [("laurie@raviga.example", true), ("ed@raviga.example", false)] {
            let found = json!({ "X-FusionAuth-TenantId": DEFAULT_TENANT_ID, "email": email });
            let user = read(reader, "retrieveUser", found, "user");
            assert_eq!((&user["email"], &user["verified"]), (&json!(email), &json!(is_verified)));
            assert_eq!(user["registrations"][0]["applicationId"], PIED_PIPER_APPLICATION_ID);
        }
        let everybody = json!({ "search": { "queryString": "*", "numberOfResults": 1, "accurateTotal": true } });
        let of_tenant = json!({ "X-FusionAuth-TenantId": DEFAULT_TENANT_ID, "requestBody": everybody });
        assert_eq!(read(reader, "searchUsersByQueryWithId", of_tenant, "total"), 62);
        walk.part("migrate-users-hashes.md", &[Make("patchTenantWithId", &[])]);
        let hashing = &tenant(reader, DEFAULT_TENANT_ID)["passwordEncryptionConfiguration"];
        assert_eq!(hashing["modifyEncryptionSchemeOnLogin"], true, "{hashing}");
    });
}

#[test]
fn rotate_keys() {
    in_both_modes(&[], |walk, reader| {
        let answers = walk.guide(
            "rotate-keys",
            &json!({ "tenant": "Pied Piper" }),
            &[
                Make("searchTenantsWithId", &[("tenantId", "/0/id"), ("oldKeyId", "/0/accessTokenKeyId")]),
                Make("searchApplicationsWithId", &[]),
                Make("searchKeysWithId", &[]),
                Make("generateKey", &[("newKeyId", "/0/key/id")]),
                Make("patchTenantWithId", &[]),
                Make("searchIdentityProvidersWithId", &[]),
                LeaveOut("patchTenantWithId", "an identity provider uses the old key, so it is kept"),
            ],
        );
        assert_eq!(answers[1].len(), 1);
        assert_eq!(answers[1][0]["id"], CONSOLE_APPLICATION_ID);
        assert_eq!(answers[3][0]["key"]["hasPrivateKey"], true);
        assert_eq!(answers[5][0]["name"], "Aviato SAML");
        let new_key = &answers[3][0]["key"]["id"];
        let signing = &tenant(reader, DEFAULT_TENANT_ID)["jwtConfiguration"];
        assert_eq!((&signing["accessTokenKeyId"], &signing["idTokenKeyId"]), (new_key, new_key));
        for list in ["accessTokenVerificationKeyIds", "idTokenVerificationKeyIds"] {
            assert_eq!(signing[list], json!([RS256_KEY_ID]));
        }
        let old_key = read(reader, "retrieveKeyWithId", json!({ "keyId": RS256_KEY_ID }), "key");
        assert_eq!(old_key["name"], "Pied Piper tokens");
    });
}

/// With this an export comes in parts.
const SMALL: [(&str, &str); 1] = [("MAX_ANSWER_TOKENS", "3000")];

/// Carries a guide to an export out: the report, and the files with their parts joined.
fn exported(walk: &mut Walk, name: &str, arguments: &Value) -> (String, BTreeMap<String, String>) {
    let blocks = walk.prompted(name, arguments);
    let [first, next] = blocks.as_slice() else { panic!("{name}: {} calls", blocks.len()) };
    let mut texts = walk.make(first);
    let report = texts[0].clone();
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    loop {
        for text in &texts {
            if let Some((head, content)) = text.strip_prefix("--- ").and_then(|rest| rest.split_once(" ---\n")) {
                let path = head.split(", from byte").next().unwrap();
                files.entry(path.to_owned()).or_default().push_str(content);
            }
        }
        let Some(cursor) = texts.last().unwrap().strip_prefix("More follows. nextCursor: ") else { break };
        walk.know("nextCursor", cursor);
        texts = walk.make(next);
    }
    (report, files)
}

#[test]
fn export_kickstart() {
    in_both_modes(&READING, |walk, _| {
        let (report, files) = exported(walk, "export-kickstart", &json!({ "application": "Pied Piper" }));
        walk.tell("export-kickstart");
        assert_eq!(files.keys().collect::<Vec<_>>(), ["kickstart.json"]);
        let kickstart = &files["kickstart.json"];
        let variables = kickstart.split("#{ENV.").skip(1).filter_map(|rest| rest.split_once('}'));
        let secrets: BTreeMap<_, _> =
            variables.map(|(name, _)| (name, format!("the-value-of-{name}-which-is-long"))).collect();
        assert!(secrets.len() > 5 && secrets.keys().all(|name| report.contains(&format!("- {name}: "))), "{report}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kickstart.json");
        fs::write(&path, kickstart).unwrap();
        let environment: Vec<_> = secrets.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let output = command(&environment)
            .arg(format!("--sandbox={}", path.display()))
            .args(["call", "retrieveApplication", "{\"jq\":\".applications[].name\"}"])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(String::from_utf8_lossy(&output.stdout), "\"FusionAuth\"\n\"Pied Piper\"\n");
    });
}

#[test]
fn export_terraform() {
    for purpose in ["adopt", "clone"] {
        in_both_modes(&READING, |walk, _| {
            let arguments = json!({ "application": "Pied Piper", "purpose": purpose });
            let (report, files) = exported(walk, "export-terraform", &arguments);
            walk.tell(&format!("export-terraform ({purpose})"));
            assert!(report.starts_with("Terraform: "), "{report}");
            for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".tf")) {
                hcl::parse(text).unwrap_or_else(|error| panic!("{path}: {error}"));
            }
            assert!(files["applications.tf"].contains("resource \"fusionauth_application\" \"pied_piper\""));
            assert_eq!(files.contains_key("imports.tf"), purpose == "adopt");
        });
    }
}

#[test]
fn an_export_in_parts_is_the_same_when_they_are_joined() {
    let kickstart = ("export-kickstart", json!({ "application": "Pied Piper" }));
    let terraform = ("export-terraform", json!({ "application": "Pied Piper", "purpose": "clone" }));
    for (name, arguments) in [kickstart, terraform] {
        for mode in ["list", "search"] {
            let sandbox = Sandbox::start(&[]);
            let (_, whole) = exported(&mut Walk::on(&sandbox, mode, &[]), name, &arguments);
            let mut walk = Walk::on(&sandbox, mode, &SMALL);
            let (_, joined) = exported(&mut walk, name, &arguments);
            assert!(walk.calls > 1, "{name}");
            assert_eq!(joined, whole, "{name}");
        }
    }
}
