/// The operations of the bucket `other`.
pub mod other {
    #[allow(unused_imports)]
    use openapi_tools::model::{operation::*, schema::*, security::*};
    /// `GET /pets`
    pub static LIST_PETS: Operation = Operation {
        name: "listPets",
        former_name: None,
        title: None,
        description: None,
        area: "pets",
        method: Method::Get,
        path: &[Segment::Literal("pets")],
        fixed_query: None,
        parameters: &[],
        body: None,
        server: None,
        bucket: None,
        answer: None,
        failure: None,
        statuses: &[],
        security: &[
            Requirement(
                &[SchemeUse::new(1), SchemeUse::new(3).scopes(&["read", "write"])],
            ),
            Requirement(&[SchemeUse::new(0)]),
            Requirement(&[]),
        ],
        tenant_scoped: true,
        effect: Effect {
            read_only: true,
            destructive: false,
            idempotent: true,
        },
        irreversible: None,
        deprecated: false,
        licensed: false,
        asynchronous: false,
        download: None,
        wishes: &[],
    };
}
/// The schemas that the operations refer to.
pub mod schemas {
    #[allow(unused_imports)]
    use openapi_tools::model::{document::NamedSchema, schema::*};
    /// Sorted by name.
    pub static SCHEMAS: &[NamedSchema] = &[];
}
#[allow(unused_imports)]
use openapi_tools::model::{
    document::{Document, SecretName},
    security::*,
};
/// The whole document.
pub static DOCUMENT: Document = Document {
    title: "Sample",
    version: "1",
    servers: &[],
    operations: &[&other::LIST_PETS],
    schemas: schemas::SCHEMAS,
    security_schemes: &[
        SecurityScheme {
            name: "basic",
            kind: SchemeKind::Http {
                scheme: "basic",
            },
        },
        SecurityScheme {
            name: "cookie",
            kind: SchemeKind::ApiKey {
                location: KeyLocation::Cookie,
                name: "session",
            },
        },
        SecurityScheme {
            name: "header",
            kind: SchemeKind::ApiKey {
                location: KeyLocation::Header,
                name: "X-Key",
            },
        },
        SecurityScheme {
            name: "oauth",
            kind: SchemeKind::OAuth2 {
                flows: &[
                    OAuth2Flow {
                        grant: Grant::Implicit {
                            authorization_url: "https://a.example/authorize",
                        },
                        refresh_url: None,
                        scopes: &[],
                    },
                    OAuth2Flow {
                        grant: Grant::Password {
                            token_url: "https://a.example/token",
                        },
                        refresh_url: None,
                        scopes: &[
                            Scope {
                                name: "read",
                                description: None,
                            },
                        ],
                    },
                    OAuth2Flow {
                        grant: Grant::ClientCredentials {
                            token_url: "https://a.example/token",
                        },
                        refresh_url: None,
                        scopes: &[
                            Scope {
                                name: "read",
                                description: None,
                            },
                            Scope {
                                name: "write",
                                description: Some("Change pets"),
                            },
                        ],
                    },
                    OAuth2Flow {
                        grant: Grant::AuthorizationCode {
                            authorization_url: "https://a.example/authorize",
                            token_url: "https://a.example/token",
                        },
                        refresh_url: Some("https://a.example/refresh"),
                        scopes: &[
                            Scope {
                                name: "read",
                                description: Some("See pets"),
                            },
                        ],
                    },
                ],
            },
        },
        SecurityScheme {
            name: "oidc",
            kind: SchemeKind::OpenIdConnect {
                url: "https://a.example/.well-known/openid-configuration",
            },
        },
        SecurityScheme {
            name: "query",
            kind: SchemeKind::ApiKey {
                location: KeyLocation::Query,
                name: "key",
            },
        },
    ],
    secret_names: &[],
};
