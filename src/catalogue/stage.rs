//! The example's picture: the network on a canvas, where messages travel from one moment to the next.

use crate::{
    dom,
    markup::html,
    paint::Painter,
    view::{Keeps, View},
};
use gloo_render::{AnimationFrame, request_animation_frame};
use sim::{
    Session, Step,
    scene::{
        Theme, ease, miniature,
        network::{Look, Network},
    },
};
use std::{cell::RefCell, rc::Rc};
use web_sys::HtmlCanvasElement;
use yew::{Html, NodeRef};

/// How long a step's motion takes, in milliseconds.
const MOTION_MILLIS: f64 = 500.0;

/// The example as it runs.
pub struct Running {
    /// Its session.
    pub session: Session,
    /// The step that was taken back last, for the motion of going back.
    pub undone: Option<Step>,
}

impl Running {
    /// Goes one step; whether there was one.
    pub fn go(&mut self, way: Way) -> bool {
        if way != Way::Back {
            return matches!(self.session.step_forward(), Ok(Some(_)));
        }
        self.undone = Some(self.session.step().clone());
        self.session.back()
    }
}

/// The example, once its scenario is here.
pub type Shared = Rc<RefCell<Option<Running>>>;

/// How the present moment was reached.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// At once: the start, another session.
    Jump,
    /// By a step.
    Step,
    /// By a step back.
    Back,
}

/// What is drawn, and the frame that is to come.
#[derive(Default)]
struct Live {
    network: Network,
    painter: Option<Painter>,
    look: Option<Look>,
    theme: Theme,
    reduced: bool,
    /// When the motion began; nothing at rest.
    since: Option<f64>,
    frame: Option<AnimationFrame>,
}

/// The example's picture.
#[derive(PartialEq)]
pub struct Stage {
    /// The session.
    pub session: SharedSession,
    /// The number of the moment in view, raised with every change, and how it was reached.
    pub moment: (u32, Way),
    /// What the picture shows, for those who cannot see it.
    pub name: String,
    /// The theme in force.
    pub theme: Theme,
    /// Whether motion is to be avoided.
    pub reduced: bool,
}

/// The session, compared by identity.
#[derive(Clone)]
pub struct SharedSession(pub Shared);

impl PartialEq for SharedSession {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl View for Stage {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let canvas = keeps.node();
        let live = keeps.once(|| RefCell::new(Live::default()));
        let (theme, reduced, (version, way)) = (self.theme, self.reduced, self.moment);
        {
            let (live, canvas, session) = (Rc::clone(&live), canvas.clone(), self.session.clone());
            keeps.effect((session.clone(), version, theme, reduced), move || {
                live.borrow_mut().reduced = reduced;
                show(&live, &canvas, &session.0, theme, way);
            });
        }
        {
            let (canvas, session) = (canvas.clone(), self.session.clone());
            keeps.effect((session.clone(), theme), move || {
                dom::listen(&dom::window(), "resize", move |_| {
                    show(&live, &canvas, &session.0, theme, Way::Jump);
                })
            });
        }
        html! { <canvas ref={canvas} class="hero-picture" role="img" aria-label={self.name.clone()}></canvas> }
    }
}

/// Shows the session's present moment, moving to it where it was reached by a step.
fn show(live: &Rc<RefCell<Live>>, canvas: &NodeRef, session: &Shared, theme: Theme, way: Way) {
    let Some(canvas) = canvas.cast::<HtmlCanvasElement>() else { return };
    let running = session.borrow();
    let Some(Running { session, undone }) = running.as_ref() else { return };
    {
        let mut live = live.borrow_mut();
        let live = &mut *live;
        let (width, height) = (canvas.client_width() as f32, canvas.client_height() as f32);
        let look = miniature::opening_look(width, height, theme);
        if live.painter.is_none() {
            live.painter = Painter::new(canvas);
        }
        let known = live.look.as_ref() == Some(&look);
        match (way, undone) {
            (Way::Step, _) if known => live.network.step(session.world(), &look, session.step()),
            (Way::Back, Some(undone)) if known => live.network.back(session.world(), &look, undone),
            _ => live.network.show(session.world(), &look),
        }
        live.since = (way != Way::Jump).then(now);
        (live.look, live.theme) = (Some(look), theme);
    }
    draw(live);
}

/// Draws, and again with the next frame while something moves.
fn draw(live: &Rc<RefCell<Live>>) {
    let mut state = live.borrow_mut();
    let state = &mut *state;
    let phase = state.since.map_or(1.0, |since| ((now() - since) / MOTION_MILLIS).clamp(0.0, 1.0) as f32);
    let (Some(painter), Some(look)) = (&mut state.painter, &state.look) else { return };
    let phase = ease(phase);
    painter.clear(look.width, look.height, dom::window().device_pixel_ratio(), state.theme);
    painter.paint(state.network.still(phase));
    painter.paint(&state.network.moving(phase, state.reduced));
    state.frame = (phase < 1.0).then(|| {
        let live = Rc::downgrade(live);
        request_animation_frame(move |_| {
            if let Some(live) = live.upgrade() {
                draw(&live);
            }
        })
    });
}

/// The page's clock in milliseconds.
fn now() -> f64 {
    dom::window().performance().map_or(0.0, |clock| clock.now())
}
