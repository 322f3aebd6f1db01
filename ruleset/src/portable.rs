//! The portable subset of regular expressions: patterns that mean the same to Rust and to JavaScript.
//!
//! In it are literals, `.`, classes, `\d \w \s` of ASCII, alternation, groups, repetition, `^` and `$`.
//! Outside are look-around, back-references, Unicode classes, word boundaries and inline flags, whose meaning
//! differs, and what a backtracking engine pays for with its time: see [`Effort`].

use regex_syntax::ast::parse::Parser;
use regex_syntax::ast::{
    AssertionKind, Ast, ClassPerl, ClassPerlKind, ClassSet, ClassSetItem, GroupKind, Repetition,
    RepetitionKind, RepetitionRange,
};

/// The pattern in a spelling that both engines read alike, or nothing when it is outside the subset.
///
/// What the engines read differently is spelt out: `.` as "all but a line feed", `\d` as `[0-9]`.
pub(crate) fn portable(pattern: &str) -> Option<String> {
    let ast = Parser::new().parse(pattern).ok()?;
    let mut out = String::with_capacity(pattern.len());
    write(&ast, &mut out)?;
    Effort::of_search(&ast)
        .filter(Effort::is_small)
        .map(|_| out)
}

/// What a backtracking engine may have to try before it knows that a text does not match.
struct Effort {
    /// Ways through the pattern's choices, its unbounded repetitions aside.
    ways: f64,
    /// Unbounded repetitions that one match goes through, and one for the places where it may begin: the power
    /// of the text's length.
    power: f64,
}

/// The longest text that the evaluator gives to a pattern.
const LONGEST: f64 = 1024.0;

/// Four ways through three repetitions of the longest text: seconds for a text and a pattern that are made to
/// be slow together.
const MOST_TRIES: f64 = 4.0 * LONGEST * LONGEST * LONGEST;

impl Effort {
    const NONE: Self = Self {
        ways: 1.0,
        power: 0.0,
    };

    fn of_search(ast: &Ast) -> Option<Self> {
        let found = Self::of(ast)?;
        let starts = if is_anchored(ast) { 0.0 } else { 1.0 };
        Some(Self {
            power: found.power + starts,
            ..found
        })
    }

    fn is_small(&self) -> bool {
        self.ways <= 4096.0 && self.ways * LONGEST.powf(self.power) <= MOST_TRIES
    }

    /// None when the time would grow exponentially: choices inside unbounded repetition.
    fn of(ast: &Ast) -> Option<Self> {
        match ast {
            Ast::Group(group) => Self::of(&group.ast),
            Ast::Repetition(repetition) => Self::of(&repetition.ast)?.repeated(&repetition.op.kind),
            Ast::Alternation(alternation) => {
                let mut sum = Self {
                    ways: 0.0,
                    power: 0.0,
                };
                for branch in &alternation.asts {
                    let branch = Self::of(branch)?;
                    sum.ways += branch.ways;
                    sum.power = sum.power.max(branch.power);
                }
                Some(sum)
            }
            Ast::Concat(concat) => concat.asts.iter().try_fold(Self::NONE, |product, part| {
                let part = Self::of(part)?;
                Some(Self {
                    ways: product.ways * part.ways,
                    power: product.power + part.power,
                })
            }),
            _ => Some(Self::NONE),
        }
    }

    fn repeated(self, kind: &RepetitionKind) -> Option<Self> {
        let (low, high) = match kind {
            RepetitionKind::ZeroOrOne => (0, 1),
            RepetitionKind::Range(RepetitionRange::Exactly(n)) => (*n, *n),
            RepetitionKind::Range(RepetitionRange::Bounded(low, high)) => (*low, *high),
            RepetitionKind::ZeroOrMore
            | RepetitionKind::OneOrMore
            | RepetitionKind::Range(RepetitionRange::AtLeast(_)) => {
                let is_plain = self.ways <= 1.0 && self.power <= 0.0;
                return is_plain.then_some(Self {
                    ways: 1.0,
                    power: 1.0,
                });
            }
        };
        let counts = f64::from(high.checked_sub(low)?) + 1.0;
        Some(Self {
            ways: counts * self.ways.powf(f64::from(high)),
            power: self.power * f64::from(high),
        })
    }
}

/// Whether a match can begin at the text's start only.
fn is_anchored(ast: &Ast) -> bool {
    match ast {
        Ast::Assertion(assertion) => matches!(
            assertion.kind,
            AssertionKind::StartLine | AssertionKind::StartText
        ),
        Ast::Group(group) => is_anchored(&group.ast),
        Ast::Concat(concat) => concat.asts.first().is_some_and(is_anchored),
        Ast::Alternation(alternation) => alternation.asts.iter().all(is_anchored),
        _ => false,
    }
}

