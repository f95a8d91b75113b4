//! `serve`: MCP over HTTP, for several people.

mod callers;
mod clients;
mod ending;
mod hostile;
mod limits;
mod logs;
mod page;
mod protocol;
mod scopes;
mod tls;
mod upstream;
