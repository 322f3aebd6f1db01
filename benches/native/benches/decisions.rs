//! One decision, natively: ours and two peers on the same logical flags.
//!
//! Every engine has its contexts ready and 256 users rotate, so nothing is answered from the user before.
//! `cargo bench -- pennon` measures one engine; `node benches/bench.mjs` runs each in its own process, in turns.

use std::hint::black_box;
use std::path::{Path, PathBuf};

use criterion::{Criterion, criterion_group, criterion_main};
use pennon_benches_native::{Engine, Eppo, Pennon, Yggdrasil, users};

fn bench(criterion: &mut Criterion) {
    let inputs = std::env::var_os("PENNON_BENCH_INPUTS").map_or_else(
        || {
            PathBuf::from(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../target/bench-inputs"
            ))
        },
        PathBuf::from,
    );
    if let Some(mut pennon) = one::<Pennon>(criterion, &inputs) {
        each_user(criterion, Pennon::NAME, "written", |user| {
            pennon.boolean_written(user)
        });
    }
    one::<Eppo>(criterion, &inputs);
    one::<Yggdrasil>(criterion, &inputs);
}

/// Measures one engine, if this process is for it, and hands it back.
fn one<E: Engine>(criterion: &mut Criterion, inputs: &Path) -> Option<E> {
    if !is_selected(E::NAME) {
        return None;
    }
    verify::<E>(inputs);
    let mut engine = E::load(inputs, &users(256));
    each_user(criterion, E::NAME, "boolean", |user| engine.boolean(user));
    each_user(criterion, E::NAME, "rules", |user| engine.rules(user));
    Some(engine)
}

fn each_user<T>(
    criterion: &mut Criterion,
    engine: &str,
    name: &str,
    mut decide: impl FnMut(usize) -> T,
) {
    let mut user = 0;
    criterion
        .benchmark_group(engine)
        .bench_function(name, |bencher| {
            bencher.iter(|| {
                user = (user + 1) & 255;
                decide(black_box(user))
            });
        });
}

/// Criterion filters by name only after an engine was loaded; loading the others would warm nothing but the caches.
fn is_selected(name: &str) -> bool {
    let filters: Vec<String> = std::env::args()
        .skip(1)
        .filter(|word| !word.starts_with('-'))
        .collect();
    let engines = [Pennon::NAME, Eppo::NAME, Yggdrasil::NAME];
    !filters
        .iter()
        .any(|filter| engines.contains(&filter.as_str()))
        || filters.iter().any(|filter| filter == name)
}

/// The harness's own check: half of the users get the flag, and the four variants are even.
fn verify<E: Engine>(inputs: &Path) {
    let users = users(2_000);
    let mut engine = E::load(inputs, &users);
    let on = (0..users.len())
        .filter(|user| engine.boolean(*user))
        .count();
    assert!(
        (900..1_100).contains(&on),
        "{}: {on} of 2000 users are on",
        E::NAME
    );
    let mut shares = [0; 4];
    for user in 0..users.len() {
        shares[engine.rules(user)] += 1;
    }
    assert!(
        shares.iter().all(|share| (400..600).contains(share)),
        "{}: {shares:?}",
        E::NAME
    );
}

criterion_group!(decisions, bench);
criterion_main!(decisions);
