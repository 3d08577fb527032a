//! `Via` (RFC 9110 section 7.6.3): who passed a message on, and by which protocol it came to them.
//! It is also how a request that goes in circles is noticed.

/// `via` with one more receiver at its end. `version` is the protocol by which the message came,
/// such as `1.1`.
pub fn append(via: Option<&str>, version: &str, receiver: &str) -> String {
    match via.map(str::trim).filter(|via| !via.is_empty()) {
        Some(via) => format!("{via}, {version} {receiver}"),
        None => format!("{version} {receiver}"),
    }
}

/// Whether `via` names `receiver`.
pub fn names(via: &str, receiver: &str) -> bool {
    entries(via)
        .filter_map(|entry| entry.split_whitespace().nth(1))
        .any(|name| name.eq_ignore_ascii_case(receiver))
}

/// `via` with a run of neighbouring entries replaced by one pseudonym, to hide what is behind it.
/// Only entries of the same protocol may be combined; a run of several stays as it is.
pub fn combine(via: &str, receivers: &[&str], pseudonym: &str) -> String {
    let entries: Vec<(&str, &str)> = entries(via)
        .filter_map(|entry| {
            let mut words = entry.split_whitespace();
            Some((words.next()?, words.next()?))
        })
        .collect();
    let matches = |run: &[(&str, &str)]| {
        let same = run.windows(2).all(|pair| matches!(pair, [a, b] if a.0 == b.0));
        same && run.iter().zip(receivers).all(|(entry, name)| entry.1.eq_ignore_ascii_case(name))
    };
    let size = receivers.len();
    let found = (size > 0).then(|| entries.windows(size).position(matches)).flatten();
    let Some(start) = found else { return via.to_owned() };
    let text = |(version, receiver): &(&str, &str)| format!("{version} {receiver}");
    let (before, rest) = entries.split_at_checked(start).unwrap_or_default();
    let combined = rest.first().map(|(version, _)| format!("{version} {pseudonym}"));
    let after = rest.iter().skip(size).map(text);
    before.iter().map(text).chain(combined).chain(after).collect::<Vec<_>>().join(", ")
}

/// Entries by commas; a comment in parentheses may hold commas.
fn entries(via: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_u32;
    let parts = via.split(move |c| {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    parts.map(str::trim).filter(|entry| !entry.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_found_behind_comments() {
        let via = "1.0 fred (a, 1.1 b), 1.1 Gomujul";
        assert!(names(via, "gomujul"));
        assert!(!names(via, "b"));
        assert!(!names("", "gomujul"));
    }

    #[test]
    fn other_protocols_are_not_combined() {
        assert_eq!(combine("1.0 a, 1.1 b", &["a", "b"], "c"), "1.0 a, 1.1 b");
        assert_eq!(combine("1.0 a, 1.1 b", &[], "c"), "1.0 a, 1.1 b");
    }
}
