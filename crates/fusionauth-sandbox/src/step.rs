//! A request that fills an instance: of the seed data, or of a Kickstart file.

use serde_json::Value;

use crate::exchange::{Method, Response};

/// An API request made on behalf of the instance's owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The HTTP method.
    pub method: Method,
    /// Path and query, starting with a slash.
    pub target: String,
    /// The `X-FusionAuth-TenantId` header.
    pub tenant_id: Option<String>,
    /// The `Content-Type` header; `None` stands for `application/json`.
    pub content_type: Option<String>,
    /// The body; `null` for none.
    pub body: Value,
}

impl Step {
    /// A POST without a tenant.
    pub fn post(target: impl Into<String>, body: Value) -> Self {
        Self { method: Method::Post, target: target.into(), tenant_id: None, content_type: None, body }
    }

    /// The same request in a tenant.
    pub fn in_tenant(self, tenant_id: impl Into<String>) -> Self {
        Self { tenant_id: Some(tenant_id.into()), ..self }
    }
}

/// A step that the instance refused.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("request {number}, {} {target}: answered {}", method.as_str(), described(response))]
pub struct StepError {
    /// The number of the step, from 0.
    pub number: usize,
    /// The step's method.
    pub method: Method,
    /// The step's path and query.
    pub target: String,
    /// The response, whose body says why.
    pub response: Response,
}

fn described(response: &Response) -> String {
    match &response.body {
        Some(body) => format!("{} {body}", response.status),
        None => response.status.to_string(),
    }
}
