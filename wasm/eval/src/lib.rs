//! The browser's evaluator: one plan, one context, decisions as numbers.
//!
//! Everything that crosses the boundary is a number or a place in linear memory; `abi` has the
//! functions that JavaScript calls, and this file what they do.
#![cfg_attr(target_arch = "wasm32", no_std)]

#[cfg(target_arch = "wasm32")]
mod abi;

extern crate alloc;

use alloc::vec::Vec;
use pennon_core::{Algorithms, Context, Evaluation, Host, LoadErrorKind, Memo, Place, Plan};

/// A plan with the context that it is evaluated for.
#[derive(Debug)]
pub struct Engine {
    plan: Plan,
    context: Context,
    memo: Memo,
    operators: u32,
}

impl Engine {
    /// An engine without flags.
    pub const EMPTY: Self = Self {
        plan: Plan::EMPTY,
        context: Context::EMPTY,
        memo: Memo::EMPTY,
        operators: 0,
    };

    /// Loads a plan and begins with an empty context.
    ///
    /// Gives 0, or why not: 1 not a plan, 2 too new, 3 damaged.
    pub fn load(&mut self, bytes: Vec<u8>) -> u32 {
        match self.plan.load_in_place(bytes) {
            Ok(()) => {
                self.context = Context::new(&self.plan);
                self.memo = Memo::new(&self.plan);
                0
            }
            Err(LoadErrorKind::NotAPlan) => 1,
            Err(LoadErrorKind::TooNew) => 2,
            Err(_) => 3,
        }
    }

    /// The plan.
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// The context.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Makes room for so many elements of arrays, and so many bytes of text.
    pub fn make_room(&mut self, elements: usize, text: usize) {
        self.context.make_room(elements, text);
    }

    /// Sets or clears the killed bit of a flag.
    pub fn kill(&mut self, flag: u32, killed: bool) {
        self.plan.set_killed(flag, killed);
    }

    /// The first operator that JavaScript does not know.
    pub fn operators(&self) -> u32 {
        self.operators
    }

    /// The context has changed; places are numbered from the client to the server, and JavaScript
    /// knows operators until before `operators`.
    pub fn begin(&mut self, now_ms: f64, here: u32, operators: u32) {
        self.operators = operators;
        let here = match here {
            0 => Place::Client,
            1 => Place::Edge,
            _ => Place::Server,
        };
        self.context.set_moment(now_ms, here);
        self.memo.forget();
    }

    /// Decides one flag.
    pub fn decide<A: Algorithms>(&mut self, flag: u32, host: &impl Host) -> u32 {
        self.evaluation::<A, _>(host).decide(flag).bits()
    }

    fn evaluation<'a, A: Algorithms, H: Host>(&'a mut self, host: &'a H) -> Evaluation<'a, A, H> {
        Evaluation::resume(&self.plan, &self.context, host, &mut self.memo)
    }
}
