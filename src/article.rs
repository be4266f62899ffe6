//! An article: simple Markdown as elements of the page. Nothing raw: what is not understood stays text.

mod markdown;

use crate::{markup::html, view::Keeps};
use markdown::{Block, Span};
use yew::Html;

/// An article, from its Markdown. `##` is its first level: its title stands on the page already.
pub fn article(keeps: &mut Keeps, text: &str) -> Html {
    let blocks = keeps.memo(text.to_owned(), || markdown::read(text));
    html! { <div class="article">{ for blocks.iter().map(show) }</div> }
}

fn show(block: &Block) -> Html {
    match block {
        Block::Heading(0..=2, spans) => html! { <h2>{ line(spans) }</h2> },
        Block::Heading(3, spans) => html! { <h3>{ line(spans) }</h3> },
        Block::Heading(4, spans) => html! { <h4>{ line(spans) }</h4> },
        Block::Heading(_, spans) => html! { <h5>{ line(spans) }</h5> },
        Block::Paragraph(spans) => html! { <p>{ line(spans) }</p> },
        Block::List(items) => html! { <ul>{ for items.iter().map(|spans| item(spans)) }</ul> },
        Block::Numbered(items) => html! { <ol>{ for items.iter().map(|spans| item(spans)) }</ol> },
        Block::Code(text) => html! { <pre tabindex="0"><code>{ text }</code></pre> },
    }
}

fn item(spans: &[Span]) -> Html {
    html! { <li>{ line(spans) }</li> }
}

fn line(spans: &[Span]) -> Html {
    html! { { for spans.iter().map(show_span) } }
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
