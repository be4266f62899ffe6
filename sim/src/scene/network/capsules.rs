//! Messages as capsules, marks and piles.

use super::{Look, labels, layout::Layout, messages::Standing, motion::Pose};
use crate::{
    MessageId,
    scene::{
        Area, Form, Rect, Role, Scene, Style, Target, Text,
        geometry::{point, within},
        marks,
        text::{self, shortened},
        theme::HUES,
    },
};

/// A message and where it is painted.
pub type Painted<'a> = (&'a Standing, Pose);

/// Few capsules are painted one above the other; many, pass by pass, so that a painter can batch them.
const FEW: usize = 48;

/// Paints messages. `all`: those that stand now, by their ids, the hidden ones too.
pub fn draw(scene: &mut Scene, layout: &Layout, painted: &[Painted<'_>], all: &[Standing], look: &Look) {
    let (capsules, small): (Vec<&Painted<'_>>, Vec<&Painted<'_>>) =
        painted.iter().partition(|(standing, _)| !standing.words.is_empty());
    draw_marks(scene, layout, &small, look);
    if capsules.len() <= FEW {
        for one in &capsules {
            draw_shell(scene, layout, one, look);
            draw_words(scene, layout, one);
            draw_signs(scene, layout, one);
        }
    } else {
        for hue in 0..HUES as u8 {
            capsules.iter().filter(|one| one.0.hue == hue).for_each(|one| draw_shell(scene, layout, one, look));
        }
        capsules.iter().for_each(|one| draw_head(scene, layout, one));
        capsules.iter().for_each(|one| draw_text(scene, layout, one));
        capsules.iter().for_each(|one| draw_signs(scene, layout, one));
    }
    for (standing, pose) in painted {
        let rect = rect(standing, pose);
        let target = match &standing.pile {
            Some(pile) => Target::Pile(pile.clone()),
            None => Target::Message(standing.id),
        };
        scene.hit_area(Area::Rect(rect), target);
    }
    for one in capsules {
        open_pile(scene, layout, one, all, look);
    }
}

/// A capsule that would stick out of the stage stands a little beside its way.
pub fn kept_on_stage<'a>(look: &Look, (standing, pose): Painted<'a>) -> Painted<'a> {
    if standing.words.is_empty() {
        return (standing, pose);
    }
    let inside = |at: f32, half: f32, size: f32| within(at, half, (size - half).max(half));
    let at = point(
        inside(pose.at.x, standing.half.x + 2.0, look.width),
        inside(pose.at.y, standing.half.y + 2.0, look.height),
    );
    (standing, Pose { at, ..pose })
}

fn rect(standing: &Standing, pose: &Pose) -> Rect {
    Rect::around(pose.at, 2.0 * standing.half.x * pose.size, 2.0 * standing.half.y * pose.size)
}

