//! `fusionauth-mcp export snapshot`

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use gateway::{composite::Progress, redact::one_line};

use super::{
    digest_key::DigestKeyFile,
    output::{fail, misused, print},
    part::Part,
    progress::Bar,
    start::{Start, block_on},
};
use crate::{
    fusionauth::export::{
        options::read,
        report::{Remark, Report},
        snapshot::{families::OPERATIONS, file::text},
    },
    logging,
};

/// What to read, and where to write it.
#[derive(clap::Args)]
pub struct SnapshotArguments {
    #[command(flatten)]
    part: Part,
    /// The file to write, which only its owner can read; stdout without it
    #[arg(long, value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    out: Option<PathBuf>,
    /// Overwrite an existing file
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    digest_key: DigestKeyFile,
}

/// Reads the instance and writes the file.
pub fn run(arguments: SnapshotArguments, start: &Start) -> ExitCode {
    let SnapshotArguments { part: Part { application, tenant }, out, force, digest_key } = arguments;
    let digest_key = match digest_key.key() {
        Ok(key) => key,
        Err(error) => return misused(&[error]),
    };
    let session = start.session();
    let upstream = match session.upstream_for(OPERATIONS) {
        Ok(upstream) => upstream,
        Err(unknown) => return misused(&[unknown]),
    };
    let bar = Bar::new();
    block_on(async {
        let (application, tenant) = (application.as_deref(), tenant.as_deref());
        let step = |progress: Progress| bar.show(progress);
        let snapshot = read(&upstream, application, tenant, digest_key.as_ref(), &step).await;
        bar.finish();
        let snapshot = match snapshot {
            Ok(snapshot) => snapshot,
            // It may have names of objects in it.
            Err(error) => return fail(&one_line(&error.to_string())),
        };
        let text = text(&snapshot, digest_key.as_ref());
        let left_out: Vec<Remark> = snapshot.left_out.clone();
        logging::report(format_args!(
            "{}",
            Report { left_out, objects: snapshot.counts(), ..Report::default() }.text()
        ));
        let Some(out) = out else { return print(text.as_bytes()) };
        match write(&out, &text, force) {
            Ok(()) => {
                logging::report(format_args!("Written: {}\n", out.display()));
                ExitCode::SUCCESS
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                fail(&format_args!("{} is there already; --force overwrites it", out.display()))
            }
            Err(error) => fail(&format_args!("{}: {error}", out.display())),
        }
    })
}

/// Writes a file that only its owner can read, all of it or nothing.
fn write(path: &Path, text: &str, force: bool) -> io::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // Such a file is its owner's alone from the start.
    let mut file = tempfile::Builder::new().prefix(".snapshot-").tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    let persisted = if force { file.persist(path) } else { file.persist_noclobber(path) };
    persisted.map(drop).map_err(|error| error.error)
}
