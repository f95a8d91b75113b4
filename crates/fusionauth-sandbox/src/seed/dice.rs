//! Variety that is the same every time.

/// A linear congruential generator.
pub struct Dice(pub u32);

impl Dice {
    /// A number from 0 to `bound` - 1.
    pub fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        // The low bits of such a generator repeat after a few numbers.
        (self.0 >> 16) % bound.max(1)
    }

    /// One of several choices; empty if there are none.
    pub fn one_of(&mut self, choices: &[&'static str]) -> &'static str {
        let length = u32::try_from(choices.len()).unwrap_or_default();
        choices.get(self.below(length) as usize).copied().unwrap_or_default()
    }
}
