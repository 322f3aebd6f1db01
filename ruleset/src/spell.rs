//! Spells any pattern so that an engine without tables can run it.
//!
//! What the reader of people's patterns has understood is written down again, with nothing left to look up: classes
//! are ranges, letters of either case are classes, names are numbers. The spelling means the same to that reader.

use std::fmt::Write as _;

use fancy_regex::{Expr, LookAround};
use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, ClassUnicode, ClassUnicodeRange, Hir, HirKind, Look};

use crate::pattern::Named;

/// Where an expression stands: what binds less must be put into a group there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Inside {
    Group,
    Branch,
    Concat,
    Repeat,
}

/// The plain spelling of a pattern; nothing for one that cannot be read.
pub(crate) fn spell(pattern: &str) -> Option<String> {
    let tree = Expr::parse_tree(pattern).ok()?;
    let mut out = String::with_capacity(pattern.len());
    write(&tree.expr, Inside::Group, &mut out)?;
    Some(out)
}

fn write(expr: &Expr, inside: Inside, out: &mut String) -> Option<()> {
    match expr {
        Expr::Empty => {}
        // What was kept out of a match has matched nevertheless.
        Expr::KeepOut => write_look("(?=)", inside, out),
        // One text is asked once, so the last match ended at its start.
        Expr::ContinueFromPreviousMatchEnd => write_look("(?=^)", inside, out),
        Expr::Any { newline: true } => out.push_str(r"[\x{0}-\x{10ffff}]"),
        Expr::Any { newline: false } => out.push_str(r"[^\n]"),
        Expr::StartText => out.push('^'),
        Expr::EndText => out.push('$'),
        Expr::StartLine => out.push_str("(?m:^)"),
        Expr::EndLine => out.push_str("(?m:$)"),
        Expr::Literal { val, casei } => return write_literal(val, *casei, inside, out),
        Expr::Delegate { inner, casei, .. } => return write_atom(&read(inner, *casei)?, out),
        Expr::Concat(parts) => grouped(inside > Inside::Branch, "(?:", out, |out| {
            parts
                .iter()
                .try_for_each(|part| write(part, Inside::Concat, out))
        })?,
        Expr::Alt(branches) => grouped(inside > Inside::Group, "(?:", out, |out| {
            for (index, branch) in branches.iter().enumerate() {
                if index > 0 {
                    out.push('|');
                }
                write(branch, Inside::Branch, out)?;
            }
            Some(())
        })?,
        Expr::Group(expr) => in_group("(", expr, out)?,
        Expr::AtomicGroup(expr) => in_group("(?>", expr, out)?,
        Expr::LookAround(expr, look) => in_group(opening(*look), expr, out)?,
        Expr::Repeat {
            child,
            lo,
            hi,
            greedy,
        } => grouped(inside > Inside::Concat, "(?:", out, |out| {
            write(child, Inside::Repeat, out)?;
            write_times(*lo, *hi, *greedy, out)
        })?,
        Expr::Backref(group) => write!(out, "(?:\\{group})").ok()?,
        Expr::BackrefExistsCondition(group) => write!(out, "(?({group}))").ok()?,
        Expr::Conditional {
            condition,
            true_branch,
            false_branch,
        } => write_condition(condition, true_branch, false_branch, out)?,
    }
    Some(())
}

/// Looks, because what readers do with the loops around it shall not change; they repeat no look-around as such.
fn write_look(look: &str, inside: Inside, out: &mut String) {
    if inside == Inside::Repeat {
        out.push_str("(?:");
        out.push_str(look);
        out.push('|');
        out.push_str(look);
        out.push(')');
    } else {
        out.push_str(look);
    }
}

fn grouped(
    is_grouped: bool,
    opening: &str,
    out: &mut String,
    write: impl FnOnce(&mut String) -> Option<()>,
) -> Option<()> {
    if !is_grouped {
        return write(out);
    }
    out.push_str(opening);
    write(out)?;
    out.push(')');
    Some(())
}

fn in_group(opening: &str, expr: &Expr, out: &mut String) -> Option<()> {
    grouped(true, opening, out, |out| write(expr, Inside::Group, out))
}