/// Small triangles in the direction of travel, hue by hue.
fn draw_marks(scene: &mut Scene, layout: &Layout, small: &[&Painted<'_>], look: &Look) {
    let edge = (0.12 * layout.radius).clamp(0.5, 1.2);
    for hue in 0..HUES as u8 {
        for (standing, pose) in small.iter().filter(|one| one.0.hue == hue) {
            let size = standing.half.x * pose.size;
            let head =
                marks::arrowhead(pose.at + pose.direction * (1.2 * size), pose.direction, 2.6 * size, 1.6 * size);
            scene.add(head, Style::fill(Role::Hue(hue)).outlined(Role::Ink, edge).faded(pose.opacity));
        }
    }
    for (standing, pose) in small.iter().filter(|one| look.is_selected(&Target::Message(one.0.id))) {
        let style = Style::stroke(Role::Selected, 2.5 * layout.scale);
        scene.add(Form::Circle(pose.at, standing.half.x + 4.0), style);
    }
    for (_, pose) in small.iter().filter(|one| one.0.held) {
        marks::pin(scene, pose.at + point(0.0, -layout.radius.max(6.0)), 5.0 * layout.scale);
    }
}

fn draw_shell(scene: &mut Scene, layout: &Layout, (standing, pose): &Painted<'_>, look: &Look) {
    let s = layout.scale;
    let rect = rect(standing, pose);
    let style = Style::fill(Role::HueFill(standing.hue)).outlined(Role::Ink, 1.5 * s).faded(pose.opacity);
    let corner = rect.height / 2.0;
    let behind = standing.pile.as_ref().map_or(0, |pile| pile.len() - 1).min(2);
    for k in (1..=behind).rev() {
        let shift = 4.0 * s * k as f32;
        scene.add(Form::Rect(Rect { x: rect.x + shift, y: rect.y - shift, ..rect }, corner), style);
    }
    if is_selected(standing, look) {
        scene.add(Form::Rect(rect.grown(3.5 * s), corner + 3.5 * s), Style::stroke(Role::Selected, 3.0 * s));
    }
    scene.add(Form::Rect(rect, corner), style);
}

fn is_selected(standing: &Standing, look: &Look) -> bool {
    let one = |id: MessageId| look.is_selected(&Target::Message(id));
    standing.pile.as_ref().map_or_else(
        || one(standing.id),
        |pile| pile.iter().any(|&id| one(id)) || look.is_selected(&Target::Pile(pile.clone())),
    )
}

fn draw_words(scene: &mut Scene, layout: &Layout, one: &Painted<'_>) {
    draw_head(scene, layout, one);
    draw_text(scene, layout, one);
}

/// Whether the arrowhead stands at the right end: where the message goes that way, or straight up or down.
fn heads_right(pose: &Pose) -> bool {
    pose.direction.x > -0.15
}

fn draw_head(scene: &mut Scene, layout: &Layout, (standing, pose): &Painted<'_>) {
    let s = layout.scale * pose.size;
    let side = if heads_right(pose) { 1.0 } else { -1.0 };
    let at = pose.at + point(side * (standing.half.x * pose.size - 13.0 * s), 0.0);
    let along = pose.direction * (6.0 * s);
    scene.add(Form::Line(at - along, at), Style::stroke(Role::Ink, 2.0 * s).faded(pose.opacity));
    let head = marks::arrowhead(at + along, pose.direction, 7.5 * s, 8.0 * s);
    scene.add(head, Style::fill(Role::Ink).faded(pose.opacity));
}

fn draw_text(scene: &mut Scene, layout: &Layout, (standing, pose): &Painted<'_>) {
    if pose.size < 0.7 {
        return;
    }
    let size = labels::SIZE * layout.scale * pose.size;
    let shift = if heads_right(pose) { -7.0 } else { 7.0 } * layout.scale;
    let widest = 240.0 * layout.scale;
    let words = if standing.half.x * 2.0 > widest {
        shortened(&standing.words, labels::SIZE * layout.scale, true, widest).into()
    } else {
        standing.words.clone()
    };
    let words = Text::new(pose.at + point(shift, 0.36 * size), words, size).bold();
    scene.add(Form::Text(words), Style::fill(Role::Ink).faded(pose.opacity));
}

/// The pin of a held message, the count of a pile.
fn draw_signs(scene: &mut Scene, layout: &Layout, (standing, pose): &Painted<'_>) {
    let s = layout.scale;
    let rect = rect(standing, pose);
    if standing.held {
        marks::pin(scene, point(rect.x + 2.0 * s, rect.y - 5.0 * s), 9.0 * s);
    }
    if let Some(pile) = &standing.pile {
        let words = format!("×{}", pile.len());
        let size = labels::SIZE * s;
        let width = text::width(&words, size, true) + 12.0 * s;
        let badge = Rect::around(point(rect.right() + 2.0 * s, rect.y - 4.0 * s), width, 20.0 * s);
        scene.add(Form::Rect(badge, badge.height / 2.0), Style::fill(Role::Ink));
        let words = Text::new(badge.centre() + point(0.0, 0.36 * size), words, size).bold();
        scene.add(Form::Text(words), Style::fill(Role::Stage));
    }
}

/// A selected pile opens: its messages one below the other, the first to arrive on top.
fn open_pile(scene: &mut Scene, layout: &Layout, (standing, pose): &Painted<'_>, all: &[Standing], look: &Look) {
    const MOST: usize = 12;
    let Some(pile) = standing.pile.as_ref().filter(|_| is_selected(standing, look)) else { return };
    let s = layout.scale;
    let (row, shown) = (2.0 * standing.half.y + 3.0 * s, pile.len().min(MOST));
    let height = row * shown as f32;
    let top = (pose.at.y + standing.half.y + 4.0 * s).min(layout.inner.bottom() - height).max(layout.inner.y);
    let width = 2.0 * standing.half.x;
    let x = within(pose.at.x - standing.half.x, layout.inner.x, (layout.inner.right() - width).max(layout.inner.x));
    let ground = Rect { x, y: top, width, height }.grown(4.0 * s);
    scene.add(Form::Rect(ground, 8.0 * s), Style::fill(Role::Stage).outlined(Role::Ink, 1.0 * s));
    for (k, &id) in pile.iter().take(MOST).enumerate() {
        let centre = point(x + width / 2.0, top + (k as f32 + 0.5) * row);
        let single = Standing { id, pile: None, hidden: false, ..Standing::clone(standing) };
        let pose = Pose { at: centre, ..*pose };
        let words = match k + 1 {
            last if last == MOST && pile.len() > MOST => format!("… {} more", pile.len() + 1 - MOST).into(),
            _ => all
                .binary_search_by_key(&id, |one| one.id)
                .map_or_else(|_| standing.words.clone(), |at| all[at].words.clone()),
        };
        let single = Standing { words, ..single };
        draw_shell(scene, layout, &(&single, pose), look);
        draw_words(scene, layout, &(&single, pose));
        scene.hit_area(Area::Rect(Rect::around(centre, width, row)), Target::Message(id));
    }
}
