//! What is sent to users: email and message templates, and the messenger.

use serde_json::json;

use super::{
    request::{EMAIL_TEMPLATE, MESSAGE_TEMPLATE, MESSENGER, create},
    secrets::TWILIO_TOKEN,
};
use crate::step::Step;

/// Email templates, message templates and the messenger.
pub fn messages() -> Vec<Step> {
    let email = |number: u32, name: &str, subject: &str, sentence: &str| {
        create(
            "email/template",
            EMAIL_TEMPLATE,
            number,
            json!({ "emailTemplate": {
                "name": name,
                "fromEmail": "no-reply@piedpiper.example",
                "defaultFromName": "Pied Piper",
                "defaultSubject": subject,
                "defaultHtmlTemplate": format!("<p>Hello ${{user.firstName!'there'}},</p>\n<p>{sentence}</p>\n"),
                "defaultTextTemplate": format!("Hello ${{user.firstName!'there'}},\n\n{sentence}\n"),
                "localizedSubjects": { "de": format!("Pied Piper: {name}") }
            } }),
        )
    };
    vec![
        email(
            1,
            "Verify your email",
            "Welcome to the new internet",
            "Your code is ${verificationOneTimeCode!verificationId}.",
        ),
        email(
            2,
            "Reset your password",
            "Your new password",
            "Choose one at https://id.piedpiper.example/password/change/${changePasswordId}?tenantId=${tenant.id}.",
        ),
        email(3, "Account locked", "Your account is locked", "Ask Jared. He is always there."),
        create(
            "message/template",
            MESSAGE_TEMPLATE,
            1,
            json!({ "messageTemplate": {
                "name": "Two-factor code",
                "type": "SMS",
                "defaultTemplate": "Your Pied Piper code is ${code}",
                "localizedTemplates": { "de": "Ihr Code für Pied Piper lautet ${code}" }
            } }),
        ),
        create(
            "message/template",
            MESSAGE_TEMPLATE,
            2,
            json!({ "messageTemplate": {
                "name": "Password changed", "type": "SMS", "defaultTemplate": "${user.firstName}, your password is new."
            } }),
        ),
        create(
            "messenger",
            MESSENGER,
            1,
            json!({ "messenger": {
                "name": "Twilio",
                "type": "Twilio",
                "url": "https://api.twilio.example",
                "accountSID": "AC-pied-piper",
                "authToken": TWILIO_TOKEN,
                "fromPhoneNumber": "+16505550100",
                "debug": false
            } }),
        ),
    ]
}
