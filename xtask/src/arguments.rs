//! What follows the verb on the command line.

use std::collections::VecDeque;

use anyhow::{Result, bail};

/// The words after `cargo xtask`, taken from the front.
pub(crate) struct Arguments(VecDeque<String>);

impl Arguments {
    pub(crate) fn from_environment() -> Self {
        Self(std::env::args().skip(1).collect())
    }

    #[cfg(test)]
    pub(crate) fn from_words(words: &[&str]) -> Self {
        Self(words.iter().map(ToString::to_string).collect())
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

    /// Takes `option` and the word after it out, wherever they stand, and returns that word.
    ///
    /// # Errors
    ///
    /// When nothing follows the option.
    pub(crate) fn take_option(&mut self, option: &str) -> Result<Option<String>> {
        let Some(place) = self.0.iter().position(|word| word == option) else {
            return Ok(None);
        };
        self.0.remove(place);
        match self.0.remove(place) {
            Some(value) => Ok(Some(value)),
            None => bail!("`{option}` wants a value"),
        }
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
