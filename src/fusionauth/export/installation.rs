//! What FusionAuth installs in every instance, as documented: ids that are the same everywhere, and names.

/// FusionAuth's own application.
pub const FUSIONAUTH_APPLICATION_ID: &str = "3c219e58-ed0e-4b18-ad48-f4f92793ae32";

/// The default theme, which nobody can change.
pub const DEFAULT_THEME_ID: &str = "75a068fd-e94b-451a-9aeb-3ddb9a3b5987";

/// The connector to FusionAuth's own users, which nobody can change.
pub const FUSIONAUTH_CONNECTOR_ID: &str = "e3306678-a53a-4964-9040-1c96f36dda72";

/// The keys that stand for the client secrets of OpenID Connect.
pub const SHADOW_KEY_IDS: [&str; 3] = [
    "092dbedc-30af-4149-9c61-b578f2c72f59",
    "4b8f1c06-518e-45bd-9ac5-d549686ae02a",
    "c753a44d-7f2e-48d3-bc4e-c2c16488a23b",
];

/// The role that only the Tenant Manager application has.
pub const TENANT_MANAGER_ROLE_ID: &str = "631ecd9d-8d40-4c13-8277-80cedb823714";

/// The types of the forms that are installed.
pub const FORM_TYPES: [&str; 2] = ["adminUser", "adminRegistration"];

/// How the names of installed objects begin.
pub const DEFAULT_NAME_PREFIX: &str = "Default ";

/// How the names of installed lambdas end.
pub const LAMBDA_NAME_SUFFIX: &str = "provided by FusionAuth";

/// The name of the installed message template.
pub const MESSAGE_TEMPLATE_NAME: &str = "Default Two Factor Request";

/// The name of the installed key, which signs where no other is chosen.
pub const SIGNING_KEY_NAME: &str = "Default signing key";
