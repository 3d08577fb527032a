//! The configuration of a Worker that balances as the design does, and what is to be said of it.

use crate::editor::notice::Text;
use serde_json::Value;
use shared::deploy::{Note, NoteKind, from_design};
use shared::design::Design;
use shared::json;

/// The document, over the one that runs if it is known, and the notes below a title.
pub fn worker(design: &Design, running: Option<&Value>, title: &'static str) -> (String, Text) {
    let draft = from_design(design, running);
    let mut notes = draft.notes.iter().rev().map(words);
    let last = notes.next().unwrap_or(Text::new("deploy-as-drawn"));
    let below = notes.fold(last, |below, note| lines(note, below));
    // A tree cannot fail to be written.
    let document = json::write_indented(&draft.document).unwrap_or_default();
    (document, lines(Text::new(title), below))
}

/// One text above another.
fn lines(above: Text, below: Text) -> Text {
    Text::new("deploy-lines").with("above", above).with("below", below)
}

fn words(note: &Note) -> Text {
    Text::new(note_key(note.kind))
        .with("about", note.about.as_str())
        .with("value", note.value.as_str())
}

/// The key of a note's words.
pub const fn note_key(kind: NoteKind) -> &'static str {
    match kind {
        NoteKind::Addresses => "deploy-addresses",
        NoteKind::NoBalancer => "deploy-no-balancer",
        NoteKind::Left => "deploy-left",
        NoteKind::Gone => "deploy-gone",
        NoteKind::Routes => "deploy-routes",
        NoteKind::Order => "deploy-order",
        NoteKind::Fixed => "deploy-fixed",
        NoteKind::TooMany => "deploy-too-many",
        NoteKind::Changed => "deploy-changed",
        NoteKind::Ignored => "deploy-ignored",
        NoteKind::Policies => "deploy-policies",
        NoteKind::NoRetries => "deploy-no-retries",
        NoteKind::AnyFailure => "deploy-any-failure",
        NoteKind::Prequal => "deploy-prequal",
        NoteKind::HeaderName => "deploy-header-name",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::design::presets;

    #[test]
    fn notes_are_below_the_title() {
        let (document, notes) = worker(&presets::seven_steps(), None, "notice-worker-saved");
        assert!(document.contains("\"id\": \"web-servers-1\""), "{document}");
        assert_eq!(notes.key, "deploy-lines");
        assert_eq!(notes.args[0], ("above", Text::new("notice-worker-saved").into()));
    }
}
