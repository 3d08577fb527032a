//! The one component with a state that matters: it owns the editor.
//!
//! Events become messages, messages change the editor, the editor's effects are carried out here,
//! and everything below is painted from what results.

mod designs;
mod effects;
mod embedded;
mod listeners;
mod popup;
mod stage;
mod start;

use super::bar::Bar;
use super::designs::Deed;
use super::floats::IssueBadge;
use super::icons::Icon;
use super::inspector::Inspector;
use super::outline::Outline;
use super::palette::Palette;
use super::replace::Replace;
use super::run::RunDock;
use super::toasts::{Toast, Toasts};
use crate::editor::actions::ActionId;
use crate::editor::embed::Embed;
use crate::editor::geometry::{ScreenPoint, WorldPoint};
use crate::editor::glide::Glide;
use crate::editor::notice::{Notice, Offer};
use crate::editor::tool::{Phase, PointerEvent as CanvasPointer, Touch, Touches};
use crate::editor::{EditorState, FocusTarget, Message, Origin, update};
use crate::i18n::{Locale, text};
use crate::run::{RunAction, RunHandle};
use crate::shell::library::{Library, Removed};
use crate::shell::prefs::Theme;
use crate::shell::{Animation, address, crash, focus, window};
use gloo_events::EventListener;
use gloo_timers::callback::Timeout;
use shared::design::{Design, Fault};
use shared::sim::Command;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{Element, File, ResizeObserver};
use yew::prelude::*;

/// What the workspace is given.
#[derive(Clone, Debug, PartialEq, Properties)]
pub(crate) struct WorkspaceProps {
    /// The run.
    pub(crate) run: RunHandle,
    /// The page's language.
    pub(crate) locale: Locale,
    /// The page's look.
    pub(crate) theme: Theme,
    /// Another language is wanted.
    pub(crate) on_locale: Callback<Locale>,
    /// Another look is wanted.
    pub(crate) on_theme: Callback<Theme>,
}

/// What happens to the workspace.
#[derive(Debug)]
pub(crate) enum Msg {
    /// Something for the editor.
    Editor(Message),
    /// A pointer moved or came up anywhere in the window.
    Gesture(CanvasPointer),
    /// A finger came down on the canvas, moved or came up.
    Finger(i32, CanvasPointer),
    /// The browser took the fingers for itself.
    FingersGone,
    /// The canvas may have another size.
    Measure,
    /// It is time to keep the design.
    SaveNow,
    /// A file was chosen.
    FileChosen,
    /// A file was dropped or pasted.
    FileGiven(File),
    /// A file was read; `None` if it could not be.
    FileRead(Option<Vec<u8>>),
    /// A picture was painted; `None` if the browser refused.
    Painted(String, Option<Vec<u8>>),
    /// Something is to be done with the designs that are kept.
    Deed(Deed),
    /// The answer to whether a design may replace one that is kept nowhere.
    Replace(Replace),
    /// Another tab wrote a value under a key of the storage.
    OtherTab(String, String),
    /// Show a notice.
    Show(Notice),
    /// A notice was dismissed or had its time.
    Dismiss(u32),
    /// A notice's offer was taken.
    Offer(u32, Offer),
    /// A menu was asked for at a point of the window and of the canvas.
    AskMenu((i32, i32), ScreenPoint),
    /// Something was chosen in a dialog or menu, which closes.
    Chosen(Message),
    /// Something is to be done to the run.
    Command(Command),
    /// A fault was chosen in a menu, which closes.
    Fault(Command),
    /// The dialog or menu that is open shall close.
    ClosePopup,
    /// The inspector's sheet of narrow windows opens or closes.
    ToggleSheet,
    /// The tour of a frame in another page has ended.
    TourOver,
    /// A picture is about to be painted at this time, milliseconds.
    Paint(f64),
}

/// What covers the page. One at a time.
#[derive(Clone, Debug, Default, PartialEq)]
enum Popup {
    /// Nothing.
    #[default]
    None,
    /// The list of keys.
    Help,
    /// The list of commands.
    Commands,
    /// The list of nodes, to go to one.
    Find,
    /// What can be added at a point of the drawing.
    QuickAdd(WorldPoint),
    /// The menu at a point of the window.
    Context((i32, i32)),
    /// This link as a code.
    Code(String),
    /// The link with this fragment, and other ways to pass the design on.
    Share(String),
    /// The templates.
    Templates,
    /// The designs that are kept.
    Designs,
    /// Whether this design, which comes from there and may have a place in the list, may replace one
    /// that is kept nowhere.
    Replace(Rc<Design>, Origin, Option<u32>),
}

