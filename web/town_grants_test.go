package web

import (
	"context"
	"crypto/rand"
	"encoding/csv"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mulu"
	"mulu/act"
	"mulu/desk"
	"mulu/gateway"
	"mulu/law"
	"mulu/platform"
	"mulu/platform/intake"
	"mulu/sm"
	"mulu/vault"
)

// openGateway gives the town a platform with data and a gateway before it, which listens on a port of its own. It anchors
// when a test says so.
func (w *town) openGateway(dir string, v *vault.Vault, node sm.Signer) error {
	engine, err := platform.OpenEmbedded(filepath.Join(dir, "platform"), sm.New, 2)
	if err != nil {
		return err
	}
	w.close = append(w.close, engine.Close)
	w.node, w.platform = node, platform.New(engine, v, sm.New)
	if w.gateway, err = gateway.Open(gateway.Config{Dir: filepath.Join(dir, "receipts"), Aside: filepath.Join(dir, "aside"), Chain: w.chain, Source: engine, Owners: w.desk.Sources, Node: "node-1", Key: node,
		DigestKey: []byte("0123456789abcdef"), Listen: "127.0.0.1:0", After: func(time.Duration) <-chan time.Time { return nil }}); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	ready, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- w.gateway.Serve(ctx, func(net.Addr) { close(ready) }) }()
	w.close = append(w.close, func() error { stop(); return errors.Join(<-ended, w.gateway.Close()) })
	select {
	case <-ready:
		return nil
	case err := <-ended:
		ended <- err
		return err
	}
}

// load puts rows on the platform behind an entry and announces them.
func (w *town) load(org, code string, version int, rows [][]string) error {
	e, err := w.entryNow(code)
	if err != nil {
		return err
	}
	var b strings.Builder
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		return err
	}
	table, err := intake.Open(strings.NewReader(b.String()), "rows.csv", intake.Form{Kind: intake.CSV})
	if err != nil {
		return err
	}
	ground := platform.Ground{Content: e.Now, Dataset: mulu.Dataset{Entry: code, Version: version - 1}}
	r, err := w.platform.Load(context.Background(), platform.Job{Entry: code, Ground: ground}, table)
	if err != nil || !r.Published {
		return fmt.Errorf("load %s: %+v: %w", code, r, err)
	}
	return w.done(org, &act.PublishDataset{Entry: code, Version: version, Rows: r.Rows, Digest: r.Digest})
}

func (w *town) entryNow(code string) (e mulu.Entry, err error) {
	v := &visit{Web: w.web}
	return e, v.noun(mulu.KindEntry, code, &e)
}

// granted has an institution apply for an entry and its provider agree; it gives the grant.
func (w *town) granted(org, code string, ask mulu.Ask) (string, error) {
	done, err := w.desk.Do(context.Background(), desk.By{Org: org}, &act.Apply{Entry: code, Ask: ask})
	if err != nil {
		return "", err
	}
	if id := madeIn(done.Outcome, mulu.KindGrant); id != "" {
		return id, nil
	}
	e, err := w.entryNow(code)
	if err != nil {
		return "", err
	}
	done, err = w.desk.Do(context.Background(), desk.By{Org: e.Org}, &act.AnswerApplication{Application: madeIn(done.Outcome, mulu.KindApplication), Decision: "full"})
	return madeIn(done.Outcome, mulu.KindGrant), err
}

// madeIn is the first noun of a kind that an act brought about or changed.
func madeIn(o mulu.Outcome, kind mulu.Kind) string {
	for _, f := range o.Facts {
		if f.Noun == kind {
			return f.ID
		}
	}
	return ""
}

// said has an act done by the machine's owner for an institution, and gives the noun of a kind that came of it.
func (w *town) said(org string, a act.Act, kind mulu.Kind) (string, error) {
	done, err := w.desk.Do(context.Background(), desk.By{Org: org}, a)
	if err != nil {
		return "", fmt.Errorf("%s: %w", a.Kind(), err)
	}
	return madeIn(done.Outcome, kind), nil
}

// nodeSays has the node say an act.
func (w *town) nodeSays(a act.Act, kind mulu.Kind) (string, error) {
	s, err := act.Sign(a, act.By{Chain: w.chain.ID(), Node: "node-1"}, w.node, rand.Reader)
	if err != nil {
		return "", err
	}
	done, err := w.desk.Submit(context.Background(), s)
	return madeIn(done.Outcome, kind), err
}

