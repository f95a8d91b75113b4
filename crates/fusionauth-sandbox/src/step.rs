//! A request that fills an instance: of the seed data, or of a Kickstart file.

use openapi_tools::operation::Method;
use serde_json::Value;

/// An API request made on behalf of the instance's owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The method.
    pub method: Method,
    /// Path and query, beginning with a slash.
    pub target: String,
    /// The tenant header, where there is one.
    pub tenant_id: Option<String>,
    /// The `Content-Type`, where it is not the usual one.
    pub content_type: Option<String>,
    /// The body.
    pub body: Value,
}

impl Step {
    /// A POST without a tenant.
    pub fn post(target: impl Into<String>, body: Value) -> Self {
        Self { method: Method::Post, target: target.into(), tenant_id: None, content_type: None, body }
    }

    /// The same in a tenant.
    pub fn in_tenant(self, tenant_id: impl Into<String>) -> Self {
        Self { tenant_id: Some(tenant_id.into()), ..self }
    }
}
