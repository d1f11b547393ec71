package platform

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"mulu"
	"mulu/vault"
)

// sealedStage seals rows on their way into the stage beneath.
type sealedStage struct {
	Stage
	engine *Sealed
	layout *layout
	writer *vault.Writer
	marker *vault.Marker
	row    Row
	text   []byte
	aside  Version // a copy of the base that was made for this stage; zero: there is none
}

// Stage begins a version of an entry; the rule says which items are sealed in it. A base that keeps other items sealed is
// first copied into the form of the new version.
func (s *Sealed) Stage(ctx context.Context, entry string, items []mulu.Item, base Base) (Stage, error) {
	if err := checkStage(entry, items, base); err != nil {
		return nil, err
	}
	l := layOut(entry, slices.Clone(items), s.rule)
	made := &sealedStage{engine: s, layout: l, marker: s.ring.Marker()}
	var err error
	if base.begins() {
		if made.aside, err = s.recast(ctx, l, base.Version); err != nil {
			return nil, fmt.Errorf("stage %s: begin from %w", entry, err)
		}
		if made.aside != (Version{}) {
			base.Version = made.aside
		}
	}
	if made.Stage, err = s.Engine.Stage(ctx, entry, l.beneath(), base); err != nil {
		return nil, errors.Join(err, made.tidy(ctx))
	}
	if !l.any && made.aside == (Version{}) {
		return made.Stage, nil
	}
	if made.writer, err = s.ring.Writer(); err != nil {
		return nil, errors.Join(fmt.Errorf("stage %s: %w", entry, err), made.Discard())
	}
	return made, nil
}

// recast copies a base whose sealed items are not those of l, keeping of it what l has; otherwise it does nothing.
func (s *Sealed) recast(ctx context.Context, l *layout, base Version) (Version, error) {
	had, err := s.layout(ctx, base)
	if err != nil {
		return Version{}, err
	}
	same, sealed := true, map[string]bool{}
	var items []mulu.Item
	var fields []string
	for i, item := range had.items {
		at, ok := l.at[item.Field]
		if !ok {
			continue
		}
		same = same && had.sealed[i] == l.sealed[at]
		sealed[item.Field] = l.sealed[at]
		item.IsKey = l.items[at].IsKey
		items, fields = append(items, item), append(fields, item.Field)
	}
	if same {
		return Version{}, nil
	}
	to := layOut(base.Entry, items, func(i mulu.Item) bool { return sealed[i.Field] })
	copied := &sealedStage{engine: s, layout: to, marker: s.ring.Marker()}
	if copied.writer, err = s.ring.Writer(); err != nil {
		return Version{}, err
	}
	if copied.Stage, err = s.Engine.Stage(ctx, base.Entry, to.beneath(), Base{}); err != nil {
		return Version{}, err
	}
	defer copied.Discard()
	if err := s.Scan(ctx, base, fields, func(r Row) error { return copied.Add(ctx, r) }); err != nil {
		return Version{}, err
	}
	repeated, err := copied.Duplicates(ctx, 1)
	if err == nil && len(repeated) > 0 {
		err = ErrBase
	}
	if err != nil {
		return Version{}, err
	}
	// No version of the chain has this digest, so nobody is ever served it, and one that a crash leaves is tidied away.
	name := copied.writer.Seal(nil, []byte(base.Digest), nil)
	aside := Version{base.Entry, base.Number, hex.EncodeToString(copied.marker.Mark(copied.marker.Mark(nil, name, nil), []byte(base.Digest), name)[:32])}
	return aside, copied.Publish(ctx, aside.Number, aside.Digest)
}

func (s *sealedStage) Add(ctx context.Context, row Row) error {
	l := s.layout
	if len(row) != len(l.items) {
		return fmt.Errorf("add a row: it has %d values, the entry %d items", len(row), len(l.items))
	}
	s.row = s.row[:0]
	for i, v := range row {
		if !l.sealed[i] || v == "" {
			s.row = append(s.row, v)
			if l.sealed[i] {
				s.row = append(s.row, "")
			}
			continue
		}
		s.text = s.writer.Seal(s.text[:0], []byte(v), l.bound[i])
		end := len(s.text)
		s.text = s.marker.Mark(s.text, []byte(v), l.bound[i])
		both := string(s.text)
		s.row = append(s.row, both[:end], both[end:])
	}
	return s.Stage.Add(ctx, s.row)
}

func (s *sealedStage) Scan(ctx context.Context, yield func(Row) error) error {
	l, at, row := s.layout, all(s.layout.items), make(Row, len(s.layout.items))
	return s.Stage.Scan(ctx, func(beneath Row) error {
		k := 0
		for i := range row {
			row[i] = beneath[k]
			if k++; l.sealed[i] {
				k++
			}
		}
		if err := s.engine.open(l, at, row); err != nil {
			return err
		}
		return yield(row)
	})
}

func (s *sealedStage) Publish(ctx context.Context, number int, digest string) error {
	if err := s.Stage.Publish(ctx, number, digest); err != nil {
		return err
	}
	return s.tidy(ctx)
}

func (s *sealedStage) Discard() error {
	return errors.Join(s.Stage.Discard(), s.tidy(context.Background()))
}

// tidy drops the copy of the base.
func (s *sealedStage) tidy(ctx context.Context) error {
	if s.aside == (Version{}) {
		return nil
	}
	err := s.engine.Drop(ctx, s.aside)
	if err == nil {
		s.aside = Version{}
	}
	return err
}
