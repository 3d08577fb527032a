//! What the page opens with: the design of the link, else the one that the browser kept, else the
//! story.

use crate::editor::embed::Embed;
use crate::editor::export::OpenError;
use crate::editor::{EditorState, Message, Origin};
use crate::i18n::Locale;
use crate::shell::address;
use crate::shell::library::Library;
use crate::shell::storage::{self, Slot};
use crate::view::words::template;
use shared::design::{LinkError, decode, presets};
use std::rc::Rc;

/// The editor as the page opens, and what it is to be told first.
pub(super) fn start(
    locale: Locale,
    library: &mut Library,
    embed: Embed,
) -> (EditorState, Vec<Message>) {
    let mut first = Vec::new();
    let story = || template(locale, "seven-steps").unwrap_or_else(presets::seven_steps);
    if embed.read_only {
        // Nothing of what this browser keeps is anything to the page around.
        let mut state = EditorState::new(story());
        state.take_hand();
        first.extend(fragment_message());
        return (state, first);
    }
    let mut state = match library.opened() {
        Some(Ok(design)) => EditorState::restored(design),
        Some(Err(error)) => {
            first.push(Message::BrokenFile(OpenError::Document(error)));
            // What cannot be read may be of a newer version of the page: it must not be written over.
            library.begin_another();
            EditorState::new(story())
        }
        None => EditorState::new(story()),
    };
    if let Some(Ok(design)) = storage::load_design(Slot::Shelf) {
        state.set_shelf(design);
    }
    first.extend(fragment_message());
    (state, first)
}

/// What the fragment of the address bar says, if there is one.
pub(super) fn fragment_message() -> Option<Message> {
    match decode(&address::fragment()) {
        Ok(design) => Some(Message::Open(Rc::new(design), Origin::Link)),
        Err(LinkError::Empty) => None,
        Err(error) => Some(Message::BrokenLink(error)),
    }
}