/// The component.
pub(crate) struct Workspace {
    editor: EditorState,
    /// The design without the gesture that goes on. What does not show places, such as settings and
    /// words, is made of this one: it rests while something is dragged.
    settled: Rc<Design>,
    toasts: Vec<Toast>,
    next_toast: u32,
    popup: Popup,
    sheet_open: bool,
    touches: Touches,
    announcement: String,
    storage_warned: bool,
    library: Library,
    /// What was deleted from the list last.
    removed: Option<Removed>,
    embed: Embed,
    /// The tour of a frame in another page goes on.
    touring: bool,
    save_timer: Option<Timeout>,
    /// Nodes on their way to where they were put in order.
    glide: Option<Glide>,
    animation: Animation,
    /// Where the focus goes after the next paint, when the target exists.
    focus_next: Option<FocusTarget>,
    mac: bool,
    canvas: NodeRef,
    file_input: NodeRef,
    /// Dropping them ends the listening.
    listeners: Vec<EventListener>,
    observer: Option<(ResizeObserver, Closure<dyn Fn()>)>,
    // Made once: a new callback at each view would count as a change in everything that has it.
    on_message: Callback<Message>,
    on_command: Callback<Command>,
    on_close: Callback<()>,
    on_menu: Callback<((i32, i32), ScreenPoint)>,
    on_finger: Callback<(i32, CanvasPointer)>,
    on_seed: Callback<u64>,
    on_keep: Callback<Vec<Fault>>,
    on_dismiss: Callback<u32>,
    on_offer: Callback<(u32, Offer)>,
}

impl Component for Workspace {
    type Message = Msg;
    type Properties = WorkspaceProps;

