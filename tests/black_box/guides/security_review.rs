//! The `security-review` guide: what it finds in the seed data, and that its remedies remove the findings.

use fusionauth_sandbox::seed::{HOOLI_TENANT_ID, HOOLI_XYZ_APPLICATION_ID, PLAIN_WEBHOOK_ID, UNRESTRICTED_API_KEY_ID};
use serde_json::{Value, json};

use super::walk::{
    READING,
    Step::{self, Make},
    in_both_modes,
};

/// `[name, findings]` of each object in an answer of the review.
fn findings(answer: &[Value]) -> Vec<Value> {
    answer.iter().map(|object| json!([object["name"], object["findings"]])).collect()
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
            json!(["Compression Console", ["pkce: NotRequired", "refresh token reusable"]]),
            json!([
                "HooliXYZ",
                ["pkce: NotRequired", "implicit grant", "password grant", "no client authentication", "debug on"]
            ]),
            json!(["Nucleus", ["pkce: NotRequiredWhenUsingClientAuthentication", "http URLs"]]),
            json!(["PiperChat", ["pkce: NotRequiredWhenUsingClientAuthentication", "wildcard URLs", "Login API open"]]),
        ];
        assert_eq!(findings(&answers[0]), expected);
        let aviato = [
            "refresh token reusable",
            "password under 12",
            "no breach check",
            "no lock after failed logins",
            "email not verified",
        ];
        let hooli = [&aviato[..], &["mail unencrypted"]].concat();
        let expected = [
            json!(["Aviato", aviato]),
            json!(["Hooli", hooli]),
            json!(["Pied Piper", ["refresh token reusable", "no breach check"]]),
        ];
        assert_eq!(findings(&answers[1]), expected);
        let keys: Vec<_> = answers[2].iter().map(|key| json!([key["name"], key["algorithm"]])).collect();
        let built_in =
            |bits: u16| json!([format!("OpenID Connect compliant HMAC using SHA-{bits}"), format!("HS{bits}")]);
        let [default, webhook] = ["Default signing key", "Webhook signatures"].map(|name| json!([name, "HS256"]));
        assert_eq!(keys, [default, built_in(256), built_in(384), built_in(512), webhook]);
        assert_eq!(answers[3].len(), 1);
        assert_eq!(answers[3][0]["id"], PLAIN_WEBHOOK_ID);
        assert_eq!(answers[3][0]["findings"], json!(["over http", "unsigned"]));
        let answers = walk.part(
            "security-review-oauth-2-1.md",
            &[Make("searchApplicationsWithId", &[]), Make("searchTenantsWithId", &[])],
        );
        let failed: Vec<_> = answers[0].iter().filter(|row| row["pass"] != true).map(|row| &row["name"]).collect();
        assert_eq!(failed, ["Compression Console", "HooliXYZ", "Nucleus", "PiperChat"]);
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
        let left = ["no breach check", "no lock after failed logins", "email not verified", "mail unencrypted"];
        assert!(findings(&answers[1]).contains(&json!(["Hooli", left])), "{:?}", answers[1]);
        assert_eq!(answers[3][0]["findings"], json!(["unsigned"]));
    });
}
