// Package people knows who is at the desk: accounts, sessions, roles, second factors, the three separated administrators.
//
// An account acts for one institution. Records on the chain name a person by the account's opaque id and never by name;
// which id is whose stands here only, sealed, on the node of the institution. What an institution may do is decided by
// committed state; what a person may do for it, by the roles here.
//
// Everything is in one SQLite file, which nothing else holds. Who has the file and not the node's secret learns logins,
// institutions, roles and the course of events, but no names, passwords, cookies, links, codes or details, and cannot
// guess passwords; he can remove rows or put the whole file back to an older state, but not make or alter accounts,
// roles, sessions, links or events. The audit log is a chain of HMAC-SM3: CheckEvents finds what was altered, left out
// or cut off.
//
// Every change notes its event in the same transaction; what was denied is noted too. Denied tells people what to do.
package people
