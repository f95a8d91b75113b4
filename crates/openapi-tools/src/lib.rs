//! From an OpenAPI document to typed operations.
//!
//! ```text
//! JSON + overlays --load--> Document --emit--> Rust
//!                               \----describe--> JSON Schemas and signatures for a model
//! ```
//!
//! The crate does no I/O: you hand in texts and get values, texts or faults back. Generated code needs only the model.
//! The features add the rest: `load` reads documents, `emit` writes Rust, `cli` is the command line program.

/// An API as values: what a document says, ready to be called and described.
pub mod model {
    pub mod bucket;
    pub mod document;
    pub mod operation;
    pub mod schema;
    pub mod security;
}

/// An operation as a model reads it: the JSON Schemas of its arguments and its answer, and a compact signature.
pub mod describe {
    mod format_word;
    pub mod input_schema;
    pub mod outline;
    pub mod output_schema;
    pub mod parts;
    mod replacing;
    pub mod signature;
    mod tree;
    pub mod view;
}

/// From texts to a [`Document`](model::document::Document): read, merge the overlays, check, lower.
#[cfg(feature = "load")]
pub mod load {
    pub mod actions;
    pub mod bundle;
    pub mod difference;
    pub mod distil;
    pub mod fault;
    pub mod foreign;
    pub mod lower;
    pub mod normalise;
    pub mod overlay;
    pub mod own_marks;
    mod pointer;
    mod positions;
    pub mod rules;
    pub mod source;
    pub mod text;
}

#[cfg(feature = "emit")]
pub mod emit;
