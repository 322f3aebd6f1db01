//! Which flags a request gets (sections 8.3.1 and 8.3.2).

use super::Runtime;

/// Whether a flag of this runtime is for the request; flags of every and of unknown runtimes are.
pub fn has_runtime(flag: Option<&str>, request: Option<Runtime>) -> bool {
    match flag {
        Some("client") => matches!(request, Some(Runtime::Client | Runtime::All)),
        Some("server") => matches!(request, Some(Runtime::Server | Runtime::All)),
        _ => true,
    }
}

/// Whether a flag shares an evaluation context with the request; a side that names none has all.
pub fn has_context<F: AsRef<str>, R: AsRef<str>>(flag: &[F], request: &[R]) -> bool {
    request.is_empty()
        || flag.is_empty()
        || flag.iter().any(|context| {
            request
                .iter()
                .any(|wanted| wanted.as_ref() == context.as_ref())
        })
}
