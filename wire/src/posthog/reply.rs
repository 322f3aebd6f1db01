//! Answers to `/flags/` and `/decide/` (section 8.3).

use serde_json::{Map, Value, json};

/// The shape of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Flags with reasons.
    V2,
    /// `featureFlags` with every value, and their payloads.
    Legacy,
    /// `featureFlags` with the values of enabled flags.
    EnabledValues,
    /// `featureFlags` as the list of enabled keys.
    EnabledKeys,
}

impl Format {
    /// The shape that the query parameters ask for; `is_decide` is the path `/decide/`.
    pub fn of(is_decide: bool, version: Option<&str>, config: Option<&str>) -> Self {
        let number = version.map(|text| text.parse::<u32>().unwrap_or_default());
        match (is_decide, number) {
            (true, None | Some(0 | 1)) => Self::EnabledKeys,
            (true, Some(2)) => Self::EnabledValues,
            (true, Some(3)) | (false, Some(0 | 1)) => Self::Legacy,
            (false, None) if config.is_some() => Self::Legacy,
            _ => Self::V2,
        }
    }
}

/// The decision of one flag.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FlagReply {
    /// Key of the flag.
    pub key: String,
    /// Whether it is on, for some variant or for none.
    pub enabled: bool,
    /// The variant, where the flag has any.
    pub variant: Option<String>,
    /// Code of the reason (section 7).
    pub code: String,
    /// Index of the condition that the reason is about.
    pub condition_index: Option<u32>,
    /// The reason in words.
    pub description: String,
    /// Numeric id of the flag.
    pub id: i64,
    /// Version of the flag.
    pub version: i64,
    /// Stored payload of the value.
    pub payload: Option<Value>,
    /// Whether an experiment uses the flag.
    pub has_experiment: bool,
    /// It could not be evaluated.
    pub failed: bool,
}

/// An answer around its flags.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Reply {
    /// The flags that are answered.
    pub flags: Vec<FlagReply>,
    /// Id of the request, a UUID.
    pub request_id: String,
    /// When it was evaluated, in epoch milliseconds.
    pub evaluated_at: u64,
    /// Whether clients send short `$feature_flag_called` events.
    pub has_minimal_events: bool,
    /// Whether the flags of the project are over their quota.
    pub is_limited: bool,
}

impl Reply {
    /// The JSON of the answer.
    pub fn json(&self, format: Format) -> Map<String, Value> {
        let mut answer = Map::new();
        match format {
            Format::V2 => {
                let flags = self
                    .flags
                    .iter()
                    .map(|flag| (flag.key.clone(), flag.json()));
                answer.insert("flags".to_owned(), Value::Object(flags.collect()));
            }
            Format::Legacy => {
                answer.insert("featureFlags".to_owned(), self.values(|_| true));
                answer.insert("featureFlagPayloads".to_owned(), self.payloads());
            }
            Format::EnabledValues => {
                answer.insert("featureFlags".to_owned(), self.values(|flag| flag.enabled));
            }
            Format::EnabledKeys => {
                let enabled = self.flags.iter().filter(|flag| flag.enabled);
                let keys = enabled.map(|flag| Value::from(flag.key.as_str())).collect();
                answer.insert("featureFlags".to_owned(), Value::Array(keys));
            }
        }
        self.insert_envelope(&mut answer);
        answer
    }

    fn insert_envelope(&self, answer: &mut Map<String, Value>) {
        let has_failed = self.flags.iter().any(|flag| flag.failed);
        answer.insert("errorsWhileComputingFlags".to_owned(), has_failed.into());
        answer.insert("requestId".to_owned(), self.request_id.as_str().into());
        answer.insert("evaluatedAt".to_owned(), self.evaluated_at.into());
        if self.is_limited {
            answer.insert("quotaLimited".to_owned(), json!(["feature_flags"]));
        }
        if self.has_minimal_events {
            answer.insert("minimalFlagCalledEvents".to_owned(), true.into());
        }
    }

    fn values(&self, is_wanted: impl Fn(&FlagReply) -> bool) -> Value {
        let flags = self.flags.iter().filter(|flag| is_wanted(flag));
        Value::Object(flags.map(|flag| (flag.key.clone(), flag.value())).collect())
    }

    fn payloads(&self) -> Value {
        let flags = self.flags.iter().filter(|flag| flag.enabled);
        let payloads = flags.filter_map(|flag| Some((flag.key.clone(), flag.payload.clone()?)));
        Value::Object(payloads.collect())
    }
}

impl FlagReply {
    /// The variant, else whether the flag is on.
    fn value(&self) -> Value {
        self.variant
            .as_deref()
            .map_or_else(|| self.enabled.into(), Value::from)
    }

    fn json(&self) -> Value {
        let mut flag = json!({
            "key": self.key,
            "enabled": self.enabled,
            "variant": self.variant,
            "reason": {
                "code": self.code,
                "condition_index": self.condition_index,
                "description": self.description,
            },
            "metadata": {
                "id": self.id,
                "version": self.version,
                "description": null,
                "payload": self.payload,
                "has_experiment": self.has_experiment,
            },
        });
        if let (true, Some(fields)) = (self.failed, flag.as_object_mut()) {
            fields.insert("failed".to_owned(), true.into());
        }
        flag
    }
}
