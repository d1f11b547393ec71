package platform

import (
	"context"
	"errors"
	"fmt"
	"time"

	"mulu"
	"mulu/platform/intake"
)

// Unchanged is the state of a pull that found nothing new.
const Unchanged = "unchanged"

// stillFresh is for how long data that was found unchanged need not be announced anew: after that the next pull makes a version
// of the same rows, so that the chain knows that they were looked at.
const stillFresh = 24 * time.Hour

// Pulls gives entries' data from their owners', by plan or when somebody asks; platform/source does.
type Pulls interface {
	// Pull begins to read an entry at its source: all of it if whole is set or nothing was pulled before, else what came since.
	Pull(ctx context.Context, entry string, content *mulu.EntryContent, whole bool) (Pulled, error)
	// Due lists the entries whose turn has come, and when the next one's comes; the zero time is never.
	Due(now time.Time) (entries []string, next time.Time)
	// Failed keeps why an entry's turn came to nothing; the next is by its plan.
	Failed(entry, why string) error
}

// Pulled is what a source gives.
type Pulled interface {
	intake.Table
	// All says that it is all there is, and not only what came since.
	All() bool
	// Keep notes that what was given is published: the next pull goes on from there.
	Keep() error
}

// Pull has an entry's data fetched from its owner's. One that waits or is under way already is given back.
func (l *Loads) Pull(ctx context.Context, entry, org, person string) (Load, error) {
	g, err := l.Ground(ctx, entry)
	if err != nil {
		return Load{}, err
	}
	if org != "" && g.Org != org {
		return Load{}, &mulu.Refusal{Code: "not_yours", Art: "15.1", Args: []string{"@dataset.publish", "@provider"}}
	}
	list, err := l.list(ctx, "entry = ? AND source = ? AND state IN (?,?,?) LIMIT 1", entry, FromPull, Waiting, Reading, Publishing)
	if err != nil {
		return Load{}, err
	}
	if len(list) > 0 {
		return list[0], nil
	}
	id, err := newLoadID()
	if err != nil {
		return Load{}, err
	}
	if _, err := l.db.ExecContext(ctx, "INSERT INTO load (id, entry, org, person, source, name, size, state, kept, made) VALUES (?,?,?,?,?,'',0,?,0,?)",
		id, entry, g.Org, person, FromPull, Waiting, l.Now().UnixNano()); err != nil {
		return Load{}, fmt.Errorf("begin a pull: %w", err)
	}
	l.rouse()
	return l.Get(ctx, id)
}

// pullDue begins the pulls whose turn has come, and tells how long it is until the next one's.
func (l *Loads) pullDue(ctx context.Context) (wait time.Duration, err error) {
	const longest = time.Minute // plans change while nobody tells
	if l.Pulls == nil {
		return longest, nil
	}
	entries, next := l.Pulls.Due(l.Now())
	for _, entry := range entries {
		if _, err := l.Pull(ctx, entry, "", ""); err != nil {
			if ctx.Err() != nil {
				return 0, ctx.Err()
			}
			l.Log.Warn("a pull could not be begun", "entry", entry, "err", err)
			if err := l.Pulls.Failed(entry, err.Error()); err != nil {
				return 0, err
			}
		}
	}
	if next.IsZero() {
		return longest, nil
	}
	return min(longest, max(time.Second, next.Sub(l.Now()))), nil
}

// readPull loads what a source gives.
func (l *Loads) readPull(ctx context.Context, g Ground, load Load, progress func(int64)) (r Report, done func() error, err error) {
	if l.Pulls == nil {
		return r, nil, ErrUnbound
	}
	t, err := l.Pulls.Pull(ctx, load.Entry, g.Content, !g.Dataset.OnPlatform())
	if err != nil {
		return r, nil, err
	}
	defer t.Close()
	columns := map[string]string{} // what is not bound is not given
	for _, item := range g.Content.Items {
		columns[item.Field] = ""
	}
	for _, field := range t.Columns() {
		columns[field] = field
	}
	j := Job{Entry: load.Entry, Ground: g, Mode: "upsert", Columns: columns, Today: l.Today(), Progress: progress, Idle: l.fresh(g.Dataset)}
	if t.All() {
		j.Mode, j.Idle = "replace", false
	}
	r, err = l.Platform.Load(ctx, j, t)
	return r, t.Keep, err
}

// fresh tells that data was announced so lately that nothing new need not be said.
func (l *Loads) fresh(d mulu.Dataset) bool {
	at, err := time.Parse(time.RFC3339, d.Loaded)
	return err == nil && l.Today().Sub(at) < stillFresh
}

// pullFailed notes why a pull came to nothing.
func (l *Loads) pullFailed(load Load, state string, r *Report, f Fault) error {
	if load.Source != FromPull || l.Pulls == nil {
		return nil
	}
	why := f.Zh
	if why == "" && r != nil {
		why = r.Why.Text("zh", r)
	}
	if state == Cancelled {
		why = "已由提供单位取消。"
	}
	return l.Pulls.Failed(load.Entry, why)
}

// awayWords says in both languages why a source gave nothing, ok if that is what an error is.
func awayWords(err error) (f Fault, ok bool) {
	for _, w := range []struct {
		err    error
		zh, en string
	}{
		{ErrAway, "数据源连接不上，原有版本继续提供。请数据提供方检查数据库和网络，到点后自动重试。", "The source cannot be reached, the version before serves on. Have its owner look at the database and the network; it is tried again by its plan."},
		{ErrSlow, "数据源长时间没有返回数据，原有版本继续提供，到点后自动重试。", "The source gave nothing for too long, the version before serves on; it is tried again by its plan."},
		{ErrDrift, "数据源的表或字段与绑定不一致，原有版本继续提供。请重新扫描并绑定。", "The source's table or columns are not as they were bound, the version before serves on. Scan and bind it anew."},
		{ErrForbidden, "数据源地址不在本节点允许访问的范围内。请系统管理员核对 reach 设置。", "The source's address is not among those this node may reach. Have the operator look at the setting reach."},
		{ErrUnbound, "这条目录没有绑定数据源。请先绑定，或者上传文件。", "No source is bound to this entry. Bind one, or upload a file."},
	} {
		if errors.Is(err, w.err) {
			return Fault{w.zh, w.en}, true
		}
	}
	return f, false
}
