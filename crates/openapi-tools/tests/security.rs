//! Security schemes and requirements, from the document to generated code.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]
#![cfg(feature = "load")]

mod common;

use common::{faults, fusionauth, lowered, secured};
use openapi_tools::model::{
    document::Document,
    security::{Grant, KeyLocation, OAuth2Flow, Requirement, SchemeKind, SchemeUse, Scope, SecurityScheme},
};
use serde_json::json;

/// The requirements by name: alternatives with `|`, schemes of one with `+`, scopes in parentheses.
fn requirements(document: &Document, name: &str) -> String {
    let scheme_use = |wanted: &SchemeUse| {
        let scopes = if wanted.scopes.is_empty() { String::new() } else { format!("({})", wanted.scopes.join(" ")) };
        format!("{}{scopes}", document.security_scheme(wanted).unwrap().name)
    };
    let requirement = |Requirement(uses): &Requirement| match uses {
        [] => "nothing".to_owned(),
        uses => uses.iter().map(scheme_use).collect::<Vec<_>>().join("+"),
    };
    document.operation(name).unwrap().security.iter().map(requirement).collect::<Vec<_>>().join(" | ")
}

#[test]
fn requirements_are_alternatives_of_sets() {
    let header = json!([{ "header": [] }]);
    for (of_document, own, expected, is_anonymous) in [
        (json!([]), None, "", true),
        (header.clone(), None, "header", false),
        (header.clone(), Some(json!([])), "", true),
        (json!([]), Some(header.clone()), "header", false),
        (header.clone(), Some(json!([{ "basic": [] }])), "basic", false),
        (
            header.clone(),
            Some(json!([{ "query": [] }, { "basic": [] }, { "header": [] }])),
            "query | basic | header",
            false,
        ),
        (json!([{ "query": [] }, { "basic": [] }]), None, "query | basic", false),
        (header.clone(), Some(json!([{ "cookie": [], "header": [] }])), "cookie+header", false),
        (
            header.clone(),
            Some(json!([{ "cookie": [], "oauth": ["read", "write"] }, { "oidc": ["pets"] }])),
            "cookie+oauth(read write) | oidc(pets)",
            false,
        ),
        (header.clone(), Some(json!([{ "basic": [] }, {}])), "basic | nothing", true),
        (header.clone(), Some(json!([{}, { "basic": [] }, {}, { "query": [] }])), "basic | query | nothing", true),
        (header.clone(), Some(json!([{}])), "", true),
        (json!([{}, { "header": [] }]), None, "header | nothing", true),
    ] {
        let document = lowered(&secured(&of_document, own.as_ref()));
        assert_eq!(requirements(&document, "listPets"), expected, "{of_document} {own:?}");
        let operation = document.operation("listPets").unwrap();
        assert_eq!(operation.allows_anonymous(), is_anonymous, "{of_document} {own:?}");
    }
}

#[test]
fn schemes_are_values() {
    let document = lowered(&secured(&json!([]), None));
    let kind = |name: &str| document.security_schemes.iter().find(|scheme| scheme.name == name).unwrap().kind;
    assert_eq!(document.security_schemes.len(), 6);
    assert_eq!(kind("basic"), SchemeKind::Http { scheme: "basic" });
    assert_eq!(kind("cookie"), SchemeKind::ApiKey { location: KeyLocation::Cookie, name: "session" });
    assert_eq!(kind("header"), SchemeKind::ApiKey { location: KeyLocation::Header, name: "X-Key" });
    assert_eq!(kind("query"), SchemeKind::ApiKey { location: KeyLocation::Query, name: "key" });
    let url = "https://a.example/.well-known/openid-configuration";
    assert_eq!(kind("oidc"), SchemeKind::OpenIdConnect { url });
    let SchemeKind::OAuth2 { flows: [implicit, password, client_credentials, authorization_code] } = kind("oauth")
    else {
        panic!("{:?}", kind("oauth"));
    };
    let (authorization_url, token_url) = ("https://a.example/authorize", "https://a.example/token");
    let read = |description| Scope { name: "read", description };
    assert_eq!(*implicit, OAuth2Flow { grant: Grant::Implicit { authorization_url }, refresh_url: None, scopes: &[] });
    assert_eq!(
        *password,
        OAuth2Flow {
            grant: Grant::Password { token_url },
            refresh_url: None,
            scopes: &[Scope { name: "read", description: None }]
        }
    );
    assert_eq!(client_credentials.grant, Grant::ClientCredentials { token_url });
    assert_eq!(client_credentials.scopes, [read(None), Scope { name: "write", description: Some("Change pets") }]);
    assert_eq!(authorization_code.grant, Grant::AuthorizationCode { authorization_url, token_url });
    assert_eq!(authorization_code.refresh_url, Some("https://a.example/refresh"));
    assert_eq!(authorization_code.scopes, [read(Some("See pets"))]);
}

#[test]
fn an_unknown_scheme_is_a_fault_wherever_it_is_named() {
    let known = json!([{ "header": [] }]);
    for own in [
        json!([{ "heder": [] }]),
        json!([{ "header": [] }, { "heder": [] }]),
        json!([{ "header": [], "heder": [] }, {}]),
    ] {
        let expected = "paths./pets.get.security: `heder` is not a security scheme of this document";
        assert_eq!(faults(&secured(&known, Some(&own))), expected, "{own}");
        // Named once, though the operation inherits it; and also where no operation does.
        let expected = "security: `heder` is not a security scheme of this document";
        assert_eq!(faults(&secured(&own, None)), expected, "{own}");
        assert_eq!(faults(&secured(&own, Some(&known))), expected, "{own}");
    }
    let mut without_components = secured(&known, None);
    without_components.as_object_mut().unwrap().remove("components");
    assert_eq!(faults(&without_components), "security: `header` is not a security scheme of this document");
}

#[test]
fn a_scheme_by_reference_is_the_one_that_it_leads_to() {
    let mut document = secured(&json!([]), None);
    document["components"]["securitySchemes"]["other"] = json!({ "$ref": "#/components/securitySchemes/basic" });
    let schemes = lowered(&document).security_schemes;
    let kind = |name: &str| schemes.iter().find(|scheme| scheme.name == name).map(|scheme| scheme.kind);
    assert!(kind("other").is_some());
    assert_eq!(kind("other"), kind("basic"));
    document["components"]["securitySchemes"]["other"] = json!({ "$ref": "#/components/securitySchemes/none" });
    assert_eq!(
        faults(&document),
        "components.securitySchemes.other: `#/components/securitySchemes/none` leads nowhere"
    );
}

#[test]
fn fusionauth_takes_api_keys_and_bearer_tokens() {
    let document = fusionauth();
    let api_key = SchemeKind::ApiKey { location: KeyLocation::Header, name: "Authorization" };
    assert_eq!(
        document.security_schemes,
        [
            SecurityScheme { name: "ApiKeyAuth", kind: api_key },
            SecurityScheme { name: "BearerAuth", kind: SchemeKind::Http { scheme: "bearer" } },
        ]
    );
    assert_eq!(requirements(&document, "retrieveUserWithId"), "ApiKeyAuth");
    assert_eq!(requirements(&document, "validateJWTWithId"), "BearerAuth");
    assert_eq!(requirements(&document, "retrieveStatus"), "ApiKeyAuth | nothing");
    assert_eq!(requirements(&document, "createIntrospect"), "");
}
