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

    /// Does the work unless the same inputs have made all the outputs, and nobody has touched these
    /// since.
    pub(crate) fn unless_current(
        self,
        outputs: &[PathBuf],
        work: impl FnOnce() -> Result<()>,
    ) -> Result<()> {
        let inputs = self.hasher.finish();
        let last = std::fs::read_to_string(&self.file).unwrap_or_default();
        if last == record(inputs, outputs) {
            return Ok(());
        }
        work()?;
        if let Some(parent) = self.file.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&self.file, record(inputs, outputs))?;
        Ok(())
    }
}

/// One line for the inputs, and one for each output as it lies there.
fn record(inputs: u64, outputs: &[PathBuf]) -> String {
    let mut record = format!("{inputs:016x}\n");
    for output in outputs {
        let state = std::fs::metadata(output).and_then(|file| Ok((file.len(), file.modified()?)));
        record.push_str(&state.map_or_else(
            |_| "missing\n".to_owned(),
            |(length, modified)| format!("{length} {modified:?}\n"),
        ));
    }
    record
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

#[cfg(test)]
mod tests {
    use super::Stamp;
    use crate::repository::Repository;

    #[test]
    fn works_once_for_the_same_inputs_and_untouched_outputs() {
        let repository = Repository::find().unwrap();
        let scratch = repository.scratch("stamp-test").unwrap();
        let [input, output] = ["input", "output"].map(|name| scratch.join(name));
        std::fs::write(&input, "1").unwrap();
        let mut works = 0;
        let mut run = || {
            let stamp = Stamp::new(&repository, "stamp-test").input(&input).unwrap();
            stamp
                .unless_current(std::slice::from_ref(&output), || {
                    works += 1;
                    std::fs::write(&output, works.to_string())?;
                    Ok(())
                })
                .unwrap();
            works
        };
        let first = run();
        assert_eq!(run(), first);
        std::fs::write(&output, "by somebody else").unwrap();
        assert_eq!(run(), first + 1);
        std::fs::write(&input, "2").unwrap();
        assert_eq!(run(), first + 2);
    }
}
