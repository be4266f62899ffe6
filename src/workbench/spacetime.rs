//! The space–time diagram on a canvas: scroll, select an event or two, drag an arrowhead later, move a cut.

use super::{
    frames::{Draw, FramesHandle},
    stage::{follow_size, pixel_ratio},
};
use crate::{
    lab::{Action, Badge, Lab, LabHandle, Selection},
    markup::html,
    paint::Painter,
    view::{Keeps, part},
};
use sim::NodeId;
use sim::scene::{
    Point, Scene, Target, Theme,
    spacetime::{Axis, View, Window, gutter, spacetime, window},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};
use web_sys::{Element, HtmlCanvasElement, PointerEvent, WheelEvent};
use yew::{Callback, Html, NodeRef, TargetCast};

/// The diagram: a gate of its part (`crate::parts`).
#[inline(never)]
pub fn diagram(lab: &LabHandle, frames: &FramesHandle, theme: Theme) -> Html {
    part(Spacetime { lab: lab.clone(), frames: frames.clone(), theme })
}

#[derive(PartialEq)]
struct Spacetime {
    lab: LabHandle,
    /// The drawing loop.
    frames: FramesHandle,
    /// The theme in force.
    theme: Theme,
}

/// What is being dragged.
#[derive(Clone, Copy)]
enum Drag {
    /// The arrowhead of the delivery at this step, and where it is.
    Arrowhead(u32, f32),
    /// The line of now.
    Now,
    /// The cut, on the line of a node.
    Cut(NodeId),
    /// The picture itself: the pointer's place and the scroll at the start; whether it has moved.
    Picture(f32, f64, bool),
}

/// What the drawing loop keeps between frames.
#[derive(Default)]
struct Sheet {
    painter: Option<Painter>,
    axis: Axis,
    window: Window,
    /// What the window was made for.
    made: Option<(u64, std::ops::Range<u32>)>,
    scene: Scene,
    /// The place at the left edge.
    from: f64,
    /// Whether the view follows now; scrolling by hand ends that until the next step.
    follows: bool,
    seen: u64,
    size: (f32, f32),
    scale: f32,
    /// Room for the names.
    gutter: f32,
    drag: Option<Drag>,
}

impl crate::view::View for Spacetime {
    fn draw(&self, keeps: &mut Keeps) -> Html {
        let canvas = keeps.node();
        let sheet = keeps.once(|| RefCell::new(Sheet::default()));
        let theme = keeps.once(|| Cell::new(Theme::Light));
        theme.set(self.theme);
        {
            let (cell, canvas, sheet) = (self.lab.cell(), canvas.clone(), Rc::clone(&sheet));
            let draw: Draw = Rc::new(move |_| draw(&cell.borrow(), &mut sheet.borrow_mut(), &canvas, theme.get()));
            self.frames.keep_drawing(keeps, "spacetime", draw);
        }
        follow_size(keeps, &canvas, &self.frames);
        self.frames.draw_on(keeps, (self.lab.clone(), self.theme));
        let wheel = {
            let (frames, sheet) = (self.frames.clone(), Rc::clone(&sheet));
            Callback::from(move |event: WheelEvent| {
                event.prevent_default();
                let across = event.delta_x().abs() > event.delta_y().abs();
                sheet.borrow_mut().scroll(if across { event.delta_x() } else { event.delta_y() });
                frames.0.kick();
            })
        };
        let (down, moved, up) = (pointer_down(self, &sheet), pointer_move(self, &sheet), pointer_up(self, &sheet));
        html! {
            <section class="spacetime" aria-label="Space–time diagram">
                <div class="canvases" onwheel={wheel} onpointerdown={down} onpointermove={moved} onpointerup={up.clone()} onpointercancel={up}>
                    <canvas ref={canvas} aria-hidden="true"></canvas>
                </div>
            </section>
        }
    }
}

impl Sheet {
    fn room(&self) -> f64 {
        f64::from(self.size.0 - self.gutter)
    }

