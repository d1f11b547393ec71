// Package mariatest starts a MariaDB server of Debian's for tests, as an ordinary user in a temporary folder on a free port.
// Nothing but tests imports it.
package mariatest
