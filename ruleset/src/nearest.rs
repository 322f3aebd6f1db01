//! The known word that a misspelt one most resembles.

/// The longest word that is compared: nobody misspells a longer one, and comparing takes its square.
const MAX_CHARS: usize = 64;

/// The nearest of `known`, when it is near enough to be what was meant.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let length = word.chars().count();
    // Two changes make any word of two letters out of any other.
    let allowed = length.div_ceil(3).max(2).min(length.saturating_sub(1));
    let is_near = |candidate: &&str| {
        let bytes = candidate.len();
        bytes <= 4 * (length + allowed) && candidate.chars().count().abs_diff(length) <= allowed
    };
    known
        .into_iter()
        .filter(|candidate| length <= MAX_CHARS && is_near(candidate))
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A sentence part that suggests the nearest word.
pub(crate) fn suggestion<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |near| format!(", did you mean `{near}`?"))
}

/// Levenshtein distance, one row at a time.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        let mut last = i + 1;
        next.push(last);
        for (b, pair) in right.iter().zip(row.windows(2)) {
            let [diagonal, above] = pair else { continue };
            last = (diagonal + usize::from(a != *b))
                .min(above + 1)
                .min(last + 1);
            next.push(last);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
