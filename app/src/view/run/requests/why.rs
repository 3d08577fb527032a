//! Why this server? What a balancer would decide for the next request, and what it looks at.

use super::super::term::{Defined, Term};
use super::{server_name, words};
use crate::i18n::{self, Locale, units, use_locale};
use crate::run::{RunAction, RunHandle};
use shared::balance::explain::{Considered, Rule, Standing};
use shared::design::{Design, NodeKind};
use shared::id::NodeId;
use shared::sim::Decision;
use web_sys::HtmlSelectElement;
use yew::prelude::*;

#[derive(Clone, PartialEq, Properties)]
pub(super) struct WhyProps {
    pub(super) run: RunHandle,
}

/// Asks a balancer of the run, and shows what it says.
#[component]
pub(super) fn Why(props: &WhyProps) -> Html {
    let locale = use_locale();
    let state = &props.run.state;
    let chosen = use_state_eq(|| None::<NodeId>);
    // Made once for each answer, not once for each frame.
    let asked = (state.decision.clone(), state.design.clone(), locale);
    let answer = use_memo(asked, |(asked, design, locale)| {
        let (asked, design) = (asked.as_deref()?, design.as_deref()?);
        Some(decision(*locale, design, asked))
    });
    let Some(design) = state.design.as_deref() else { return Html::default() };
    let balancers = balancers(design);
    let is_there = |id: &NodeId| balancers.iter().any(|(other, _)| other == id);
    let Some(balancer) = chosen.filter(is_there).or_else(|| balancers.first().map(|(id, _)| *id))
    else {
        return html! {
            <section class="why">
                <h2>{ i18n::text(locale, "why-title") }</h2>
                <p class="requests-note">{ i18n::text(locale, "why-no-balancer") }</p>
            </section>
        };
    };
    let onchange = {
        let (chosen, ids) = (chosen.setter(), balancers.iter().map(|(id, _)| *id));
        let ids: Vec<NodeId> = ids.collect();
        Callback::from(move |event: Event| {
            let select: HtmlSelectElement = event.target_unchecked_into();
            let index = usize::try_from(select.selected_index()).ok();
            chosen.set(index.and_then(|index| ids.get(index).copied()));
        })
    };
    let onclick = props.run.send.reform(move |_: MouseEvent| RunAction::Explain(balancer));
    let choices = balancers.iter().map(|(id, name)| {
        html! { <option key={id.0} selected={*id == balancer}>{ name.clone() }</option> }
    });
    html! {
        <section class="why" aria-labelledby="why-title">
            <h2 id="why-title">{ i18n::text(locale, "why-title") }</h2>
            if answer.is_none() {
                <p class="requests-note">{ i18n::text(locale, "why-note") }</p>
            }
            <div class="requests-tools">
                if balancers.len() > 1 {
                    <select aria-label={i18n::text(locale, "why-balancer")} {onchange}>
                        { for choices }
                    </select>
                }
                <button type="button" data-action="explain" disabled={!state.takes_commands()
                    && !state.status.has_begun()} {onclick}>
                    { i18n::text(locale, "why-ask") }
                </button>
            </div>
            <div aria-live="polite">
                { (*answer).clone() }
            </div>
        </section>
    }
}

/// Every balancer of a design with its name.
fn balancers(design: &Design) -> Vec<(NodeId, String)> {
    let nodes = design.nodes.iter();
    let balancers = nodes.filter(|(_, node)| node.settings.kind() == NodeKind::Balancer);
    balancers.map(|(id, node)| (*id, node.name.clone())).collect()
}

/// What a balancer decides, the rule in a sentence, and everybody whom it looked at.
pub(super) fn decision(locale: Locale, design: &Design, decision: &Decision) -> Html {
    let say = |key: &str| i18n::text(locale, key);
    let rule = decision.explanation.rule;
    let chosen = decision.chosen();
    let name = |id: NodeId| design.node(id).map(|node| node.name.clone()).unwrap_or_default();
    let args = [
        ("clock", units::clock(design.run.starts_at_s, decision.at).into()),
        ("balancer", name(decision.balancer).into()),
        ("source", name(decision.source).into()),
        ("number", units::grouped(decision.number).into()),
        ("server", chosen.map(|it| server_name(design, it)).unwrap_or_default().into()),
    ];
    let answer = match decision.explanation.choice {
        Ok(_) => i18n::format(locale, "why-answer", &args),
        Err(why) => {
            let reason = say(words::unavailable(why));
            format!("{} {reason}", i18n::format(locale, "why-nobody", &args))
        }
    };
    let client = decision
        .client
        .map(|client| i18n::format(locale, "why-client", &[("client", client.to_string().into())]));
    let title = say(words::value(rule).unwrap_or("why-value-none"));
    let rows = decision.considered().map(|(server, seen)| {
        row(locale, server_name(design, server), seen, rule, chosen == Some(server))
    });
    html! {
        <div class="decision">
            <p class="why-answer"><b>{ answer }</b>{ " " }{ client }</p>
            <p class="why-rule">
                { say(words::rule(rule)) }{ " " }
                { words::course(decision.explanation.course).map(say) }
            </p>
            <div class="requests-table" tabindex="0" role="region" aria-label={say("why-table")}>
                <table>
                    <thead><tr>
                        <th scope="col">{ say("why-server") }</th>
                        <th scope="col">{ say("why-standing") }</th>
                        <th scope="col">
                            <Defined term={Term::InFlight} word={say("why-in-flight")} place="why" />
                        </th>
                        <th scope="col">
                            <Defined term={Term::Weight} word={say("why-weight")} place="why" />
                        </th>
                        if words::value(rule).is_some() { <th scope="col">{ title }</th> }
                    </tr></thead>
                    <tbody>{ for rows }</tbody>
                </table>
            </div>
        </div>
    }
}

/// One server as the balancer saw it.
fn row(locale: Locale, name: String, seen: &Considered, rule: Rule, is_chosen: bool) -> Html {
    let say = |key: &str| i18n::text(locale, key);
    let is_out = seen.standing != Standing::Candidate;
    let class = match (is_chosen, is_out) {
        (true, _) => "why-chosen",
        (false, true) => "why-out",
        (false, false) => "",
    };
    html! {
        <tr key={seen.backend.0} {class}>
            <th scope="row">
                if is_chosen {
                    <span aria-hidden="true">{ "▶ " }</span>
                    <span class="visually-hidden">{ say("why-chosen") }{ ": " }</span>
                }
                { name }
            </th>
            <td>
                if seen.standing == Standing::Ejected {
                    <Defined term={Term::Ejection} place={format!("why-{}", seen.backend.0)}
                        word={say(words::standing(seen.standing))} />
                } else {
                    { say(words::standing(seen.standing)) }
                }
                if seen.drawn { { ", " }{ say("why-drawn") } }
            </td>
            <td>{ seen.in_flight }</td>
            <td>{ units::compact(seen.weight) }</td>
            if words::value(rule).is_some() { <td>{ value_text(rule, seen.value) }</td> }
        </tr>
    }
}

/// What the rule compares, with its unit.
fn value_text(rule: Rule, value: Option<f64>) -> String {
    let Some(value) = value else { return "–".to_owned() };
    match rule {
        Rule::ShortestWait | Rule::ShortestWaitOfTwo | Rule::HotCold => units::ms(value),
        // Turns and places are counted from 1 by people.
        Rule::Turn | Rule::LongestIdle => units::compact(value + 1.0),
        _ => units::compact(value),
    }
}
