//! The canvas, and what floats above it.

use super::{Workspace, WorkspaceProps};
use crate::editor::glide::Glide;
use crate::run::Status;
use crate::view::canvas::{Canvas, Dots};
use crate::view::floats::Floats;
use crate::view::minimap::Minimap;
use crate::view::same::Same;
use std::rc::Rc;
use yew::prelude::*;

impl Workspace {
    /// Canvas, and what floats above it.
    pub(super) fn stage(&self, ctx: &Context<Self>) -> Html {
        let WorkspaceProps { run, locale, .. } = ctx.props();
        let editor = &self.editor;
        let design = self.glide.as_ref().map_or(&editor.design, Glide::shown);
        // A frame of another design would paint servers that the drawing does not have.
        let frame = run.state.frame.clone().filter(|_| run.state.status.has_begun());
        let frame = frame.map(Same::from);
        let running = run.state.status == Status::Running;
        let empty = editor.design.nodes.is_empty() && editor.design.marks.is_empty();
        let zoom_percent = (editor.viewport.zoom() * 100.0).round() as u32;
        html! {
            <main class="stage">
                <Canvas canvas={self.canvas.clone()} design={Rc::clone(design)}
                    issues={Rc::clone(&editor.issues)} selection={editor.selection.clone()}
                    viewport={editor.viewport} tool={editor.tool.clone()} grid={editor.grid} {frame}
                    {running} locale={*locale} on_message={self.on_message.clone()}
                    on_command={self.on_command.clone()} on_menu={self.on_menu.clone()}
                    on_finger={self.on_finger.clone()}/>
                <Dots design={Rc::clone(design)} viewport={editor.viewport}
                    run={Rc::clone(&run.state)} locale={*locale}/>
                if !self.embed.read_only {
                    <Minimap design={Rc::clone(&editor.design)} viewport={editor.viewport}
                        locale={*locale} on_message={self.on_message.clone()}/>
                    <Floats tool={editor.tool.kind()} grid={editor.grid} {zoom_percent}
                        issues={Rc::clone(&editor.issues)} {empty} mac={self.mac}
                        locale={*locale} on_message={self.on_message.clone()}/>
                }
            </main>
        }
    }
}
