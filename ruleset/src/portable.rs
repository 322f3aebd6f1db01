//! The portable subset of regular expressions: patterns that mean the same to Rust and to JavaScript.
//!
//! In it are literals, `.`, classes, `\d \w \s` of ASCII, alternation, groups, repetition, `^` and `$`.
//! Outside are look-around, back-references, Unicode classes, word boundaries and inline flags, whose meaning
//! differs, and repetition inside unbounded repetition, which a backtracking engine pays for with its time.

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
    write(&ast, false, &mut out)?;
    Some(out)
}

fn write(ast: &Ast, is_repeated: bool, out: &mut String) -> Option<()> {
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
        Ast::Repetition(repetition) => write_repetition(repetition, is_repeated, out)?,
        Ast::Group(group) => {
            if let GroupKind::NonCapturing(flags) = &group.kind
                && !flags.items.is_empty()
            {
                return None;
            }
            out.push_str("(?:");
            write(&group.ast, is_repeated, out)?;
            out.push(')');
        }
        Ast::Alternation(alternation) => {
            for (i, branch) in alternation.asts.iter().enumerate() {
                if i > 0 {
                    out.push('|');
                }
                write(branch, is_repeated, out)?;
            }
        }
        Ast::Concat(concat) => {
            for part in &concat.asts {
                write(part, is_repeated, out)?;
            }
        }
        Ast::Flags(_) | Ast::ClassUnicode(_) => return None,
    }
    Some(())
}

fn write_repetition(repetition: &Repetition, is_repeated: bool, out: &mut String) -> Option<()> {
    let (text, is_unbounded) = match &repetition.op.kind {
        RepetitionKind::ZeroOrOne => ("?".to_owned(), false),
        RepetitionKind::ZeroOrMore => ("*".to_owned(), true),
        RepetitionKind::OneOrMore => ("+".to_owned(), true),
        RepetitionKind::Range(RepetitionRange::Exactly(n)) => (format!("{{{n}}}"), false),
        RepetitionKind::Range(RepetitionRange::AtLeast(n)) => (format!("{{{n},}}"), true),
        RepetitionKind::Range(RepetitionRange::Bounded(low, high)) => {
            (format!("{{{low},{high}}}"), false)
        }
    };
    // A repeated assertion or a repetition of a repetition without a group is an error in JavaScript.
    let is_atom = !matches!(
        *repetition.ast,
        Ast::Assertion(_) | Ast::Repetition(_) | Ast::Empty(_)
    );
    if !is_atom || (is_unbounded && is_repeated) {
        return None;
    }
    write(&repetition.ast, is_repeated || is_unbounded, out)?;
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
