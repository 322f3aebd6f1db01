use std::path::Path;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use eppo_core::eval::get_assignment;
use eppo_core::ufc::{AssignmentValue, UniversalFlagConfig};
use eppo_core::{AttributeValue, Attributes, Configuration, SdkMetadata, Str};

use crate::{BOOLEAN, Engine, RULES, User, input, variant_index};

/// `eppo_core`, reading the harness's `peers/eppo.mjs` configuration.
pub struct Eppo {
    configuration: Configuration,
    subjects: Vec<(Str, Arc<Attributes>)>,
    now: DateTime<Utc>,
}

impl Eppo {
    fn assign(&self, flag: &str, user: usize) -> Option<AssignmentValue> {
        let (id, attributes) = &self.subjects[user];
        get_assignment(
            Some(&self.configuration),
            flag,
            id,
            attributes,
            None,
            self.now,
        )
        .expect("the flag can be evaluated")
        .map(|assignment| assignment.value)
    }
}

impl Engine for Eppo {
    const NAME: &'static str = "eppo_core";

    fn load(inputs: &Path, users: &[User]) -> Self {
        let metadata = SdkMetadata {
            name: "bench",
            version: "0",
        };
        let flags = UniversalFlagConfig::from_json(metadata, input(inputs, "eppo.json"))
            .expect("the configuration is Eppo's");
        Self {
            configuration: Configuration::from_server_response(flags, None),
            subjects: users.iter().map(subject).collect(),
            now: Utc::now(),
        }
    }

    fn boolean(&mut self, user: usize) -> bool {
        matches!(
            self.assign(BOOLEAN, user),
            Some(AssignmentValue::Boolean(true))
        )
    }

    fn rules(&mut self, user: usize) -> usize {
        match self.assign(RULES, user) {
            Some(AssignmentValue::String(variant)) => variant_index(&variant),
            other => panic!("unexpected assignment {other:?}"),
        }
    }
}

fn subject(user: &User) -> (Str, Arc<Attributes>) {
    let attributes: Attributes = [
        ("country", AttributeValue::from(User::COUNTRY)),
        ("email", user.email.as_str().into()),
        ("age", user.age.into()),
        ("plan", User::PLAN.into()),
        ("appVersion", user.app_version.as_str().into()),
    ]
    .into_iter()
    .map(|(name, value)| (name.into(), value))
    .collect();
    (user.id.as_str().into(), Arc::new(attributes))
}
