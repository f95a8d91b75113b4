//! What the variables of a template stand for in a preview.

use serde_json::{Value, json};

/// The variables that FusionAuth documents for its templates, with sample values.
///
/// Sources: <https://fusionauth.io/docs/customize/email-and-messages/email-templates-replacement-variables>,
/// <https://fusionauth.io/docs/customize/email-and-messages/message-templates-replacement-variables>.
pub fn samples() -> Value {
    const USER_ID: &str = "00000000-0000-0001-0000-000000000000";
    const CHILD_ID: &str = "00000000-0000-0003-0000-000000000000";
    const APPLICATION_ID: &str = "00000000-0000-0004-0000-000000000000";
    let user = json!({
        "id": USER_ID, "email": "erika.sample@example.com", "username": "erika",
        "firstName": "Erika", "lastName": "Sample", "fullName": "Erika Sample", "mobilePhone": "+15555550100",
        "phoneNumber": "+15555550100", "active": true, "verified": true, "preferredLanguages": ["en"],
        "data": {}, "tenantId": "00000000-0000-0002-0000-000000000000",
    });
    let child = json!({
        "id": CHILD_ID, "email": "max.sample@example.com", "firstName": "Max",
        "lastName": "Sample", "fullName": "Max Sample", "birthDate": "2016-02-29", "data": {},
    });
    let application = json!({
        "id": APPLICATION_ID, "name": "Sample application", "data": {},
        "oauthConfiguration": { "clientId": APPLICATION_ID },
    });
    let event = json!({
        "info": { "deviceDescription": "Sample device", "deviceName": "Sample", "deviceType": "BROWSER",
            "ipAddress": "127.0.0.1", "os": "Linux", "userAgent": "Sample/1.0",
            "location": { "city": "Denver", "country": "US", "region": "CO", "displayString": "Denver, CO, US" } },
        "type": "user.login.suspicious",
    });
    json!({
        "application": application,
        "baseUrl": "http://localhost:9011",
        "breachResult": { "loginIds": ["erika.sample@example.com"], "match": "ExactMatch" },
        "changePasswordId": "sample-change-password-id",
        "child": child,
        "code": "123456",
        "consent": { "giverUserId": USER_ID, "status": "Active", "userId": CHILD_ID, "values": [] },
        "event": event,
        "method": { "method": "email", "email": "erika.sample@example.com" },
        "oneTimeCode": "123456",
        "parent": user,
        "registration": { "applicationId": APPLICATION_ID, "roles": [], "verified": true, "data": {} },
        "requestData": {},
        "state": {},
        "tenant": { "id": "00000000-0000-0002-0000-000000000000", "name": "Sample tenant", "issuer": "example.com", "data": {} },
        "user": user,
        "verificationId": "sample-verification-id",
        "verificationOneTimeCode": "123456",
    })
}
