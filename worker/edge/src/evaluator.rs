//! A published plan, ready to be asked: the core, compiled into the Worker.

mod answer;
mod body;
mod host;
mod phrases;
#[cfg(test)]
mod tests;
mod tree;

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use pennon_api::KillDelta;
use pennon_core::{AllAlgorithms, Context, Evaluation, Memo, Place, Plan, Source};
use pennon_ruleset::{describe_context, open};
use serde_json::Value;

use crate::error::Failure;
use crate::intake::Missing;
use answer::Writer;
use host::EdgeHost;
use phrases::Phrases;
use tree::Tree;

pub(crate) use body::MAX_BODY_BYTES;

/// A loaded plan, with everything about it that is the same for each request.
pub(crate) struct Evaluator {
    /// Changed by kills only, which come before the snapshot that says so, too.
    plan: RefCell<Plan>,
    /// Revision of the last kill that was applied, for each flag that had one.
    told: RefCell<HashMap<u32, u64>>,
    host: EdgeHost,
    /// Where values of a server's context go.
    claims_of_servers: Tree,
    /// Where values of a page's context go: nowhere, when the edge itself knows better.
    claims_of_clients: Tree,
    phrases: Phrases,
    revision: u64,
    /// Epoch milliseconds; 0 is never.
    expires_at: u64,
    /// Flags that clients may see, under the hash of the public snapshot that says so.
    visible: RefCell<Option<(String, Rc<[u32]>)>>,
    scratch: RefCell<Scratch>,
}

/// Room that every request uses again.
struct Scratch {
    context: Context,
    memo: Memo,
}

/// One request.
pub(crate) struct Question<'a> {
    /// The body as it came, free of lonely surrogates.
    pub(crate) body: &'a [u8],
    /// Epoch milliseconds.
    pub(crate) now: u64,
    /// What the asker may see: the flags in question, and what the edge knows of it; a server sees
    /// every flag and is believed everything.
    pub(crate) client: Option<(Rc<[u32]>, &'a Knowledge<'a>)>,
    /// Whether nobody could confirm that this plan is the newest one.
    pub(crate) is_stale: bool,
}

/// What the edge itself knows of whoever asks, by the name of an attribute.
pub(crate) type Knowledge<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answered {
    /// The body, in JSON.
    pub(crate) text: String,
    pub(crate) is_stale: bool,
}

impl Evaluator {
    /// Loads the plan of an envelope.
    ///
    /// # Errors
    ///
    /// Says what is wrong with the bytes; a plan is refused as a whole.
    pub(crate) fn load(envelope: &[u8]) -> Result<Evaluator, String> {
        let opened = open(envelope).map_err(|error| error.to_string())?;
        let plan = Plan::load(opened.plan).map_err(|error| error.to_string())?;
        Ok(Evaluator {
            host: EdgeHost::default(),
            claims_of_servers: Tree::new(&plan, |_| true),
            claims_of_clients: Tree::new(&plan, |slot| slot.known_at != Place::Edge),
            phrases: Phrases::new(&plan),
            revision: opened.header.revision,
            expires_at: opened.header.expires_ms,
            visible: RefCell::default(),
            scratch: RefCell::new(Scratch {
                context: Context::new(&plan),
                memo: Memo::new(&plan),
            }),
            told: RefCell::default(),
            plan: RefCell::new(plan),
        })
    }

    /// Revision of the snapshot.
    pub(crate) fn revision(&self) -> u64 {
        self.revision
    }

    /// Kills flags, or lets them live again, ahead of the snapshot that will say so.
    ///
    /// Kills of several flags may come in any order; of one flag, the newest holds.
    pub(crate) fn kill(&self, kills: &[KillDelta]) {
        for delta in kills.iter().filter(|delta| delta.revision > self.revision) {
            let mut plan = self.plan.borrow_mut();
            let Some(flag) = plan.flag_index(&delta.flag) else {
                continue;
            };
            let mut told = self.told.borrow_mut();
            let last = told.entry(flag).or_default();
            if delta.revision > *last {
                *last = delta.revision;
                plan.set_killed(flag, delta.killed);
            }
        }
    }

    /// About how many bytes it holds in memory.
    pub(crate) fn weight(&self) -> usize {
        let plan = self.plan.borrow();
        plan.words().len().saturating_mul(8) + plan.bytes().len() + self.phrases.weight()
    }

