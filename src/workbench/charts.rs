//! Charts: quantities over time along the branch in view.

mod backend;
mod draw;
mod series;

use super::controls::select;
use crate::{
    dom,
    lab::{LabHandle, LabProps},
    shell::use_shell,
    workbench::frames::now,
};
use draw::{Look, STYLES, draw};
use gloo_render::{AnimationFrame, request_animation_frame};
use series::{Quantity, Track, available};
use std::{cell::RefCell, rc::Rc};
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

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
pub fn panel(lab: &LabHandle) -> Html {
    html! { <Charts lab={lab.clone()} /> }
}

#[component]
fn Charts(props: &LabProps) -> Html {
    let theme = use_shell().theme;
    let canvas = use_node_ref();
    let chosen = use_state(|| 0_usize);
    let kept = use_mut_ref(Kept::default);
    let quantities = available(&props.lab.get());
    let at = (*chosen).min(quantities.len() - 1);
    let quantity = quantities[at];
    {
        // After every drawing of the panel: the lab has changed, or another quantity was chosen.
        let (lab, canvas, kept) = (props.lab.cell(), canvas.clone(), Rc::clone(&kept));
        use_effect(move || {
            let plan = Plan { lab, canvas, kept, quantity, theme };
            plan.soon();
        });
    }
    {
        let kept = Rc::clone(&kept);
        use_effect_with((), move |()| move || kept.borrow_mut().frame = None);
    }
    let names: Vec<String> = quantities.iter().map(|quantity| quantity.title(&props.lab.get())).collect();
    let choose = {
        let chosen = chosen.clone();
        Callback::from(move |index: usize| chosen.set(index))
    };
    let label = format!("{} over time. The values now are in the table below.", names[at]);
    html! {
        <div class="charts">
            { select("Chart", &names, at, choose) }
            <canvas ref={canvas} class="chart" role="img" aria-label={label}></canvas>
            { values(props, quantity) }
        </div>
    }
}

/// The values at the present moment, with the stroke of each line.
fn values(props: &LabProps, quantity: Quantity) -> Html {
    let state = props.lab.get();
    let world = state.session.world();
    let unit = quantity.unit(&state);
    let rows = quantity.values(&state, world).into_iter().enumerate().map(|(index, (name, value))| {
        let style = &STYLES[index % STYLES.len()];
        html! {
            <tr>
                <td><svg class={classes!("stroke", style.class)} viewBox="0 0 40 12" aria-hidden="true"><path d="M0 6h40" /></svg></td>
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
    lab: Rc<RefCell<crate::lab::Lab>>,
    canvas: NodeRef,
    kept: Rc<RefCell<Kept>>,
    quantity: Quantity,
    theme: sim::scene::Theme,
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
