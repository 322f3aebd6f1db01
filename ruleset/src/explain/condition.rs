//! Conditions as sentences.

use pennon_core::layout::operator;
use pennon_core::{Decision, Outcome, Truth};

use super::recorder::Drawn;
use super::view::{Entry, Shape};

use super::{Answer, Condition, Details, Story};

/// The heading of a group of which every part must hold.
pub(super) const ALL: &str = "all of these must hold";

/// The whole of the native positions.
const WHOLE: f64 = 4_294_967_296.0;

impl Story<'_> {
    pub(super) fn condition(&self, expression: u32) -> Condition {
        let row = self.view.condition(expression);
        let truth = self.recorder.truths.get(&expression).copied();
        let first = row.operands.first().copied().unwrap_or_default();
        let parts = |story: &Self| story.parts(&row.operands);
        let (text, parts): (String, Vec<Condition>) = match row.operator {
            operator::ALL if row.operands.is_empty() => ("always".to_owned(), Vec::new()),
            operator::ANY if row.operands.is_empty() => ("never".to_owned(), Vec::new()),
            operator::ALL => (ALL.to_owned(), parts(self)),
            operator::ANY => ("one of these must hold".to_owned(), parts(self)),
            operator::NOT => return self.opposite(expression, first, truth),
            operator::WINDOW => (self.window(&row.operands), Vec::new()),
            operator::SPLIT => (self.split(expression, first), Vec::new()),
            operator::FLAG_IS => (self.flag_is(first, &row.operands), Vec::new()),
            operator::UNKNOWN => (
                "what this asks is known to servers only".to_owned(),
                Vec::new(),
            ),
            _ => (self.leaf(&row, truth), Vec::new()),
        };
        self.named(
            expression,
            Condition {
                text,
                answer: Answer::of(truth),
                segment: None,
                parts,
            },
        )
    }

    /// The parts of a group, as long as there is room for them.
    fn parts(&self, operands: &[u32]) -> Vec<Condition> {
        let mut parts = Vec::new();
        for part in operands {
            let Some(left) = self.left.get().checked_sub(1) else {
                parts.push(Condition {
                    text: "there is more, which is left out here".to_owned(),
                    answer: Answer::Skipped,
                    segment: None,
                    parts: Vec::new(),
                });
                break;
            };
            self.left.set(left);
            parts.push(self.condition(*part));
        }
        parts
    }

    /// Puts a segment's name around its condition.
    fn named(&self, expression: u32, condition: Condition) -> Condition {
        let Some(name) = self.names.segments.get(&expression) else {
            return condition;
        };
        let text = format!(
            "the segment \u{201c}{}\u{201d}",
            name.name.as_ref().unwrap_or(&name.id)
        );
        let answer = condition.answer;
        Condition {
            text,
            answer,
            segment: Some(name.id.clone()),
            parts: vec![condition],
        }
    }

    fn opposite(&self, expression: u32, part: u32, truth: Option<Truth>) -> Condition {
        let answer = Answer::of(truth);
        let inner = self.condition(part);
        let text = match (inner.answer, inner.parts.is_empty()) {
            // A test reads best in one sentence with what is wanted of it.
            (Answer::Yes, true) => format!("{}, and must not be so", inner.text),
            (Answer::No, true) => format!("{}, as wanted", inner.text),
            (_, true) => inner.text,
            (_, false) => {
                let text = "this must not hold".to_owned();
                let whole = Condition {
                    text,
                    answer,
                    segment: None,
                    parts: vec![inner],
                };
                return self.named(expression, whole);
            }
        };
        self.named(
            expression,
            Condition {
                text,
                answer,
                segment: None,
                parts: Vec::new(),
            },
        )
    }

    fn window(&self, bounds: &[u32]) -> String {
        let bound = |i: usize| {
            let row = bounds.get(i).and_then(|word| word.checked_sub(1))?;
            Some(self.view.number(row))
        };
        let (from, to) = (bound(0), bound(1));
        let now = date(self.now_ms);
        match (from, to) {
            (Some(from), _) if self.now_ms < from => {
                format!("now is {now}, before the start at {}", date(from))
            }
            (_, Some(to)) if self.now_ms >= to => {
                format!("now is {now}, and the end was at {}", date(to))
            }
            (Some(from), None) => format!("now is {now}, after the start at {}", date(from)),
            (None, Some(to)) => format!("now is {now}, before the end at {}", date(to)),
            (Some(from), Some(to)) => {
                format!("now is {now}, between {} and {}", date(from), date(to))
            }
            (None, None) => format!("now is {now}"),
        }
    }

    fn split(&self, expression: u32, shape: u32) -> String {
        let shape = self.view.shape(shape, 0);
        match self.recorder.splits.get(&expression) {
            Some((slot, position)) => {
                let covered = covered(&shape, shape.entries.iter());
                let place = place(*position, shape.is_native);
                format!(
                    "{} falls at {place} of this gate, which lets in {covered}",
                    self.unit(*slot)
                )
            }
            None => self.no_unit(&shape),
        }
    }

    fn no_unit(&self, shape: &Shape) -> String {
        let units: Vec<String> = shape
            .units
            .iter()
            .map(|slot| self.view.subject(*slot))
            .collect();
        format!(
            "there is no usable {} to draw with",
            units.join(" or ").replace("the ", "")
        )
    }

    /// What a rule's rollout drew.
    pub(super) fn draw(&self, flag: u32, rule: u32) -> Option<String> {
        if !self.is_drawn(flag, rule) {
            return None;
        }
        let shape = self.view.distribution(flag, Some(rule))?;
        let Some(drawn) = self.drawn(flag, Some(rule), 0) else {
            return Some(format!("{}: no", self.no_unit(&shape)));
        };
        let (unit, place) = self.falls(&shape, drawn);
        let falls = format!("{unit} falls at {place} of this rollout");
        Some(match self.covering(flag, &shape, drawn) {
            Some((variant, covered)) => format!("{falls}; {variant} covers {covered}: yes"),
            None => format!(
                "{falls}, which covers {}: no",
                covered(&shape, shape.entries.iter())
            ),
        })
    }

    /// What the fallthrough's rollout drew, as a sentence of its own.
    pub(super) fn fallthrough(&self, flag: u32, details: &Details) -> Option<String> {
        let shape = self.view.distribution(flag, None)?;
        // The fallthrough is drawn after the last rule, whose own draw comes first.
        let rules = self.recorder.rules.get(&flag);
        let last = rules.and_then(|rules| rules.last().copied());
        let skipped = usize::from(last.is_some_and(|rule| self.is_drawn(flag, rule)));
        let Some(drawn) = self.drawn(flag, last, skipped) else {
            let is_undrawn = matches!(details.detail, Some("missing-unit" | "invalid-context"));
            let is_meant = is_undrawn && !self.has_drawing_rule(flag);
            let missing = self.no_unit(&shape);
            return is_meant
                .then(|| format!("The fallthrough's rollout draws nothing: {missing}."));
        };
        let (unit, place) = self.falls(&shape, drawn);
        Some(match self.covering(flag, &shape, drawn) {
            Some((variant, covered)) => format!(
                "The fallthrough's rollout decides: {unit} falls at {place}, and {variant} covers {covered}."
            ),
            None => format!(
                "The fallthrough's rollout draws nothing: {unit} falls at {place}, and it covers {}.",
                covered(&shape, shape.entries.iter())
            ),
        })
    }

    /// Whether a rule applies that has a rollout.
    pub(super) fn has_drawing_rule(&self, flag: u32) -> bool {
        let mut rules = self.recorder.rules.get(&flag).into_iter().flatten();
        rules.any(|rule| self.is_drawn(flag, *rule))
    }

    fn is_drawn(&self, flag: u32, rule: u32) -> bool {
        let truth = self.recorder.rule_truths.get(&(flag, rule));
        truth.is_some_and(|truth| *truth != Truth::False)
            && self.view.distribution(flag, Some(rule)).is_some()
    }

    fn drawn(&self, flag: u32, last_rule: Option<u32>, skipped: usize) -> Option<Drawn> {
        let draws = self.recorder.draws.get(&(flag, last_rule))?;
        draws.get(skipped).copied()
    }

    fn falls(&self, shape: &Shape, (slot, position): Drawn) -> (String, String) {
        (self.unit(slot), place(position, shape.is_native))
    }

    /// What the position leads to, and the range that says so.
    fn covering(&self, flag: u32, shape: &Shape, (_, position): Drawn) -> Option<(String, String)> {
        let mut entries = shape.entries.iter();
        let entry = entries.find(|entry| holds(entry, position, shape.is_native))?;
        let covered = covered(shape, std::iter::once(entry));
        Some((self.outcome(flag, entry.outcome), covered))
    }

    fn outcome(&self, flag: u32, bits: u32) -> String {
        match Decision::from_bits(bits).outcome() {
            Outcome::Variant(variant) => {
                format!("`{}`", self.view.plan.variant_name(flag, variant))
            }
            Outcome::CodeDefault => "the code's default".to_owned(),
            Outcome::Null => "null".to_owned(),
            Outcome::Error => "an error".to_owned(),
            Outcome::Unknown => "passing on".to_owned(),
        }
    }

    fn flag_is(&self, flag: u32, operands: &[u32]) -> String {
        let key = self.view.plan.key(flag);
        let decided = match self.recorder.decisions.get(&flag) {
            Some(decision) => self.outcome(flag, decision.bits() & 1023),
            None => return format!("the flag `{key}`"),
        };
        let wanted: Vec<String> = operands
            .iter()
            .skip(1)
            .map(|bits| self.outcome(flag, *bits))
            .collect();
        if wanted.is_empty() {
            return format!("the flag `{key}` must be enabled, and gives {decided}");
        }
        format!(
            "the flag `{key}` must give {}, and gives {decided}",
            wanted.join(" or ")
        )
    }

    /// The id in a slot, in the reader's own words.
    fn unit(&self, slot: u32) -> String {
        self.value(slot)
            .map_or_else(|| "the unit".to_owned(), |value| value.to_string())
    }
}

