//! The ready-made designs, called and labelled in the page's language.

use crate::editor::geometry::WorldRect;
use crate::i18n::{Locale, text};
use shared::design::{Design, Mark, MarkKind, presets};
use shared::id::MarkId;
use std::sync::Arc;

/// Room between the drawing and its note, world units.
const NOTE_GAP: i32 = 40;
/// Size of a note, world units.
const NOTE_WIDTH: i32 = 480;
/// Size of a note, world units.
const NOTE_HEIGHT: i32 = 96;

/// The preset `id` with its own name and the names of its nodes in the page's language. The names
/// are words of the design: they stay when the language is changed later.
pub(crate) fn template(locale: Locale, id: &str) -> Option<Design> {
    let (_, mut design) = presets::all().into_iter().find(|(it, _)| *it == id)?;
    design.name = text(locale, &format!("template-{id}"));
    for node in design.nodes.values_mut() {
        let name = text(locale, &node_key(&node.name));
        Arc::make_mut(node).name = name;
    }
    // The story tells its steps beside the drawing; the others say what to watch for on it.
    if id != "seven-steps" {
        let text = text(locale, &format!("template-{id}-note"));
        let cards = design.nodes.values().map(|node| WorldRect::of_node(node));
        if let Some(all) = WorldRect::around(cards) {
            let (x, y) = (all.left as i32, all.bottom as i32 + NOTE_GAP);
            let (width, height) = (NOTE_WIDTH, NOTE_HEIGHT);
            let mark = Mark { kind: MarkKind::Note, text, x, y, width, height, locked: false };
            design.marks.insert(MarkId(1), mark);
        }
    }
    Some(design)
}

/// The key of the name of a preset's node.
fn node_key(name: &str) -> String {
    format!("node-{}", name.to_ascii_lowercase().replace(' ', "-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// In English the nodes are called as in the presets; in Korean no English name is left.
    #[test]
    fn templates_have_names_in_every_language() {
        for (id, preset) in presets::all() {
            let english = template(Locale::En, id).unwrap();
            let (name, marks) = (preset.name.clone(), preset.marks.clone());
            assert_eq!(english.marks.is_empty(), id == "seven-steps", "{id}");
            assert_eq!(Design { name, marks, ..english }, preset, "{id}");
            let korean = template(Locale::Ko, id).unwrap();
            let names = korean.nodes.values().map(|node| &node.name).chain([&korean.name]);
            for name in names {
                assert!(name.chars().any(|c| ('가'..='힣').contains(&c)), "{id}: {name}");
            }
        }
    }
}
