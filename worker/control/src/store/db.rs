use worker::{Error, Result, SqlStorage, SqlStorageValue, Storage};

use crate::transaction::transaction;

/// The `SQLite` database of one object.
#[derive(Debug)]
pub(crate) struct Db {
    storage: Storage,
    sql: SqlStorage,
}

impl Db {
    /// Opens the database and brings its tables up to date.
    ///
    /// `migrations` are SQL scripts in order; a script that has run once never runs again, so
    /// scripts are added and never edited.
    ///
    /// # Errors
    ///
    /// Those of `SQLite`; the script that failed is rolled back.
    pub(crate) fn open(storage: Storage, migrations: &[&str]) -> Result<Self> {
        let sql = storage.sql();
        let db = Self { storage, sql };
        db.migrate(migrations)?;
        Ok(db)
    }

    /// Deletes everything, so that the object is as if it had never been asked.
    ///
    /// # Errors
    ///
    /// Those of `SQLite`; everything is there then as before.
    pub(crate) fn empty(&self, migrations: &[&str]) -> Result<()> {
        self.transaction(|| {
            let tables = self.rows(
                "SELECT name FROM sqlite_master
                 WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'
                   AND name NOT LIKE '!_cf!_%' ESCAPE '!'",
                vec![],
                |row| row.text(0),
            )?;
            for table in tables {
                self.run(&format!("DROP TABLE \"{table}\""), vec![])?;
            }
            self.migrate(migrations)
        })
    }

    fn migrate(&self, migrations: &[&str]) -> Result<()> {
        let db = self;
        db.run(
            "CREATE TABLE IF NOT EXISTS migration (n INTEGER PRIMARY KEY) STRICT",
            vec![],
        )?;
        let done = db
            .row("SELECT COALESCE(MAX(n), 0) FROM migration", vec![], |row| {
                row.integer(0)
            })?
            .unwrap_or(0);
        for (n, script) in (1_u64..).zip(migrations) {
            if n > done {
                db.transaction(|| {
                    db.run(script, vec![])?;
                    db.run("INSERT INTO migration (n) VALUES (?)", vec![integer(n)])
                })?;
            }
        }
        Ok(())
    }

    /// Runs a block in one synchronous transaction.
    ///
    /// # Errors
    ///
    /// Those of the block, after the roll-back.
    pub(crate) fn transaction<T>(&self, block: impl FnOnce() -> Result<T>) -> Result<T> {
        transaction(&self.storage, block)
    }

    /// Runs one statement, or a script without parameters.
    pub(crate) fn run(&self, sql: &str, bindings: Vec<SqlStorageValue>) -> Result<()> {
        self.sql.exec(sql, bindings).map(drop)
    }

    /// All rows of a query.
    pub(crate) fn rows<T>(
        &self,
        sql: &str,
        bindings: Vec<SqlStorageValue>,
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.sql
            .exec(sql, bindings)?
            .raw()
            .map(|values| read(&Row(values?)))
            .collect()
    }

    /// Row after row of a query, until `read` says that it has enough.
    pub(crate) fn each(
        &self,
        sql: &str,
        bindings: Vec<SqlStorageValue>,
        mut read: impl FnMut(&Row) -> Result<bool>,
    ) -> Result<()> {
        for values in self.sql.exec(sql, bindings)?.raw() {
            if !read(&Row(values?))? {
                break;
            }
        }
        Ok(())
    }

    /// The first row of a query, if any.
    pub(crate) fn row<T>(
        &self,
        sql: &str,
        bindings: Vec<SqlStorageValue>,
        read: impl Fn(&Row) -> Result<T>,
    ) -> Result<Option<T>> {
        Ok(self.rows(sql, bindings, read)?.into_iter().next())
    }
}

/// One row of a result, read by the position of its columns.
pub(crate) struct Row(Vec<SqlStorageValue>);

impl Row {
    /// A column that is text.
    pub(crate) fn text(&self, column: usize) -> Result<String> {
        match self.0.get(column) {
            Some(SqlStorageValue::String(value)) => Ok(value.clone()),
            other => Err(unexpected(column, other)),
        }
    }

    /// A column that is text or NULL.
    pub(crate) fn optional_text(&self, column: usize) -> Result<Option<String>> {
        match self.0.get(column) {
            Some(SqlStorageValue::Null) => Ok(None),
            _ => self.text(column).map(Some),
        }
    }

    /// A column that is a whole number from 0.
    pub(crate) fn integer(&self, column: usize) -> Result<u64> {
        match self.0.get(column) {
            Some(SqlStorageValue::Integer(value)) => {
                u64::try_from(*value).map_err(|_| unexpected(column, self.0.get(column)))
            }
            other => Err(unexpected(column, other)),
        }
    }

    /// A column that is a whole number of either sign.
    pub(crate) fn signed(&self, column: usize) -> Result<i64> {
        match self.0.get(column) {
            Some(SqlStorageValue::Integer(value)) => Ok(*value),
            other => Err(unexpected(column, other)),
        }
    }

    /// A column that is a whole number or NULL.
    pub(crate) fn optional_integer(&self, column: usize) -> Result<Option<u64>> {
        match self.0.get(column) {
            Some(SqlStorageValue::Null) => Ok(None),
            _ => self.integer(column).map(Some),
        }
    }

    /// A column that is a small whole number, such as a version.
    pub(crate) fn small(&self, column: usize) -> Result<u32> {
        u32::try_from(self.integer(column)?).map_err(|_| unexpected(column, self.0.get(column)))
    }

    /// A column that is bytes.
    pub(crate) fn blob(&self, column: usize) -> Result<Vec<u8>> {
        match self.0.get(column) {
            Some(SqlStorageValue::Blob(value)) => Ok(value.clone()),
            other => Err(unexpected(column, other)),
        }
    }

    /// A column that holds JSON text.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T> {
        Ok(serde_json::from_str(&self.text(column)?)?)
    }
}

/// The value is left out on purpose: it may be a secret, and errors are logged.
fn unexpected(column: usize, value: Option<&SqlStorageValue>) -> Error {
    let kind = match value {
        None => "nothing",
        Some(SqlStorageValue::Null) => "null",
        Some(SqlStorageValue::Boolean(_)) => "a boolean",
        Some(SqlStorageValue::Integer(_) | SqlStorageValue::Float(_)) => "a number",
        Some(SqlStorageValue::String(_)) => "text",
        Some(SqlStorageValue::Blob(_)) => "bytes",
    };
    Error::RustError(format!("column {column} holds {kind}"))
}

/// Text as a parameter.
pub(crate) fn text(value: &str) -> SqlStorageValue {
    SqlStorageValue::from(value)
}

/// Text or NULL as a parameter.
pub(crate) fn optional_text(value: Option<&str>) -> SqlStorageValue {
    SqlStorageValue::from(value)
}

/// A whole number as a parameter. Everything this code stores is below 2^53: times in
/// milliseconds, versions, counts.
pub(crate) fn integer(value: impl Into<u64>) -> SqlStorageValue {
    SqlStorageValue::Integer(i64::try_from(value.into()).unwrap_or(i64::MAX))
}

/// A whole number or NULL as a parameter.
pub(crate) fn optional_integer(value: Option<u64>) -> SqlStorageValue {
    value.map_or(SqlStorageValue::Null, integer)
}

/// Bytes as a parameter.
pub(crate) fn blob(value: &[u8]) -> SqlStorageValue {
    SqlStorageValue::Blob(value.to_vec())
}
