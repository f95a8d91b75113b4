//! The clients whose configuration this program can write, one row each.
//!
//! Paths and shapes are as each client's own documentation describes them.

use std::path::{Path, PathBuf};

/// A client.
#[derive(Debug)]
pub struct Client {
    /// The name on the command line.
    pub name: &'static str,
    /// What people call it.
    pub title: &'static str,
    /// The file of its user, by system.
    pub location: Location,
    /// The language of the file.
    pub format: Format,
    /// The keys that lead to the servers.
    pub section: &'static [&'static str],
    /// The keys of another layout, which counts where the file has it already.
    pub other_section: Option<&'static [&'static str]>,
    /// What a server looks like.
    pub shape: Shape,
    /// The most tools that it takes, where it is known to have a limit.
    pub max_tools: Option<usize>,
    /// What has to be done for a change to take effect.
    pub next_step: &'static str,
}

/// Where a client has its file.
#[derive(Debug, Clone, Copy)]
pub enum Location {
    /// Below the home folder, on every system.
    Home(&'static str),
    /// Below the folder for configurations: `~/.config`, `~/Library/Application Support` or `%APPDATA%`.
    Config(&'static str),
    /// Below `~/.config`, and on Windows below `%APPDATA%`.
    Xdg {
        /// Below `~/.config`.
        unix: &'static str,
        /// Below `%APPDATA%`.
        windows: &'static str,
    },
}

/// The language of a configuration file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// JSON, perhaps with comments and trailing commas.
    Json,
    /// TOML.
    Toml,
}

/// What a server looks like in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// `command`, `args` and `env`.
    Plain,
    /// The same with `"type": "stdio"`.
    Typed,
    /// The same with `"type": "stdio"`; the client asks for the API key and keeps it (`inputs`).
    Prompting,
    /// One list `command`, and `environment`.
    OneCommand,
}

/// The key that most clients have their servers under.
const MCP_SERVERS: &[&str] = &["mcpServers"];

const fn client(name: &'static str, title: &'static str, location: Location) -> Client {
    Client {
        name,
        title,
        location,
        format: Format::Json,
        section: MCP_SERVERS,
        other_section: None,
        shape: Shape::Plain,
        max_tools: None,
        next_step: "",
    }
}

/// All clients, in the order of the documentation.
pub static CLIENTS: [Client; 12] = [
    Client {
        next_step: "Quit Claude Desktop completely and start it again.",
        ..client("claude-desktop", "Claude Desktop", Location::Config("Claude/claude_desktop_config.json"))
    },
    Client {
        shape: Shape::Typed,
        next_step: "Start a new session of Claude Code; `/mcp` shows the server.",
        ..client("claude-code", "Claude Code", Location::Home(".claude.json"))
    },
    Client {
        section: &["servers"],
        shape: Shape::Prompting,
        max_tools: Some(128),
        next_step: "Run `MCP: List Servers` in VS Code and start the server.",
        ..client("vscode", "VS Code", Location::Config("Code/User/mcp.json"))
    },
    Client {
        max_tools: Some(80),
        next_step: "Open Cursor's settings, `Tools & MCP`, and switch the server on.",
        ..client("cursor", "Cursor", Location::Home(".cursor/mcp.json"))
    },
    Client {
        max_tools: Some(100),
        next_step: "Press the refresh button of Cascade's MCP servers.",
        ..client("windsurf", "Windsurf", Location::Home(".codeium/windsurf/mcp_config.json"))
    },
    Client {
        section: &["context_servers"],
        next_step: "Zed reads its settings again by itself.",
        ..client("zed", "Zed", Location::Xdg { unix: "zed/settings.json", windows: "Zed/settings.json" })
    },
    Client {
        format: Format::Toml,
        section: &["mcp_servers"],
        next_step: "Start a new session of Codex; `/mcp` shows the server.",
        ..client("codex", "Codex", Location::Home(".codex/config.toml"))
    },
    Client {
        next_step: "Start a new session of Gemini CLI; `/mcp` shows the server.",
        ..client("gemini", "Gemini CLI", Location::Home(".gemini/settings.json"))
    },
    Client {
        max_tools: Some(100),
        next_step: "Press the refresh button in Antigravity's `Manage MCP Servers`.",
        ..client("antigravity", "Antigravity", Location::Home(".gemini/antigravity/mcp_config.json"))
    },
    Client {
        section: &["mcp"],
        other_section: Some(&["mcp", "servers"]),
        shape: Shape::OneCommand,
        next_step: "Start OpenCode again.",
        ..client(
            "opencode",
            "OpenCode",
            Location::Xdg { unix: "opencode/opencode.json", windows: "opencode/opencode.json" },
        )
    },
    Client {
        next_step: "Open `MCP Servers` in Cline; the server is listed.",
        ..client(
            "cline",
            "Cline",
            Location::Config("Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json"),
        )
    },
    Client {
        next_step: "Open the IDE's settings, `Tools | Junie | MCP Settings`; the server is listed.",
        ..client("jetbrains", "JetBrains (Junie)", Location::Home(".junie/mcp/mcp.json"))
    },
];

/// Limits of what is no row above: the most tools, and who takes no more.
pub const OTHER_LIMITS: [(usize, &str); 2] = [(40, "older versions of Cursor"), (128, "OpenAI's API")];

impl Client {
    /// The client of that name.
    pub fn named(name: &str) -> Option<&'static Self> {
        CLIENTS.iter().find(|client| client.name == name)
    }

    /// The file of the user who runs this process; `None` without a home folder. Where the client takes several names,
    /// the one that is there.
    pub fn file(&self) -> Option<PathBuf> {
        let path = match self.location {
            Location::Home(path) => dirs::home_dir()?.join(path),
            Location::Config(path) => dirs::config_dir()?.join(path),
            Location::Xdg { windows, .. } if cfg!(windows) => dirs::config_dir()?.join(windows),
            Location::Xdg { unix, .. } => xdg_config()?.join(unix),
        };
        let other = path.with_extension("jsonc");
        Some(if self.format == Format::Json && !path.exists() && other.exists() { other } else { path })
    }
}

/// `~/.config`, or what `XDG_CONFIG_HOME` names instead, also on macOS.
fn xdg_config() -> Option<PathBuf> {
    let named = std::env::var_os("XDG_CONFIG_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    named.or_else(|| dirs::home_dir().map(|home| home.join(".config")))
}

/// The folder that this program keeps keys for clients in.
pub fn key_folder() -> Option<PathBuf> {
    dirs::config_dir().map(|folder| folder.join(Path::new(env!("CARGO_PKG_NAME"))))
}
