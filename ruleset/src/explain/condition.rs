//! Conditions as sentences.

use pennon_core::layout::operator;
use pennon_core::{Decision, Outcome, Truth};

use super::view::{Entry, Shape};
use super::{Answer, Condition, Story};

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

    /// What a rollout drew: of a rule, or of the fallthrough.
    pub(super) fn draw(&self, flag: u32, rule: Option<u32>) -> Option<String> {
        let shape = self.view.distribution(flag, rule)?;
        let last_rule = self
            .recorder
            .rules
            .get(&flag)
            .and_then(|rules| rules.last().copied());
        let is_drawn = |rule| {
            let truth = self.recorder.rule_truths.get(&(flag, rule));
            truth.is_some_and(|truth| *truth != Truth::False)
                && self.view.distribution(flag, Some(rule)).is_some()
        };
        // The fallthrough is drawn after the last rule, whose own draw comes first.
        let (key, skipped) = match rule {
            Some(rule) if !is_drawn(rule) => return None,
            Some(rule) => (Some(rule), 0),
            None => (last_rule, usize::from(last_rule.is_some_and(is_drawn))),
        };
        let drawn = self
            .recorder
            .draws
            .get(&(flag, key))
            .and_then(|draws| draws.get(skipped));
        let Some((slot, position)) = drawn else {
            let is_reached = rule.is_some();
            return is_reached.then(|| format!("{}: no", self.no_unit(&shape)));
        };
        let entry = shape
            .entries
            .iter()
            .find(|entry| holds(entry, *position, shape.is_native));
        let unit = self.unit(*slot);
        let place = place(*position, shape.is_native);
        let falls = format!("{unit} falls at {place} of this rollout");
        Some(if let Some(entry) = entry {
            let variant = self.outcome(flag, entry.outcome);
            let covered = covered(&shape, std::iter::once(entry));
            format!("{falls}; {variant} covers {covered}: yes")
        } else {
            let covered = covered(&shape, shape.entries.iter());
            format!("{falls}, which covers {covered}: no")
        })
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
