//! What is told of a step besides the step itself: captions, and verdicts that have changed.

use sim::{FileError, Session, Verdict, scenario::Caption};
use std::mem;

/// What is told of a step besides the step itself.
pub struct Moment {
    /// The scenario's sentences for this event.
    pub captions: Vec<String>,
    /// The properties whose verdicts have changed, by their position among the algorithm's.
    pub changed: Vec<usize>,
}

/// Compares each moment with the one before.
pub struct Watch {
    captions: Vec<Caption>,
    verdicts: Vec<Verdict>,
}

impl Watch {
    /// Begins with everything held, so that the first moment tells what does not.
    pub fn new(session: &Session) -> Self {
        let verdicts = vec![Verdict::Holds; session.verdicts().len()];
        Self { captions: session.scenario().captions.clone(), verdicts }
    }

    /// What is to be told of the present moment.
    pub fn look(&mut self, session: &mut Session) -> Moment {
        let mut captions = Vec::new();
        if let Some(event) = session.step().event {
            for caption in &self.captions {
                // A caption may name what there is only later: then it is not about this event.
                let named: Result<_, FileError> = session.resolve(&caption.on);
                if named.is_ok_and(|named| named == event) {
                    captions.push(caption.text.clone());
                }
            }
        }
        let changes = |(old, new): (&Verdict, &Verdict)| mem::discriminant(old) != mem::discriminant(new);
        let pairs = self.verdicts.iter().zip(session.verdicts()).enumerate();
        let changed = pairs.filter(|(_, pair)| changes(*pair)).map(|(index, _)| index).collect();
        self.verdicts = session.verdicts().to_vec();
        Moment { captions, changed }
    }
}
