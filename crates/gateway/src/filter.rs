//! jq filters on answers, in processes of their own.
//!
//! A filter is a program of the model's, which may be endless, explode or nest too deep. In another process it cannot take
//! time, memory or stack from the server, and it sees neither the server's environment nor its secrets. The processes are kept
//! for the next filters: [`pool`] has this side of them, [`worker`] the other.

pub mod counts;
pub mod error;
pub mod evaluate;
pub mod lookups;
pub mod message;
mod names;
pub mod pool;
pub mod worker;
