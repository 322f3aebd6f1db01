//! What follows the verb on the command line.

use std::collections::VecDeque;

use anyhow::{Result, bail};

/// The words after `cargo xtask`, taken from the front.
pub(crate) struct Arguments(VecDeque<String>);

impl Arguments {
    pub(crate) fn from_environment() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    pub(crate) fn next(&mut self) -> Option<String> {
        self.0.pop_front()
    }

    /// Takes `flag` out, wherever it stands, and says whether it was there.
    pub(crate) fn take_flag(&mut self, flag: &str) -> bool {
        let before = self.0.len();
        self.0.retain(|word| word != flag);
        self.0.len() != before
    }

    /// Takes all remaining words.
    ///
    /// # Errors
    ///
    /// When one of them looks like an option, which the verb has then not taken.
    pub(crate) fn rest(self) -> Result<Vec<String>> {
        if let Some(option) = self.0.iter().find(|word| word.starts_with('-')) {
            bail!("unknown option `{option}`");
        }
        Ok(self.0.into())
    }

    /// Makes sure that nothing is left over.
    pub(crate) fn finish(self) -> Result<()> {
        match self.0.front() {
            Some(word) => bail!("unexpected argument `{word}`"),
            None => Ok(()),
        }
    }
}
