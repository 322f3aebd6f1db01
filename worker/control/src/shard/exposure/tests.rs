use super::*;

fn met(at: u64, variant: &str) -> First {
    First {
        at,
        variant: variant.to_owned(),
        stratum: String::new(),
        revision: None,
        is_mixed: false,
    }
}

/// All orders of the same exposures end the same: variant and time of the first, and mixed or not.
#[track_caller]
fn check(exposures: &[(u64, &str)], variant: &str, at: u64, is_mixed: bool) {
    for order in orders(exposures) {
        let first = order
            .iter()
            .fold(None, |held: Option<First>, (at, variant)| {
                Some(merge(held.as_ref(), met(*at, variant)))
            });
        let first = first.unwrap();
        let outcome = (first.variant.as_str(), first.at, first.is_mixed);
        assert_eq!(outcome, (variant, at, is_mixed), "in the order {order:?}");
    }
}

fn orders<'a>(exposures: &[(u64, &'a str)]) -> Vec<Vec<(u64, &'a str)>> {
    if exposures.len() < 2 {
        return vec![exposures.to_vec()];
    }
    (0..exposures.len())
        .flat_map(|chosen| {
            let mut rest = exposures.to_vec();
            let head = rest.remove(chosen);
            orders(&rest).into_iter().map(move |mut tail| {
                tail.insert(0, head);
                tail
            })
        })
        .collect()
}

#[test]
fn the_earliest_exposure_wins_in_whatever_order_they_come() {
    check(&[(5, "on")], "on", 5, false);
    check(&[(5, "on"), (5, "on")], "on", 5, false);
    check(&[(9, "on"), (5, "on"), (7, "on")], "on", 5, false);
}

#[test]
fn a_second_variant_is_mixed_for_ever_and_stays_where_it_began() {
    check(&[(5, "on"), (9, "off")], "on", 5, true);
    check(&[(5, "on"), (9, "off"), (10, "on")], "on", 5, true);
    check(
        &[(9, "on"), (5, "off"), (7, "on"), (7, "off")],
        "off",
        5,
        true,
    );
}

#[test]
fn equal_times_are_decided_by_name() {
    check(&[(5, "on"), (5, "off")], "off", 5, true);
}