fn write(ast: &Ast, out: &mut String) -> Option<()> {
    match ast {
        Ast::Empty(_) => {}
        Ast::Literal(literal) => escape(literal.c, out),
        Ast::Dot(_) => out.push_str(r"[^\n]"),
        Ast::Assertion(assertion) => out.push(match assertion.kind {
            AssertionKind::StartLine | AssertionKind::StartText => '^',
            AssertionKind::EndLine | AssertionKind::EndText => '$',
            _ => return None,
        }),
        Ast::ClassPerl(class) => {
            out.push_str(if class.negated { "[^" } else { "[" });
            out.push_str(members(class));
            out.push(']');
        }
        Ast::ClassBracketed(class) => {
            out.push_str(if class.negated { "[^" } else { "[" });
            match &class.kind {
                ClassSet::Item(item) => write_member(item, out)?,
                ClassSet::BinaryOp(_) => return None,
            }
            out.push(']');
        }
        Ast::Repetition(repetition) => write_repetition(repetition, out)?,
        Ast::Group(group) => {
            if let GroupKind::NonCapturing(flags) = &group.kind
                && !flags.items.is_empty()
            {
                return None;
            }
            out.push_str("(?:");
            write(&group.ast, out)?;
            out.push(')');
        }
        Ast::Alternation(alternation) => {
            for (i, branch) in alternation.asts.iter().enumerate() {
                if i > 0 {
                    out.push('|');
                }
                write(branch, out)?;
            }
        }
        Ast::Concat(concat) => {
            for part in &concat.asts {
                write(part, out)?;
            }
        }
        Ast::Flags(_) | Ast::ClassUnicode(_) => return None,
    }
    Some(())
}

fn write_repetition(repetition: &Repetition, out: &mut String) -> Option<()> {
    let text = match &repetition.op.kind {
        RepetitionKind::ZeroOrOne => "?".to_owned(),
        RepetitionKind::ZeroOrMore => "*".to_owned(),
        RepetitionKind::OneOrMore => "+".to_owned(),
        RepetitionKind::Range(RepetitionRange::Exactly(n)) => format!("{{{n}}}"),
        RepetitionKind::Range(RepetitionRange::AtLeast(n)) => format!("{{{n},}}"),
        RepetitionKind::Range(RepetitionRange::Bounded(low, high)) => format!("{{{low},{high}}}"),
    };
    // A repeated assertion or a repetition of a repetition without a group is an error in JavaScript.
    let is_atom = !matches!(
        *repetition.ast,
        Ast::Assertion(_) | Ast::Repetition(_) | Ast::Empty(_)
    );
    if !is_atom {
        return None;
    }
    write(&repetition.ast, out)?;
    out.push_str(&text);
    if !repetition.greedy {
        out.push('?');
    }
    Some(())
}

fn write_member(item: &ClassSetItem, out: &mut String) -> Option<()> {
    match item {
        ClassSetItem::Empty(_) => {}
        ClassSetItem::Literal(literal) => escape(literal.c, out),
        ClassSetItem::Range(range) => {
            escape(range.start.c, out);
            out.push('-');
            escape(range.end.c, out);
        }
        ClassSetItem::Perl(class) if !class.negated => out.push_str(members(class)),
        ClassSetItem::Union(union) => {
            for item in &union.items {
                write_member(item, out)?;
            }
        }
        _ => return None,
    }
    Some(())
}

fn members(class: &ClassPerl) -> &'static str {
    match class.kind {
        ClassPerlKind::Digit => "0-9",
        ClassPerlKind::Space => r"\t\n\v\f\r ",
        ClassPerlKind::Word => "0-9A-Za-z_",
    }
}

fn escape(c: char, out: &mut String) {
    match c {
        '\n' => out.push_str(r"\n"),
        '\r' => out.push_str(r"\r"),
        '\t' => out.push_str(r"\t"),
        '^' | '$' | '\\' | '.' | '*' | '+' | '?' | '(' | ')' | '[' | ']' | '{' | '}' | '|'
        | '/' => {
            out.push('\\');
            out.push(c);
        }
        // Outside a class a dash needs no escape, inside it does; this spelling is one for both engines.
        '-' => out.push_str(r"\x2d"),
        '&' => out.push_str(r"\x26"),
        '~' => out.push_str(r"\x7e"),
        _ => out.push(c),
    }
}
