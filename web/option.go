package web

// option is one line of a choose part.
type option struct{ Value, Text string }

// Form gives templates the form that a page's data holds: an embedded form is promoted, but not by its own name.
func (f form) Form() form { return f }
