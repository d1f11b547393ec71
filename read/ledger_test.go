package read

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"mulu"
)

// ledger is a source of records in memory, written the way the chain writes them.
type ledger struct {
	mu      sync.Mutex
	records [][]byte
	grown   chan struct{}
	now     time.Time
}

func newLedger() *ledger {
	l := &ledger{grown: make(chan struct{}), now: time.Date(2026, 9, 24, 10, 0, 0, 0, mulu.Shanghai())}
	l.add("genesis", "", "", nil, fact("profile.adopted", &mulu.Profile{Edition: "district-2023", Since: "2026-09-24T10:00:00+08:00"}, "21.3"),
		fact("org.registered", &mulu.Org{ID: "001", Name: "区科技和信息化局", Short: "区科信局", Sort: mulu.Organ, Bound: true, Bureau: true, SigningKey: "K1", Status: "active"}, "5"))
	return l
}

func (l *ledger) Size() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return uint64(len(l.records))
}

func (l *ledger) Records(from uint64, max int) ([][]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if from >= uint64(len(l.records)) {
		return nil, nil
	}
	return l.records[from:min(uint64(len(l.records)), from+uint64(max))], nil
}

func (l *ledger) Wait(ctx context.Context, size uint64) error {
	for {
		l.mu.Lock()
		enough, grown := uint64(len(l.records)) >= size, l.grown
		l.mu.Unlock()
		if enough {
			return nil
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// prefix is a source that shows only the first records of another.
type prefix struct {
	*ledger
	size uint64
}

func (p prefix) Size() uint64 { return p.size }
func (p prefix) Records(from uint64, max int) ([][]byte, error) {
	return p.ledger.Records(from, min(max, int(p.size-from)))
}

func fact(kind string, n mulu.Noun, art ...mulu.Cite) mulu.Fact {
	return mulu.Fact{Kind: kind, Noun: n.Kind(), ID: n.Key(), Art: art, State: encode(n)}
}

func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'})
}

func (l *ledger) add(kind, org, node string, refused *mulu.Refusal, facts ...mulu.Fact) uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := uint64(len(l.records))
	l.now = l.now.Add(time.Minute)
	said := map[string]any{"v": 1, "chain": "test-1", "kind": kind, "act": struct{}{}}
	signature := ""
	if kind != "genesis" && kind != "alarm" {
		said["key"], said["nonce"], said["person"], signature = "K", fmt.Sprintf("%032x", n), "p7", "c2ln"
		if org != "" {
			said["org"] = org
		} else {
			said["node"] = node
		}
	}
	outcome := mulu.Outcome{N: n, Height: int64(n/3) + 1, Time: l.now, Facts: facts, Refused: refused}
	l.records = append(l.records, fmt.Appendf(nil, "%s\n%s\n%s\n", encode(said), signature, encode(outcome)))
	close(l.grown)
	l.grown = make(chan struct{})
	return n
}

// grow adds records of every kind of noun, many of them changing nouns that exist.
func (l *ledger) grow(rng *rand.Rand, records int) {
	for range records {
		org, k := fmt.Sprintf("%03d", 1+rng.IntN(40)), rng.IntN(300)
		pick := func(of ...string) string { return of[rng.IntN(len(of))] }
		entry := fmt.Sprintf("307%s/%06d", org, k)
		app, permit := fmt.Sprintf("A-%d", k), fmt.Sprintf("G-%d", k)
		deadline := &mulu.Deadline{Days: 5, Last: "2026-10-09", End: "2026-10-10T00:00:00+08:00", Provisional: k%5 == 0, Calendars: []string{"2026@1"}}
		switch rng.IntN(23) {
		case 0:
			l.add("org.register", "001", "", nil,
				fact("org.registered", &mulu.Org{ID: org, Name: "机构" + pick("甲", "乙") + org, Short: org, Sort: mulu.Organ, Status: pick("active", "keyless", "closed")}, "2", "15.3"),
				fact("key.recorded", &mulu.SigningKey{ID: fmt.Sprintf("K%d", k), Owner: pick(org, "node:n1"), Status: pick("active", "revoked")}, "15.3"))
		case 1:
			l.add("node.admit", "001", "", nil, fact("node.admitted", &mulu.Node{ID: fmt.Sprintf("n%d", k%7), Operator: org, Power: 1, Status: pick("member", "dismissed")}, "15"))
		case 2:
			l.add("calendar.publish", "001", "", nil, fact("calendar.published", &mulu.Calendar{Year: 2024 + k%4, Off: []string{"2024-01-01"}, MakeUp: []string{}, Notice: "通知", Version: k}, "21"))
		case 3:
			l.add("clock.advance", "001", "", nil, fact("clock.advanced", &mulu.Clock{Shift: int64(k)}))
		case 4:
			l.add("duty.register", org, "", nil, fact("duty.registered", &mulu.Duty{ID: fmt.Sprintf("D-%s-%d", org, k), Org: org, Name: "职责", Basis: "三定", Status: pick("active", "no_data")}, "11"))
		case 5:
			l.add("system.register", org, "", nil, fact("system.registered", &mulu.System{ID: fmt.Sprintf("S-%s-%d", org, k), Org: org, Name: "系统", Network: "government", Status: pick("in_use", "retired")}, "11"))
		case 6:
			l.add("table.register", org, "", nil, fact("table.registered", &mulu.Table{ID: fmt.Sprintf("T-%s-%d", org, k), Org: org, System: fmt.Sprintf("S-%s-%d", org, k%9), Name: "t", Columns: []mulu.Column{{Name: "id", Type: "text"}}, Status: "present"}, "11"))
		case 7:
			l.add("link.system", org, "", nil, fact("link.made", &mulu.Link{ID: entry + ">S", Org: org, Entry: entry, System: fmt.Sprintf("S-%s-%d", org, k), Status: pick("made", "cut")}, "11"))
		case 8, 9, 10:
			items := []mulu.Item{{Name: "街道", Field: "street", Type: "C", Grade: 1 + k%4}, {Name: "代码", Field: "code", Type: "C", Grade: 1, IsKey: true}}
			c := &mulu.EntryContent{Name: "街道<" + pick("名录", "清单") + ">&", Summary: "说明", Duty: "D-1", Class: "307", Format: "csv", Cycle: "year",
				Sharing: mulu.Sharing{Type: pick("conditional", "unconditional")}, Opening: mulu.Opening{Type: "unconditional"}, Grade: 1 + k%4, Items: items[:1+rng.IntN(2)]}
			e := &mulu.Entry{Code: entry, Org: org, Status: pick("submitted", "published", "suspended"), Next: c}
			if rng.IntN(2) == 0 {
				e.Version, e.Now, e.Next = 1, c, nil
			}
			l.add("entry.submit", org, "", nil, fact("entry.published", e, "11.2"))
		case 11, 12:
			l.add("application.file", org, "", nil, fact("application.received", &mulu.Application{ID: app, Consumer: org, Provider: "001", Entry: entry, Version: 1,
				Ask: mulu.Ask{Items: []string{"street"}}, Received: "2026-09-24T10:00:00+08:00", AnswerBy: deadline, Status: pick("submitted", "granted", "refused")}, "21.1", "21.2"))
		case 13, 14:
			l.add("alarm", "", "", nil, fact("grant.made", &mulu.Grant{ID: permit, Application: app, Consumer: org, Provider: "001", Entry: entry, Items: []string{"street"},
				From: "2026-09-24T10:00:00+08:00", Until: "2027-09-24T10:00:00+08:00", DeliverBy: deadline, Status: pick("delivering", "active", "ended"), Overdue: k%2 == 0}, "21.4"))
		case 15:
			l.add("case.open", org, "", nil, fact("case.opened", &mulu.Dispute{ID: fmt.Sprintf("C-%d", k), About: pick(app, permit), Consumer: org, Provider: "001", Opener: "law", Status: pick("opened", "concluded")}, "22"))
		case 16:
			l.add("dataset.publish", org, "", nil, fact("dataset.published", &mulu.Dataset{Entry: entry, Org: org, Version: 1, Rows: int64(k), Loaded: "2026-09-24T10:00:00+08:00",
				Due: pick("", "2026-10-25T00:00:00+08:00"), By: deadline, Low: pick("", "F-1"), Status: "serving"}, "17"))
			l.add("alarm", "", "", nil, fact("dataset.gather_late", &mulu.Dataset{Entry: entry, Org: org, By: deadline, Late: "F-1", Status: pick("awaited", "disconnected")}, "15.1"))
		case 17:
			l.add("client.register", org, "", nil, fact("client.registered", &mulu.Client{ID: fmt.Sprintf("M-%d", k), Org: org, Name: "窗口", Status: pick("active", "revoked")}, "24"))
			l.add("receipts.anchor", "", "n1", nil, fact("receipts.anchored", &mulu.Receipts{Node: "n1", Size: uint64(k), Root: "00"}, "24"))
		case 18:
			l.add("application.file", org, "", &mulu.Refusal{Code: "unknown", Art: "21.1", Args: []string{"@entry", entry}})
			l.add("tick", "", "n1", nil)
		case 19:
			l.add("objection.file", org, "", nil, fact("objection.filed", &mulu.Objection{ID: fmt.Sprintf("O-%d", k), Grant: permit, Consumer: org, Provider: "001", Entry: entry,
				Items: []string{"street"}, Wrong: "与实际不符", Filed: "2026-09-24T10:00:00+08:00", AnswerBy: deadline, Status: pick("filed", "checking", "corrected"), Overdue: k%3 == 0}, "25.1"))
		case 20:
			l.add("alarm", "", "", nil, fact("use_report.due", &mulu.UseReport{ID: fmt.Sprintf("U-%d", k), Grant: permit, Consumer: org, Provider: "001", Entry: entry,
				FileBy: deadline, Status: pick("due", "reported"), Final: k%2 == 0}, "24"),
				fact("use_flag.raised", &mulu.UseFlag{ID: fmt.Sprintf("W-%d", k), Grant: permit, Consumer: org, Provider: "001", Entry: entry, Rule: "volume", Day: "2026-09-25",
					Counted: 9, Usual: 5, Flagged: "2026-09-24T10:00:00+08:00", Status: pick("flagged", "explained")}, "24"))
		case 21:
			l.add("alarm", "", "", nil, fact("review.due", &mulu.Review{ID: fmt.Sprintf("R-%d", k), Entry: entry, Org: org, Sharing: "conditional", By: "law",
				Opened: "2026-09-24T10:00:00+08:00", FinishBy: deadline, Status: pick("due", "adjusting", "confirmed")}, "23"))
		case 22:
			l.add("alarm", "", "", nil, fact("finding.raised", &mulu.Finding{ID: fmt.Sprintf("F-%d", k), Point: 1 + k%9, Org: org, Party: pick("", "001"), By: "law",
				On: []mulu.Ref{{Noun: mulu.KindGrant, ID: permit}}, Raised: "2026-09-24T10:00:00+08:00", Status: pick("raised", "withdrawn")}, "41.1.5"))
		}
	}
}

// digestOf stands in for SM3, which the door hands in; the read model only stores it.
func digestOf(line []byte) string {
	h := sha256.Sum256(line)
	return hex.EncodeToString(h[:])
}

func config(t testing.TB) Config {
	return Config{Path: filepath.Join(t.TempDir(), "read.db"), ActID: digestOf}
}

func mustOpen(t testing.TB, cfg Config) *Read {
	t.Helper()
	r, err := Open(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// once is a source whose follower is ended where it would have to wait.
type once struct {
	Source
	end context.CancelFunc
}

func (o once) Wait(ctx context.Context, _ uint64) error {
	o.end()
	return ctx.Err()
}

// readAll follows until the source has nothing more.
func readAll(t testing.TB, r *Read, s Source) {
	t.Helper()
	ctx, end := context.WithCancel(t.Context())
	defer end()
	if err := r.Follow(ctx, once{s, end}); err != nil {
		t.Fatal(err)
	}
	if r.Lag(s) != 0 {
		t.Fatalf("followed to the end, yet %d records are not read", r.Lag(s))
	}
}

func mustDigest(t testing.TB, r *Read) string {
	t.Helper()
	d, err := r.Digest(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// rebuiltDigest is what the records come to when read at once into a new file.
func rebuiltDigest(t testing.TB, s Source) string {
	t.Helper()
	cfg := config(t)
	if _, err := Rebuild(t.Context(), cfg, s); err != nil {
		t.Fatal(err)
	}
	return mustDigest(t, mustOpen(t, cfg))
}
