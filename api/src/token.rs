use serde::{Deserialize, Serialize};

/// What an admin token may do; each level contains the ones before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Look at everything in its projects.
    Read,
    /// Change flags, segments, lists, attributes and metrics.
    Write,
    /// Make projects, environments, keys and tokens.
    Admin,
}

/// Body of `POST /setup/{secret}`; the body may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SetupRequest {
    /// Days until the first token expires; 1 to 366, default 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<u32>,
}

/// Body of `POST /api/v1/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewToken {
    /// Who or what uses it; this name stands in histories. 1 to 200 characters.
    pub name: String,
    /// What it may do; at most what the asking token may do.
    pub access: Access,
    /// Keys of the projects it is for; absent means every project of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projects: Option<Vec<String>>,
    /// Days until it expires; 1 to 366.
    pub expires_in_days: u32,
}

/// An admin token as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// First sixteen hexadecimal digits of the token's SHA-256.
    pub id: String,
    /// Who or what uses it.
    pub name: String,
    /// What it may do.
    pub access: Access,
    /// Keys of the projects it is for; absent means every project of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub projects: Option<Vec<String>>,
    /// Last four characters, to recognise a token by.
    pub last4: String,
    /// Epoch milliseconds.
    pub created_at: u64,
    /// Epoch milliseconds.
    pub expires_at: u64,
    /// Epoch milliseconds of its revocation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_at: Option<u64>,
}

/// Answer of `POST /setup/{secret}` and `POST /api/v1/tokens`: the only time the token is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenSecret {
    /// The whole token, `at_…`.
    pub token: String,
    /// What is stored about it.
    #[serde(flatten)]
    pub stored: Token,
}

/// Answer of `GET /api/v1/tokens`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenList {
    /// In order of creation, expired and revoked tokens included.
    pub tokens: Vec<Token>,
}
