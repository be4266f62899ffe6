//! The landing page: an example that runs, and every topic by family.

mod card;
mod example;
mod hero;
mod miniature;
mod stage;

use crate::{
    app::catalogue_title,
    dom,
    library::{Load, read_index},
    markup::html,
    shell::shell,
    topbar::topbar,
    view::{Keeps, View, keyed, part},
};
use card::TopicCards;
use hero::Hero;
use sim::algorithms::{FAMILIES, Family, TOPICS};
use yew::{AttrValue, Html};

/// With so few topics a family has room for all its scenarios at once, on a wide screen.
const FEW: usize = 2;
const WIDE: &str = "(min-width: 900px)";

/// The catalogue.
#[derive(PartialEq)]
pub struct Catalogue {
    /// The id of the family to show, or nothing.
    pub family: AttrValue,
}

impl View for Catalogue {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let shell = shell(keeps);
        catalogue_title(keeps);
        let (index, again) = read_index(keeps, &shell.library);
        let known = FAMILIES.iter().any(|family| family.id == self.family.as_str());
        {
            let family = self.family.clone();
            keeps.effect(self.family.clone(), move || {
                if known {
                    dom::scroll_to(&section_id(&family), false);
                }
            });
        }
        let shown = FAMILIES.iter().filter(|family| TOPICS.iter().any(|topic| topic.family() == family.id));
        html! {
            { topbar(&shell) }
            <main id="main" class="catalogue">
                { part(Hero) }
                if let Load::Failed(why) = &index {
                    <p class="advice" role="alert">{ why }{ " " }<button onclick={again}>{ "Try again" }</button></p>
                }
                if !self.family.is_empty() && !known {
                    <p class="advice" role="alert">{ format!("There is no family “{}” here. These are all:", self.family) }</p>
                }
                { for shown.map(section) }
                if TOPICS.is_empty() {
                    <p class="advice">{ "This page was built without any topic." }</p>
                }
            </main>
        }
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
                { for topics.iter().map(|topic| keyed(topic.id, TopicCards { topic, open })) }
            </ul>
        </section>
    }
}