// share gives each institution something of what passes between two: a grant that it uses, with a receipt, an objection, a use
// report and a flag, and a review and a finding of its own. Civil uses what schools provides, schools what the bureau does,
// and the bureau what civil does, so that of any two one is a stranger to the third.
func (w *town) share(t *testing.T, of map[string]places, mark string) error {
	t.Helper()
	provider := map[string]string{townCivil: townSchools, townSchools: townBureau, townBureau: townCivil}
	for org, from := range provider {
		code := of[from].of["class"] + "/" + of[from].of["seq"]
		ask := mulu.Ask{Scenario: "矩阵核对" + mark, Scope: "本单位窗口", Duty: "依法履职", Method: "query", Days: 90}
		used, err := w.granted(org, code, ask)
		if err != nil {
			return fmt.Errorf("grant %s to %s: %w", code, org, err)
		}
		ended, err := w.granted(org, code, ask)
		if err != nil {
			return err
		}
		e, err := w.entryNow(code)
		if err != nil {
			return err
		}
		for _, g := range []string{used, ended} {
			if _, err := w.said(from, &act.DeliverGrant{Grant: g}, mulu.KindGrant); err != nil {
				return err
			}
		}
		record, evidence := w.attach(t, org, "附件"+mark+org), w.attach(t, townBureau, "证据"+mark+org)
		made := map[string]string{"grants.id": used, "objections.n": "1"}
		for key, one := range map[string]struct {
			org  string
			a    act.Act
			kind mulu.Kind
		}{
			"objections.id": {org, &act.FileObjection{Grant: used, Items: []string{e.Now.Items[0].Field}, Wrong: "与实际不一致", Examples: []string{record}}, mulu.KindObjection},
			"uses.id":       {org, &act.EndGrant{Grant: ended, Why: "业务办结"}, mulu.KindUseReport},
			"findings.id":   {townBureau, &act.RaiseFinding{Org: org, Point: 9, Why: "矩阵用的问题", Record: evidence}, mulu.KindFinding},
			"reviews.id":    {townBureau, &act.OpenReview{Entry: of[org].of["class"] + "/" + of[org].of["seq"], Why: "研究共享属性"}, mulu.KindReview},
		} {
			if made[key], err = w.said(one.org, one.a, one.kind); err != nil {
				return err
			}
		}
		if _, err := w.said(org, &act.ReportUse{Grant: ended, Use: "用于窗口核对", Record: record}, mulu.KindUseReport); err != nil {
			return err
		}
		if err := w.standardise(of[org], mark, org); err != nil {
			return err
		}
		day := w.chain.Now().In(mulu.Shanghai()).Format(time.DateOnly)
		if made["flags.id"], err = w.nodeSays(&act.FlagUse{Grant: used, Rule: "volume", Day: day, Counted: 900, Usual: 100}, mulu.KindUseFlag); err != nil {
			return err
		}
		if made["receipts.id"], err = w.aReceipt(t, org, used); err != nil {
			return err
		}
		for key, id := range made {
			of[org].of[key] = id
		}
	}
	return nil
}

// aReceipt makes a call that leaves one, answered or not, and anchors it.
func (w *town) aReceipt(t *testing.T, org, grant string) (string, error) {
	t.Helper()
	_, _, body := w.gateway.Try(t.Context(), gateway.Trial{Org: org, Person: "p-1", Grant: grant, Method: "query", Body: []byte(`{"purpose":"矩阵核对","case":"SX-1"}`)})
	_, rest, _ := strings.Cut(string(body), `"receipt":"`)
	id, _, ok := strings.Cut(rest, `"`)
	if !ok {
		return "", fmt.Errorf("no receipt in %s", body)
	}
	return id, w.anchored(t, id)
}

// anchored anchors and waits until a receipt's proof can be had.
func (w *town) anchored(t *testing.T, id string) error {
	t.Helper()
	if _, err := w.gateway.Anchor(t.Context()); err != nil {
		return err
	}
	for t.Context().Err() == nil {
		_, err := w.gateway.Proof(t.Context(), id)
		if !errors.Is(err, gateway.ErrNotAnchored) {
			return err
		}
	}
	return t.Context().Err()
}

// applyFor applies for an entry's data, as somebody would.
func applyFor(code string) *act.Apply {
	return &act.Apply{Entry: code, Ask: mulu.Ask{Scenario: "助学资格核对", Scope: "本委资助中心", Duty: "社会救助暂行办法", Items: []string{"xm", "street"}, Method: "query", Days: 90}}
}

func (townLaw) InternalTerms() []InternalTerm {
	var all []InternalTerm
	for _, t := range law.InternalTerms() {
		all = append(all, InternalTerm{t.Name, t.Value, t.Least, t.Most, t.Cite})
	}
	return all
}
