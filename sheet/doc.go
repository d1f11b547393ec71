// Package sheet brings tables in and out of Excel and CSV: the sheets officials fill in today become acts, and what
// stands on the chain becomes the same sheets again.
package sheet
