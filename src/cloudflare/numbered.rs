//! What the platform, or a waker, knows by a number only. A number is never given twice: whoever comes
//! late with one finds nothing.

/// Things by their numbers.
pub(super) struct Numbered<T> {
    last: u32,
    /// In the order of their numbers.
    things: Vec<(u32, T)>,
}

impl<T> Numbered<T> {
    pub(super) const fn new() -> Self {
        Self {
            last: 0,
            things: Vec::new(),
        }
    }

    /// Takes a thing in, and gives it its number.
    pub(super) fn add(&mut self, thing: T) -> u32 {
        self.last = self
            .last
            .checked_add(1)
            .expect("an isolate does not live so long");
        self.things.push((self.last, thing));
        self.last
    }

    pub(super) fn get(&mut self, number: u32) -> Option<&mut T> {
        let at = self.at(number)?;
        Some(&mut self.things[at].1)
    }

    pub(super) fn remove(&mut self, number: u32) -> Option<T> {
        let at = self.at(number)?;
        Some(self.things.remove(at).1)
    }

    fn at(&self, number: u32) -> Option<usize> {
        self.things
            .binary_search_by_key(&number, |(number, _)| *number)
            .ok()
    }
}
