//! Lays the vocabulary out as a finite state transducer from a token's bytes to its rank, to be read where it lies.

use std::{env, error::Error, fs::File, io::BufWriter, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let encoding = tiktoken_rs::o200k_base()?;
    let mut vocabulary = Vec::new();
    // Ordinary tokens have the ranks from 0 on; the special ones follow after a gap.
    for rank in 0.. {
        let Ok(bytes) = encoding.decode_bytes(&[rank]) else { break };
        vocabulary.push((bytes, u64::from(rank)));
    }
    vocabulary.sort_unstable();
    let path = PathBuf::from(env::var("OUT_DIR")?).join("vocabulary.fst");
    let mut builder = fst::MapBuilder::new(BufWriter::new(File::create(path)?))?;
    if vocabulary.iter().any(|(bytes, _)| bytes.len() > 128) {
        return Err("a token is longer than MAX_TOKEN_BYTES says".into());
    }
    for (bytes, rank) in vocabulary {
        builder.insert(bytes, rank)?;
    }
    builder.finish()?;
    Ok(())
}
