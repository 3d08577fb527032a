//! Carries the editor's effects out.

use super::{Msg, Popup, Workspace};
use crate::editor::export::{OpenError, design_in, picture};
use crate::editor::glide::Glide;
use crate::editor::notice::{Notice, Text, Tone};
use crate::editor::{Effect, Message, Origin};
use crate::shell::storage::{self, Slot, StorageError};
use crate::shell::{self, address, clipboard, crash, files};
use crate::view::canvas::design_line;
use crate::view::toasts::Toast;
use crate::view::words::say;
use gloo_timers::callback::Timeout;
use shared::design::{Design, Node, to_json};
use std::rc::Rc;
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

/// From a change to its place in the browser's storage, milliseconds.
const SAVE_DELAY_MS: u32 = 300;
/// How long a notice stays that says all is well, milliseconds.
const TOAST_MS: u32 = 6_000;
/// More notices at once hide the drawing; the oldest leaves.
const TOASTS_MAX: usize = 4;
/// Longer links are cut or become attachments in chat programs (Discord: 2,000 characters).
const CHAT_CHARS: usize = 2_000;

impl Workspace {
    /// Carries one effect out.
    pub(super) fn perform(&mut self, ctx: &Context<Self>, effect: Effect) {
        match effect {
            Effect::Save(_) if self.embed.read_only => {}
            Effect::Save(design) => self.save_soon(ctx, &design),
            Effect::Shelve(design) => {
                let kept = storage::save_design(Slot::Shelf, &design);
                self.report_storage(ctx, kept);
            }
            Effect::CopyText { text, done } => copy(ctx, &text, done, "notice-copy-failed"),
            Effect::ShareLink { fragment } => {
                share(ctx, &fragment);
                self.popup = Popup::Share(fragment);
            }
            Effect::ShowDesigns => {
                self.save_now(ctx);
                self.popup = Popup::Designs;
            }
            Effect::ShowTemplates => self.popup = Popup::Templates,
            Effect::DownloadPng { file_name, design } => {
                let locale = ctx.props().locale;
                let note = |node: &Node| design_line(&node.settings, &design.run, locale);
                let svg = picture(&design, note);
                let link = ctx.link().clone();
                let painted = move |file| link.send_message(Msg::Painted(file_name, file));
                shell::picture::png(&svg, to_json(&design), painted);
            }
            Effect::ClearFragment => address::clear_fragment(),
            Effect::Download { file_name, text } => {
                self.download(ctx, &file_name, "application/json", &text);
            }
            Effect::PickFile => {
                if let Some(input) = self.file_input.cast::<HtmlInputElement>() {
                    input.click();
                }
            }
            Effect::DownloadPicture { file_name, design } => {
                let locale = ctx.props().locale;
                let note = |node: &Node| design_line(&node.settings, &design.run, locale);
                self.download(ctx, &file_name, "image/svg+xml", &picture(&design, note));
            }
            Effect::ShowCode { fragment } => {
                self.popup = Popup::Code(address::with_fragment(&fragment));
            }
            Effect::ToggleCommands => self.toggle(Popup::Commands),
            Effect::ToggleFind => self.toggle(Popup::Find),
            Effect::QuickAdd(at) => self.popup = Popup::QuickAdd(at),
            Effect::ToggleHelp => self.toggle(Popup::Help),
            Effect::Focus(target) => {
                self.sheet_open |= target == crate::editor::FocusTarget::Inspector;
                self.focus_next = Some(target);
            }
            Effect::Glide(before) => {
                if !shell::prefers_no_motion() {
                    self.glide = Glide::new(before, Rc::clone(&self.editor.design));
                    self.animation.wake();
                }
            }
            Effect::Announce(text) => self.announcement = say(ctx.props().locale, &text),
            Effect::Show(notice) => self.show(ctx, notice),
        }
    }

    fn toggle(&mut self, popup: Popup) {
        self.popup = if self.popup == popup { Popup::None } else { popup };
    }

    fn download(&mut self, ctx: &Context<Self>, file_name: &str, media_type: &str, text: &str) {
        if files::download(file_name, media_type, text).is_err() {
            self.show(ctx, Notice::error(Text::new("notice-download-failed")));
        }
    }

