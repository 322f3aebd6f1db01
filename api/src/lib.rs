#![doc = include_str!("../README.md")]

mod authorization;
mod counting;
mod definition;
mod environment;
mod erasure;
mod error;
mod exposure;
mod flag;
mod intake;
mod key;
mod origin;
mod project;
mod store;
mod stream;
mod token;
mod totals;

pub use authorization::bearer;
pub use counting::{
    Definitions, DefinitionsRecord, Dimension, DimensionSource, Direction, MetricDefinition,
    MetricKind,
};
pub use definition::{Definition, DefinitionChanged, DefinitionList};
pub use environment::{
    Environment, EnvironmentList, EnvironmentSettings, NewEnvironment, Retention,
};
pub use erasure::{
    Erasure, ErasureOrder, ErasurePhase, ErasureState, ErasureStep, NewErasure, Retained,
};
pub use error::{ErrorBody, ErrorDetail, Problem, Severity};
pub use exposure::{Exposures, FlagExposures, VariantExposures};
pub use flag::{
    FlagChanged, FlagHistory, FlagList, FlagSummary, FlagVersion, KillRequest, RevertRequest,
};
pub use intake::{
    Delivery, DeliveryAnswer, EventCopy, ExposureCopy, MergeCopy, OtherShards, TrackCopy, loss_hash,
};
pub use key::{Key, KeyKind, KeyList, KeyOrigins, KeyRotation, NewKey};
pub use origin::OriginPattern;
pub use project::{NewProject, Project, ProjectList, ProjectRemoval, ProjectRemoved};
pub use store::{AudienceRecord, EncodedRecord, EnvironmentRecord, KeyRecord, SigningKeyRecord};
pub use stream::{
    Beacon, ClientMessage, HubMessage, HubState, HubsReached, KillDelta, Newest, Propagation,
    SigningKey, SigningKeyList, StoresState, StreamConnection, StreamMessage,
};
pub use token::{Access, NewToken, SetupRequest, Token, TokenList, TokenSecret};
pub use totals::{
    CellKey, FixedLevels, LevelTable, NewShards, Resharding, ShardCell, ShardState, ShardTotals,
    Sums, Totals, TotalsCell,
};
