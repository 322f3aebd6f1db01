//! Where things are.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The repository that this crate belongs to.
pub(crate) struct Repository {
    root: PathBuf,
}

impl Repository {
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"))
            .parent()
            .context("the xtask crate has no parent directory")?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path of the repository, written with forward slashes.
    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    /// Where cargo puts what it builds.
    pub(crate) fn target(&self) -> PathBuf {
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.path("target"), PathBuf::from)
    }

    /// A directory for what a task makes on the way to its result.
    pub(crate) fn scratch(&self, task: &str) -> Result<PathBuf> {
        let directory = self.target().join("xtask").join(task);
        std::fs::create_dir_all(&directory)
            .with_context(|| format!("cannot create `{}`", directory.display()))?;
        Ok(directory)
    }

    pub(crate) fn read(&self, relative: &str) -> Result<String> {
        std::fs::read_to_string(self.path(relative))
            .with_context(|| format!("cannot read `{relative}`"))
    }

    pub(crate) fn write(&self, relative: &str, content: impl AsRef<[u8]>) -> Result<()> {
        let path = self.path(relative);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, content).with_context(|| format!("cannot write `{relative}`"))
    }

    /// All files that git knows or would add, as paths with forward slashes.
    pub(crate) fn files(&self) -> Result<Vec<String>> {
        let listing = crate::process::Process::new(self, "git")
            .args(["ls-files", "--cached", "--others", "--exclude-standard"])
            .output()?;
        let mut files: Vec<String> = listing.lines().map(str::to_owned).collect();
        files.sort();
        files.dedup();
        files.retain(|file| self.path(file).is_file());
        Ok(files)
    }
}

/// What follows the last dot of a file's name.
pub(crate) fn extension(file: &str) -> &str {
    Path::new(file)
        .extension()
        .and_then(|extension| extension.to_str())
        .unwrap_or_default()
}
