//! The landing page: an example that runs, and every topic by family.

mod card;
mod hero;
mod miniature;
mod stage;

use crate::{dom, library::use_index, shell::use_shell, topbar::Topbar};
use card::TopicCards;
use hero::Hero;
use sim::algorithms::{FAMILIES, Family, TOPICS};
use yew::prelude::*;

/// With so few topics a family has room for all its scenarios at once, on a wide screen.
const FEW: usize = 2;
const WIDE: &str = "(min-width: 900px)";

/// The props of the catalogue.
#[derive(Clone, PartialEq, Properties)]
pub struct CatalogueProps {
    /// The id of the family to show, or nothing.
    pub family: AttrValue,
}

/// The catalogue.
#[component]
pub fn Catalogue(props: &CatalogueProps) -> Html {
    let shell = use_shell();
    let (index, again) = use_index(&shell.library);
    let known = FAMILIES.iter().any(|family| family.id == props.family.as_str());
    {
        use_effect_with(props.family.clone(), move |family| {
            if known {
                dom::scroll_to(&section_id(family), false);
            }
        });
    }
    let shown = FAMILIES.iter().filter(|family| TOPICS.iter().any(|topic| topic.family() == family.id));
    html! {
        <>
            <Topbar />
            <main id="main" class="catalogue">
                <Hero />
                if let crate::library::Load::Failed(why) = &index {
                    <p class="advice" role="alert">
                        { why }{ " " }<button onclick={again.reform(|_: MouseEvent| ())}>{ "Try again" }</button>
                    </p>
                }
                if !props.family.is_empty() && !known {
                    <p class="advice" role="alert">{ format!("There is no family “{}” here. These are all:", props.family) }</p>
                }
                { for shown.map(section) }
                if TOPICS.is_empty() {
                    <p class="advice">{ "This page was built without any topic." }</p>
                }
            </main>
        </>
    }
}

fn section_id(family: &str) -> String {
    format!("family-{family}")
}

fn section(family: &'static Family) -> Html {
    let topics: Vec<_> = TOPICS.iter().filter(|topic| topic.family() == family.id).collect();
    let count = if topics.len() == 1 { "1 topic".to_owned() } else { format!("{} topics", topics.len()) };
    let open = topics.len() <= FEW && dom::media(WIDE);
    let heading = format!("heading-{}", family.id);
    html! {
        <section class="catalogue-family" id={section_id(family.id)} aria-labelledby={heading.clone()}>
            <div class="family-head">
                <h2 id={heading}>{ family.title }</h2>
                <p>{ format!("{} · {count}", family.line) }</p>
            </div>
            <ul class="cards">
                { for topics.iter().map(|topic| html! { <TopicCards key={topic.id} topic={topic.id} {open} /> }) }
            </ul>
        </section>
    }
}
