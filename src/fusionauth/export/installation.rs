//! What FusionAuth installs in every instance, as documented: ids that are the same everywhere, and names. The table is the
//! sandbox's, whose new instances have just that.

pub use fusionauth_sandbox::installation::{
    DEFAULT_NAME_PREFIX, DEFAULT_THEME_ID, FORM_TYPES, FUSIONAUTH_APPLICATION_ID, FUSIONAUTH_CONNECTOR_ID,
    LAMBDA_NAME_SUFFIX, LAMBDA_TYPES, MESSAGE_TEMPLATE_NAME, SHADOW_KEY_IDS, SIGNING_KEY_NAME, TENANT_MANAGER_ROLE_ID,
};