fn opening(look: LookAround) -> &'static str {
    match look {
        LookAround::LookAhead => "(?=",
        LookAround::LookAheadNeg => "(?!",
        LookAround::LookBehind => "(?<=",
        LookAround::LookBehindNeg => "(?<!",
    }
}

fn write_times(least: usize, most: usize, is_greedy: bool, out: &mut String) -> Option<()> {
    match (least, most) {
        (0, 1) => out.push('?'),
        (0, usize::MAX) => out.push('*'),
        (1, usize::MAX) => out.push('+'),
        (least, usize::MAX) => write!(out, "{{{least},}}").ok()?,
        (least, most) if least == most => write!(out, "{{{least}}}").ok()?,
        (least, most) => write!(out, "{{{least},{most}}}").ok()?,
    }
    if !is_greedy {
        out.push('?');
    }
    Some(())
}

fn write_condition(condition: &Expr, yes: &Expr, no: &Expr, out: &mut String) -> Option<()> {
    out.push_str("(?(");
    match condition {
        Expr::BackrefExistsCondition(group) => write!(out, "{group}").ok()?,
        // In a group of its own, so that it does not begin with a digit.
        condition => in_group("(?:", condition, out)?,
    }
    out.push(')');
    write(yes, Inside::Branch, out)?;
    out.push('|');
    write(no, Inside::Branch, out)?;
    out.push(')');
    Some(())
}

fn write_literal(text: &str, ignores_case: bool, inside: Inside, out: &mut String) -> Option<()> {
    let is_grouped = inside == Inside::Repeat && text.chars().count() != 1;
    grouped(is_grouped, "(?:", out, |out| {
        for char in text.chars() {
            if ignores_case {
                write_atom(
                    &read(&regex_syntax::escape(char.encode_utf8(&mut [0; 4])), true)?,
                    out,
                )?;
            } else {
                escape(char, out);
            }
        }
        Some(())
    })
}

/// What the engine for plain patterns makes of an atom.
fn read(atom: &str, ignores_case: bool) -> Option<Hir> {
    let mut parser = ParserBuilder::new().case_insensitive(ignores_case).build();
    parser.parse(atom).ok()
}

fn write_atom(atom: &Hir, out: &mut String) -> Option<()> {
    match atom.kind() {
        HirKind::Empty => {}
        HirKind::Literal(literal) => {
            for char in std::str::from_utf8(&literal.0).ok()?.chars() {
                escape(char, out);
            }
        }
        HirKind::Class(Class::Unicode(class)) => write_class(class, out),
        HirKind::Class(Class::Bytes(class)) => write_class(&class.to_unicode_class()?, out),
        HirKind::Look(look) => out.push_str(match look {
            Look::Start => "^",
            Look::End => "$",
            Look::WordUnicode => r"\b",
            Look::WordUnicodeNegate => r"\B",
            _ => return None,
        }),
        _ => return None,
    }
    Some(())
}

fn write_class(class: &ClassUnicode, out: &mut String) {
    for (named, letter) in Named::ALL {
        let mut ranges = class_of(named);
        for letter in [letter, letter.to_ascii_uppercase()] {
            if ranges == *class {
                out.push('\\');
                out.push(letter);
                return;
            }
            ranges.negate();
        }
    }
    if class.ranges().is_empty() {
        // Nothing matches, and no engine takes an empty class.
        out.push_str(r"[^\x{0}-\x{10ffff}]");
        return;
    }
    out.push('[');
    for range in class.iter() {
        escape(range.start(), out);
        if range.end() > range.start() {
            out.push('-');
            escape(range.end(), out);
        }
    }
    out.push(']');
}

fn class_of(named: Named) -> ClassUnicode {
    let char = |code: u32| char::from_u32(code).unwrap_or(char::MAX);
    let ranges = named.ranges().into_iter();
    ClassUnicode::new(ranges.map(|(first, last)| ClassUnicodeRange::new(char(first), char(last))))
}

/// Letters, digits and what has no meaning stand for themselves.
fn escape(char: char, out: &mut String) {
    if regex_syntax::is_meta_character(char) {
        out.push('\\');
        out.push(char);
    } else if char.is_control() || char.is_whitespace() && char != ' ' {
        // Writing into a string cannot fail.
        let _ = write!(out, "\\x{{{:x}}}", u32::from(char));
    } else {
        out.push(char);
    }
}
