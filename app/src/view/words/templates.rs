//! The ready-made designs, called and labelled in the page's language.

use crate::i18n::{Locale, text};
use shared::design::{Design, presets};
use std::sync::Arc;

/// The preset `id` with its own name and the names of its nodes in the page's language. The names
/// are words of the design: they stay when the language is changed later.
pub(crate) fn template(locale: Locale, id: &str) -> Option<Design> {
    let (_, mut design) = presets::all().into_iter().find(|(it, _)| *it == id)?;
    design.name = text(locale, &format!("template-{id}"));
    for node in design.nodes.values_mut() {
        let name = text(locale, &node_key(&node.name));
        Arc::make_mut(node).name = name;
    }
    Some(design)
}

/// The key of the name of a preset's node.
fn node_key(name: &str) -> String {
    format!("node-{}", name.to_lowercase().replace(' ', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In English the nodes are called as in the presets; in Korean no English name is left.
    #[test]
    fn templates_have_names_in_every_language() {
        for (id, preset) in presets::all() {
            let english = template(Locale::En, id).unwrap();
            assert_eq!(Design { name: preset.name.clone(), ..english }, preset, "{id}");
            let korean = template(Locale::Ko, id).unwrap();
            let names = korean.nodes.values().map(|node| &node.name).chain([&korean.name]);
            for name in names {
                assert!(name.chars().any(|c| ('가'..='힣').contains(&c)), "{id}: {name}");
            }
        }
    }
}
