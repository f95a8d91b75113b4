//! An in-memory stand-in for a FusionAuth instance.
//!
//! It keeps state and says no as FusionAuth is documented to: API keys and their permissions, tenants, fields that are
//! missing or taken, references that lead nowhere, paging. It is driven by the document that the tools are made from, so
//! that every operation answers; what has no state answers in the documented shape. It is a simulation: nothing is
//! mailed, signed or hashed.

pub mod exchange;
pub mod families;
pub mod faults;
pub mod instance;
pub mod kickstart;
mod logins;
mod nested;
mod objects;
mod patch;
mod query;
pub mod seed;
pub mod serve;
mod shape;
mod singletons;
mod state;
pub mod step;
mod users;
