//! The plain pages for people. Their code and styles are separate files, so that the policy can
//! forbid everything inline.

use worker::{Env, Response, ResponseBuilder};

use super::health;
use crate::error::ApiError;
use crate::incoming::Incoming;
use crate::log;

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SVG: &str = "image/svg+xml";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// Sign in, flags, history, counts. Whoever opens it before the installation is set up finds a
/// setup link in the log.
pub(crate) async fn admin(incoming: Incoming, env: &Env) -> Result<Response, ApiError> {
    // The page says more than an error would when the Directory object does not answer.
    let id = incoming.call.request.clone();
    if let Err(error) = health::show(incoming, env).await {
        log::source_failed(&id, "directory", error.cause());
    }
    page(200, HTML, include_str!("../pages/admin.html"))
}

/// Files that the pages load.
pub(crate) fn asset(name: &str) -> Result<Response, ApiError> {
    match name {
        "icon.svg" => page(200, SVG, include_str!("../pages/icon.svg")),
        "admin.css" => page(200, CSS, include_str!("../pages/admin.css")),
        "admin.js" => page(200, JAVASCRIPT, include_str!("../pages/admin.js")),
        "flag-editor.js" => page(200, JAVASCRIPT, include_str!("../pages/flag-editor.js")),
        "elements.js" => page(200, JAVASCRIPT, include_str!("../pages/elements.js")),
        "flag-row.js" => page(200, JAVASCRIPT, include_str!("../pages/flag-row.js")),
        "json-place.js" => page(200, JAVASCRIPT, include_str!("../pages/json-place.js")),
        "api.js" => page(200, JAVASCRIPT, include_str!("../pages/api.js")),
        "setup.js" => page(200, JAVASCRIPT, include_str!("../pages/setup.js")),
        _ => Err(ApiError::no_route()),
    }
}

/// What opens from the setup link: looking at it does not use it.
pub(crate) async fn setup(incoming: Incoming, env: &Env) -> Result<Response, ApiError> {
    let state = incoming.hand_to_directory(env, None, 0).await?;
    match state.status_code() {
        200 => page(200, HTML, include_str!("../pages/setup.html")),
        429 => Ok(state),
        _ => page(404, HTML, include_str!("../pages/setup-dead.html")),
    }
}

fn page(status: u16, kind: &str, text: &str) -> Result<Response, ApiError> {
    let builder = ResponseBuilder::new()
        .with_status(status)
        .with_header("Content-Type", kind)?
        .with_header("Content-Security-Policy", POLICY)?
        .with_header("Referrer-Policy", "no-referrer")?
        .with_header("X-Content-Type-Options", "nosniff")?
        .with_header("Cache-Control", "no-store")?;
    Ok(builder.fixed(text.as_bytes().to_vec()))
}