    fn create(ctx: &Context<Self>) -> Self {
        let embed = Embed::from_query(&address::query());
        let mut library = Library::load();
        let (editor, first) = start::start(ctx.props().locale, &mut library, embed);
        crash::remember(&editor.design);
        ctx.props().run.send.emit(RunAction::Load(Rc::clone(&editor.design)));
        let platform = window().and_then(|window| window.navigator().platform().ok());
        let on_message = ctx.link().callback(Msg::Editor);
        for message in first {
            on_message.emit(message);
        }
        if embed.autorun && !embed.tour {
            // After the design of the address has come.
            let play = ctx.props().run.send.reform(|()| RunAction::Play);
            Timeout::new(0, move || play.emit(())).forget();
        }
        Self {
            settled: Rc::clone(&editor.design),
            editor,
            toasts: Vec::new(),
            next_toast: 0,
            popup: Popup::None,
            sheet_open: false,
            touches: Touches::default(),
            announcement: String::new(),
            storage_warned: false,
            library,
            removed: None,
            embed,
            touring: embed.read_only && embed.tour,
            save_timer: None,
            glide: None,
            animation: {
                let link = ctx.link().clone();
                // Asked anew for each picture.
                Animation::new(move |now_ms| {
                    link.send_message(Msg::Paint(now_ms));
                    false
                })
            },
            focus_next: None,
            mac: platform.is_some_and(|platform| platform.starts_with("Mac")),
            canvas: NodeRef::default(),
            file_input: NodeRef::default(),
            listeners: Vec::new(),
            observer: None,
            on_command: ctx.link().callback(Msg::Command),
            on_close: ctx.link().callback(|()| Msg::ClosePopup),
            on_menu: ctx.link().callback(|(at, point)| Msg::AskMenu(at, point)),
            on_finger: ctx.link().callback(|(finger, event)| Msg::Finger(finger, event)),
            on_seed: on_message.reform(Message::SetSeed),
            on_keep: on_message.reform(Message::KeepFaults),
            on_dismiss: ctx.link().callback(Msg::Dismiss),
            on_offer: ctx.link().callback(|(id, offer)| Msg::Offer(id, offer)),
            on_message,
        }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Editor(message) => self.edit(ctx, message),
            // While no gesture goes on, moves mean nothing.
            Msg::Gesture(_) if self.editor.tool.is_idle() => return false,
            Msg::Gesture(event) => self.edit(ctx, Message::Pointer(event)),
            Msg::Finger(finger, event) => return self.finger(ctx, finger, event),
            Msg::FingersGone => {
                self.touches = Touches::default();
                self.edit(ctx, Message::Cancel);
            }
            Msg::Measure => {
                let Some(canvas) = self.canvas.cast::<Element>() else { return false };
                let rect = canvas.get_bounding_client_rect();
                self.edit(ctx, Message::Resized { width: rect.width(), height: rect.height() });
            }
            Msg::SaveNow => self.save_now(ctx),
            Msg::FileChosen => self.read_file(ctx),
            Msg::FileGiven(file) => self.read_given(ctx, &file),
            Msg::FileRead(file) => self.open_file(ctx, file.as_deref()),
            Msg::Painted(file_name, file) => self.offer_picture(ctx, &file_name, file.as_deref()),
            Msg::Deed(deed) => self.deed(ctx, deed),
            Msg::Replace(answer) => self.replace(ctx, answer),
            Msg::OtherTab(key, text) => {
                if self.embed.read_only || !self.library.is_open(&key) {
                    return false;
                }
                self.other_tab(ctx, &text);
            }
            Msg::Show(notice) => self.show(ctx, notice),
            Msg::Dismiss(id) => self.toasts.retain(|toast| toast.id != id),
            Msg::Offer(id, Offer::BringBack) => {
                self.toasts.retain(|toast| toast.id != id);
                self.edit(ctx, Message::BringBack);
            }
            Msg::Offer(id, Offer::Undelete) => {
                self.toasts.retain(|toast| toast.id != id);
                self.undelete(ctx);
            }
            Msg::AskMenu(..) if self.embed.read_only => return false,
            Msg::AskMenu(at, point) => {
                self.edit(ctx, Message::PointAt(point));
                self.popup = Popup::Context(at);
            }
            Msg::Chosen(message) => {
                self.close_popup();
                self.edit(ctx, message);
            }
            Msg::Command(command) => {
                ctx.props().run.send.emit(RunAction::Command(command));
                return false;
            }
            Msg::Fault(command) => {
                self.close_popup();
                ctx.props().run.send.emit(RunAction::Command(command));
            }
            // A menu also closes because the focus went elsewhere: it stays there.
            Msg::ClosePopup if self.popup == Popup::None => return false,
            Msg::ClosePopup => self.close_popup(),
            Msg::ToggleSheet => self.sheet_open = !self.sheet_open,
            Msg::TourOver => self.touring = false,
            Msg::Paint(now_ms) => {
                let Some(glide) = &mut self.glide else { return false };
                if glide.pass(now_ms) {
                    self.animation.wake();
                } else {
                    self.glide = None;
                }
            }
        }
        true
    }

    fn rendered(&mut self, ctx: &Context<Self>, first_render: bool) {
        if first_render {
            self.listeners = listeners::listen(ctx.link(), &self.canvas);
            self.observe_size(ctx);
            ctx.link().send_message(Msg::Measure);
        }
        if let Some(target) = self.focus_next.take() {
            focus::move_to(target);
        }
    }

    fn destroy(&mut self, _ctx: &Context<Self>) {
        if let Some((observer, _)) = &self.observer {
            observer.disconnect();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        if self.embed.read_only {
            return self.embedded(ctx);
        }
        let WorkspaceProps { locale, theme, on_locale, on_theme, .. } = ctx.props();
        let locale = *locale;
        let editor = &self.editor;
        let on_message = &self.on_message;
        html! {
            <div class="workspace">
                <Bar name={editor.design.name.clone()} can_undo={editor.history.can_undo()}
                    can_redo={editor.history.can_redo()} mac={self.mac} {locale} theme={*theme}
                    on_message={on_message.clone()} on_locale={on_locale.clone()}
                    on_theme={on_theme.clone()}/>
                <Palette {locale} on_message={on_message.clone()}/>
                { self.stage(ctx) }
                { self.side(ctx) }
                <footer class="dock">
                    <RunDock run={ctx.props().run.clone()} design={Rc::clone(&self.settled)}
                        on_seed={self.on_seed.clone()} on_keep={self.on_keep.clone()}
                        on_message={on_message.clone()}/>
                </footer>
                <Outline design={Rc::clone(&self.settled)} issues={Rc::clone(&editor.issues)}
                    {locale}/>
                <Toasts toasts={self.toasts.clone()} {locale}
                    on_dismiss={self.on_dismiss.clone()} on_offer={self.on_offer.clone()}/>
                { self.popup(ctx) }
                <div class="visually-hidden" aria-live="polite">{ &self.announcement }</div>
                <input ref={self.file_input.clone()} id="file-input" type="file" hidden=true
                    accept=".json,.svg,.png,application/json,image/svg+xml,image/png"
                    onchange={ctx.link().callback(|_: Event| Msg::FileChosen)}/>
            </div>
        }
    }
}

