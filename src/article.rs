//! An article: simple Markdown as elements of the page. Nothing raw: what is not understood stays text.

mod markdown;

use markdown::{Block, Span};
use yew::prelude::*;

/// The props of an article.
#[derive(Clone, PartialEq, Properties)]
pub struct ArticleProps {
    /// Its Markdown.
    pub text: AttrValue,
    /// The level of its `##` headings on the page: 2 for an article of its own, 3 in a panel with a heading.
    #[prop_or(2)]
    pub level: u8,
}

/// An article.
#[component]
pub fn Article(props: &ArticleProps) -> Html {
    let blocks = use_memo(props.text.clone(), |text| markdown::read(text));
    html! { <div class="article">{ for blocks.iter().map(|block| show(block, props.level)) }</div> }
}

fn show(block: &Block, level: u8) -> Html {
    match block {
        Block::Heading(depth, spans) => {
            // `##` is the article's first level: its title stands on the page already.
            match level + depth.saturating_sub(2) {
                0..=2 => html! { <h2>{ line(spans) }</h2> },
                3 => html! { <h3>{ line(spans) }</h3> },
                4 => html! { <h4>{ line(spans) }</h4> },
                _ => html! { <h5>{ line(spans) }</h5> },
            }
        }
        Block::Paragraph(spans) => html! { <p>{ line(spans) }</p> },
        Block::List(items) => html! { <ul>{ for items.iter().map(|item| html! { <li>{ line(item) }</li> }) }</ul> },
        Block::Numbered(items) => html! { <ol>{ for items.iter().map(|item| html! { <li>{ line(item) }</li> }) }</ol> },
        Block::Code(text) => html! { <pre tabindex="0"><code>{ text }</code></pre> },
    }
}

fn line(spans: &[Span]) -> Html {
    spans.iter().map(show_span).collect()
}

fn show_span(span: &Span) -> Html {
    match span {
        Span::Text(text) => html! { { text } },
        Span::Code(text) => html! { <code>{ text }</code> },
        Span::Bold(inner) => html! { <strong>{ line(inner) }</strong> },
        Span::Italic(inner) => html! { <em>{ line(inner) }</em> },
        Span::Link(inner, to) if to.starts_with('#') => html! { <a href={to.clone()}>{ line(inner) }</a> },
        Span::Link(inner, to) => {
            html! { <a href={to.clone()} target="_blank" rel="noopener noreferrer">{ line(inner) }</a> }
        }
    }
}
