//! The tools generated from the document.

pub use generated::DOCUMENT;

/// What the build script emitted, a module per bucket.
pub mod generated {
    include!(concat!(env!("OUT_DIR"), "/tools.rs"));
}
