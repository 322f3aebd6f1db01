//! What can be said of a tree before it is turned into steps.

use std::collections::BTreeSet;

use super::parse::{Idle, Node};

/// How many characters every match has, where that is one number.
pub(super) fn width(node: &Node) -> Option<usize> {
    match node {
        Node::Char(_) | Node::Set(_) => Some(1),
        Node::At(_) | Node::Look { .. } | Node::Has(_) => Some(0),
        Node::Concat(parts) => parts
            .iter()
            .try_fold(0_usize, |sum, part| sum.checked_add(width(part)?)),
        Node::Either(branches) => {
            let mut widths = branches.iter().map(width);
            let first = widths.next()??;
            widths.all(|width| width == Some(first)).then_some(first)
        }
        Node::Group(_, node) | Node::Atomic(node) => width(node),
        Node::Repeat {
            node, least, most, ..
        } => match *most == Some(*least) {
            true if *least == 0 => Some(0),
            true => width(node)?.checked_mul(*least),
            false => None,
        },
        Node::Same(_) => None,
        Node::If { condition, yes, no } => {
            let yes = width(condition)?.checked_add(width(yes)?)?;
            (width(no)? == yes).then_some(yes)
        }
    }
}

/// Whether something may match no character at all; for loops that do, it may be said in vain.
fn may_be_empty(node: &Node) -> bool {
    match node {
        Node::Char(_) | Node::Set(_) => false,
        Node::At(_) | Node::Look { .. } | Node::Has(_) | Node::Same(_) => true,
        Node::Concat(parts) => parts.iter().all(may_be_empty),
        Node::Either(branches) => branches.iter().any(may_be_empty),
        Node::Group(_, node) | Node::Atomic(node) => may_be_empty(node),
        Node::Repeat { node, least, .. } => *least == 0 || may_be_empty(node),
        Node::If { condition, yes, no } => {
            may_be_empty(condition) && (may_be_empty(yes) || may_be_empty(no))
        }
    }
}

/// Says of each loop what becomes of a round that goes nowhere.
///
/// It matters where only the first match counts, and there `fancy-regex` is followed: it hands what asks for
/// nothing special to `regex-automata`, where such a round ends the loop, and runs loops around or before something
/// special itself, where such a round fails.
pub(super) fn mark_loops(node: &mut Node) {
    let mut asked = BTreeSet::new();
    visit(node, &mut |node| {
        if let Node::Same(group) = node {
            asked.insert(*group);
        }
    });
    mark(node, false, &asked);
}

fn mark(node: &mut Node, is_special: bool, asked: &BTreeSet<usize>) {
    match node {
        Node::Concat(parts) => {
            let last = parts.iter().rposition(|part| has_special(part, asked));
            for (index, part) in parts.iter_mut().enumerate() {
                let is_before = last.is_some_and(|last| index <= last);
                mark(part, is_special || is_before, asked);
            }
        }
        Node::Repeat {
            node, idle, most, ..
        } => {
            let is_special = is_special || has_special(node, asked);
            *idle = match most.is_none() && may_be_empty(node) {
                false => Idle::Never,
                true if is_special => Idle::Fails,
                true => Idle::Ends,
            };
            mark(node, is_special, asked);
        }
        Node::Look { node, .. } | Node::Atomic(node) => mark(node, false, asked),
        other => {
            for child in children_mut(other) {
                mark(child, is_special, asked);
            }
        }
    }
}

fn has_special(node: &Node, asked: &BTreeSet<usize>) -> bool {
    any(node, &|node| match node {
        Node::Look { .. } | Node::Atomic(_) | Node::Same(_) | Node::Has(_) | Node::If { .. } => {
            true
        }
        Node::Group(group, _) => asked.contains(group),
        _ => false,
    })
}

pub(super) fn any(node: &Node, is: &dyn Fn(&Node) -> bool) -> bool {
    is(node) || children(node).into_iter().any(|child| any(child, is))
}

fn visit(node: &Node, see: &mut dyn FnMut(&Node)) {
    see(node);
    for child in children(node) {
        visit(child, see);
    }
}

fn children(node: &Node) -> Vec<&Node> {
    match node {
        Node::Concat(parts) | Node::Either(parts) => parts.iter().collect(),
        Node::Group(_, node)
        | Node::Atomic(node)
        | Node::Repeat { node, .. }
        | Node::Look { node, .. } => vec![node],
        Node::If { condition, yes, no } => vec![condition, yes, no],
        Node::Char(_) | Node::Set(_) | Node::At(_) | Node::Same(_) | Node::Has(_) => Vec::new(),
    }
}

fn children_mut(node: &mut Node) -> Vec<&mut Node> {
    match node {
        Node::Concat(parts) | Node::Either(parts) => parts.iter_mut().collect(),
        Node::Group(_, node)
        | Node::Atomic(node)
        | Node::Repeat { node, .. }
        | Node::Look { node, .. } => vec![node],
        Node::If { condition, yes, no } => vec![condition, yes, no],
        Node::Char(_) | Node::Set(_) | Node::At(_) | Node::Same(_) | Node::Has(_) => Vec::new(),
    }
}
