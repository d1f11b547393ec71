package desk

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"mulu"
)

const (
	mostPhrases    = 100  // of an institution
	mostPhrase     = 2000 // characters, as many as an explanation may have
	mostPhraseName = 60
)

// Phrase is an institution's ready-made explanation for a kind of answer (答复模板). Its places to fill are those of Fill.
type Phrase struct {
	ID, Org         string
	Use             string // full | part | refused
	Title, Text, By string
	Saved           time.Time
}

// PhraseError says what is wrong with a phrase, as a code for the pages: empty | long | place | many, and at which place.
type PhraseError struct{ Code, At string }

func (e *PhraseError) Error() string { return "the phrase is not kept: " + e.Code + " " + e.At }

// Fill puts values into a phrase's places, written {name}. A place that none of the values fills is a *PhraseError.
func Fill(text string, values map[string]string) (string, error) {
	var out strings.Builder
	for {
		before, rest, open := strings.Cut(text, "{")
		out.WriteString(before)
		if !open {
			return out.String(), nil
		}
		name, after, closed := strings.Cut(rest, "}")
		value, known := values[name]
		if !closed || !known {
			return "", &PhraseError{"place", name}
		}
		out.WriteString(value)
		text = after
	}
}

// Phrases lists an institution's phrases for a use, "" for all, by title.
func (d *Drafts) Phrases(ctx context.Context, org, use string) ([]Phrase, error) {
	rows, err := d.db.QueryContext(ctx, "SELECT id, org, use, title, text, by, saved FROM phrase WHERE org = ? AND (? = '' OR use = ?) ORDER BY use, title, id", org, use, use)
	if err != nil {
		return nil, fmt.Errorf("list phrases: %w", err)
	}
	defer rows.Close()
	var all []Phrase
	for rows.Next() {
		var p Phrase
		var saved int64
		if err := rows.Scan(&p.ID, &p.Org, &p.Use, &p.Title, &p.Text, &p.By, &saved); err != nil {
			return nil, fmt.Errorf("list phrases: %w", err)
		}
		p.Saved = time.Unix(0, saved).In(mulu.Shanghai())
		all = append(all, p)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list phrases: %w", err)
	}
	return all, nil
}

// SavePhrase keeps a phrase, a new one where ID is "". known are the places that it may have. What is wrong with it is a
// *PhraseError; one of another institution is ErrNoDraft.
func (d *Drafts) SavePhrase(ctx context.Context, p Phrase, known map[string]string) error {
	p.Title, p.Text = strings.TrimSpace(p.Title), strings.TrimSpace(p.Text)
	switch {
	case p.Title == "" || p.Text == "":
		return &PhraseError{Code: "empty"}
	case utf8.RuneCountInString(p.Title) > mostPhraseName || utf8.RuneCountInString(p.Text) > mostPhrase || !utf8.ValidString(p.Title+p.Text):
		return &PhraseError{Code: "long"}
	}
	if _, err := Fill(p.Text, known); err != nil {
		return err
	}
	now := d.now().UnixNano()
	if p.ID != "" {
		done, err := d.db.ExecContext(ctx, "UPDATE phrase SET use = ?, title = ?, text = ?, by = ?, saved = ? WHERE org = ? AND id = ?", p.Use, p.Title, p.Text, p.By, now, p.Org, p.ID)
		return changedOne(done, err, "keep a phrase")
	}
	id := make([]byte, 9)
	if _, err := io.ReadFull(d.rand, id); err != nil {
		return fmt.Errorf("keep a phrase: read chance: %w", err)
	}
	done, err := d.db.ExecContext(ctx, `INSERT INTO phrase (id, org, use, title, text, by, saved) SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
		WHERE (SELECT count(*) FROM phrase WHERE org = ?2) < ?8`, "phrase-"+base64.RawURLEncoding.EncodeToString(id), p.Org, p.Use, p.Title, p.Text, p.By, now, mostPhrases)
	if err = changedOne(done, err, "keep a phrase"); errors.Is(err, ErrNoDraft) {
		return &PhraseError{Code: "many"}
	}
	return err
}

// DropPhrase drops a phrase; one that the institution does not have is ErrNoDraft.
func (d *Drafts) DropPhrase(ctx context.Context, org, id string) error {
	done, err := d.db.ExecContext(ctx, "DELETE FROM phrase WHERE org = ? AND id = ?", org, id)
	return changedOne(done, err, "drop a phrase")
}

func changedOne(done interface{ RowsAffected() (int64, error) }, err error, attempt string) error {
	var n int64
	if err == nil {
		if n, err = done.RowsAffected(); err == nil && n == 0 {
			err = ErrNoDraft
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", attempt, err)
	}
	return nil
}
