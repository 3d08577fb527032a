//! Single requests: why they go where they go, and where their time goes.

mod trace;
mod waterfall;
mod why;
mod words;

use crate::i18n::{self, use_locale};
use crate::run::{RunAction, RunHandle};
use shared::design::Design;
use shared::sim::Server;
use trace::Tracing;
use why::Why;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct RequestsProps {
    pub(super) run: RunHandle,
}

/// Both panels. Requests are followed from the moment that this is first looked at: nobody pays for
/// it before.
#[component]
pub(super) fn Requests(props: &RequestsProps) -> Html {
    let locale = use_locale();
    let run = &props.run;
    use_effect_with((), {
        let (send, tracing) = (run.send.clone(), run.state.tracing);
        move |()| {
            if !tracing {
                send.emit(RunAction::Trace(true));
            }
        }
    });
    html! {
        <section class="requests" aria-label={i18n::text(locale, "run-tab-requests")}>
            <Why run={run.clone()} />
            <Tracing run={run.clone()} />
        </section>
    }
}

/// A server by its name in the drawing.
fn server_name(design: &Design, server: Server) -> String {
    let node = design.node(server.node).map(|node| node.name.clone()).unwrap_or_default();
    match server.instance {
        Some(instance) => format!("{node} {instance}"),
        None => node,
    }
}