/// Whether a message changes only what is seen, so that it may come in a frame of another page.
fn looks_only(message: &Message) -> bool {
    match message {
        Message::Act(id) => matches!(
            id,
            ActionId::ZoomIn | ActionId::ZoomOut | ActionId::ZoomReset | ActionId::FitAll
        ),
        Message::Pointer(_)
        | Message::Cancel
        | Message::Wheel { .. }
        | Message::Pinch { .. }
        | Message::HoldSpace(_)
        | Message::Resized { .. }
        | Message::LookAt(_)
        | Message::FocusItem(_)
        | Message::SetSeed(_)
        | Message::Open(_, Origin::Link) => true,
        _ => false,
    }
}

impl Workspace {
    fn close_popup(&mut self) {
        self.popup = Popup::None;
        self.focus_next = Some(FocusTarget::Canvas);
    }

    /// One finger is a pointer, two move and zoom the canvas.
    fn finger(&mut self, ctx: &Context<Self>, finger: i32, event: CanvasPointer) -> bool {
        let message = match self.touches.on(finger, event.phase, event.at) {
            // While no gesture goes on, moves mean nothing.
            Touch::Pointer
                if self.editor.tool.is_idle() && !matches!(event.phase, Phase::Down(_)) =>
            {
                return false;
            }
            Touch::Pointer => Message::Pointer(event),
            Touch::PinchBegins => Message::Cancel,
            Touch::Pinch { from, to, factor } => Message::Pinch { from, to, factor },
            Touch::Nothing => return false,
        };
        self.edit(ctx, message);
        true
    }

    /// Tells the editor, carries its effects out, and tells the run of another design.
    fn edit(&mut self, ctx: &Context<Self>, message: Message) {
        if self.embed.read_only && !looks_only(&message) {
            return;
        }
        if self.make_room(ctx, &message) {
            self.change(ctx, message);
        }
    }

    fn change(&mut self, ctx: &Context<Self>, message: Message) {
        // Whatever is done next finds everything in its place.
        self.glide = None;
        for effect in update(&mut self.editor, message) {
            self.perform(ctx, effect);
        }
        // A gesture moves things and nothing else until it ends: the run need not know before.
        if self.editor.tool.is_idle() && !Rc::ptr_eq(&self.settled, &self.editor.design) {
            self.settled = Rc::clone(&self.editor.design);
            ctx.props().run.send.emit(RunAction::Load(Rc::clone(&self.settled)));
        }
    }

    /// The canvas is measured whenever its size changes.
    fn observe_size(&mut self, ctx: &Context<Self>) {
        let link = ctx.link().clone();
        let changed = Closure::<dyn Fn()>::new(move || link.send_message(Msg::Measure));
        let observer = ResizeObserver::new(changed.as_ref().unchecked_ref()).ok();
        if let (Some(observer), Some(canvas)) = (observer, self.canvas.cast::<Element>()) {
            observer.observe(&canvas);
            self.observer = Some((observer, changed));
        }
    }

    /// The inspector; in narrow windows a sheet with a handle.
    fn side(&self, ctx: &Context<Self>) -> Html {
        let locale = ctx.props().locale;
        let editor = &self.editor;
        let onclick = ctx.link().callback(|_: MouseEvent| Msg::ToggleSheet);
        html! {
            <aside id="inspector" class={classes!("inspector", self.sheet_open.then_some("open"))}
                aria-label={text(locale, "inspector-label")}>
                <button type="button" class="sheet-handle" aria-expanded={self.sheet_open.to_string()}
                    {onclick}>
                    { Icon::Settings.view() }
                    { text(locale, "inspector-label") }
                    <IssueBadge issues={Rc::clone(&editor.issues)} {locale}/>
                </button>
                <Inspector design={Rc::clone(&self.settled)} issues={Rc::clone(&editor.issues)}
                    selection={editor.selection.clone()} {locale}
                    on_message={self.on_message.clone()}/>
            </aside>
        }
    }
}