/// `RFC 3339` to the second.
pub(super) fn date(at_ms: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a date of any ruleset fits"
    )]
    let seconds = (at_ms / 1000.0).floor() as i64;
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days to a civil date in the proleptic Gregorian calendar, with years that begin in March.
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
}

fn holds(entry: &Entry, position: f64, is_native: bool) -> bool {
    position >= entry.from
        && (position < entry.to || ((is_native || entry.to_included) && position <= entry.to))
}

fn place(position: f64, is_native: bool) -> String {
    if is_native {
        percent(position)
    } else {
        format!("{position}")
    }
}

/// Hundredths of a percent, cut and not rounded, so that 24.999 % never reads as 25 %.
fn percent(position: f64) -> String {
    format!("{:.2} %", (position * 10_000.0 / WHOLE).floor() / 100.0)
}

fn covered<'a>(shape: &Shape, entries: impl Iterator<Item = &'a Entry>) -> String {
    let range = |entry: &Entry| {
        if !shape.is_native {
            return format!("{} to {}", entry.from, entry.to);
        }
        if entry.from > entry.to {
            return "nothing".to_owned();
        }
        // Thresholds are floors of basis points, so a ceiling gives the basis points back.
        let points = |position: f64| (position * 10_000.0 / WHOLE).ceil() / 100.0;
        format!("{}\u{2013}{} %", points(entry.from), points(entry.to + 1.0))
    };
    let ranges: Vec<String> = entries.map(range).collect();
    if ranges.is_empty() {
        "nothing".to_owned()
    } else {
        ranges.join(" and ")
    }
}
