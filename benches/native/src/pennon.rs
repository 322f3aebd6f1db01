use std::path::Path;

use pennon_core::{
    Context, Evaluation, Host, Memo, NativeAlgorithms, Outcome, Place, Plan, Source, TextTest,
};

use crate::{BOOLEAN, Engine, RULES, User, input};

/// Our core, reading the plan of the same flags.
pub struct Pennon {
    plan: Plan,
    contexts: Vec<Context>,
    memo: Memo,
    boolean: u32,
    rules: u32,
    on: u32,
    /// One context that is written again for each of the users.
    written: Context,
    users: Vec<User>,
}

impl Pennon {
    /// The boolean flag for a user whose context is written first.
    pub fn boolean_written(&mut self, user: usize) -> bool {
        self.written.begin(NOW_MS, Place::Server);
        write(&mut self.written, &self.plan, &self.users[user]);
        let outcome = Evaluation::<NativeAlgorithms, _>::new(
            &self.plan,
            &self.written,
            &NoHost,
            &mut self.memo,
        )
        .decide(self.boolean)
        .outcome();
        outcome == Outcome::Variant(self.on)
    }

    fn decide(&mut self, flag: u32, user: usize) -> Outcome {
        // `new` forgets what the memo knows, so every decision is computed.
        Evaluation::<NativeAlgorithms, _>::new(
            &self.plan,
            &self.contexts[user],
            &NoHost,
            &mut self.memo,
        )
        .decide(flag)
        .outcome()
    }
}

impl Engine for Pennon {
    const NAME: &'static str = "pennon";

    fn load(inputs: &Path, users: &[User]) -> Self {
        let plan = Plan::load(&input(inputs, "pennon.plan")).expect("the plan is sound");
        let contexts = users.iter().map(|user| {
            let mut context = Context::new(&plan);
            context.begin(NOW_MS, Place::Server);
            write(&mut context, &plan, user);
            context
        });
        let boolean = plan
            .flag_index(BOOLEAN)
            .expect("the plan has the boolean flag");
        let on = (0..plan.variant_count(boolean))
            .find(|variant| plan.variant_value(boolean, *variant) == "true")
            .expect("the boolean flag can be on");
        Self {
            contexts: contexts.collect(),
            memo: Memo::new(&plan),
            boolean,
            rules: plan.flag_index(RULES).expect("the plan has the rules flag"),
            on,
            written: Context::new(&plan),
            users: users.to_vec(),
            plan,
        }
    }

    fn boolean(&mut self, user: usize) -> bool {
        self.decide(self.boolean, user) == Outcome::Variant(self.on)
    }

    fn rules(&mut self, user: usize) -> usize {
        match self.decide(self.rules, user) {
            Outcome::Variant(variant) => variant as usize,
            other => panic!("unexpected outcome {other:?}"),
        }
    }
}

const NOW_MS: f64 = 1_795_000_000_000.0;

fn write(context: &mut Context, plan: &Plan, user: &User) {
    for (slot, declared) in (0..).zip(plan.slots()) {
        match declared.source {
            Source::Unit("user") => context.set_text(slot, &user.id),
            Source::Attribute("country") => context.set_text(slot, User::COUNTRY),
            Source::Attribute("email") => context.set_text(slot, &user.email),
            Source::Attribute("age") => context.set_number(slot, user.age),
            other => panic!("unexpected slot {other:?}"),
        }
    }
}

/// The flags ask nothing of a host.
struct NoHost;

impl Host for NoHost {
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
