//! Our core and two peers behind one shape, so that a bench can put the same questions to each.
//!
//! The flags are the harness's `new-checkout` (boolean, 50 % rollout) and `pricing-test` (five rules of three
//! conditions, four variants), written in each engine's own format by `node benches/bench.mjs` before.

mod eppo;
mod pennon;
mod user;
mod yggdrasil;

pub use eppo::Eppo;
pub use pennon::Pennon;
pub use user::{User, users};
pub use yggdrasil::Yggdrasil;

/// Key of the boolean flag.
pub const BOOLEAN: &str = "new-checkout";
/// Key of the flag with rules.
pub const RULES: &str = "pricing-test";

/// An engine with its flags loaded and one context ready for each user.
pub trait Engine {
    /// How the bench calls it.
    const NAME: &'static str;

    /// Loads the flags from the folder of inputs.
    fn load(inputs: &std::path::Path, users: &[User]) -> Self;

    /// Whether the boolean flag is on for a user.
    fn boolean(&mut self, user: usize) -> bool;

    /// Index of the rules flag's variant for a user: `control`, `a`, `b`, `c`.
    fn rules(&mut self, user: usize) -> usize;
}

/// Index of a variant by its name.
///
/// # Panics
///
/// When the flag has no such variant: the inputs are wrong, and no figure may come of them.
pub fn variant_index(name: &str) -> usize {
    ["control", "a", "b", "c"]
        .iter()
        .position(|variant| *variant == name)
        .unwrap_or_else(|| panic!("unexpected variant `{name}`"))
}

/// Reads one of the prepared inputs.
///
/// # Panics
///
/// When it is not there: run `node benches/bench.mjs` instead of this bench alone.
pub fn input(inputs: &std::path::Path, name: &str) -> Vec<u8> {
    let path = inputs.join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("reading {}: {error}", path.display()))
}
