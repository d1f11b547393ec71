// Package quality checks rows before they are published and says how good an entry's data is (Art. 7, 16; GB/T 36344).
// A Plan is what will be checked of an entry: what its items say, the data elements they are bound to, and the rules its
// owner added. A Checker is one pass over rows. Each check belongs to an indicator of GB/T 36344-2018 and each indicator
// to one of the five properties of Art. 7; docs/quality.md says how they become a score.
package quality
