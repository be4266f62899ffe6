//! One measure: its picture, and the same as a table.

use super::bench::Bench;
use crate::{
    markup::{decimal, html, raw},
    workbench::save_file,
};
use plot::Frame;
use sim::{
    experiment::{Claim, Line, Panel, Results},
    scene::{Scene, Theme, svg},
};
use wasm_bindgen::prelude::*;
use yew::{Callback, Html};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = interleaveWork, js_name = savePng)]
    fn save_png(svg: &str, name: &str);
}

/// A picture's size, in CSS pixels before the theme's scale.
const SIZE: (f32, f32) = (860.0, 420.0);

/// The picture, the claims, the table.
pub fn panel(panel: &Panel, bench: &Bench, results: &Results, theme: Theme) -> Html {
    let experiment = bench.plan.experiment();
    // Texts grow on the projector, in the same frame: it fills the page's width in every theme.
    let scale = theme.scale().sqrt();
    let frame = Frame { width: SIZE.0, height: SIZE.1, scale, axis: &panel.axis };
    let scene = plot::picture(panel, &frame);
    let title = format!("{}: {}", experiment.title, panel.label);
    let name = format!("{}-{}", experiment.name, slug(&panel.label));
    let painted = svg::paint(&[&scene], theme, &title);
    let save_svg = {
        let (painted, name) = (painted.clone(), format!("{name}.svg"));
        Callback::from(move |()| save_file(&name, &painted))
    };
    let png = Callback::from(move |()| save_png(&painted, &format!("{name}.png")));
    html! {
        <figure class="experiment-figure" aria-label={title}>
            { raw(&svg::element(&scene, "experiment-picture")) }
            <figcaption>
                <ul class="experiment-claims">{ for panel.curves.iter().filter_map(|curve| claims(panel, curve, results)) }</ul>
                <div class="row">
                    <button onclick={save_svg}>{ "Picture as SVG" }</button>
                    <button onclick={png}>{ "as PNG" }</button>
                </div>
            </figcaption>
            <details>
                <summary>{ format!("Table: {}", panel.label) }</summary>
                { table(panel) }
            </details>
        </figure>
    }
}

/// A name for a file.
fn slug(label: &str) -> String {
    let words = label.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect::<Vec<_>>().join("-")
}

/// What a curve claims, and how often that was found.
fn claims(panel: &Panel, curve: &Line, results: &Results) -> Option<Html> {
    let of_it = || results.claims.iter().filter(|known| known.measure == panel.label && known.curve == curve.label);
    let words = match of_it().next()?.claim {
        Claim::Mean => "within the 95 % interval",
        Claim::Exactly => "exactly so in every run",
        Claim::AtMost => "never exceeded",
        Claim::AtLeast => "always reached",
        Claim::Beside => return None,
    };
    let (held, count) = (of_it().filter(|known| known.holds).count(), of_it().count());
    let mark = if held == count { "✓" } else { "·" };
    Some(html! {
        <li>
            <span aria-hidden="true">{ mark }{ " " }</span>
            <b>{ &curve.label }</b>{ format!(": {words} at {held} of {count} points") }
        </li>
    })
}

fn sample(of: Option<usize>, measured: bool) -> Html {
    let scene: Scene = plot::sample(of, measured);
    raw(&svg::element(&scene, "experiment-sample"))
}

/// The points, a row for each value of the sweep.
fn table(panel: &Panel) -> Html {
    let lines: Vec<(&Line, bool)> =
        panel.measured.iter().map(|line| (line, true)).chain(panel.curves.iter().map(|line| (line, false))).collect();
    let mut values: Vec<f64> = panel.measured.iter().flat_map(|line| &line.points).map(|point| point.x).collect();
    values.sort_by(f64::total_cmp);
    values.dedup_by(|a, b| (*a - *b).abs() < 1e-9);
    let head = lines.iter().map(|(line, measured)| {
        html! { <th scope="col">{ sample(line.of, *measured) }{ &line.label }</th> }
    });
    let row = |value: &f64| {
        let cells = lines.iter().map(|(line, measured)| {
            let point = line.points.iter().find(|point| (point.x - value).abs() < 1e-9);
            let words = match point.map(|point| point.estimate) {
                None => "–".to_owned(),
                Some(estimate) => match estimate.half_width.filter(|_| *measured) {
                    Some(half) => format!("{} ± {}", decimal(estimate.mean), decimal(half)),
                    None => decimal(estimate.mean),
                },
            };
            html! { <td>{ words }</td> }
        });
        html! { <tr><th scope="row">{ decimal(*value) }</th>{ for cells }</tr> }
    };
    html! {
        <div class="experiment-table" tabindex="0" role="group" aria-label={panel.label.clone()}>
            <table>
                <thead><tr><th scope="col">{ &panel.axis }</th>{ for head }</tr></thead>
                <tbody>{ for values.iter().map(row) }</tbody>
            </table>
        </div>
    }
}
