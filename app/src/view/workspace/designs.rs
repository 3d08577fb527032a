//! Which of the kept designs is open, and what is done with the list.
//!
//! Whatever is opened over a design that is more than an untouched template begins a design of its
//! own: the one before stays in the list. Where the browser keeps nothing, the page asks first.

use super::{Msg, Popup, Workspace};
use crate::editor::actions::ActionId;
use crate::editor::notice::{Notice, Offer, Text};
use crate::editor::{Message, Origin};
use crate::i18n::Locale;
use crate::shell::address;
use crate::shell::library::Library;
use crate::view::designs::Deed;
use crate::view::replace::Replace;
use crate::view::words::template;
use shared::design::{Design, from_json, presets};
use std::rc::Rc;
use yew::prelude::*;

impl Workspace {
    /// Before a message changes the editor: whether it brings another design, and what becomes of
    /// the one before. False if that one would be lost: then the page asks, and the message waits.
    pub(super) fn make_room(&mut self, ctx: &Context<Self>, message: &Message) -> bool {
        if self.embed.read_only {
            return true;
        }
        match message {
            Message::Open(design, origin @ (Origin::Link | Origin::File | Origin::Template)) => {
                let before = &self.editor.design;
                if **before == **design || !is_work(before) {
                    return true;
                }
                if !self.keep(ctx) {
                    self.popup = Popup::Replace(Rc::clone(design), *origin, None);
                    return false;
                }
                self.library.begin_another();
                self.editor.keep_beside();
            }
            Message::BringBack => {
                self.keep(ctx);
                self.library.switch_back();
            }
            _ => {}
        }
        true
    }

    /// The answer to whether a design may replace one that is kept nowhere.
    pub(super) fn replace(&mut self, ctx: &Context<Self>, answer: Replace) {
        let popup = std::mem::take(&mut self.popup);
        let Popup::Replace(design, origin, place) = popup else { return };
        match answer {
            Replace::Stay => {
                // The address still names the design that was not opened.
                address::clear_fragment();
                self.close_popup();
                return;
            }
            Replace::Save => self.edit(ctx, Message::Act(ActionId::ExportFile)),
            Replace::Open => {}
        }
        if let Some(id) = place {
            self.library.switch(id);
        }
        self.change(ctx, Message::Open(design, origin));
    }

    /// Does something with the list of designs.
    pub(super) fn deed(&mut self, ctx: &Context<Self>, deed: Deed) {
        let (_, open) = self.library.list();
        match deed {
            Deed::New if self.is_safe(ctx) => {
                self.library.begin_another();
                self.popup = Popup::None;
                self.edit(ctx, Message::Open(Rc::new(Design::default()), Origin::Library));
            }
            Deed::New => {
                let empty = Rc::new(Design::default());
                self.popup = Popup::Replace(empty, Origin::Library, None);
            }
            Deed::Open(id) if id == open => self.popup = Popup::None,
            Deed::Open(id) if self.is_safe(ctx) => self.open_kept(ctx, id),
            Deed::Open(id) => match Library::read(id) {
                Some(Ok(design)) => {
                    self.popup = Popup::Replace(Rc::new(design), Origin::Library, Some(id));
                }
                // It says what is wrong with it, and replaces nothing.
                _ => self.open_kept(ctx, id),
            },
            Deed::Rename(id, name) if id == open => {
                self.edit(ctx, Message::RenameDesign(name));
                self.edit(ctx, Message::FieldDone);
                self.keep(ctx);
            }
            Deed::Rename(id, name) => {
                let kept = Library::rename(id, name.trim());
                self.report_storage(ctx, kept);
            }
            Deed::Duplicate(id) => {
                self.keep(ctx);
                let (entries, _) = self.library.list();
                let name = entries.iter().find(|entry| entry.id == id).map(|it| it.name.as_str());
                let name = free_name(name.unwrap_or_default(), |name| {
                    entries.iter().any(|entry| entry.name == name)
                });
                let kept = Library::duplicate(id, &name);
                self.report_storage(ctx, kept);
            }
            Deed::Delete(id) => self.delete_kept(ctx, id, id == open),
        }
    }

