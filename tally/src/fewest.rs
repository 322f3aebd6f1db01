//! Which flags and epochs are kept of a subject that has met too many.

use crate::{Exposure, MAX_EXPOSURES, Subject};

impl Subject {
    /// Takes an exposure in.
    ///
    /// # Shape
    ///
    /// Of more than [`MAX_EXPOSURES`] flags and epochs, those with the smallest ranks stay. A rank
    /// depends on flag and epoch alone, so who stays depends on the set of what was met, never on
    /// the order: what is let go could not come back later, and what stays was there all the time.
    ///
    /// # Complexity
    ///
    /// Of a subject that has met too many, each exposure looks at the ranks of all that are kept.
    pub fn meet(&mut self, exposure: Exposure) {
        let place = |held: &Exposure| {
            (held.flag.as_str(), held.epoch).cmp(&(exposure.flag.as_str(), exposure.epoch))
        };
        match self.exposures.binary_search_by(place) {
            Ok(position) => {
                if let Some(held) = self.exposures.get_mut(position) {
                    held.merge(exposure);
                }
            }
            Err(position) => {
                self.exposures.insert(position, exposure);
                self.let_go();
            }
        }
    }

    /// Whether the subject has met more than is kept.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    fn let_go(&mut self) {
        while self.exposures.len() > MAX_EXPOSURES {
            let ranks = self.exposures.iter().map(rank).enumerate();
            let Some((last, _)) = ranks.max_by_key(|(_, rank)| *rank) else {
                return;
            };
            self.exposures.remove(last);
            self.is_cut = true;
        }
    }
}

/// FNV-1a of 64 bits over flag and epoch; equal ranks are told apart by the names.
///
/// Source: Fowler, Noll, Vo: the constants of draft-eastlake-fnv-17.
fn rank(exposure: &Exposure) -> (u64, &str, u32) {
    let step = |hash: u64, byte: &u8| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    let epoch = exposure.epoch.to_le_bytes();
    let bytes = exposure.flag.as_bytes().iter().chain(&epoch);
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325, step);
    (hash, &exposure.flag, exposure.epoch)
}
