#![doc = include_str!("../README.md")]

mod authorization;
mod definition;
mod environment;
mod error;
mod exposure;
mod flag;
mod intake;
mod key;
mod origin;
mod project;
mod store;
mod token;

pub use authorization::bearer;
pub use definition::{Definition, DefinitionChanged, DefinitionList};
pub use environment::{Environment, EnvironmentList, NewEnvironment};
pub use error::{ErrorBody, ErrorDetail, Problem, Severity};
pub use exposure::{Exposures, FlagExposures, VariantExposures};
pub use flag::{
    FlagChanged, FlagHistory, FlagList, FlagSummary, FlagVersion, KillRequest, RevertRequest,
};
pub use intake::{
    Delivery, DeliveryAnswer, EventCopy, ExposureCopy, ShardTotals, Sums, TotalsCell,
};
pub use key::{Key, KeyKind, KeyList, KeyOrigins, KeyRotation, NewKey};
pub use origin::OriginPattern;
pub use project::{NewProject, Project, ProjectList};
pub use store::{AudienceRecord, EnvironmentRecord, KeyRecord, SigningKeyRecord};
pub use token::{Access, NewToken, SetupRequest, Token, TokenList, TokenSecret};
