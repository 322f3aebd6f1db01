//! Prints random decisions of the native core, for other builds of it to repeat.
//!
//! `pennon-parity SEED RULESETS CONTEXTS [dialects]` prints one JSON object a ruleset and audience:
//! `{ place, now, plan, contexts: [{ context, decisions }] }`, the plan as an array of bytes.
#![expect(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "this program is a test, and the generators are shared with one"
)]

#[path = "../../../ruleset/tests/it/random.rs"]
mod random;

use anyhow::{Context as _, Result, anyhow};
use pennon_ruleset::{Audience, Decider, Place, compile, parse};
use proptest::strategy::{Strategy, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};

/// Who evaluates which plan, by the words of the package.
const SIDES: [(&str, Place, Audience); 2] = [
    ("client", Place::Client, Audience::Public),
    ("server", Place::Server, Audience::Server),
];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let (numbers, has_dialects) = match words.as_slice() {
        [numbers @ .., last] if last == "dialects" => (numbers, true),
        numbers => (numbers, false),
    };
    let [seed, rulesets, contexts] = arguments(numbers)?;
    let mut runner = runner(seed);
    for _ in 0..rulesets {
        let ruleset = repeatable_ruleset(&mut runner, has_dialects)?;
        let contexts: Result<Vec<Value>> = (0..contexts)
            .map(|_| Ok(without_points(draw(&mut runner, &random::context())?)))
            .collect();
        let contexts = contexts?;
        for side in SIDES {
            println!("{}", decide(&ruleset, &contexts, side)?);
        }
    }
    Ok(())
}

fn arguments(words: &[String]) -> Result<[u64; 3]> {
    let numbers: Result<Vec<u64>, _> = words.iter().map(|word| word.parse()).collect();
    <[u64; 3]>::try_from(numbers?)
        .ok()
        .context("usage: pennon-parity SEED RULESETS CONTEXTS [dialects]")
}

/// A generator that gives the same for the same seed.
fn runner(seed: u64) -> TestRunner {
    let bytes: Vec<u8> = seed.to_le_bytes().repeat(4);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    TestRunner::new_with_rng(Config::default(), rng)
}

/// Draws until every hash is one that the artefact carries: others are unknown there.
fn repeatable_ruleset(runner: &mut TestRunner, has_dialects: bool) -> Result<Value> {
    loop {
        let ruleset = draw(runner, &random::ruleset(has_dialects))?;
        let text = ruleset.to_string();
        let of_posthog = text.matches(r#""algorithm":"posthog_sha1_15""#).count();
        let carried = if has_dialects { of_posthog } else { 0 };
        if text.matches(r#""algorithm""#).count() == carried {
            return Ok(ruleset);
        }
    }
}

/// JavaScript writes `1.0` as `1`, and dialects compare what is written.
#[expect(
    clippy::cast_possible_truncation,
    reason = "only whole numbers are cast"
)]
fn without_points(value: Value) -> Value {
    match value {
        Value::Number(number) => match number.as_f64() {
            Some(float) if float.fract() == 0.0 && float.abs() < 1e15 => json!(float as i64),
            _ => Value::Number(number),
        },
        Value::Array(parts) => parts.into_iter().map(without_points).collect(),
        Value::Object(fields) => fields
            .into_iter()
            .map(|(name, value)| (name, without_points(value)))
            .collect(),
        other => other,
    }
}

fn draw(runner: &mut TestRunner, strategy: &impl Strategy<Value = Value>) -> Result<Value> {
    let tree = strategy.new_tree(runner);
    Ok(tree
        .map_err(|reason| anyhow!("no value: {reason}"))?
        .current())
}

#[expect(clippy::cast_precision_loss, reason = "the time is below 2^53")]
fn decide(ruleset: &Value, contexts: &[Value], side: (&str, Place, Audience)) -> Result<Value> {
    let (word, place, audience) = side;
    let now = random::NOVEMBER as f64;
    let parsed = parse(&ruleset.to_string()).map_err(|report| anyhow!("{report}"))?;
    let compiled = compile(&parsed, audience).map_err(|report| anyhow!("{report}"))?;
    let decider = Decider::load(&compiled.plan)?;
    let answers: Vec<Value> = contexts
        .iter()
        .map(|context| {
            json!({
                "context": context,
                "decisions": decider.decide_all(context, now, place),
            })
        })
        .collect();
    Ok(json!({ "place": word, "now": now, "plan": compiled.plan, "contexts": answers }))
}
