//! Where each value of a context goes: the places that a plan reads, as a tree of names.

use pennon_core::{Plan, Slot, Source};

/// Root of `units`.
pub(super) const UNITS: u32 = 0;
/// Root of `attributes`.
pub(super) const ATTRIBUTES: u32 = 1;
/// Root of `groups`; its children are group types.
pub(super) const GROUPS: u32 = 2;

/// The names that a plan reads, each with the slots that it fills.
pub(super) struct Tree {
    nodes: Vec<Node>,
}

/// One name below another.
#[derive(Default)]
pub(super) struct Node {
    /// Slots of the plan that want this value.
    pub(super) slots: Vec<u32>,
    /// Whether the value is an id.
    pub(super) is_unit: bool,
    /// Names below it, ascending.
    children: Vec<(String, u32)>,
}

impl Tree {
    /// The tree of the slots that are `wanted`.
    pub(super) fn new(plan: &Plan, wanted: impl Fn(&Slot<'_>) -> bool) -> Tree {
        let mut tree = Tree {
            nodes: (UNITS..=GROUPS).map(|_| Node::default()).collect(),
        };
        for (slot, place) in (0..).zip(plan.slots()).filter(|(_, place)| wanted(place)) {
            let node = match place.source {
                Source::Unit(kind) => tree.grow(UNITS, kind),
                Source::Attribute(name) => tree.descend(ATTRIBUTES, name),
                Source::GroupAttribute { group, name } => {
                    let group = tree.grow(GROUPS, group);
                    tree.descend(group, name)
                }
            };
            if let Some(node) = tree.node_mut(node) {
                node.slots.push(slot);
                node.is_unit = matches!(place.source, Source::Unit(_));
            }
        }
        tree
    }

    /// How many names there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn node(&self, node: u32) -> Option<&Node> {
        self.nodes.get(usize::try_from(node).ok()?)
    }

    /// The node of a name below another.
    pub(super) fn child(&self, node: u32, name: &str) -> Option<u32> {
        self.node(node)?.child(name)
    }

    /// An attribute's name; one that begins with `/` is a JSON pointer (RFC 6901).
    fn descend(&mut self, root: u32, name: &str) -> u32 {
        match name.strip_prefix('/') {
            None => self.grow(root, name),
            Some(pointer) => pointer.split('/').fold(root, |node, token| {
                self.grow(node, &token.replace("~1", "/").replace("~0", "~"))
            }),
        }
    }

    fn grow(&mut self, parent: u32, name: &str) -> u32 {
        if let Some(known) = self.child(parent, name) {
            return known;
        }
        let node = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(Node::default());
        if let Some(parent) = self.node_mut(parent) {
            let place = parent
                .children
                .partition_point(|(known, _)| known.as_str() < name);
            parent.children.insert(place, (name.to_owned(), node));
        }
        node
    }

    fn node_mut(&mut self, node: u32) -> Option<&mut Node> {
        self.nodes.get_mut(usize::try_from(node).ok()?)
    }
}

impl Node {
    /// Whether anybody wants what is inside the value.
    pub(super) fn has_children(&self) -> bool {
        !self.children.is_empty()
    }

    fn child(&self, name: &str) -> Option<u32> {
        let found = self
            .children
            .binary_search_by(|(known, _)| known.as_str().cmp(name));
        let (_, node) = self.children.get(found.ok()?)?;
        Some(*node)
    }
}
