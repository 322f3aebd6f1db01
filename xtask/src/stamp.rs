//! Remembers what a step was made from, so that a second run does nothing twice.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::repository::Repository;

/// The inputs of a step, reduced to one number.
pub(crate) struct Stamp {
    file: PathBuf,
    hasher: DefaultHasher,
}

impl Stamp {
    pub(crate) fn new(repository: &Repository, step: &str) -> Self {
        let file = repository
            .target()
            .join("xtask")
            .join(format!("{step}.stamp"));
        Self {
            file,
            hasher: DefaultHasher::new(),
        }
    }

    /// Adds a setting that the outputs depend on.
    pub(crate) fn setting(mut self, text: &str) -> Self {
        text.hash(&mut self.hasher);
        self
    }

    /// Adds a file, or all files below a directory, by content.
    pub(crate) fn input(mut self, path: &Path) -> Result<Self> {
        let mut files = BTreeSet::new();
        collect(path, &mut files)?;
        for file in files {
            file.hash(&mut self.hasher);
            std::fs::read(&file)?.hash(&mut self.hasher);
        }
        Ok(self)
    }

    /// Does the work unless the same inputs have already made all the outputs.
    pub(crate) fn unless_current(
        self,
        outputs: &[PathBuf],
        work: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let digest = format!("{:016x}", self.hasher.finish());
        let made = std::fs::read_to_string(&self.file).is_ok_and(|last| last == digest);
        if made && outputs.iter().all(|output| output.exists()) {
            return Ok(());
        }
        work()?;
        if let Some(parent) = self.file.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&self.file, digest)?;
        Ok(())
    }
}

fn collect(path: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.insert(path.to_owned());
    } else if path.is_dir() {
        for entry in std::fs::read_dir(path)? {
            let entry = entry?.path();
            if entry.file_name().is_none_or(|name| name != "node_modules") {
                collect(&entry, files)?;
            }
        }
    }
    Ok(())
}
