//! A stream of choices, from which every generated thing is built.
//!
//! A strategy draws a list of numbers and a builder reads them as choices. What is built is valid whatever the
//! numbers are, so shrinking needs no knowledge of matrices: smaller numbers and shorter lists give simpler specs.
//! The first alternative of each choice is therefore the simplest one.

/// Numbers that are read one after another. Once they run out, zeros follow.
#[derive(Debug)]
pub struct Choices {
    drawn: std::vec::IntoIter<u32>,
}

impl Choices {
    /// Creates a stream of choices that reads these numbers in their order.
    pub fn new(drawn: Vec<u32>) -> Self {
        Choices {
            drawn: drawn.into_iter(),
        }
    }

    /// Returns a number below `count`, which is at least 1. It grows with the number drawn, so that shrinking moves it to 0.
    pub fn below(&mut self, count: usize) -> usize {
        assert!(count > 0, "a choice among nothing");
        let drawn = u64::from(self.drawn.next().unwrap_or(0));
        let count = u64::try_from(count).expect("a count fits 64 bits");
        usize::try_from((drawn * count) >> 32).expect("less than the count")
    }

    /// Returns a number from `low` to `high`, both included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let width = usize::try_from(high - low + 1).expect("the low end is not above the high end");
        low + i64::try_from(self.below(width)).expect("less than the width")
    }

    /// Returns whether something that happens this often happens. Once the choices run out, it does not.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    /// Returns one of the items.
    ///
    /// # Panics
    /// Panics if there are no items.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Returns `count` different items, in any order.
    pub fn some<T: Clone>(&mut self, items: &[T], count: usize) -> Vec<T> {
        let mut pool = items.to_vec();
        for position in 0..count {
            let other = position + self.below(pool.len() - position);
            pool.swap(position, other);
        }
        pool.truncate(count);
        pool
    }

    /// Returns at least one of the items, in any order.
    pub fn subset<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        let count = 1 + self.below(items.len());
        self.some(items, count)
    }
}
