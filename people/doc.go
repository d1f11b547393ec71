// Package people knows who is at the desk: accounts, sessions, roles, second factors, the three separated administrators.
//
// An account acts for one institution. Records on the chain name a person by the account's opaque id and never by name;
// which id is whose stands here only, sealed, on the node of the institution. What an institution may do is decided by
// committed state; what a person may do for it, by the roles here.
package people
