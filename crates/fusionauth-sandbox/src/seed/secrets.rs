//! The secrets in the seed data.

/// The API key that permits only reading: GET, and POST for searches.
pub const READ_ONLY_API_KEY: &str = "sandbox-read-only-Kq7vT2mXc9RbW4yZ";
/// The API key that permits everything but managing API keys.
pub(super) const UNRESTRICTED_API_KEY: &str = "sandbox-unrestricted-Hn5sD8pLf3GjV6wQ";
/// The password of Richard, whose id is [`RICHARD_ID`](super::RICHARD_ID).
pub const RICHARD_PASSWORD: &str = "MiddleOut-Weissman-5.2";
/// The client secret of the application "Compression Console".
pub(super) const CONSOLE_CLIENT_SECRET: &str = "console-client-Yb2nE7tJk4XsQ9mC";

pub(super) const GILFOYLE_PASSWORD: &str = "SonOfAnton-Satan-666";
pub(super) const GAVIN_PASSWORD: &str = "Signature-Box-3-Hooli";
pub(super) const ERLICH_PASSWORD: &str = "Aviato-Aviato-Bachman-1";
pub(super) const ROBOT_PASSWORD: &str = "Build-Robot-Compiles-42";
pub(super) const SMTP_PASSWORD: &str = "smtp-Zk4vQ9tXw2LmR7ya";
pub(super) const CAPTCHA_SECRET: &str = "captcha-Wd6gU3hPz8KcN5xe";
pub(super) const TWILIO_TOKEN: &str = "twilio-Rt9fM2jBq6VyS4ka";
pub(super) const CONNECTOR_USERNAME: &str = "svc-directory-52c8";
pub(super) const CONNECTOR_PASSWORD: &str = "directory-Gx3wL8cTn5ZpH7ud";
pub(super) const IDENTITY_PROVIDER_SECRET: &str = "hooli-sso-Jm7kA4vYf9QrD2sb";
pub(super) const WEBHOOK_USERNAME: &str = "svc-webhooks-7f31";
pub(super) const WEBHOOK_PASSWORD: &str = "webhook-Pc5zX9eGt3WnB8ho";
pub(super) const WEBHOOK_TOKEN: &str = "webhook-token-Uf6qK2rMd7LjE4vi";
pub(super) const ENTITY_SECRET: &str = "anton-client-Sv8yN3bHw5TgC9xm";

/// Every secret value in the seed data, for tests that look for leaks.
pub const SECRETS: &[&str] = &[
    READ_ONLY_API_KEY,
    UNRESTRICTED_API_KEY,
    RICHARD_PASSWORD,
    GILFOYLE_PASSWORD,
    GAVIN_PASSWORD,
    ERLICH_PASSWORD,
    ROBOT_PASSWORD,
    CONSOLE_CLIENT_SECRET,
    SMTP_PASSWORD,
    CAPTCHA_SECRET,
    TWILIO_TOKEN,
    CONNECTOR_USERNAME,
    CONNECTOR_PASSWORD,
    IDENTITY_PROVIDER_SECRET,
    WEBHOOK_USERNAME,
    WEBHOOK_PASSWORD,
    WEBHOOK_TOKEN,
    ENTITY_SECRET,
];
