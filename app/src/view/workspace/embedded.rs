//! The drawing and the run in a frame of another page.

use super::{Msg, Workspace};
use crate::editor::Message;
use crate::i18n::text;
use crate::shell::address;
use crate::view::outline::Outline;
use crate::view::run::{RunDock, Tour};
use std::rc::Rc;
use yew::prelude::*;

impl Workspace {
    /// The drawing and the run in a frame of another page.
    pub(super) fn embedded(&self, ctx: &Context<Self>) -> Html {
        let locale = ctx.props().locale;
        let fragment = shared::design::encode(&self.editor.design);
        let href = format!("{}#{fragment}", address::page());
        html! {
            <div class="workspace embedded">
                <h1 class="visually-hidden">{ &self.editor.design.name }</h1>
                { self.stage(ctx) }
                <a class="float embed-link" {href} target="_blank" rel="noopener">
                    { text(locale, "embed-open") }
                </a>
                if !self.embed.hide_dock {
                    <footer class="dock">
                        <RunDock run={ctx.props().run.clone()}
                            design={Rc::clone(&self.editor.design)}
                            on_seed={self.on_seed.clone()} on_keep={self.on_keep.clone()}
                            on_message={None::<Callback<Message>>}/>
                    </footer>
                }
                if self.touring {
                    <Tour run={ctx.props().run.clone()} auto=true
                        on_end={ctx.link().callback(|()| Msg::TourOver)}/>
                }
                <Outline design={Rc::clone(&self.editor.design)}
                    issues={Rc::clone(&self.editor.issues)} {locale}/>
            </div>
        }
    }
}
