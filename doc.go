// Package mulu holds the nouns of the district's public data: organisation, duty, entry, item, system, table,
// application, grant, case; their states; Fact and Refusal. It imports nothing of ours.
//
// Every noun is a plain value with a JSON form. That form is what the chain stores, what a record carries as
// "the noun as it now stands", and what the read models keep; so a field, once released, keeps its name and meaning.
// Times are RFC 3339 in Asia/Shanghai, dates are YYYY-MM-DD, money and counts are integers.
package mulu
