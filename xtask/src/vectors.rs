//! Where the test vectors of other sources are; they are read in place and never copied.

use std::path::PathBuf;

use crate::repository::Repository;

/// The folder of the vectors.
pub(crate) enum Vectors {
    Found(PathBuf),
    /// Nobody named a folder, and the usual place is empty.
    NotHere(PathBuf),
}

/// `PENNON_VECTORS`, or the usual place beside the repository. A folder that somebody named counts
/// as found, so that a mistyped one fails where it is read.
pub(crate) fn find(repository: &Repository) -> Vectors {
    if let Some(named) = std::env::var_os("PENNON_VECTORS") {
        return Vectors::Found(repository.root().join(named));
    }
    let usual = repository.path("../shared/vectors");
    if usual.is_dir() {
        Vectors::Found(usual)
    } else {
        Vectors::NotHere(usual)
    }
}
