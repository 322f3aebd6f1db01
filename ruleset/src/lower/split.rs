//! Hashes, ranges and distributions.

use serde_json::Number;

use super::leaf::place;
use super::{Lowering, Scope, special, variant};
use crate::check::leaf::declared_as;
use crate::hash::algorithm;
use crate::model::{self, Comparison, HashDescriptor, UnitReference};
use crate::program::{
    Algorithm, Distribution, Entry, Expression, ExpressionId, Hash, MissingUnit, Place, Range,
    SlotId, Source, Split,
};

impl Lowering<'_> {
    pub(super) fn gate(&mut self, split: &model::Split, scope: Scope<'_>) -> ExpressionId {
        if split.ranges.is_empty() {
            return self.never();
        }
        let seed = Seed {
            salt: split.salt.as_deref().unwrap_or(scope.salt),
            unit: split.unit.as_deref().unwrap_or(scope.unit),
            usage: "gate",
        };
        let hash = self.hash(&seed, split.hash.as_ref());
        let ranges = split.ranges.iter();
        let ranges = ranges.map(|range| bounds(&range.from, &range.to, split.hash.as_ref()));
        let ranges = ranges.collect();
        self.add(Expression::Split(Split { hash, ranges }))
    }

    pub(super) fn distribution(
        &mut self,
        flag: &model::Flag,
        distribution: &model::Distribution,
        scope: Scope<'_>,
    ) -> Distribution {
        let model::Distribution {
            salt,
            unit,
            hash,
            ranges,
            rest,
            ..
        } = distribution;
        let is_own = salt.is_some() || unit.is_some() || hash.is_some();
        let seed = Seed {
            salt: salt.as_deref().unwrap_or(scope.salt),
            unit: unit.as_deref().unwrap_or(scope.unit),
            usage: "split",
        };
        let entry = |entry: &model::Entry| Entry {
            range: bounds(&entry.from, &entry.to, hash.as_ref()),
            outcome: match (&entry.variant, entry.special) {
                (Some(name), _) => Some(variant(flag, name)),
                (None, Some(end)) => special(end),
                (None, None) => None,
            },
        };
        Distribution {
            hash: is_own.then(|| self.hash(&seed, hash.as_ref())),
            entries: ranges.iter().map(entry).collect(),
            rest_is_last: *rest == model::Rest::Last,
        }
    }

    fn hash(&mut self, seed: &Seed<'_>, descriptor: Option<&HashDescriptor>) -> Hash {
        let native = HashDescriptor::default();
        let descriptor = descriptor.unwrap_or(&native);
        // The checks refuse encodings that the algorithm does not have.
        let algorithm = algorithm(descriptor).unwrap_or(Algorithm::Native);
        let is_plain = algorithm == Algorithm::Native && descriptor.prefix.is_empty();
        let units = descriptor
            .units
            .iter()
            .map(|unit| self.unit_reference(unit))
            .collect();
        Hash {
            algorithm,
            prefix: if is_plain {
                format!("{}/{}", seed.salt, seed.usage)
            } else {
                descriptor.prefix.clone()
            },
            suffix: descriptor.suffix.clone(),
            seed: descriptor.seed,
            space: descriptor.space,
            units: if descriptor.units.is_empty() {
                vec![self.unit(seed.unit)]
            } else {
                units
            },
            missing: match descriptor.missing {
                model::MissingUnit::Empty => MissingUnit::Empty,
                model::MissingUnit::Miss => MissingUnit::Miss,
                model::MissingUnit::Zero => MissingUnit::Zero,
                model::MissingUnit::Random => MissingUnit::Random,
            },
        }
    }

    pub(super) fn unit_reference(&mut self, unit: &UnitReference) -> SlotId {
        match unit {
            UnitReference::Unit(unit) => self.unit(unit),
            UnitReference::Attribute { attribute, .. } => {
                let declared = declared_as(&self.ruleset.attributes, attribute);
                // A browser that cannot have the unit must not take it for missing.
                let known_at = if self.is_hidden(declared) {
                    Place::Server
                } else {
                    place(declared)
                };
                self.slot(Source::Attribute(attribute.clone()), known_at)
            }
        }
    }
}

struct Seed<'a> {
    salt: &'a str,
    unit: &'a str,
    usage: &'a str,
}

fn bounds(from: &Number, to: &Number, hash: Option<&HashDescriptor>) -> Range {
    Range {
        from: from.as_f64().unwrap_or_default(),
        to: to.as_f64().unwrap_or_default(),
        to_included: hash.is_some_and(|hash| hash.comparison == Comparison::Le),
    }
}
