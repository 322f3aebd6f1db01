//! Reads a spelled pattern.

use super::set::{Named, Set};
use super::tree::mark_loops;

/// How deep groups may lie in each other; the readers of people's patterns allow less.
const MAX_DEPTH: usize = 300;

/// A pattern as a tree.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Char(char),
    /// One character of a set, by its index.
    Set(usize),
    At(Place),
    Concat(Vec<Node>),
    Either(Vec<Node>),
    /// A group that is remembered under its number, from 1 on.
    Group(usize, Box<Node>),
    Repeat {
        node: Box<Node>,
        least: usize,
        /// Unbounded, where there is none.
        most: Option<usize>,
        is_greedy: bool,
        idle: Idle,
    },
    Look {
        node: Box<Node>,
        is_behind: bool,
        is_negated: bool,
    },
    /// What has matched once is not tried again in another way.
    Atomic(Box<Node>),
    /// The text of a group again.
    Same(usize),
    /// Whether a group has matched.
    Has(usize),
    If {
        condition: Box<Node>,
        yes: Box<Node>,
        no: Box<Node>,
    },
}

/// What becomes of a round of a loop that matches no character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Idle {
    /// There is none.
    Never,
    /// It is the last one.
    Ends,
    /// It fails, so that another way through it is tried.
    Fails,
}

/// Where a match may be, or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    StartOfText,
    EndOfText,
    StartOfLine,
    EndOfLine,
    WordBoundary,
    NoWordBoundary,
}

/// What has been read.
#[derive(Debug)]
pub(super) struct Pattern {
    pub(super) node: Node,
    pub(super) sets: Vec<Set>,
    /// How many groups there are.
    pub(super) groups: usize,
}

/// The tree of a pattern.
pub(super) fn parse(spelled: &str) -> Option<Pattern> {
    let mut parser = Parser {
        rest: spelled,
        depth: 0,
        groups: 0,
        sets: Vec::new(),
        is_in_part: false,
    };
    let mut node = parser.either()?;
    mark_loops(&mut node);
    parser.rest.is_empty().then_some(Pattern {
        node,
        sets: parser.sets,
        groups: parser.groups,
    })
}

struct Parser<'a> {
    rest: &'a str,
    depth: usize,
    groups: usize,
    sets: Vec<Set>,
    is_in_part: bool,
}

