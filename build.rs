//! Makes the tools: reads the document, merges the overlay, lowers, emits Rust.

use std::{env, error::Error, fs, path::Path, process::ExitCode};

use openapi_tools::{
    emit::emit,
    lower::lower,
    source::{Overlay, load},
};

fn main() -> ExitCode {
    match generate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn generate() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=openapi");
    let json = fs::read_to_string("openapi/fusionauth.json")?;
    let mut overlays = Vec::new();
    for entry in fs::read_dir("openapi/overlay")? {
        let path = entry?.path();
        overlays.push((path.display().to_string(), fs::read_to_string(&path)?));
    }
    overlays.sort();
    let overlays: Vec<_> = overlays.iter().map(|(name, text)| Overlay { name, text }).collect();
    let document = lower(&load(&json, &overlays)?).map_err(|faults| {
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        format!("openapi/: {} faults\n{}", lines.len(), lines.join("\n"))
    })?;
    fs::write(Path::new(&env::var("OUT_DIR")?).join("tools.rs"), emit(&document)?)?;
    Ok(())
}
