//! The JSON that people write: model, schema, checks, compiler into a plan, explain texts.
pub mod model;
#[expect(dead_code, reason = "the encoder and the lowering read it")]
mod program;