    fn scroll(&mut self, amount: f64) {
        self.follows = false;
        let most = (self.axis.length() - 0.4 * self.room()).max(self.least());
        self.from = (self.from + amount).max(self.least()).min(most);
    }

    /// A little room before the first event.
    fn least(&self) -> f64 {
        -f64::from(24.0 * self.scale)
    }

    /// Keeps now in view: it may move in the right part of the picture, and drags the picture with it at the edges.
    fn follow(&mut self, depth: u32) {
        let (x, room) = (self.axis.x(depth), self.room());
        if x - self.from > 0.86 * room {
            self.from = x - 0.86 * room;
        } else if x - self.from < 0.1 * room {
            self.from = x - 0.4 * room;
        }
        self.from = self.from.max(self.least());
    }
}

fn draw(lab: &Lab, sheet: &mut Sheet, canvas: &NodeRef, theme: Theme) {
    let Some(element) = canvas.cast::<HtmlCanvasElement>() else { return };
    let (width, height) = (element.client_width() as f32, element.client_height() as f32);
    if width < 1.0 || height < 1.0 {
        return;
    }
    if sheet.painter.is_none() {
        sheet.painter = Painter::new(element);
    }
    let lines = lab.session.world().nodes().len() as f32;
    let room = (height / (60.0 + 40.0 * lines)).max(1.0);
    (sheet.size, sheet.scale) = ((width, height), theme.scale().min(room));
    sheet.gutter = gutter(&lab.session, sheet.scale);
    sheet.axis.follow(&lab.session);
    if sheet.seen != lab.version() {
        sheet.seen = lab.version();
        if sheet.drag.is_none() {
            sheet.follows = true;
        }
    }
    if sheet.follows {
        sheet.follow(lab.session.depth());
    }
    let steps = sheet.axis.steps(sheet.from, sheet.from + sheet.room());
    // Arrows that begin or end outside need their other ends.
    let range = steps.start.saturating_sub(40)..steps.end + 40;
    let made = (lab.version(), range.clone());
    if sheet.made.as_ref() != Some(&made) {
        sheet.window = window(&lab.session, range);
        sheet.made = Some(made);
    }
    let view = View {
        width,
        height,
        scale: sheet.scale,
        from: sheet.from,
        selected: match lab.selection {
            Some(Selection::Event(depth)) => Some(depth),
            _ => None,
        },
        over: lab.relations.over().clone(),
        vectors: lab.overlays.badge == Badge::Vector,
        dragged: match sheet.drag {
            Some(Drag::Arrowhead(depth, x)) => Some((depth, x)),
            _ => None,
        },
    };
    sheet.scene = spacetime(&lab.session, &sheet.axis, &sheet.window, &view);
    if let Some(painter) = &mut sheet.painter {
        painter.clear(width, height, pixel_ratio(), theme);
        painter.paint(&sheet.scene);
    }
}

fn at(event: &PointerEvent) -> Point {
    // Yew listens at the root of the page: the element is the event's target, the canvas itself.
    let (left, top) = event.target_dyn_into::<Element>().map_or((0.0, 0.0), |element| {
        let rect = element.get_bounding_client_rect();
        (rect.left(), rect.top())
    });
    Point { x: (f64::from(event.client_x()) - left) as f32, y: (f64::from(event.client_y()) - top) as f32 }
}

