//! Running a program: every output of a term is handed to what comes after it, so that nothing is collected that need not be.

mod binding;
mod calls;
mod environment;
pub mod flow;
pub mod machine;
mod single;
mod special;
mod updates;