    /// Keeps the open design; false if that is refused and the design is more than a template.
    fn is_safe(&mut self, ctx: &Context<Self>) -> bool {
        self.keep(ctx) || !is_work(&self.editor.design)
    }

    fn open_kept(&mut self, ctx: &Context<Self>, id: u32) {
        self.popup = Popup::None;
        match Library::read(id) {
            Some(Ok(design)) => {
                self.library.switch(id);
                self.edit(ctx, Message::Open(Rc::new(design), Origin::Library));
            }
            Some(Err(error)) => {
                let error = crate::editor::export::OpenError::Document(error);
                self.edit(ctx, Message::BrokenFile(error));
            }
            None => self.show(ctx, Notice::error(Text::new("notice-design-gone"))),
        }
    }

    /// The list without a design; when it was the open one, the next of the list opens, else the
    /// story.
    fn delete_kept(&mut self, ctx: &Context<Self>, id: u32, was_open: bool) {
        self.keep(ctx);
        self.removed = Library::remove(id);
        if was_open {
            let (entries, _) = self.library.list();
            let next = entries.first().map(|entry| entry.id);
            match next {
                Some(next) => self.open_kept(ctx, next),
                None => {
                    self.library.begin_another();
                    let story = template(ctx.props().locale, "seven-steps");
                    let story = story.unwrap_or_else(presets::seven_steps);
                    self.edit(ctx, Message::Open(Rc::new(story), Origin::Library));
                }
            }
        }
        if self.removed.is_some() {
            self.popup = Popup::None;
            let notice = Notice::done(Text::new("notice-design-deleted"));
            self.show(ctx, notice.offering(Offer::Undelete));
        }
    }

    /// Brings the design back that was deleted last.
    pub(super) fn undelete(&mut self, ctx: &Context<Self>) {
        if let Some(removed) = self.removed.take() {
            let kept = Library::restore(removed);
            self.report_storage(ctx, kept);
            self.popup = Popup::Designs;
        }
    }

    /// Another tab has written what this one has open. An idle tab follows; one that has changes of
    /// its own goes on with a copy, so that neither loses anything.
    pub(super) fn other_tab(&mut self, ctx: &Context<Self>, text: &str) {
        let Ok(design) = from_json(text) else { return };
        if self.save_timer.is_some() {
            self.library.begin_another();
            self.keep(ctx);
            self.show(ctx, Notice::warning(Text::new("notice-other-tab")));
        } else if *self.editor.design != design {
            self.edit(ctx, Message::Open(Rc::new(design), Origin::OtherTab));
            // What has just been read needs not be written.
            self.save_timer = None;
        }
    }

    /// Keeps the open design now, changed or not. False if the browser refuses.
    fn keep(&mut self, ctx: &Context<Self>) -> bool {
        self.save_timer = None;
        let kept = self.library.keep(&self.editor.design);
        self.report_storage(ctx, kept);
        kept.is_ok()
    }

    /// A storage key of another tab's was written.
    pub(super) fn storage_message(key: Option<String>, value: Option<String>) -> Option<Msg> {
        Some(Msg::OtherTab(key?, value?))
    }
}

/// Whether a design is more than an untouched template.
fn is_work(design: &Design) -> bool {
    let untouched =
        |locale| presets::all().iter().any(|(id, _)| template(locale, id).as_ref() == Some(design));
    let is_empty = design.nodes.is_empty() && design.marks.is_empty();
    !is_empty && !Locale::ALL.into_iter().any(untouched)
}

/// `name 2`, or the first number that is free.
fn free_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
    (2_u32..).map(|i| format!("{stem} {i}")).find(|name| !taken(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_no_work_until_they_are_touched() {
        for (id, _) in presets::all() {
            for locale in Locale::ALL {
                let mut design = template(locale, id).unwrap();
                assert!(!is_work(&design), "{id}");
                design.run.seed += 1;
                assert!(is_work(&design), "{id}");
            }
        }
        assert!(!is_work(&Design { name: "New".to_owned(), ..Design::default() }));
        assert_eq!(free_name("Shop", |name| name == "Shop 2"), "Shop 3");
        assert_eq!(free_name("Shop 2", |name| name == "Shop 2"), "Shop 3");
    }
}