fn pointer_down(props: &Spacetime, sheet: &Rc<RefCell<Sheet>>) -> Callback<PointerEvent> {
    let (lab, sheet) = (props.lab.clone(), Rc::clone(sheet));
    Callback::from(move |event: PointerEvent| {
        if event.button() != 0 {
            return;
        }
        if let Some(element) = event.target_dyn_into::<Element>() {
            let _ = element.set_pointer_capture(event.pointer_id());
        }
        let point = at(&event);
        let reach = if event.pointer_type() == "touch" { 16.0 } else { 3.0 };
        let target = sheet.borrow().scene.hit_near(point.x, point.y, reach).cloned();
        let drag = match &target {
            Some(Target::Arrowhead(depth)) => Drag::Arrowhead(*depth, point.x),
            Some(Target::Now) => Drag::Now,
            Some(Target::Cut(node)) => Drag::Cut(*node),
            _ => Drag::Picture(point.x, sheet.borrow().from, false),
        };
        sheet.borrow_mut().drag = Some(drag);
        match target.as_ref().and_then(Selection::of) {
            Some(Selection::Event(other)) if event.shift_key() => lab.act(Action::Compare(Some(other))),
            Some(selection) => lab.act(Action::Select(Some(selection))),
            None => {}
        }
    })
}

fn pointer_move(props: &Spacetime, sheet: &Rc<RefCell<Sheet>>) -> Callback<PointerEvent> {
    let (lab, frames, sheet) = (props.lab.clone(), props.frames.clone(), Rc::clone(sheet));
    Callback::from(move |event: PointerEvent| {
        let point = at(&event);
        let mut open = sheet.borrow_mut();
        match open.drag {
            Some(Drag::Arrowhead(depth, _)) => open.drag = Some(Drag::Arrowhead(depth, point.x)),
            Some(Drag::Now) => {
                let depth = open.nearest(point.x);
                drop(open);
                if lab.get().session.depth() != depth {
                    lab.act(Action::Seek(depth));
                }
            }
            Some(Drag::Cut(node)) => {
                let depth = open.reached(point.x);
                drop(open);
                let at = lab.get().relations.cut.as_ref().map(|cut| cut.upto(node));
                if at != Some(depth) {
                    lab.act(Action::MoveCut(node, depth));
                }
            }
            Some(Drag::Picture(start, from, moved)) => {
                let moved = moved || (point.x - start).abs() > 5.0;
                open.drag = Some(Drag::Picture(start, from, moved));
                if moved {
                    open.from = from;
                    open.scroll(f64::from(start - point.x));
                }
            }
            None => {
                let over = open.scene.hit_near(point.x, point.y, 3.0).map(over);
                if let Some(element) = event.target_dyn_into::<Element>().and_then(|canvas| canvas.parent_element()) {
                    let _ = element.set_attribute("data-over", over.unwrap_or(""));
                }
                return;
            }
        }
        frames.0.kick();
    })
}

/// What is under the pointer: the style sheet shows a hand where it can be dragged.
fn over(target: &Target) -> &'static str {
    match target {
        Target::Arrowhead(_) => "arrowhead",
        Target::Now => "now",
        Target::Cut(_) => "cut",
        _ => "thing",
    }
}

impl Sheet {
    /// The step that stands nearest to a place on the canvas.
    fn nearest(&self, x: f32) -> u32 {
        self.axis.nearest(f64::from(x - self.gutter) + self.from)
    }

    /// The last step that stands left of a place on the canvas.
    fn reached(&self, x: f32) -> u32 {
        self.axis.reached(f64::from(x - self.gutter) + self.from)
    }
}

fn pointer_up(props: &Spacetime, sheet: &Rc<RefCell<Sheet>>) -> Callback<PointerEvent> {
    let (lab, frames, sheet) = (props.lab.clone(), props.frames.clone(), Rc::clone(sheet));
    Callback::from(move |event: PointerEvent| {
        let drag = sheet.borrow_mut().drag.take();
        let point = at(&event);
        match drag {
            Some(Drag::Arrowhead(depth, _)) => {
                let until = sheet.borrow().nearest(point.x);
                if until > depth {
                    lab.act(Action::Postpone(depth, until));
                }
            }
            Some(Drag::Picture(_, _, false)) => {
                let hit = sheet.borrow().scene.hit_near(point.x, point.y, 6.0).is_some();
                if !hit {
                    lab.act(Action::Select(None));
                }
            }
            _ => {}
        }
        frames.0.kick();
    })
}
