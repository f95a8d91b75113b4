//! Sample values for a guide's arguments and for the ids that its calls return.

use fusionauth_sandbox::{
    installation::DEFAULT_TENANT_ID,
    seed::{
        ANTON_ID, HOOLI_SSO_ID, LOCK_ACTION_ID, PIED_PIPER_APPLICATION_ID, PIED_PIPER_THEME_ID, PLAIN_WEBHOOK_ID,
        POPULATE_LAMBDA_ID, REGISTRATION_FORM_ID, RICHARD_ID, RS256_KEY_ID, UNRESTRICTED_API_KEY_ID,
    },
};

use gateway::guide::{Guide, arguments::Argument};

const EMAIL_TEMPLATE_ID: &str = "0000000a-5eed-4000-8000-000000000001";
const EMAIL: &str = "richard@piedpiper.example";
pub const SON_OF_ANTON_ID: &str = "00000016-5eed-4000-8000-000000000002";
/// For what is only made on the way.
const ANY_ID: &str = "3c219e58-ed0e-4b18-ad48-f4f92793ae33";

/// What stands for `<name>` while a guide is checked: objects of the seed where something is read of them.
pub const SAMPLES: [(&str, &str); 30] = [
    ("actionId", ANY_ID),
    ("administratorUserId", RICHARD_ID),
    ("applicationId", PIED_PIPER_APPLICATION_ID),
    ("callerEntityId", SON_OF_ANTON_ID),
    ("colourFieldId", ANY_ID),
    ("email", EMAIL),
    ("emailFieldId", ANY_ID),
    ("emailTemplateId", EMAIL_TEMPLATE_ID),
    ("entityTypeId", ANY_ID),
    ("firstNameFieldId", ANY_ID),
    ("formId", REGISTRATION_FORM_ID),
    ("identityProviderId", HOOLI_SSO_ID),
    ("keyId", UNRESTRICTED_API_KEY_ID),
    ("lambdaId", POPULATE_LAMBDA_ID),
    ("newEmailTemplateId", EMAIL_TEMPLATE_ID),
    ("newKeyId", RS256_KEY_ID),
    ("newLambdaId", POPULATE_LAMBDA_ID),
    ("newRoleName", "admin"),
    ("nextCursor", "0123456789abcdef.0.1"),
    ("oldFormId", REGISTRATION_FORM_ID),
    ("oldKeyId", RS256_KEY_ID),
    ("passwordFieldId", ANY_ID),
    ("roleName", "engineer"),
    ("sourceThemeId", PIED_PIPER_THEME_ID),
    ("targetEntityId", ANTON_ID),
    ("tenantId", DEFAULT_TENANT_ID),
    ("themeId", PIED_PIPER_THEME_ID),
    ("userActionId", LOCK_ACTION_ID),
    ("userId", RICHARD_ID),
    ("webhookId", PLAIN_WEBHOOK_ID),
];

/// What stands for an argument that is none of the instance.
pub const UNKNOWN_SAMPLE: &str = "A sample";

fn sample(argument: &Argument) -> &'static str {
    match argument.lookup.map(|lookup| lookup.list) {
        Some("users") => EMAIL,
        Some(_) => "Pied Piper",
        None => argument.values.first().copied().unwrap_or(UNKNOWN_SAMPLE),
    }
}

/// The text with a sample for each placeholder that is known.
pub fn filled(text: &str, guide: &Guide) -> String {
    let arguments = guide.arguments.iter().map(|argument| (format!("{{{{{}}}}}", argument.name), sample(argument)));
    let others = SAMPLES.iter().map(|(name, value)| (format!("<{name}>"), *value));
    arguments.chain(others).fold(text.to_owned(), |text, (placeholder, value)| text.replace(&placeholder, value))
}
