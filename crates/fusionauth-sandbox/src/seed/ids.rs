//! The ids of objects that examples and tests name.

/// The second tenant, "Hooli"; the first is the default one, which the seed names "Pied Piper".
pub const HOOLI_TENANT_ID: &str = "00000001-5eed-4000-8000-000000000002";
/// The third tenant, "Aviato".
pub const AVIATO_TENANT_ID: &str = "00000001-5eed-4000-8000-000000000003";
/// The application "Pied Piper" of the default tenant: PKCE, an advanced registration form, an identity provider.
pub const PIED_PIPER_APPLICATION_ID: &str = "00000002-5eed-4000-8000-000000000001";
/// The application "PiperChat" of the default tenant, whose redirect URLs hold wildcards.
pub const PIPERCHAT_APPLICATION_ID: &str = "00000002-5eed-4000-8000-000000000002";
/// The application "Compression Console" of the default tenant, which has a client secret.
pub const CONSOLE_APPLICATION_ID: &str = "00000002-5eed-4000-8000-000000000003";
/// The application "HooliXYZ" of Hooli, which allows the implicit and the password grant.
pub const HOOLI_XYZ_APPLICATION_ID: &str = "00000002-5eed-4000-8000-000000000004";
/// The application "Nucleus" of Hooli, which redirects to plain http.
pub const NUCLEUS_APPLICATION_ID: &str = "00000002-5eed-4000-8000-000000000005";
/// The application "Aviato" of Aviato.
pub const AVIATO_APPLICATION_ID: &str = "00000002-5eed-4000-8000-000000000006";
/// The user `richard@piedpiper.example`, an administrator whose password is [`RICHARD_PASSWORD`](super::RICHARD_PASSWORD).
pub const RICHARD_ID: &str = "00000005-5eed-4000-8000-000000000001";
/// The user `jared@piedpiper.example`.
pub const JARED_ID: &str = "00000005-5eed-4000-8000-000000000002";
/// The user `gilfoyle@piedpiper.example`.
pub const GILFOYLE_ID: &str = "00000005-5eed-4000-8000-000000000003";
/// The user `dinesh@piedpiper.example`.
pub const DINESH_ID: &str = "00000005-5eed-4000-8000-000000000004";
/// The user `jian@piedpiper.example`, kept from logging in by a user action.
pub const LOCKED_USER_ID: &str = "00000005-5eed-4000-8000-000000000008";
/// The user `gavin@hooli.example`, in the tenant Hooli.
pub const GAVIN_ID: &str = "00000005-5eed-4000-8000-000000000061";
/// The user `aly@piedpiper.example`, whose address is not verified.
pub const UNVERIFIED_USER_ID: &str = "00000005-5eed-4000-8000-000000000121";
/// The user `russ@aviato.example` of the default tenant. A user of Aviato has the same address.
pub const TWO_TENANTS_USER_ID: &str = "00000005-5eed-4000-8000-000000000122";
/// The user `keenan@piedpiper.example`, registered without roles.
pub const NO_ROLES_USER_ID: &str = "00000005-5eed-4000-8000-000000000123";
/// The user `build-robot`, who has no email address.
pub const NO_EMAIL_USER_ID: &str = "00000005-5eed-4000-8000-000000000124";
/// The user `gabe@piedpiper.example`, who is deactivated.
pub const DEACTIVATED_USER_ID: &str = "00000005-5eed-4000-8000-000000000125";
/// The user `ron@piedpiper.example`, whose account has expired.
pub const EXPIRED_USER_ID: &str = "00000005-5eed-4000-8000-000000000126";
/// The user `tracy@piedpiper.example`, who has a second factor.
pub const TWO_FACTOR_USER_ID: &str = "00000005-5eed-4000-8000-000000000127";
/// The group "Engineering" of the default tenant.
pub const ENGINEERING_GROUP_ID: &str = "00000006-5eed-4000-8000-000000000001";
/// The theme "Pied Piper", a copy of the default one.
pub const PIED_PIPER_THEME_ID: &str = "00000007-5eed-4000-8000-000000000001";
/// The registration form of the application "Pied Piper".
pub const REGISTRATION_FORM_ID: &str = "00000009-5eed-4000-8000-000000000001";
/// The `JWTPopulate` lambda.
pub const POPULATE_LAMBDA_ID: &str = "0000000e-5eed-4000-8000-000000000001";
/// The OpenID Connect identity provider "Hooli SSO".
pub const HOOLI_SSO_ID: &str = "0000000f-5eed-4000-8000-000000000001";
/// The webhook that is called over plain http.
pub const PLAIN_WEBHOOK_ID: &str = "00000010-5eed-4000-8000-000000000001";
/// The RS256 key, which signs the default tenant's tokens.
pub const RS256_KEY_ID: &str = "00000011-5eed-4000-8000-000000000001";
/// The entity "Anton", a server with client credentials.
pub const ANTON_ID: &str = "00000016-5eed-4000-8000-000000000001";
/// The user action "Lock account".
pub const LOCK_ACTION_ID: &str = "00000017-5eed-4000-8000-000000000001";
/// The passkey of Richard.
pub const PASSKEY_ID: &str = "0000001a-5eed-4000-8000-000000000001";

/// The API key "Read only", whose value is [`READ_ONLY_API_KEY`](super::READ_ONLY_API_KEY).
pub const READ_ONLY_API_KEY_ID: &str = "00000012-5eed-4000-8000-000000000001";
/// The API key "Unrestricted".
pub const UNRESTRICTED_API_KEY_ID: &str = "00000012-5eed-4000-8000-000000000002";
