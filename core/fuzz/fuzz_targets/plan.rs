//! Loads any bytes as a plan, both ways, and evaluates what loads.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pennon_core::{
    AllAlgorithms, Context, Element, Evaluation, Host, Memo, Place, Plan, TextTest,
};

struct Silent;

impl Host for Silent {
    fn matches(&self, _: u32, _: &[u8], _: &[u8]) -> Option<bool> {
        None
    }

    fn test_folded(&self, _: TextTest, _: &[u8], _: &[u8]) -> bool {
        false
    }

    fn parse_number(&self, _: &[u8]) -> Option<f64> {
        None
    }

    fn random(&self) -> u32 {
        0
    }
}

fn evaluate(plan: &Plan) {
    let mut context = Context::new(plan);
    context.begin(1_764_061_200_000.0, Place::Edge);
    for (slot, _) in (0..).zip(plan.slots()) {
        match slot % 4 {
            0 => context.set_text(slot, "2025-11-25T09:00:00Z"),
            1 => context.set_number(slot, 3.5),
            2 => context.set_array(slot, &[Element::Text("1.2.3"), Element::Null]),
            _ => {}
        }
    }
    let mut memo = Memo::new(plan);
    Evaluation::<AllAlgorithms, _>::new(plan, &context, &Silent, &mut memo).decide_all();
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(plan) = Plan::load(bytes) {
        evaluate(&plan);
    }
    let mut plan = Plan::EMPTY;
    if plan.load_in_place(bytes.to_vec()).is_ok() {
        evaluate(&plan);
    }
});