    /// Shows a notice; one that says all is well leaves by itself.
    pub(super) fn show(&mut self, ctx: &Context<Self>, notice: Notice) {
        // The same words twice in a row are one notice; and one thing at a time can be brought back.
        self.toasts.retain(|toast| {
            let same_offer = notice.offer.is_some() && toast.notice.offer == notice.offer;
            toast.notice.text != notice.text && !same_offer
        });
        let id = self.next_toast;
        self.next_toast = self.next_toast.wrapping_add(1);
        if !matches!(notice.tone, Tone::Error | Tone::ToRead) && notice.offer.is_none() {
            let link = ctx.link().clone();
            Timeout::new(TOAST_MS, move || link.send_message(Msg::Dismiss(id))).forget();
        }
        self.toasts.push(Toast { id, notice });
        if self.toasts.len() > TOASTS_MAX {
            self.toasts.remove(0);
        }
    }

    /// Keeps the design when nothing has changed for a moment.
    fn save_soon(&mut self, ctx: &Context<Self>, design: &Rc<Design>) {
        crash::remember(design);
        let link = ctx.link().clone();
        // The timer before is cancelled by being dropped.
        self.save_timer =
            Some(Timeout::new(SAVE_DELAY_MS, move || link.send_message(Msg::SaveNow)));
    }

    /// Keeps the design now, if it has changed since it was kept.
    pub(super) fn save_now(&mut self, ctx: &Context<Self>) {
        if self.save_timer.take().is_some() {
            let kept = self.library.keep(&self.editor.design);
            self.report_storage(ctx, kept);
        }
    }

    /// Says once that the browser keeps nothing; and again after it did.
    pub(super) fn report_storage(&mut self, ctx: &Context<Self>, kept: Result<(), StorageError>) {
        let key = match kept {
            Ok(()) => {
                self.storage_warned = false;
                return;
            }
            Err(_) if self.storage_warned => return,
            Err(StorageError::Denied) => "notice-storage-denied",
            Err(StorageError::Full) => "notice-storage-full",
        };
        self.storage_warned = true;
        self.show(ctx, Notice::error(Text::new(key)));
    }

    /// A file was chosen.
    pub(super) fn read_file(&self, ctx: &Context<Self>) {
        let Some(input) = self.file_input.cast::<HtmlInputElement>() else { return };
        let Some(file) = input.files().and_then(|files| files.get(0)) else { return };
        // So that the same file can be chosen again.
        input.set_value("");
        self.read_given(ctx, &file);
    }

    /// A file was chosen, dropped or pasted.
    pub(super) fn read_given(&self, ctx: &Context<Self>, file: &File) {
        let link = ctx.link().clone();
        files::read(file, move |file| link.send_message(Msg::FileRead(file)));
    }

    /// A file was read.
    pub(super) fn open_file(&mut self, ctx: &Context<Self>, file: Option<&[u8]>) {
        let message = match file.map(design_in) {
            Some(Ok(design)) => Message::Open(Rc::new(design), Origin::File),
            Some(Err(error)) => Message::BrokenFile(error),
            None => Message::BrokenFile(OpenError::NotText),
        };
        self.edit(ctx, message);
    }

    /// A picture was painted.
    pub(super) fn offer_picture(
        &mut self,
        ctx: &Context<Self>,
        file_name: &str,
        file: Option<&[u8]>,
    ) {
        let offered = file.map(|file| files::download_bytes(file_name, "image/png", file));
        if !matches!(offered, Some(Ok(()))) {
            self.show(ctx, Notice::error(Text::new("notice-picture-failed")));
        }
    }
}

fn copy(ctx: &Context<Workspace>, text: &str, done: Notice, failed: &'static str) {
    let link = ctx.link().clone();
    clipboard::copy(text, move |copied| {
        let notice = if copied { done } else { Notice::warning(Text::new(failed)) };
        link.send_message(Msg::Show(notice));
    });
}

/// Shows the link in the address bar, copies it and says how long it is.
fn share(ctx: &Context<Workspace>, fragment: &str) {
    address::show_fragment(fragment);
    let url = address::with_fragment(fragment);
    let chars = url.chars().count();
    let key = if chars <= CHAT_CHARS { "notice-link-copied" } else { "notice-link-copied-long" };
    let done = Notice::done(Text::new(key).with("chars", chars));
    copy(ctx, &url, done, "notice-link-not-copied");
}
