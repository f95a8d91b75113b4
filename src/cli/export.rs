//! `fusionauth-mcp export`

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use gateway::{composite::Progress, redact::one_line};

use super::{
    output::{fail, misused, print},
    part::Part,
    progress::Bar,
    snapshot::{self, SnapshotArguments},
    start::{Start, block_on},
};
use crate::{
    config::settings::{Setting, TOOL_AREAS, USE_TOOLS},
    fusionauth::export::{
        folder::{self, WriteError},
        format::Format,
        kickstart::layout::Layout,
        options::ExportOptions,
        report::Export,
        terraform::purpose::Purpose,
    },
    logging,
};

const EXAMPLES: &str = "\
Examples:
  fusionauth-mcp export kickstart --out kickstart.json
  fusionauth-mcp export kickstart --application 'Pied Piper' --split --out pied-piper
  fusionauth-mcp export terraform --out terraform                 to manage this instance with Terraform from now on
  fusionauth-mcp export terraform --tenant Hooli --clone --out hooli  to make the same in another instance
  fusionauth-mcp export snapshot --out today.json                 to see with `diff` what changes from now on
  fusionauth-mcp --sandbox export kickstart                       try it without an instance";

/// The exit status of `--strict` where something will not be as it was read.
const CHANGES: u8 = 3;

/// What to write down.
#[derive(clap::Args)]
#[command(after_help = EXAMPLES)]
pub struct ExportArguments {
    #[command(subcommand)]
    format: As,
}

#[derive(clap::Subcommand)]
enum As {
    /// Write a Kickstart, whose requests create the same configuration in a new instance
    Kickstart {
        #[command(flatten)]
        what: What,
        /// Write templates, lambdas and themes to separate files, in a folder
        #[arg(long)]
        split: bool,
    },
    /// Write resources for the Terraform provider fusionauth/fusionauth
    Terraform {
        #[command(flatten)]
        what: What,
        /// For managing the instance that is read: with `import` blocks, without ids (the default)
        #[arg(long, conflicts_with = "clone")]
        adopt: bool,
        /// For creating the same in a new instance: ids are kept if the provider allows it
        #[arg(long)]
        clone: bool,
    },
    /// Write everything that was read, to compare it later with `fusionauth-mcp diff`
    Snapshot(SnapshotArguments),
}

#[derive(clap::Args)]
struct What {
    #[command(flatten)]
    part: Part,
    /// The file to write, or the folder if there are several files. By default, a single file goes to stdout
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Overwrite existing files
    #[arg(long)]
    force: bool,
    /// Exit with status 3 if something will differ from the instance; the files are still written
    #[arg(long)]
    strict: bool,
    /// Print the report as JSON on stdout instead of as text on stderr; needs --out
    #[arg(long, requires = "out")]
    json: bool,
}

/// Reads the instance, writes the files, and says on stderr what is in them.
pub fn run(arguments: ExportArguments, start: Start) -> ExitCode {
    if let Err(error) = start.fusionauth("export") {
        return misused(&[error]);
    }
    let (format, what, layout, purpose) = match arguments.format {
        As::Kickstart { what, split: true } => (Format::Kickstart, what, Layout::Split, Purpose::Adopt),
        As::Kickstart { what, split: false } => (Format::Kickstart, what, Layout::OneFile, Purpose::Adopt),
        As::Terraform { what, clone: true, .. } => (Format::Terraform, what, Layout::OneFile, Purpose::Clone),
        As::Terraform { what, clone: false, .. } => (Format::Terraform, what, Layout::OneFile, Purpose::Adopt),
        As::Snapshot(arguments) => return snapshot::run(arguments, &start),
    };
    let is_folder = format == Format::Terraform || layout == Layout::Split;
    if is_folder && what.out.is_none() {
        return misused(&["there are several files; name a folder for them with --out"]);
    }
    let What { part: Part { application, tenant }, out, force, strict, json } = what;
    let options = ExportOptions { format, application, tenant, layout, purpose };
    let session = start.session();
    let upstream = match session.upstream_of(format.tool()) {
        Ok(upstream) => upstream,
        Err(_) => return misused(&[not_offered(format)]),
    };
    let bar = Bar::new();
    block_on(async {
        let export = options.run(&upstream, &|progress: Progress| bar.show(progress)).await;
        bar.finish();
        match export {
            Ok(export) => {
                let is_changed = strict && !export.report.changes.is_empty();
                let status = write(export, out.as_deref(), is_folder, force, json);
                if is_changed && status == ExitCode::SUCCESS { ExitCode::from(CHANGES) } else { status }
            }
            // It may have names of objects in it.
            Err(error) => fail(&one_line(&error.to_string())),
        }
    })
}

/// The tools that are offered do for the command what they do for a client.
fn not_offered(format: Format) -> String {
    let settings = [&USE_TOOLS, &TOOL_AREAS].map(Setting::label).join(" and ");
    let tool = format.tool();
    format!("{tool} is not offered: {settings} leave out the export or a tool that it needs")
}

/// Writes the files, and reports on stderr what is in them.
fn write(export: Export, out: Option<&Path>, is_folder: bool, force: bool, json: bool) -> ExitCode {
    let report = if json { format!("{:#}\n", export.report.json()) } else { export.report.text() };
    let Some(out) = out else {
        logging::report(format_args!("{report}"));
        return print(export.files.into_values().collect::<String>().as_bytes());
    };
    let written = if is_folder { folder::write(out, &export.files, force) } else { write_file(out, export, force) };
    match written {
        Ok(()) if json => print(report.as_bytes()),
        Ok(()) => {
            logging::report(format_args!("{report}Written: {}\n", out.display()));
            ExitCode::SUCCESS
        }
        Err(error) => fail(&error),
    }
}

/// Writes the only file of an export under the name that was chosen for it, or into a folder that is there.
fn write_file(path: &Path, export: Export, force: bool) -> Result<(), WriteError> {
    let name = path.file_name().filter(|_| !path.is_dir()).and_then(|name| name.to_str());
    let Some(name) = name else { return folder::write(path, &export.files, force) };
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let files = export.files.into_values().map(|text| (name.to_owned(), text)).collect();
    folder::write(parent, &files, force)
}
