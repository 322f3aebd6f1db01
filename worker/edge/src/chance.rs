//! Numbers that nobody can foretell well enough to care; nothing secret is made of them.

/// A uniformly random 32-bit number.
#[cfg(target_arch = "wasm32")]
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the product is from 0 to 2^32, without 2^32"
)]
pub(crate) fn number() -> u32 {
    (worker::js_sys::Math::random() * 4_294_967_296.0) as u32
}

/// A uniformly random 32-bit number, where tests run.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn number() -> u32 {
    pennon_core::Host::random(&pennon_ruleset::StdHost::default())
}
