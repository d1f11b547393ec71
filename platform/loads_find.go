package platform

import "context"

// Before counts the loads that are read before one that waits; 0 for one that does not.
func (l *Loads) Before(ctx context.Context, load Load) (n int, err error) {
	if load.State != Waiting {
		return 0, nil
	}
	err = l.db.QueryRowContext(ctx, "SELECT count(*) FROM load WHERE state IN (?,?,?) AND n < ?", Waiting, Reading, Publishing, load.N).Scan(&n)
	return n, err
}

// Published gives the load that made a version of an entry's data, ErrNoLoad where it was not loaded here.
func (l *Loads) Published(ctx context.Context, entry string, version int, digest string) (Load, error) {
	list, err := l.list(ctx, "entry = ? AND state = ? AND version = ? AND digest = ? ORDER BY n DESC LIMIT 1", entry, Published, version, digest)
	if err != nil {
		return Load{}, err
	}
	if len(list) == 0 {
		return Load{}, ErrNoLoad
	}
	return list[0], nil
}