    /// The flags that the public snapshot of this hash lets clients see, if it has been asked before.
    pub(crate) fn visible(&self, public: &str) -> Option<Rc<[u32]>> {
        let held = self.visible.borrow();
        let (hash, flags) = held.as_ref()?;
        (hash == public).then(|| flags.clone())
    }

    /// Learns from the public snapshot which flags clients may see.
    ///
    /// # Errors
    ///
    /// As [`Evaluator::load`].
    pub(crate) fn show(&self, public: &str, envelope: &[u8]) -> Result<Rc<[u32]>, String> {
        let opened = open(envelope).map_err(|error| error.to_string())?;
        let plan = Plan::load(opened.plan).map_err(|error| error.to_string())?;
        let keys = (0..plan.flag_count()).map(|flag| plan.key(flag));
        let flags: Rc<[u32]> = {
            let whole = self.plan.borrow();
            keys.filter_map(|key| whole.flag_index(key)).collect()
        };
        *self.visible.borrow_mut() = Some((public.to_owned(), flags.clone()));
        Ok(flags)
    }

    /// What the plan does not have of a flag and its variant.
    pub(crate) fn missing(&self, flag: &str, variant: &str) -> Option<Missing> {
        let plan = self.plan.borrow();
        let Some(flag) = plan.flag_index(flag) else {
            return Some(Missing::Flag);
        };
        let mut names = (0..plan.variant_count(flag)).map(|name| plan.variant_name(flag, name));
        let has = names.any(|name| name == variant);
        (!has).then_some(Missing::Variant)
    }

    /// Decides what is asked.
    ///
    /// # Errors
    ///
    /// 400 for a body that is no question; no context that can be read fails.
    pub(crate) fn answer(&self, question: &Question<'_>) -> Result<Answered, Failure> {
        let plan = self.plan.borrow();
        let mut scratch = self.scratch.borrow_mut();
        let Scratch { context, memo } = &mut *scratch;
        context.begin(precise(question.now), Place::Edge);
        let claims = match question.client {
            Some(_) => &self.claims_of_clients,
            None => &self.claims_of_servers,
        };
        let keys = body::read(question.body, claims, context)?;
        if plan.needs().texts()
            && let Ok(body) = serde_json::from_slice::<Value>(question.body)
        {
            describe_context(&plan, body.get("context").unwrap_or(&Value::Null), context);
        }
        if let Some((_, known)) = question.client {
            fill_in(&plan, context, known);
        }
        let is_expired = self.expires_at != 0 && self.expires_at < question.now;
        let is_stale = question.is_stale || is_expired;
        let mut evaluation = Evaluation::<AllAlgorithms, _>::new(&plan, context, &self.host, memo);
        let mut writer = Writer::new(&plan, &self.phrases, is_stale, self.revision);
        let visible = question.client.as_ref().map(|(flags, _)| flags.as_ref());
        for asked in asked(&plan, keys, visible) {
            match asked {
                Ok(flag) => writer.decided(flag, evaluation.decide(flag)),
                Err(key) => writer.not_found(&key),
            }
        }
        Ok(Answered {
            text: writer.finish(),
            is_stale,
        })
    }
}

/// The flags to decide, and the keys under which there is none for whoever asks.
fn asked<'a>(
    plan: &'a Plan,
    keys: Option<Vec<String>>,
    visible: Option<&'a [u32]>,
) -> Box<dyn Iterator<Item = Result<u32, String>> + 'a> {
    match (keys, visible) {
        (Some(keys), visible) => Box::new(keys.into_iter().map(move |key| {
            let is_visible = |flag: &u32| visible.is_none_or(|of| of.contains(flag));
            let flag = plan.flag_index(&key).filter(is_visible);
            flag.ok_or(key)
        })),
        (None, Some(visible)) => Box::new(visible.iter().copied().map(Ok)),
        (None, None) => Box::new((0..plan.flag_count()).map(Ok)),
    }
}

/// Puts in what the edge knows better than a page.
fn fill_in(plan: &Plan, context: &mut Context, known: &Knowledge<'_>) {
    for (slot, place) in (0..).zip(plan.slots()) {
        if place.known_at == Place::Edge
            && let Source::Attribute(name) = place.source
            && let Some(value) = known(name)
        {
            context.set_text(slot, &value);
        }
    }
}

/// Epoch milliseconds are exact in a double.
#[expect(clippy::cast_precision_loss, reason = "exact until the year 287396")]
fn precise(now: u64) -> f64 {
    now as f64
}
