//! Icons, drawn for this page in one style: 20 by 20, lines of 1.5, round ends, the text's colour.

use shared::design::{MarkKind, NodeKind};
use yew::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// A globe: where traffic comes from.
    Source,
    /// One line that becomes three.
    Balancer,
    /// A stack of servers.
    Group,
    /// A database.
    Dependency,
    /// An arrow back.
    Undo,
    /// An arrow forth.
    Redo,
    /// An arrow out of a box.
    Share,
    /// An arrow into a tray.
    Download,
    /// An open folder.
    Open,
    /// A grid of tiles.
    Templates,
    /// A sun and a moon in one disc.
    System,
    /// A sun.
    Light,
    /// A moon.
    Dark,
    /// A question mark.
    Help,
    /// A prompt: something to do by name.
    Command,
    /// Three dots: more to choose.
    More,
    /// A pointer.
    Select,
    /// Two dots and a line.
    Connect,
    /// A hand.
    Hand,
    /// Plus.
    Plus,
    /// Minus.
    Minus,
    /// Four corners.
    Fit,
    /// A cross.
    Close,
    /// A bin.
    Delete,
    /// A sign of warning.
    Warning,
    /// A sign of error.
    Error,
    /// A check mark.
    Done,
    /// Sliders.
    Settings,
    /// A bell.
    Bell,
    /// A sheet with a folded corner.
    Note,
    /// A dashed frame.
    Box,
    /// A closed lock.
    Lock,
    /// An open lock.
    Unlock,
    /// A lens.
    Find,
    /// Dots in rows.
    Grid,
    /// Two sheets.
    Duplicate,
    /// A stack of sheets.
    Designs,
}

impl Icon {
    /// The icon of a kind of node.
    pub(crate) const fn of(kind: NodeKind) -> Self {
        match kind {
            NodeKind::Source => Self::Source,
            NodeKind::Balancer => Self::Balancer,
            NodeKind::Group => Self::Group,
            NodeKind::Dependency => Self::Dependency,
        }
    }

    /// The icon of a kind of mark.
    pub(crate) const fn of_mark(kind: MarkKind) -> Self {
        if kind.is_box() { Self::Box } else { Self::Note }
    }

