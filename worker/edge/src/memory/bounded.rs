//! A map that forgets what was not asked for longest.

use std::collections::HashMap;

/// Values by name, at most so many, of at most so many bytes together.
pub(super) struct Bounded<V> {
    entries: HashMap<String, Entry<V>>,
    bytes: usize,
    max_entries: usize,
    max_bytes: usize,
    /// Grows with every look and every change.
    clock: u64,
}

struct Entry<V> {
    value: V,
    bytes: usize,
    used_at: u64,
}

impl<V: Clone> Bounded<V> {
    pub(super) fn new(max_entries: usize, max_bytes: usize) -> Self {
        Self {
            entries: HashMap::new(),
            bytes: 0,
            max_entries,
            max_bytes,
            clock: 0,
        }
    }

    pub(super) fn get(&mut self, name: &str) -> Option<V> {
        self.clock += 1;
        let entry = self.entries.get_mut(name)?;
        entry.used_at = self.clock;
        Some(entry.value.clone())
    }

    /// Puts a value in, whatever was there before; one that is too large alone is not kept.
    pub(super) fn put(&mut self, name: &str, value: V, bytes: usize) {
        self.remove(name);
        if bytes > self.max_bytes {
            return;
        }
        let is_full = self.entries.len() >= self.max_entries;
        if is_full || self.bytes.saturating_add(bytes) > self.max_bytes {
            self.make_room(bytes);
        }
        self.clock += 1;
        self.bytes = self.bytes.saturating_add(bytes);
        let entry = Entry {
            value,
            bytes,
            used_at: self.clock,
        };
        self.entries.insert(name.to_owned(), entry);
    }

    pub(super) fn remove(&mut self, name: &str) {
        if let Some(entry) = self.entries.remove(name) {
            self.bytes = self.bytes.saturating_sub(entry.bytes);
        }
    }

    /// Forgets the oldest until an eighth of the entries is free and the bytes fit. A little more
    /// than needed, so that a full map is not searched for every new name.
    fn make_room(&mut self, bytes: usize) {
        loop {
            let has_places = self.entries.len() < self.max_entries - self.max_entries / 8;
            if has_places && self.bytes.saturating_add(bytes) <= self.max_bytes {
                return;
            }
            let ages = self.entries.values().map(|entry| entry.used_at);
            let Some(oldest) = ages.min() else {
                return;
            };
            // One search frees a share of the places: everything used in the oldest eighth of time.
            let until = oldest + (self.clock - oldest) / 8;
            let mut freed = 0_usize;
            self.entries.retain(|_, entry| {
                let is_kept = entry.used_at > until;
                freed = freed.saturating_add(if is_kept { 0 } else { entry.bytes });
                is_kept
            });
            self.bytes = self.bytes.saturating_sub(freed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_what_was_not_asked_for_longest() {
        let mut map = Bounded::new(8, usize::MAX);
        for n in 0..8 {
            map.put(&n.to_string(), n, 0);
        }
        assert_eq!(map.get("0"), Some(0));
        map.put("8", 8, 0);
        assert_eq!(map.get("0"), Some(0));
        assert_eq!(map.get("1"), None);
        assert_eq!(map.get("8"), Some(8));
        assert!(map.entries.len() <= 8);
    }

    #[test]
    fn holds_no_more_bytes_than_it_may() {
        let mut map = Bounded::new(100, 10);
        map.put("a", 'a', 4);
        map.put("b", 'b', 4);
        map.put("a", 'A', 5);
        assert_eq!(
            (map.get("a"), map.get("b"), map.bytes),
            (Some('A'), Some('b'), 9)
        );
        map.put("c", 'c', 6);
        assert_eq!(
            (map.get("a"), map.get("b"), map.get("c")),
            (None, Some('b'), Some('c'))
        );
        map.put("d", 'd', 11);
        assert_eq!((map.get("d"), map.bytes), (None, 10));
        map.remove("b");
        assert_eq!(map.bytes, 6);
    }
}
