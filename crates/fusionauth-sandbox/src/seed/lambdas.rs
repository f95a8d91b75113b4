//! The lambdas.

use serde_json::json;

use super::request::{LAMBDA, create};
use crate::step::Step;

// Both bodies contain what other formats take for the start of a variable, so that exports have to escape it.
const POPULATE_BODY: &str = "\
function populate(jwt, user, registration) {
  // No variables: #{score} @{score.txt} &{score.json} %{ if score }
  jwt.greeting = `Hello ${user.firstName}`;
  jwt.weissmanScore = (user.data && user.data.weissmanScore) || 2.89;
}
";
const RECONCILE_BODY: &str = "\
function reconcile(user, registration, idToken, userInfo) {
  user.fullName = `${userInfo.given_name} ${userInfo.family_name}`;
  registration.data = registration.data || {};
  registration.data.hooliId = idToken.sub;
}
";

/// The lambdas: one for tokens, one for an identity provider.
pub fn lambdas() -> Vec<Step> {
    vec![
        create(
            "lambda",
            LAMBDA,
            1,
            json!({ "lambda": {
                "name": "Add the Weissman score",
                "type": "JWTPopulate",
                "engineType": "GraalJS",
                "debug": false,
                "body": POPULATE_BODY
            } }),
        ),
        create(
            "lambda",
            LAMBDA,
            2,
            json!({ "lambda": {
                "name": "Take names from Hooli",
                "type": "OpenIDReconcile",
                "engineType": "GraalJS",
                "debug": true,
                "body": RECONCILE_BODY
            } }),
        ),
    ]
}
