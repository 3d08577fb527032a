//! The dock's icons: 20 by 20, one stroke width, drawn in the text's colour.

use yew::prelude::*;

/// A picture on a button.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Icon {
    Play,
    Pause,
    Restart,
    Skip,
    NextEvent,
    Tour,
    Spike,
    ServerDown,
    Dice,
}

/// The picture. It carries no meaning of its own: buttons have names.
pub(super) fn icon(icon: Icon) -> Html {
    let (outline, filled) = match icon {
        Icon::Play => {
            ("", "M6.5 4.2v11.6a.8.8 0 0 0 1.2.7l9-5.8a.8.8 0 0 0 0-1.4l-9-5.8a.8.8 0 0 0-1.2.7z")
        }
        Icon::Pause => ("", "M5.5 4h3v12h-3zM11.5 4h3v12h-3z"),
        Icon::Restart => ("M4 10a6 6 0 1 0 1.9-4.4L4 7.4M4 3.4v4h4", ""),
        Icon::Skip => ("M15.5 4.5v11", "M4.5 5v10l8-5z"),
        Icon::NextEvent => ("M15 3.5v2.2M15 8.9v2.2M15 14.3v2.2", "M4.5 5v10l8-5z"),
        Icon::Tour => ("M4 4.5h12v8H9l-3.5 3v-3H4z", ""),
        Icon::Spike => ("M2.5 14.5h3.7L10 4l3.8 10.5h3.7", ""),
        Icon::ServerDown => ("M5 3.5h10v5H5zM5 11.5h10v5H5zM3 17.5l14-15", ""),
        Icon::Dice => (
            "M4 4h12v12H4z",
            "M7.2 6a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4zM12.8 11.6a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4zM12.8 6a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4zM7.2 11.6a1.2 1.2 0 1 0 0 2.4 1.2 1.2 0 0 0 0-2.4z",
        ),
    };
    html! {
        <svg class="run-icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
            <path d={outline} fill="none" stroke="currentColor" stroke-width="1.6"
                stroke-linecap="round" stroke-linejoin="round" />
            <path d={filled} fill="currentColor" />
        </svg>
    }
}
