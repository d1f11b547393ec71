package web

// option is one line of a choose part.
type option struct{ Value, Text string }
