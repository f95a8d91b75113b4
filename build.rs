//! Makes the tools: reads the document, merges the overlay, lowers, emits Rust. Lays out the guides.

#[path = "build/absent.rs"]
mod absent;
#[path = "build/guides.rs"]
mod guides;

use std::{env, error::Error, fs, path::Path, process::ExitCode};

use openapi_tools::{
    emit::emit,
    load::{
        lower::lower,
        rules::Rules,
        source::{Overlay, load},
    },
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
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build/guides.rs");
    println!("cargo::rerun-if-changed=build/absent.rs");
    println!("cargo::rerun-if-changed=openapi");
    println!("cargo::rerun-if-changed=guides");
    let json = fs::read_to_string("openapi/fusionauth.json")?;
    let mut overlays = Vec::new();
    for entry in fs::read_dir("openapi/overlay")? {
        let path = entry?.path();
        overlays.push((path.display().to_string(), fs::read_to_string(&path)?));
    }
    overlays.sort();
    let overlays: Vec<_> = overlays.iter().map(|(name, text)| Overlay { name, text }).collect();
    let document = lower(&load(&json, &overlays)?, &Rules::FUSIONAUTH).into_document().map_err(|faults| {
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        format!("openapi/: {} faults\n{}", lines.len(), lines.join("\n"))
    })?;
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("tools.rs"), emit(&document)?)?;
    fs::write(Path::new(&out).join("guides.rs"), guides::emit(Path::new("guides"))?)?;
    fs::write(Path::new(&out).join("absent.rs"), absent::emit(Path::new("openapi/absent.yaml"), &document)?)?;
    Ok(())
}
