package platform

import "errors"

// What can be wrong with data that is not on this machine: with its owner, or on a database server of the platform's own.
// Errors wrap one of these and say in their text what was attempted.
var (
	// ErrAway says that the server cannot be reached, broke off, or failed so often that it is left alone for a while.
	ErrAway = errors.New("the database or interface cannot be reached at present; see that it runs and that the network leads there")
	// ErrSlow says that the server was reached and did not finish in time.
	ErrSlow = errors.New("the database or interface did not answer in time; narrow the query by its key, or have an index made there")
	// ErrDrift says that the owner's table or interface is no longer what was bound: a column, a table or a member is gone.
	ErrDrift = errors.New("the owner's table or interface has changed and no longer has what the entry is bound to; look at it again and bind anew")
	// ErrForbidden says that the address is not on the list of what this node may reach.
	ErrForbidden = errors.New("this address is not on the list of what the node may reach; the operator adds it to the settings, or the connection is wrong")
	// ErrUnbound says that this node knows no connection for the entry.
	ErrUnbound = errors.New("this node knows no connection for the entry; bind it to the owner's table or interface")
	// ErrPlace says that a place in connected data was made under another binding, or by nobody.
	ErrPlace = errors.New("this place in the data is of another binding; begin again at the first page")
)
