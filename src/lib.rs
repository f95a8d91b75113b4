//! An MCP server for the FusionAuth API: every operation is a typed tool.
//!
//! The engine is in the crate `gateway`. Here are the product's own parts: the command line ([`cli`]), its settings
//! ([`config`]), the ways to serve ([`serve`]), the MCP server ([`mcp`]), and what is FusionAuth's own ([`fusionauth`]).

pub mod cli;
pub mod clients {
    //! The configuration files of MCP clients.

    pub mod edit;
    pub mod file;
    pub mod launch;
    pub mod table;
}
pub mod config;
pub mod fusionauth {
    //! What is FusionAuth's own.

    pub mod compare {
        //! Compares two instances: what one of them has and the other has not, and what differs.

        pub mod comparison;
        mod matching;
        pub mod open;
        mod report;
        pub mod scope;
        mod secrets;
        pub mod tool;
        pub mod values;
    }
    pub mod dialect;
    pub mod doctor;
    pub mod examples;
    pub mod export {
        //! Configuration as code: an instance, read once, written down as a Kickstart or as Terraform.
        //!
        //! [`snapshot`] reads, [`kickstart`] and [`terraform`] write files from what was read. Nothing here changes an
        //! instance.

        pub mod folder;
        pub mod format;
        pub(super) mod installation;
        pub mod kickstart;
        pub(super) mod line;
        pub mod options;
        pub mod report;
        pub mod snapshot {
            //! What an instance's configuration is, read once.

            pub mod families;
            pub mod file;
            pub mod find;
            pub mod installed;
            pub mod object;
            pub mod read;
            pub mod references;
            pub mod selection;
        }
        pub mod terraform;
        pub mod tool;
    }
    pub mod guides;
    pub mod permissions;
    pub mod simulation;
    pub mod source;
    pub mod tools;
}
mod logging;
pub mod mcp {
    //! The MCP server: rmcp's requests to a session and back.

    pub mod completion;
    pub mod confirmation;
    pub mod listing;
    pub mod prompts;
    pub mod resources;
    pub mod server;
    pub mod skills;
}
pub mod sources {
    //! Other APIs as sources of tools, each from its document.

    pub mod cache;
    pub mod credentials;
    pub mod dialect;
    pub mod document;
    pub mod fetch;
    pub mod filters;
    pub mod folder;
    pub mod open;
    pub mod remote;
    pub mod report;
    pub mod servers;
    pub mod simulation;
    pub mod source;
    pub mod transport;
    pub mod variables;
}
pub mod serve {
    //! The ways to serve.

    pub mod caller_credentials;
    mod connection;
    pub mod http;
    pub mod id;
    pub mod lines;
    pub mod message;
    pub mod method;
    mod outgoing;
    pub mod scan;
    pub mod signals;
    pub mod stdio;
    mod transport;
}
