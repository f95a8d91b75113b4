//! From an OpenAPI document to typed operations.
//!
//! ```text
//! JSON + overlays --source--> OpenAPI --lower--> Document --emit--> Rust
//! ```
//!
//! The crate does no I/O: callers hand in texts and get values, texts or [`Fault`](fault::Fault)s back. Generated code
//! needs only the model ([`document`], [`operation`], [`schema`]); the feature `document` adds the way there.

pub mod bucket;
#[cfg(feature = "document")]
pub mod difference;
#[cfg(feature = "document")]
pub mod distil;
pub mod document;
#[cfg(feature = "document")]
pub mod emit;
#[cfg(feature = "document")]
pub mod fault;
pub mod input_schema;
#[cfg(feature = "document")]
pub mod lower;
pub mod operation;
pub mod output_schema;
#[cfg(feature = "document")]
pub mod overlay;
pub mod schema;
pub mod signature;
#[cfg(feature = "document")]
pub mod source;