impl Parser<'_> {
    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn next(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let char = chars.next()?;
        self.rest = chars.as_str();
        Some(char)
    }

    fn number(&mut self) -> Option<usize> {
        let digits = self.rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.rest.split_at_checked(digits)?;
        self.rest = rest;
        number.parse().ok()
    }

    fn either(&mut self) -> Option<Node> {
        let first = self.concat()?;
        let mut branches = vec![first];
        while self.eat("|") {
            branches.push(self.concat()?);
        }
        match branches.len() {
            1 => branches.pop(),
            _ => Some(Node::Either(branches)),
        }
    }

    fn concat(&mut self) -> Option<Node> {
        let mut parts = Vec::new();
        while !self.rest.is_empty() && !self.rest.starts_with(['|', ')']) {
            let atom = self.atom()?;
            parts.push(self.repeated(atom)?);
        }
        match parts.len() {
            1 => parts.pop(),
            _ => Some(Node::Concat(parts)),
        }
    }

    fn repeated(&mut self, node: Node) -> Option<Node> {
        let (least, most) = if self.eat("?") {
            (0, Some(1))
        } else if self.eat("*") {
            (0, None)
        } else if self.eat("+") {
            (1, None)
        } else if self.eat("{") {
            let least = self.number()?;
            let most = match self.eat(",") {
                false => Some(least),
                true if self.rest.starts_with('}') => None,
                true => Some(self.number()?),
            };
            if !self.eat("}") || most.is_some_and(|most| most < least) {
                return None;
            }
            (least, most)
        } else {
            return Some(node);
        };
        let is_greedy = !self.eat("?");
        Some(Node::Repeat {
            node: Box::new(node),
            least,
            most,
            is_greedy,
            idle: Idle::Never,
        })
    }

    fn atom(&mut self) -> Option<Node> {
        for (text, place) in [
            ("(?m:^)", Place::StartOfLine),
            ("(?m:$)", Place::EndOfLine),
            ("^", Place::StartOfText),
            ("$", Place::EndOfText),
            (r"\b", Place::WordBoundary),
            (r"\B", Place::NoWordBoundary),
        ] {
            if self.eat(text) {
                return Some(Node::At(place));
            }
        }
        match self.next()? {
            '(' => self.group(),
            '[' => self.class().map(|set| self.known(set)),
            '\\' => self.escape(),
            '.' | '?' | '*' | '+' | '{' | '}' | ']' => None,
            char => Some(Node::Char(char)),
        }
    }

    fn group(&mut self) -> Option<Node> {
        for (text, is_behind, is_negated) in [
            ("?=", false, false),
            ("?!", false, true),
            ("?<=", true, false),
            ("?<!", true, true),
        ] {
            if self.eat(text) {
                let node = Box::new(self.inside()?);
                return Some(Node::Look {
                    node,
                    is_behind,
                    is_negated,
                });
            }
        }
        if self.eat("?:") {
            return self.inside();
        }
        if self.eat("?>") {
            return self.part().map(|node| Node::Atomic(Box::new(node)));
        }
        if self.eat("?(") {
            return self.condition();
        }
        if self.rest.starts_with('?') {
            return None;
        }
        self.groups += 1;
        let number = self.groups;
        let node = self.inside()?;
        Some(Node::Group(number, Box::new(node)))
    }

    /// What is inside a group, and its end.
    fn inside(&mut self) -> Option<Node> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let node = self.either()?;
        self.depth -= 1;
        self.eat(")").then_some(node)
    }

    /// The same, where only the first match counts.
    fn part(&mut self) -> Option<Node> {
        let is_in_part = std::mem::replace(&mut self.is_in_part, true);
        let node = self.inside()?;
        self.is_in_part = is_in_part;
        Some(node)
    }

    /// `(?(1))`, which asks whether a group has matched, or `(?(1)yes|no)`, where a group stands for the number too.
    /// There is none where only the first match counts: `fancy-regex` goes back there after a condition that failed.
    fn condition(&mut self) -> Option<Node> {
        let is_number = self.rest.starts_with(|char: char| char.is_ascii_digit());
        let condition = if is_number {
            let group = Node::Has(self.group_number()?);
            if self.eat("))") {
                return Some(group);
            }
            self.eat(")").then_some(group)?
        } else {
            self.part()?
        };
        if self.is_in_part {
            return None;
        }
        let (yes, no) = match self.inside()? {
            Node::Either(branches) => {
                let mut branches = branches.into_iter();
                (branches.next()?, Node::Either(branches.collect()))
            }
            yes => (yes, Node::Concat(Vec::new())),
        };
        Some(Node::If {
            condition: Box::new(condition),
            yes: Box::new(yes),
            no: Box::new(no),
        })
    }

    /// Each set is kept once.
    fn known(&mut self, set: Set) -> Node {
        let known = self.sets.iter().position(|known| *known == set);
        Node::Set(known.unwrap_or_else(|| {
            self.sets.push(set);
            self.sets.len() - 1
        }))
    }

    /// The number of a group that has begun.
    fn group_number(&mut self) -> Option<usize> {
        let number = self.number()?;
        (1..=self.groups).contains(&number).then_some(number)
    }

    fn class(&mut self) -> Option<Set> {
        let is_negated = self.eat("^");
        let mut ranges = Vec::new();
        while !self.eat("]") {
            let first = self.member()?;
            let last = if self.eat("-") { self.member()? } else { first };
            if last < first {
                return None;
            }
            ranges.push((u32::from(first), u32::from(last)));
        }
        Some(Set::of(ranges, is_negated))
    }

    fn member(&mut self) -> Option<char> {
        match self.next()? {
            '\\' => {
                let escaped = self.next()?;
                self.escaped(escaped)
            }
            '[' | ']' | '-' | '^' => None,
            char => Some(char),
        }
    }

    fn escape(&mut self) -> Option<Node> {
        if self.rest.starts_with(|char: char| char.is_ascii_digit()) {
            return self.group_number().map(Node::Same);
        }
        let escaped = self.next()?;
        let named = Named::ALL
            .into_iter()
            .find(|(_, letter)| *letter == escaped.to_ascii_lowercase());
        match named {
            Some((named, letter)) => Some(self.known(Set::of(named.ranges(), letter != escaped))),
            None => self.escaped(escaped).map(Node::Char),
        }
    }

    /// The character that stands behind a backslash.
    fn escaped(&mut self, escaped: char) -> Option<char> {
        match escaped {
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            'f' => Some('\u{c}'),
            'x' => self.code(),
            char if char.is_ascii_punctuation() => Some(char),
            _ => None,
        }
    }

    /// `41` or `{41}`.
    fn code(&mut self) -> Option<char> {
        let (digits, rest) = match self.rest.strip_prefix('{') {
            Some(rest) => rest.split_once('}')?,
            None => self.rest.split_at_checked(2)?,
        };
        self.rest = rest;
        char::from_u32(u32::from_str_radix(digits, 16).ok()?)
    }
}
