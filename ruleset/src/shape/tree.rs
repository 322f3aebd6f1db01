//! The schema as a table of nodes, made once, so that checking a value looks nothing up by text twice.

use std::collections::HashMap;
use std::sync::LazyLock;

use indexmap::IndexMap;
use serde_json::{Map, Value};

/// The schema as published; a test compares it with the model.
const PUBLISHED: &str = include_str!("../../../docs/ruleset.schema.json");

/// The whole schema.
pub(super) static TREE: LazyLock<Tree> = LazyLock::new(Tree::new);

/// Index into [`Tree::nodes`].
pub(super) type NodeId = usize;

pub(super) struct Tree {
    nodes: Vec<Node>,
    pub(super) root: NodeId,
    empty: Node,
}

/// What a value may be; a node of several branches is a union of them.
#[derive(Default)]
pub(super) struct Node {
    /// The one word that it may be.
    pub(super) constant: Option<String>,
    /// JSON types it may have; any when empty.
    pub(super) types: Vec<Type>,
    /// In the order in which the model names them, which is the order of suggestions.
    pub(super) properties: IndexMap<String, NodeId>,
    pub(super) required: Vec<String>,
    /// What fields without a name of their own hold.
    pub(super) other: Option<NodeId>,
    pub(super) elements: Option<NodeId>,
    pub(super) branches: Vec<NodeId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    String,
    Number,
    Integer,
    /// Of 32 bits without a sign.
    Natural,
    Array,
    Object,
}

impl Tree {
    fn new() -> Self {
        let schema: Value = serde_json::from_str(PUBLISHED).unwrap_or_default();
        let empty = Map::new();
        let definitions = schema
            .get("$defs")
            .and_then(Value::as_object)
            .unwrap_or(&empty);
        let mut builder = Builder {
            definitions,
            nodes: Vec::new(),
            known: HashMap::new(),
        };
        let root = builder.add(&schema);
        let nodes = builder.nodes;
        Self {
            nodes,
            root,
            empty: Node::default(),
        }
    }

    pub(super) fn node(&self, id: NodeId) -> &Node {
        self.nodes.get(id).unwrap_or(&self.empty)
    }

    /// The branches of a union, those of nested unions among them.
    pub(super) fn branches(&self, node: &Node) -> Vec<&Node> {
        let nested = node
            .branches
            .iter()
            .map(|branch| self.node(*branch))
            .flat_map(|branch| {
                if branch.branches.is_empty() {
                    vec![branch]
                } else {
                    self.branches(branch)
                }
            });
        nested.collect()
    }
}

struct Builder<'a> {
    definitions: &'a Map<String, Value>,
    nodes: Vec<Node>,
    /// Nodes of definitions, which may contain themselves.
    known: HashMap<&'a str, NodeId>,
}

impl<'a> Builder<'a> {
    fn add(&mut self, schema: &'a Value) -> NodeId {
        // The keywords beside a reference only describe it.
        let reference = schema.get("$ref").and_then(Value::as_str);
        if let Some(name) = reference.and_then(|name| name.strip_prefix("#/$defs/")) {
            if let Some(known) = self.known.get(name) {
                return *known;
            }
            if let Some(definition) = self.definitions.get(name) {
                self.known.insert(name, self.nodes.len());
                return self.add(definition);
            }
        }
        let id = self.nodes.len();
        self.nodes.push(Node::default());
        let node = self.read(schema);
        if let Some(place) = self.nodes.get_mut(id) {
            *place = node;
        }
        id
    }

    fn read(&mut self, schema: &'a Value) -> Node {
        let union = schema
            .get("anyOf")
            .or_else(|| schema.get("oneOf"))
            .and_then(Value::as_array);
        let properties = schema.get("properties").and_then(Value::as_object);
        let required = schema.get("required").and_then(Value::as_array);
        Node {
            constant: schema
                .get("const")
                .and_then(Value::as_str)
                .map(str::to_owned),
            types: types(schema),
            properties: properties
                .into_iter()
                .flatten()
                .map(|(name, property)| (name.clone(), self.add(property)))
                .collect(),
            required: required
                .into_iter()
                .flatten()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
            other: schema
                .get("additionalProperties")
                .filter(|other| other.is_object())
                .map(|other| self.add(other)),
            elements: schema.get("items").map(|elements| self.add(elements)),
            branches: union
                .into_iter()
                .flatten()
                .map(|branch| self.add(branch))
                .collect(),
        }
    }
}

fn types(schema: &Value) -> Vec<Type> {
    let is_natural = schema.get("format").and_then(Value::as_str) == Some("uint32");
    let names = match schema.get("type") {
        Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).collect(),
        Some(Value::String(name)) => vec![name.as_str()],
        _ => Vec::new(),
    };
    let one = |name| match name {
        "null" => Some(Type::Null),
        "boolean" => Some(Type::Boolean),
        "string" => Some(Type::String),
        "number" => Some(Type::Number),
        "integer" if is_natural => Some(Type::Natural),
        "integer" => Some(Type::Integer),
        "array" => Some(Type::Array),
        "object" => Some(Type::Object),
        _ => None,
    };
    names.into_iter().filter_map(one).collect()
}
