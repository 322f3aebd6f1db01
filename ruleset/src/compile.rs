//! From a ruleset to plan bytes and the names that explanations use.

use pennon_core::Plan;
use sha2::{Digest, Sha256};

use crate::check::{Limits, check};
use crate::encode::encode;
use crate::lower::lower;
use crate::model::Ruleset;
use crate::names;
use crate::report::{At, Code, Report};

/// Who will hold the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Audience {
    /// Anyone: only client-visible flags, ids as hashes, nothing about private attributes.
    Public,
    /// The project's own servers and edge: everything.
    Server,
}

/// A compiled ruleset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// The plan, for [`Plan::load`].
    pub plan: Vec<u8>,
    /// What the plan's parts are called, as JSON; only explanations need it.
    pub names: Vec<u8>,
    /// SHA-256 of the plan, which the names carry, too.
    pub hash: [u8; 32],
    /// Warnings.
    pub report: Report,
}

impl Compiled {
    /// The plan's hash in hexadecimal.
    pub fn hash_text(&self) -> String {
        names::hex(&self.hash)
    }
}

/// Compiles a ruleset for an audience, within the default limits.
///
/// The same ruleset gives the same bytes, whatever the order of its flags, segments and lists.
///
/// # Errors
///
/// Everything that [`check`] finds, when one of the findings is an error.
///
/// Example:
/// ```
/// use pennon_ruleset::{Audience, compile, parse};
/// let ruleset = parse(r#"{ "schema": 1, "environment": "env_demo", "flags": { "f": {
///     "type": "boolean", "variants": { "on": true }, "fallthrough": { "variant": "on" } } } }"#)?;
/// let compiled = compile(&ruleset, Audience::Public)?;
/// assert!(pennon_core::Plan::load(&compiled.plan).is_ok());
/// # Ok::<(), pennon_ruleset::Report>(())
/// ```
pub fn compile(ruleset: &Ruleset, audience: Audience) -> Result<Compiled, Report> {
    compile_within(ruleset, audience, &Limits::default())
}

/// Compiles a ruleset for an audience within the limits.
///
///
/// # Errors
///
/// As [`compile`].
pub fn compile_within(
    ruleset: &Ruleset,
    audience: Audience,
    limits: &Limits,
) -> Result<Compiled, Report> {
    let report = check(ruleset, limits);
    if report.has_errors() {
        return Err(report);
    }
    finish(ruleset, audience, report)
}

/// Compiles for an audience what [`check`] found no error in, without looking at it again: for
/// whoever compiles one ruleset for both audiences.
///
/// # Errors
///
/// When the plan cannot be loaded, which is a fault of this crate.
pub fn compile_checked(ruleset: &Ruleset, audience: Audience) -> Result<Compiled, Report> {
    finish(ruleset, audience, Report::default())
}

fn finish(ruleset: &Ruleset, audience: Audience, mut report: Report) -> Result<Compiled, Report> {
    let lowered = lower(ruleset, audience);
    let encoded = encode(&lowered.program);
    // Whoever publishes learns here that a plan cannot be loaded, before anyone is sent one.
    if let Err(error) = Plan::load(&encoded.bytes) {
        let message = format!("the compiled plan cannot be loaded: {error}");
        let help = "report this ruleset, it passed every check";
        report.error(Code::Unsupported, &At::Root, message, help);
        return Err(report);
    }
    let hash: [u8; 32] = Sha256::digest(&encoded.bytes).into();
    let names = names::names(ruleset, &lowered, &encoded, &hash);
    Ok(Compiled {
        plan: encoded.bytes,
        names,
        hash,
        report,
    })
}
