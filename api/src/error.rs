use serde::{Deserialize, Serialize};

/// The body of every answer with a status of 400 or above.
///
/// # Example
///
/// ```
/// let body = r#"{"error":{"code":"flag_not_found","message":"there is no flag `x`"}}"#;
/// let error: pennon_api::ErrorBody = serde_json::from_str(body)?;
/// assert_eq!(error.error.code, "flag_not_found");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorDetail,
}

/// What went wrong: a stable code for programs and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ErrorDetail {
    /// A stable word in snake case, listed in `docs/http-api.md`.
    pub code: String,
    /// One line, lower-case, user input in backticks.
    pub message: String,
    /// JSON pointer into the request's body, where one place is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The version that is stored, when the request was made for another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_version: Option<u32>,
    /// All problems of a document that cannot be published, at once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// One finding of the checks that a document goes through before it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Whether it stops the change.
    pub severity: Severity,
    /// A stable word in kebab case.
    pub code: String,
    /// JSON pointer into the document that was sent, or into `document` when that is set.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The other document that the change would break, such as `flags/checkout`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// Key of the environment in which it shows, where that is not the one of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
}

/// Whether a problem stops a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The change is refused.
    Error,
    /// The change is made; people should know.
    Warning,
}
