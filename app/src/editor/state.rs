//! Everything that the editor knows.

use super::effect::Effect;
use super::geometry::WorldRect;
use super::history::History;
use super::selection::Selection;
use super::tool::{GRID, Tool, ToolContext};
use super::viewport::Viewport;
use shared::design::{Design, Issue, presets, validate};
use std::rc::Rc;

/// The design, and how a person looks at it.
#[derive(Clone, Debug)]
pub struct EditorState {
    /// The drawing. `Rc`, so that views hold it and recognise an unchanged one by its address.
    pub design: Rc<Design>,
    /// What is wrong with it.
    pub issues: Rc<Vec<Issue>>,
    /// What is selected.
    pub selection: Selection,
    /// Which part of it shows.
    pub viewport: Viewport,
    /// What the pointer means.
    pub tool: Tool,
    /// Undo and redo.
    pub history: History,
    /// Whether things come to rest on the grid, which then shows.
    pub grid: bool,
    /// The design as it was when it was opened or last saved to a file or link. A design that differs
    /// from it is work that must not be lost.
    pub(super) baseline: Rc<Design>,
    /// The design that the present one replaced.
    pub(super) shelf: Option<Rc<Design>>,
    /// Whether the design that the next one replaces is kept in the list of designs.
    pub(super) kept_beside: bool,
    /// Whether the address bar names the present design.
    pub(super) fragment_shown: bool,
    /// Whether the next size of the canvas is the first: then the design is fitted into it.
    pub(super) fit_pending: bool,
}

impl EditorState {
    /// An editor with `design` open.
    pub fn new(design: Design) -> Self {
        let design = Rc::new(design);
        Self {
            issues: Rc::new(validate(&design)),
            baseline: Rc::clone(&design),
            design,
            selection: Selection::default(),
            viewport: Viewport::default(),
            tool: Tool::default(),
            history: History::default(),
            grid: true,
            shelf: None,
            kept_beside: false,
            fragment_shown: false,
            fit_pending: true,
        }
    }

    /// An editor with a design that the browser kept. It may be in no file and no link, so it counts
    /// as work, unless it is the story that every page begins with.
    pub fn restored(design: Design) -> Self {
        let baseline = Rc::new(presets::seven_steps());
        Self { baseline, ..Self::new(design) }
    }

    /// Whether the design holds work that is in no file and no link.
    pub fn is_modified(&self) -> bool {
        *self.design != *self.baseline
    }

    /// What the next design replaces is kept: the notice says where.
    pub const fn keep_beside(&mut self) {
        self.kept_beside = true;
    }

    /// The pointer moves the canvas and nothing else.
    pub fn take_hand(&mut self) {
        self.tool = Tool::hand();
    }

    /// Remembers a design that can be brought back, as after a reload.
    pub fn set_shelf(&mut self, design: Design) {
        self.shelf = Some(Rc::new(design));
    }

    /// The design that can be brought back.
    pub const fn shelf(&self) -> Option<&Rc<Design>> {
        self.shelf.as_ref()
    }

    /// The rectangle around all cards and marks.
    pub fn bounds(&self) -> Option<WorldRect> {
        let nodes = self.design.nodes.values().map(|node| WorldRect::of_node(node));
        WorldRect::around(nodes.chain(self.design.marks.values().map(WorldRect::of_mark)))
    }

    /// The rectangle around the selected cards and marks.
    pub(super) fn selection_bounds(&self) -> Option<WorldRect> {
        let nodes = self.selection.nodes.iter().filter_map(|&id| self.design.node(id));
        let marks = self.selection.marks.iter().filter_map(|id| self.design.marks.get(id));
        WorldRect::around(nodes.map(WorldRect::of_node).chain(marks.map(WorldRect::of_mark)))
    }

    /// Moves the view as little as it takes to show the selection.
    pub(super) fn reveal_selection(&mut self) {
        if let Some(bounds) = self.selection_bounds() {
            self.viewport.reveal(&bounds);
        }
    }

    /// Shows the whole design.
    pub(super) fn fit_all(&mut self) {
        if let Some(bounds) = self.bounds() {
            self.viewport.fit(&bounds);
        }
    }

    /// The tool beside everything that it may change.
    pub(super) fn parts<'a>(
        &'a mut self,
        effects: &'a mut Vec<Effect>,
    ) -> (&'a mut Tool, ToolContext<'a>) {
        let Self { design, selection, history, viewport, tool, grid, .. } = self;
        let grid = if *grid { GRID } else { 1 };
        (tool, ToolContext { design, selection, history, viewport, grid, effects })
    }

    /// What must hold after every message.
    ///
    /// # Errors
    ///
    /// Says what does not hold.
    pub fn check(&self) -> Result<(), String> {
        let Self { design, selection, history, tool, .. } = self;
        if let Some(id) = selection.nodes.iter().find(|id| design.node(**id).is_none()) {
            return Err(format!("node {id} is selected but does not exist"));
        }
        if let Some(id) = selection.links.iter().find(|id| !design.links.contains_key(id)) {
            return Err(format!("link {id} is selected but does not exist"));
        }
        if let Some(id) = selection.marks.iter().find(|id| !design.marks.contains_key(id)) {
            return Err(format!("mark {id} is selected but does not exist"));
        }
        for (id, link) in &design.links {
            if design.node(link.from).is_none() || design.node(link.to).is_none() {
                return Err(format!("link {id} has a loose end"));
            }
        }
        if history.in_transaction() && tool.is_idle() {
            return Err("a transaction is open although no gesture goes on".to_owned());
        }
        if *self.issues != validate(design) {
            return Err("the issues are those of another design".to_owned());
        }
        Ok(())
    }
}
