//! A FusionAuth instance that lives in memory, for trying things out and for tests.
//!
//! It keeps state and refuses what FusionAuth is documented to refuse: wrong API keys and missing permissions, unknown
//! tenants, missing fields, duplicates, references to objects that do not exist. It is driven by the OpenAPI document
//! that the tools are made from, so every operation answers. It is a simulation: it sends no mail, signs no tokens and
//! hashes no passwords.
//!
//! A request runs from [`serve`] (HTTP) or from a caller in this process to [`instance::Instance::handle`], which
//! finds the operation, checks the credentials and hands a call to the module of `answers` that is responsible.

pub mod exchange;
pub mod faults;
pub mod installation;
pub mod instance;
pub mod kickstart;
pub mod seed;
pub mod serve;
pub mod step;

mod authorization;
mod call;
mod conversion;
mod defaults;
mod events;
mod javascript;
mod object;
mod patch;
mod query;
mod resources;
mod routing;
mod rules;
mod state;
mod template;
mod webhooks;

/// What answers a call, by subject.
mod answers {
    pub mod checks;
    pub mod exports;
    pub mod keys;
    pub mod loggers;
    pub mod logs;
    pub mod mail;
    pub mod nested;
    pub mod objects;
    pub mod previews;
    pub mod reports;
    pub mod searches;
    pub mod shape;
    pub mod singletons;
    pub mod view;

    /// Logins, what they give out, and what is needed for them.
    pub mod sign_in {
        pub mod challenges;
        pub mod codes;
        pub mod grants;
        pub mod logins;
        pub mod methods;
        pub mod oauth;
        pub mod oauth_client;
        pub mod passkeys;
        pub mod passwordless;
        pub mod passwords;
        pub mod providers;
        pub mod second_factor;
        pub mod tokens;
        pub mod verification;
    }

    /// What belongs to one user.
    pub mod users {
        pub mod actions;
        pub mod bulk;
        pub mod comments;
        pub mod consents;
        pub mod families;
        pub mod links;
        pub mod login_rules;
        pub mod registrations;
        pub mod user;
    }
}
