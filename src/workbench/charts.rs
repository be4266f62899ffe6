//! Charts: quantities over time along the branch in view.

mod backend;
pub mod clocks;
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
use draw::{Look, Picture, STYLES, draw};
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

/// When a picture was drawn, and when it will be.
#[derive(Default)]
struct Plotter {
    frame: Option<AnimationFrame>,
    drawn_at: f64,
}

impl Plotter {
    fn stop(&mut self) {
        self.frame = None;
    }
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
        let track = keeps.once(|| RefCell::new(Track::default()));
        let plotter = keeps.once(|| RefCell::new(Plotter::default()));
        let state = self.lab.get();
        let quantities = available(&state);
        let at = chosen.get().min(quantities.len() - 1);
        let quantity = quantities[at];
        {
            // After every drawing of the panel: the lab has changed, or another quantity was chosen.
            let make = Rc::new(move |lab: &Lab, more_time: &mut dyn FnMut() -> bool| {
                let mut track = track.borrow_mut();
                let complete = track.extend(lab, quantity, more_time);
                (complete, track.picture(quantity.unit(lab), lab.session.world().now()))
            });
            let plan = Plan { lab: self.lab.cell(), canvas: canvas.clone(), plotter: Rc::clone(&plotter), theme, make };
            keeps.always(move || plan.soon());
        }
        keeps.effect((), move || AtEnd(move || plotter.borrow_mut().stop()));
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

/// Makes a picture, as complete as there is time for; whether it is complete.
type Make = dyn Fn(&Lab, &mut dyn FnMut() -> bool) -> (bool, Picture);

/// What the next frame is to do.
#[derive(Clone)]
struct Plan {
    lab: Rc<RefCell<Lab>>,
    canvas: NodeRef,
    plotter: Rc<RefCell<Plotter>>,
    theme: Theme,
    make: Rc<Make>,
}

impl Plan {
    /// Takes the place of a plan that waits.
    fn soon(self) {
        let plotter = Rc::clone(&self.plotter);
        let frame = request_animation_frame(move |_| self.run());
        plotter.borrow_mut().frame = Some(frame);
    }

    /// Samples for a few milliseconds, draws, and goes on in the next frame where there is more.
    fn run(self) {
        let Some(canvas) = self.canvas.cast::<HtmlCanvasElement>() else { return };
        let start = now();
        let lab = self.lab.borrow();
        let (complete, picture) = (self.make)(&lab, &mut || now() - start < SAMPLING);
        let rested = start - self.plotter.borrow().drawn_at >= PAUSE || !lab.playing;
        if rested {
            self.plotter.borrow_mut().drawn_at = start;
            let ratio = dom::window().device_pixel_ratio().clamp(1.0, 2.0);
            draw(&canvas, &picture, &Look { theme: self.theme, ratio });
        }
        drop(lab);
        if !complete || !rested {
            self.soon();
        }
    }
}
