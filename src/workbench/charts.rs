//! Charts: quantities over time along the branch in view.

mod backend;
mod draw;
mod series;

use super::controls::select;
use crate::{
    dom,
    lab::{Lab, LabHandle},
    markup::{classes, html},
    view::{AtEnd, Keeps, View, part},
    workbench::frames::now,
};
use draw::{Look, STYLES, draw};
use gloo_render::{AnimationFrame, request_animation_frame};
use series::{Quantity, Track, available};
use sim::scene::Theme;
use std::{cell::RefCell, rc::Rc};
use web_sys::HtmlCanvasElement;
use yew::{Callback, Html, NodeRef};

/// Milliseconds a frame that sampling may take.
const SAMPLING: f64 = 5.0;
/// Milliseconds between two drawings while the run goes on.
const PAUSE: f64 = 100.0;

/// What is kept from drawing to drawing.
#[derive(Default)]
struct Kept {
    track: Track,
    frame: Option<AnimationFrame>,
    drawn_at: f64,
}

/// The panel: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn panel(lab: &LabHandle, theme: Theme) -> Html {
    part(Charts { lab: lab.clone(), theme })
}

#[derive(PartialEq)]
struct Charts {
    lab: LabHandle,
    theme: Theme,
}

impl View for Charts {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let theme = self.theme;
        let canvas = keeps.node();
        let chosen = keeps.state(|| 0_usize);
        let kept = keeps.once(|| RefCell::new(Kept::default()));
        let state = self.lab.get();
        let quantities = available(&state);
        let at = chosen.get().min(quantities.len() - 1);
        let quantity = quantities[at];
        {
            // After every drawing of the panel: the lab has changed, or another quantity was chosen.
            let plan = Plan { lab: self.lab.cell(), canvas: canvas.clone(), kept: Rc::clone(&kept), quantity, theme };
            keeps.always(move || plan.soon());
        }
        keeps.effect((), move || AtEnd(move || kept.borrow_mut().frame = None));
        let names: Vec<String> = quantities.iter().map(|quantity| quantity.title(&state)).collect();
        let choose = Callback::from(move |index: usize| chosen.set(index));
        let label = format!("{} over time. The values now are in the table below.", names[at]);
        html! {
            <div class="charts">
                { select("Chart", &names, at, choose) }
                <canvas ref={canvas} class="chart" role="img" aria-label={label}></canvas>
                { values(&state, quantity) }
            </div>
        }
    }
}

/// The values at the present moment, with the stroke of each line.
fn values(state: &Lab, quantity: Quantity) -> Html {
    let world = state.session.world();
    let unit = quantity.unit(state);
    let rows = quantity.values(state, world).into_iter().enumerate().map(|(index, (name, value))| {
        let style = &STYLES[index % STYLES.len()];
        html! {
            <tr>
                <td><svg class={classes(&["stroke", style.class])} viewBox="0 0 40 12" aria-hidden="true"><path d="M0 6h40" /></svg></td>
                <th scope="row">{ name }</th>
                <td>{ draw::number(value) }{ " " }{ unit }</td>
            </tr>
        }
    });
    html! { <table class="counts values"><caption>{ format!("Now, at {}", world.now()) }</caption><tbody>{ for rows }</tbody></table> }
}

/// What the next frame is to do.
#[derive(Clone)]
struct Plan {
    lab: Rc<RefCell<Lab>>,
    canvas: NodeRef,
    kept: Rc<RefCell<Kept>>,
    quantity: Quantity,
    theme: Theme,
}

impl Plan {
    /// Takes the place of a plan that waits.
    fn soon(self) {
        let kept = Rc::clone(&self.kept);
        let frame = request_animation_frame(move |_| self.run());
        kept.borrow_mut().frame = Some(frame);
    }

    /// Samples for a few milliseconds, draws, and goes on in the next frame where there is more.
    fn run(self) {
        let Some(canvas) = self.canvas.cast::<HtmlCanvasElement>() else { return };
        let start = now();
        let lab = self.lab.borrow();
        let mut kept = self.kept.borrow_mut();
        let complete = kept.track.extend(&lab, self.quantity, &mut || now() - start < SAMPLING);
        let rested = start - kept.drawn_at >= PAUSE || !lab.playing;
        if rested {
            kept.drawn_at = start;
            let ratio = dom::window().device_pixel_ratio().clamp(1.0, 2.0);
            let look =
                Look { theme: self.theme, ratio, unit: self.quantity.unit(&lab), now: lab.session.world().now() };
            draw(&canvas, &kept.track, &look);
        }
        drop((lab, kept));
        if !complete || !rested {
            self.soon();
        }
    }
}
