//! Writes an answer as one string.

use std::fmt::Write as _;

use pennon_core::{Decision, Outcome, Plan, RuleId};
use pennon_ruleset::words;

use super::phrases::{Phrases, quote};

/// Room for a flag's reason, beside its key, value and variant.
const BYTES_OF_A_FLAG: usize = 96;

/// An answer that grows flag by flag.
pub(super) struct Writer<'a> {
    plan: &'a Plan,
    phrases: &'a Phrases,
    is_stale: bool,
    text: String,
    is_first: bool,
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        plan: &'a Plan,
        phrases: &'a Phrases,
        is_stale: bool,
        revision: u64,
    ) -> Writer<'a> {
        let flags = usize::try_from(plan.flag_count()).unwrap_or_default();
        let mut text = String::with_capacity(64 + flags.saturating_mul(BYTES_OF_A_FLAG));
        // Writing into a string cannot fail.
        let _ = write!(text, "{{\"revision\":{revision},\"flags\":{{");
        Writer {
            plan,
            phrases,
            is_stale,
            text,
            is_first: true,
        }
    }

    /// Adds a decision.
    pub(super) fn decided(&mut self, flag: u32, decision: Decision) {
        self.separate();
        self.text.push_str(self.phrases.head(flag));
        match decision.outcome() {
            Outcome::Variant(variant) => self.text.push_str(self.phrases.variant(flag, variant)),
            Outcome::Null => self.text.push_str("\"value\":null,"),
            Outcome::CodeDefault | Outcome::Error | Outcome::Unknown => {}
        }
        let words = words(decision.reason());
        let is_told_stale = self.is_stale && words.error_code.is_none();
        let reason = if is_told_stale { "STALE" } else { words.reason };
        self.word("\"reason\":\"", reason);
        if let Some(detail) = words.detail {
            self.word(",\"detail\":\"", detail);
        }
        match decision.rule().map(|rule| self.plan.rule_id(flag, rule)) {
            Some(RuleId::Numbered(n)) => {
                // As above.
                let _ = write!(self.text, ",\"rule\":\"r{n}\"");
            }
            Some(RuleId::Text(id)) => {
                self.text.push_str(",\"rule\":");
                quote(&mut self.text, id);
            }
            None => {}
        }
        if let Some(code) = words.error_code {
            self.word(",\"error\":\"", code);
        }
        if !decision.counts_exposure() {
            self.text.push_str(",\"exposure\":false");
        }
        self.text.push('}');
    }

    /// Adds that there is no such flag for whoever asks.
    pub(super) fn not_found(&mut self, key: &str) {
        self.separate();
        quote(&mut self.text, key);
        self.text
            .push_str(":{\"reason\":\"ERROR\",\"error\":\"FLAG_NOT_FOUND\",\"exposure\":false}");
    }

    pub(super) fn finish(mut self) -> String {
        self.text.push('}');
        if self.is_stale {
            self.text.push_str(",\"stale\":true");
        }
        self.text.push('}');
        self.text
    }

    fn separate(&mut self) {
        if !self.is_first {
            self.text.push(',');
        }
        self.is_first = false;
    }

    fn word(&mut self, before: &str, word: &str) {
        self.text.push_str(before);
        self.text.push_str(word);
        self.text.push('"');
    }
}
