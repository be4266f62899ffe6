//! Stretches of the lines in which something was so that is claimed: bars above the lines, with their words.

use super::draw::Sheet;
use crate::{
    NodeId,
    scene::{Anchor, Form, Rect, Role, Scene, Style, geometry::point, text::shortened},
};
use std::sync::Arc;

/// Something that is claimed of a node, and when it was so.
#[derive(Clone, Debug)]
pub struct Stretch {
    /// Of which.
    pub node: NodeId,
    /// What.
    pub words: Arc<str>,
    /// From the event of one depth to that of the other; without one, up to the line of now.
    pub spans: Vec<(u32, Option<u32>)>,
}

impl Stretch {
    pub(super) fn draw(&self, scene: &mut Scene, sheet: &Sheet<'_>) {
        let scale = sheet.view.scale;
        let high = (9.0 * scale).min(0.14 * sheet.pitch);
        let y = sheet.y(self.node) - 0.2 * sheet.pitch;
        for &(from, to) in &self.spans {
            let left = sheet.x(from).max(sheet.gutter());
            let right = to.map_or_else(|| sheet.x(sheet.now) + 14.0, |to| sheet.x(to)).min(sheet.view.width);
            if right <= left {
                continue;
            }
            let rect = Rect { x: left, y: y - high / 2.0, width: right - left, height: high };
            scene.add(Form::Rect(rect, 0.4 * high), Style::fill(Role::Selected).outlined(Role::Ink, 1.0));
            let size = 13.0;
            let text = shortened(&self.words, size * scale, false, (right - left).max(120.0 * scale));
            let at = point(left + 2.0 * scale, y - high / 2.0 - 2.0 * scale);
            let text = sheet.text(at, text, size).anchored(Anchor::Start);
            scene.add(Form::Text(text), Style::fill(Role::Ink).outlined(Role::Stage, 4.0));
        }
    }
}
