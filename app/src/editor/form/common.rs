//! One form for several nodes of a kind: what all of them have, and where they differ.

use super::Part;
use std::collections::BTreeSet;

/// The parts that all of `forms` have, with the values of the first; and the paths at which the values
/// differ. Of lists, those with as many items of the same kinds in each remain.
pub fn common(mut forms: Vec<Vec<Part>>) -> (Vec<Part>, BTreeSet<String>) {
    let mut mixed = BTreeSet::new();
    if forms.is_empty() {
        return (Vec::new(), mixed);
    }
    let first = forms.remove(0);
    let parts = forms.iter().fold(first, |parts, other| shared_parts(parts, other, &mut mixed));
    (parts, mixed)
}

fn shared_parts(parts: Vec<Part>, others: &[Part], mixed: &mut BTreeSet<String>) -> Vec<Part> {
    parts
        .into_iter()
        .filter_map(|part| {
            let other = others.iter().find(|other| same_place(&part, other))?;
            merged(part, other, mixed)
        })
        .collect()
}

fn same_place(a: &Part, b: &Part) -> bool {
    match (a, b) {
        (Part::Field(a), Part::Field(b)) => a.path == b.path,
        (Part::Section { title: a, .. }, Part::Section { title: b, .. }) => a == b,
        (Part::Optional(a), Part::Optional(b)) => a.path == b.path,
        (Part::List(a), Part::List(b)) => a.path == b.path,
        _ => false,
    }
}

fn merged(part: Part, other: &Part, mixed: &mut BTreeSet<String>) -> Option<Part> {
    match (part, other) {
        (Part::Field(field), Part::Field(other)) => {
            if field.control != other.control {
                mixed.insert(field.path.clone());
            }
            Some(Part::Field(field))
        }
        (Part::Section { title, parts }, Part::Section { parts: others, .. }) => {
            let parts = shared_parts(parts, others, mixed);
            (!parts.is_empty()).then_some(Part::Section { title, parts })
        }
        (Part::Optional(mut optional), Part::Optional(other)) => {
            optional.parts = match (optional.parts, &other.parts) {
                (Some(parts), Some(others)) => Some(shared_parts(parts, others, mixed)),
                (None, None) => None,
                _ => {
                    mixed.insert(optional.path.clone());
                    None
                }
            };
            Some(Part::Optional(optional))
        }
        (Part::List(mut list), Part::List(other)) => {
            let titles = |list: &super::List| -> Vec<_> {
                list.items.iter().map(|item| item.title.clone()).collect()
            };
            if titles(&list) != titles(other) {
                return None;
            }
            for (item, other) in list.items.iter_mut().zip(&other.items) {
                item.parts = shared_parts(std::mem::take(&mut item.parts), &other.parts, mixed);
            }
            Some(Part::List(list))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::{settings_form, shown_at};
    use super::*;
    use shared::design::{Group, Settings};

    #[test]
    fn what_differs_is_marked_and_what_only_one_has_is_left_out() {
        let plain = Group::default();
        let other = Group { max_size: 9, policies: Vec::new(), ..Group::default() };
        let forms = [&plain, &plain, &other].map(|it| settings_form(&Settings::Group(it.clone())));
        let (parts, mixed) = common(forms.to_vec());
        assert_eq!(mixed.into_iter().collect::<Vec<_>>(), ["max_size"]);
        let has = |path: &str| shown_at(&parts, path).is_some();
        assert!(has("min_size") && has("max_size") && !has("policies"));
        assert_eq!(common(Vec::new()), (Vec::new(), BTreeSet::new()));
    }
}
