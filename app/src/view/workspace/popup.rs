//! What covers the page.

use super::{Msg, Popup, Workspace};
use crate::run::faults_of;
use crate::shell::address;
use crate::view::code::Code;
use crate::view::commands::{Commands, additions, commands, places};
use crate::view::context_menu::{ContextMenu, offered};
use crate::view::designs::Designs;
use crate::view::gallery::Gallery;
use crate::view::help::Help;
use crate::view::replace::ReplaceSheet;
use crate::view::share::Share;
use std::rc::Rc;
use yew::prelude::*;

impl Workspace {
    /// What covers the page, if anything does. The list of keys is always there, so that something
    /// stands in this place.
    pub(super) fn popup(&self, ctx: &Context<Self>) -> Html {
        let locale = ctx.props().locale;
        let on_close = self.on_close.clone();
        let on_choose = ctx.link().callback(Msg::Chosen);
        let mac = self.mac;
        let over = match &self.popup {
            Popup::None | Popup::Help => html! { <div key="none" hidden=true/> },
            Popup::Commands | Popup::Find | Popup::QuickAdd(_) => {
                let (title, commands) = match self.popup {
                    Popup::QuickAdd(at) => ("action-quick-add", additions(at, locale)),
                    Popup::Find => ("action-find", places(&self.editor, locale)),
                    _ => ("action-commands", commands(&self.editor, locale, mac)),
                };
                html! {
                    <Commands key={title} {title} {commands} {locale} {on_choose}
                        on_close={&on_close}/>
                }
            }
            Popup::Context(at) => {
                let actions = offered(&self.editor);
                let run = &ctx.props().run;
                let faults = match &run.state.design {
                    Some(design) if run.state.takes_commands() => {
                        faults_of(design, &self.editor.selection)
                    }
                    _ => Vec::new(),
                };
                let on_fault = ctx.link().callback(Msg::Fault);
                html! {
                    <ContextMenu key="context" at={*at} {actions} {faults} {mac} {locale} {on_choose}
                        {on_fault} on_close={&on_close}/>
                }
            }
            Popup::Code(url) => {
                html! { <Code key="code" url={url.clone()} {locale} on_close={&on_close}/> }
            }
            Popup::Share(fragment) => html! {
                <Share key="share" page={address::page()} fragment={fragment.clone()}
                    name={self.editor.design.name.clone()} {locale} on_close={&on_close}/>
            },
            Popup::Replace(design, ..) => html! {
                <ReplaceSheet key="replace" before={Rc::clone(&self.editor.design)}
                    design={Rc::clone(design)} {locale}
                    on_answer={ctx.link().callback(Msg::Replace)}/>
            },
            Popup::Templates => {
                html! { <Gallery key="templates" {locale} {on_choose} on_close={&on_close}/> }
            }
            Popup::Designs => {
                let (entries, open) = self.library.list();
                let on_deed = ctx.link().callback(Msg::Deed);
                html! {
                    <Designs key="designs" {entries} {open} {locale} {on_deed}
                        on_close={&on_close}/>
                }
            }
        };
        html! {
            <div class="popups">
                <Help open={self.popup == Popup::Help} {mac} {locale} on_close={&on_close}/>
                { over }
            </div>
        }
    }
}
