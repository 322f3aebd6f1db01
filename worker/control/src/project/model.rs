//! Everything a project says, in memory, so that a change can be tried before it is written.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::error::ApiError;
use crate::scope::{self, Parts};
use crate::store::Db;
use crate::store::definitions::{self, DefinitionRow};
use crate::store::environments::{self, EnvironmentRow};
use crate::store::flags::{self, FlagPartRow, FlagRow};

/// Kinds of definitions that a ruleset contains under the same name.
const RULESET_KINDS: [&str; 4] = ["attributes", "groups", "segments", "lists"];

/// A project's documents.
pub(crate) struct Model {
    /// Oldest first.
    pub(crate) environments: Vec<EnvironmentRow>,
    /// By key, archived flags included.
    pub(crate) flags: BTreeMap<String, FlagRow>,
    /// By environment and flag.
    pub(crate) parts: BTreeMap<(String, String), FlagPartRow>,
    /// By kind and key, deleted definitions included.
    pub(crate) definitions: BTreeMap<(String, String), DefinitionRow>,
}

impl Model {
    /// Reads all of a project.
    pub(crate) fn load(db: &Db) -> worker::Result<Self> {
        let rows = (flags::all(db)?, flags::all_parts(db)?);
        Self::of(db, rows, definitions::current(db)?)
    }

    /// Reads what says something about one flag: a small part of a project of thousands.
    pub(crate) fn load_flag(db: &Db, key: &str) -> worker::Result<Self> {
        let rows = (
            flags::get(db, key)?.into_iter().collect(),
            flags::parts(db, key)?,
        );
        Self::of(db, rows, Vec::new())
    }

    /// Reads a project without its flags.
    pub(crate) fn load_definitions(db: &Db) -> worker::Result<Self> {
        Self::of(db, (Vec::new(), Vec::new()), definitions::current(db)?)
    }

    fn of(
        db: &Db,
        (flags, parts): (Vec<FlagRow>, Vec<FlagPartRow>),
        definitions: Vec<DefinitionRow>,
    ) -> worker::Result<Self> {
        let by_key = |flag: FlagRow| (flag.key.clone(), flag);
        let by_both = |part: FlagPartRow| ((part.environment.clone(), part.flag.clone()), part);
        let by_kind = |row: DefinitionRow| ((row.kind.clone(), row.key.clone()), row);
        Ok(Self {
            environments: environments::all(db)?,
            flags: flags.into_iter().map(by_key).collect(),
            parts: parts.into_iter().map(by_both).collect(),
            definitions: definitions.into_iter().map(by_kind).collect(),
        })
    }

    /// The environment with this key.
    ///
    /// # Errors
    ///
    /// 404 `environment_not_found`.
    pub(crate) fn environment(&self, key: &str) -> Result<&EnvironmentRow, ApiError> {
        self.environments
            .iter()
            .find(|environment| environment.key == key)
            .ok_or_else(|| ApiError::not_found("environment", key))
    }

    /// The same, to be changed.
    ///
    /// # Errors
    ///
    /// 404 `environment_not_found`.
    pub(crate) fn environment_mut(&mut self, key: &str) -> Result<&mut EnvironmentRow, ApiError> {
        self.environments
            .iter_mut()
            .find(|environment| environment.key == key)
            .ok_or_else(|| ApiError::not_found("environment", key))
    }

    /// Both parts of a flag, archived or not.
    pub(crate) fn parts_of(&self, environment: &str, flag: &str) -> Option<Parts> {
        let part = self.part(environment, flag)?;
        Some(Parts {
            project: self.flags.get(flag)?.document.clone(),
            environment: part.document.clone(),
        })
    }

    /// Version of a flag that is not archived.
    pub(crate) fn live_version(&self, environment: &str, flag: &str) -> Option<u32> {
        let row = self.flags.get(flag)?;
        let part = self.part(environment, flag)?;
        (!row.archived).then_some(part.version)
    }

    /// Version of a flag, archived or not; 0 for one that never was.
    pub(crate) fn last_version(&self, environment: &str, flag: &str) -> u32 {
        self.part(environment, flag).map_or(0, |part| part.version)
    }

    /// The document that people see.
    pub(crate) fn merged(&self, environment: &str, flag: &str) -> Option<Value> {
        let parts = self.parts_of(environment, flag)?;
        Some(Value::Object(scope::merge(
            &parts.project,
            &parts.environment,
        )))
    }

    /// A definition that is not deleted.
    pub(crate) fn definition(&self, kind: &str, key: &str) -> Option<&DefinitionRow> {
        self.definitions
            .get(&(kind.to_owned(), key.to_owned()))
            .filter(|row| !row.deleted)
    }

    /// The ruleset of one environment.
    pub(crate) fn ruleset(&self, environment: &EnvironmentRow) -> Value {
        let mut ruleset = Map::new();
        ruleset.insert("schema".to_owned(), Value::from(1));
        ruleset.insert(
            "environment".to_owned(),
            Value::from(environment.id.clone()),
        );
        for kind in RULESET_KINDS {
            let rows = self
                .definitions
                .values()
                .filter(|row| row.kind == kind && !row.deleted);
            let documents: Map<String, Value> = rows
                .map(|row| (row.key.clone(), row.document.clone()))
                .collect();
            if !documents.is_empty() {
                ruleset.insert(kind.to_owned(), Value::Object(documents));
            }
        }
        let flags = self.live_flags();
        let flags: Map<String, Value> = flags
            .filter_map(|key| Some((key.to_owned(), self.merged(&environment.key, key)?)))
            .collect();
        ruleset.insert("flags".to_owned(), Value::Object(flags));
        Value::Object(ruleset)
    }

    /// Unit types in use, `user` first; never empty.
    pub(crate) fn units(&self) -> Vec<String> {
        let mut units = vec!["user".to_owned()];
        for key in self.live_flags() {
            let unit = self.unit_of(key);
            if !units.contains(&unit) {
                units.push(unit);
            }
        }
        units
    }

    /// The unit type that a flag counts.
    pub(crate) fn unit_of(&self, flag: &str) -> String {
        self.flags
            .get(flag)
            .and_then(|row| row.document.get("unit"))
            .and_then(Value::as_str)
            .unwrap_or("user")
            .to_owned()
    }

    /// Keys of all flags that are not archived, in order.
    pub(crate) fn live_flags(&self) -> impl Iterator<Item = &str> {
        self.flags
            .values()
            .filter(|row| !row.archived)
            .map(|row| row.key.as_str())
    }

    fn part(&self, environment: &str, flag: &str) -> Option<&FlagPartRow> {
        self.parts.get(&(environment.to_owned(), flag.to_owned()))
    }
}
