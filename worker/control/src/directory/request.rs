use std::cell::RefCell;

use worker::Date;

use super::Directory;
use super::attempts::Attempts;
use crate::call::Call;
use crate::error::ApiError;
use crate::store::Db;

/// A call at work inside the Directory object.
pub(crate) struct DirectoryRequest<'a> {
    pub(crate) call: &'a Call,
    pub(crate) db: &'a Db,
    /// Wrong setup links of the last minute.
    pub(crate) attempts: &'a RefCell<Attempts>,
    /// Epoch milliseconds.
    pub(crate) now: u64,
}

impl<'a> DirectoryRequest<'a> {
    /// Opens the database.
    pub(crate) fn new(directory: &'a Directory, call: &'a Call) -> Result<Self, ApiError> {
        Ok(Self {
            call,
            db: directory.db()?,
            attempts: &directory.attempts,
            now: Date::now().as_millis(),
        })
    }
}
