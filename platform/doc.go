// Package platform keeps the data behind entries: loads, versions, sources.
//
// A load becomes a version or nothing. Rows are read as a stream, each checked against the items of its entry, and
// staged; one bad row rejects the load as a whole, and the version before goes on serving. A version, once published,
// never changes: it is named by its number and the digest of its rows, and it is served only because the committed
// noun mulu.Dataset names exactly this pair. So a crash, a second load of the same number or a file put in the place
// of another can leave data unused but never serve what was not announced.
//
// Values are text, kept exactly as loaded and compared as text, so that codes of 18 digits and leading zeros survive;
// numbers and dates are checked, not re-formatted. An empty value is no value (null): CSV knows no difference.
package platform
