//! `GET /healthz`.

use worker::{Env, Response};

use crate::error::ApiError;
use crate::incoming::Incoming;

/// Answers whether the objects do, and has a setup link printed while nobody has used one.
pub(crate) async fn show(mut incoming: Incoming, env: &Env) -> Result<Response, ApiError> {
    "POST".clone_into(&mut incoming.call.method);
    incoming.call.path = vec!["announce".to_owned()];
    incoming.hand_to_directory(env, None, 0).await
}
