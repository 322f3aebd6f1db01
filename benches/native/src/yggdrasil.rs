use std::path::Path;

use serde_json::json;
use unleash_yggdrasil::{Context, EngineState};

use crate::{BOOLEAN, Engine, RULES, User, input, variant_index};

/// `unleash-yggdrasil`, reading the harness's `peers/unleash.mjs` features.
pub struct Yggdrasil {
    state: EngineState,
    contexts: Vec<Context>,
}

impl Engine for Yggdrasil {
    const NAME: &'static str = "yggdrasil";

    fn load(inputs: &Path, users: &[User]) -> Self {
        let state = EngineState::default();
        let features = serde_json::from_slice(&input(inputs, "unleash.json"))
            .expect("the features are Unleash's");
        let warnings = state.take_state(features);
        assert!(warnings.is_none(), "every feature compiles: {warnings:?}");
        Self {
            state,
            contexts: users.iter().map(context).collect(),
        }
    }

    fn boolean(&mut self, user: usize) -> bool {
        self.state.is_enabled(BOOLEAN, &self.contexts[user], &None)
    }

    fn rules(&mut self, user: usize) -> usize {
        let variant = self.state.get_variant(RULES, &self.contexts[user], &None);
        variant_index(&variant.name)
    }
}

fn context(user: &User) -> Context {
    serde_json::from_value(json!({
        "userId": user.id,
        "properties": {
            "country": User::COUNTRY,
            "email": user.email,
            "age": user.age.to_string(),
            "plan": User::PLAN,
            "appVersion": user.app_version,
        },
    }))
    .expect("the context is Unleash's")
}