    /// The lines.
    #[expect(clippy::too_many_lines, reason = "a drawing for each icon")]
    const fn path(self) -> &'static str {
        match self {
            Self::Source => {
                "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM3 10h14M10 3c2 2 3 4.3 3 7s-1 5-3 7M10 3c-2 2-3 \
                 4.3-3 7s1 5 3 7"
            }
            Self::Balancer => {
                "M2.5 10H8M8 10c3 0 2.5-5.5 6-5.5h2.5M8 10h8.5M8 10c3 0 2.5 5.5 6 5.5h2.5M14.8 \
                 2.8l1.9 1.7-1.9 1.7M14.8 8.3l1.9 1.7-1.9 1.7M14.8 13.8l1.9 1.7-1.9 1.7"
            }
            Self::Group => {
                "M3.5 4.5a1 1 0 0 1 1-1h11a1 1 0 0 1 1 1v2.6a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1ZM3.5 \
                 12.9a1 1 0 0 1 1-1h11a1 1 0 0 1 1 1v2.6a1 1 0 0 1-1 1h-11a1 1 0 0 1-1-1ZM6 5.8h.01M6 \
                 14.2h.01M9 5.8h5M9 14.2h5M10 8.1v3.8"
            }
            Self::Dependency => {
                "M4 5.5c0-1.4 2.7-2.5 6-2.5s6 1.1 6 2.5S13.3 8 10 8 4 6.9 4 5.5ZM4 5.5v9c0 1.4 \
                 2.7 2.5 6 2.5s6-1.1 6-2.5v-9M4 10c0 1.4 2.7 2.5 6 2.5s6-1.1 6-2.5"
            }
            Self::Undo => "M7.5 4 4 7.5 7.5 11M4 7.5h7.5a4.5 4.5 0 0 1 0 9H8",
            Self::Redo => "M12.5 4 16 7.5 12.5 11M16 7.5H8.5a4.5 4.5 0 0 0 0 9H12",
            Self::Share => {
                "M10 12V3M6.5 6 10 2.8 13.5 6M4 10v5.5a1.5 1.5 0 0 0 1.5 1.5h9a1.5 1.5 0 0 0 1.5-1.5V10"
            }
            Self::Download => {
                "M10 3v9M6.5 9 10 12.3 13.5 9M3.5 13v2.5A1.5 1.5 0 0 0 5 17h10a1.5 1.5 0 0 0 1.5-1.5V13"
            }
            Self::Open => {
                "M3 15.5v-10A1.5 1.5 0 0 1 4.5 4h3l2 2h6A1.5 1.5 0 0 1 17 7.5V9M3 15.5 5.3 9H18l-2.3 6.5Z"
            }
            Self::Templates => {
                "M3.5 3.5h5.5v5.5H3.5ZM11 3.5h5.5v5.5H11ZM3.5 11h5.5v5.5H3.5ZM11 11h5.5v5.5H11Z"
            }
            Self::System => {
                "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 3v14M10 6h5.7M10 10h7M10 14h5.7"
            }
            Self::Light => {
                "M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10 2v1.5M10 16.5V18M2 10h1.5M16.5 10H18M4.3 4.3l1.1 1.1M14.6 14.6l1.1 1.1M4.3 15.7l1.1-1.1M14.6 5.4l1.1-1.1"
            }
            Self::Dark => "M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5Z",
            Self::Command => "M4.5 5.5 9 10l-4.5 4.5M11 14.5h5",
            Self::More => "M4.5 10h.01M10 10h.01M15.5 10h.01",
            Self::Help => "M7 7.5a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M10 15.8h.01",
            Self::Select => "M5 3.5 15.5 9.5 10.7 11 8.3 15.8Z",
            Self::Connect => {
                "M4.5 13a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM15.5 3a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM6.5 15c6 0 1-10 7-10"
            }
            Self::Hand => {
                "M6.5 10.5v-5a1.2 1.2 0 0 1 2.4 0V9M8.9 9V4.2a1.2 1.2 0 0 1 2.4 0V9M11.3 9V5a1.2 1.2 0 0 1 2.4 0v5M13.7 10V7.5a1.2 1.2 0 0 1 2.4 0V12c0 3-2 5-5 5-2.3 0-3.5-1-4.6-2.8L4 10.9c-.7-1.2.9-2.2 1.8-1.2l1.2 1.5"
            }
            Self::Plus => "M10 4v12M4 10h12",
            Self::Minus => "M4 10h12",
            Self::Fit => {
                "M3.5 7V4.5a1 1 0 0 1 1-1H7M13 3.5h2.5a1 1 0 0 1 1 1V7M16.5 13v2.5a1 1 0 0 1-1 1H13M7 16.5H4.5a1 1 0 0 1-1-1V13"
            }
            Self::Close => "M5 5l10 10M15 5 5 15",
            Self::Delete => "M3.5 5.5h13M8 5.5v-2h4v2M5 5.5l.8 11h8.4l.8-11M8.5 8.5v5M11.5 8.5v5",
            Self::Warning => "M10 3.5 17.5 16.5h-15ZM10 8.5v4M10 14.4h.01",
            Self::Error => "M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM7.5 7.5l5 5M12.5 7.5l-5 5",
            Self::Done => "M4 10.5 8.2 14.7 16 6",
            Self::Settings => "M3 6h7M14 6h3M12 4v4M3 14h3M10 14h7M8 12v4",
            Self::Note => {
                "M4 4.5a1 1 0 0 1 1-1h10a1 1 0 0 1 1 1V12l-4.5 4.5H5a1 1 0 0 1-1-1ZM16 12h-3.5a1 1 0 0 0-1 1v3.5M7 7.5h6M7 10.5h4"
            }
            Self::Box => {
                "M3.5 6V4.5a1 1 0 0 1 1-1H6M8.8 3.5h2.4M14 3.5h1.5a1 1 0 0 1 1 1V6M16.5 8.8v2.4M16.5 14v1.5a1 1 0 0 1-1 1H14M11.2 16.5H8.8M6 16.5H4.5a1 1 0 0 1-1-1V14M3.5 11.2V8.8M6.5 6.5h4"
            }
            Self::Lock => {
                "M5.5 9h9a1 1 0 0 1 1 1v5.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1ZM7 9V6.5a3 3 0 0 1 6 0V9M10 12v1.5"
            }
            Self::Unlock => {
                "M5.5 9h9a1 1 0 0 1 1 1v5.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1ZM7 9V6.5a3 3 0 0 1 5.8-1.1M10 12v1.5"
            }
            Self::Find => "M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM13 13l4 4",
            Self::Duplicate => {
                "M7.5 6.5h8a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-8a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1ZM13.5 6.5v-2a1 1 0 0 0-1-1h-8a1 1 0 0 0-1 1v8a1 1 0 0 0 1 1h2"
            }
            Self::Designs => {
                "M3.5 7 10 3.5 16.5 7 10 10.5ZM3.5 10.5 10 14l6.5-3.5M3.5 13.5 10 17l6.5-3.5"
            }
            Self::Grid => {
                "M5 5h.01M10 5h.01M15 5h.01M5 10h.01M10 10h.01M15 10h.01M5 15h.01M10 15h.01M15 15h.01"
            }
            Self::Bell => {
                "M5.5 8a4.5 4.5 0 0 1 9 0c0 4.5 2 5.5 2 5.5h-13s2-1 2-5.5M8.5 16.3a1.6 1.6 0 0 0 3 0"
            }
        }
    }

    /// The icon in running text or in a button.
    pub(crate) fn view(self) -> Html {
        html! {
            <svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
                <path d={self.path()}/>
            </svg>
        }
    }

    /// The icon within the drawing, with its top left corner at a place.
    pub(crate) fn draw(self, x: f64, y: f64, size: f64) -> Html {
        let [x, y, size] = [x, y, size].map(|length| length.to_string());
        html! {
            <svg class="icon" {x} {y} width={size.clone()} height={size} viewBox="0 0 20 20" aria-hidden="true">
                <path d={self.path()}/>
            </svg>
        }
    }
}
