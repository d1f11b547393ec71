package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"mulu"
	"mulu/cmd/mulu/madeup"
	"mulu/platform/source"
	"mulu/store"
)

// The sandbox's connected entries: their data stays with its owner, a file of SQLite and an HTTP interface.
const (
	demoContracts = "政府采购项目与合同信息"
	demoAppeals   = "12345诉求工单明细"

	contractsLine, appealsLine = "caizheng-caigou", "zhihuizhongxin-jiesujiban" // names of the connections
)

// owners stand for the systems of two institutions, which a sandbox has to bring along: they run in this process, on loopback only,
// for as long as the demo runs.
type owners struct {
	file    string // absolute path of the purchases' database
	address string // http://127.0.0.1:port, where appeals are asked for
	token   string // made anew at each start
	server  *http.Server
	ended   chan error
	appeals func() []appeal
}

// appeal is what the interface tells of one. Its names are its own, not the catalog's.
type appeal struct {
	OrderNo string `json:"orderNo"`
	Caller  struct {
		Name  string `json:"name"`
		Phone string `json:"phone"`
	} `json:"caller"`
	Content  string `json:"content"`
	Category string `json:"category"`
	Area     struct {
		Street    string `json:"street"`
		Community string `json:"community"`
	} `json:"area"`
	Result string `json:"result"`
	Rates  string `json:"rates"`
}

// openOwners opens both, and has the settings list them, each alone, among what may be reached. It is done before the node opens.
func openOwners(h home, town *madeup.Town) (*owners, error) {
	file, err := filepath.Abs(h.path("demo", "owners", "caigou.db"))
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, err
	}
	l, err := listenAsBefore(h.path("demo", "owners", "port"))
	if err != nil {
		return nil, fmt.Errorf("open the interface of the sandbox's other system: %w", err)
	}
	var secret [16]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	o := &owners{file: file, address: "http://" + l.Addr().String(), token: hex.EncodeToString(secret[:]), ended: make(chan error, 1)}
	o.appeals = sync.OnceValue(func() []appeal { return appealsOf(town) })
	if err := o.list(h); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/orders", o.answer)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "演练用的业务系统接口：接诉即办系统（模拟）。A sandbox's stand-in for an institution's own system.")
	})
	o.server = &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() { o.ended <- o.server.Serve(l) }()
	return o, nil
}

// listenAsBefore listens on the port of the last start if it is free, and on another otherwise.
func listenAsBefore(path string) (net.Listener, error) {
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:"+string(raw))
	if len(raw) == 0 || err != nil {
		l, err = net.Listen("tcp", "127.0.0.1:0")
	}
	if err != nil {
		return nil, err
	}
	return l, os.WriteFile(path, []byte(strconv.Itoa(l.Addr().(*net.TCPAddr).Port)), 0o600)
}

// list has the settings admit both, in the place of what an earlier start listed.
func (o *owners) list(h home) error {
	s, err := h.load()
	if err != nil {
		return err
	}
	reach := slices.DeleteFunc(slices.Clone(s.Reach), func(at string) bool {
		return strings.HasPrefix(at, "127.0.0.1:") || strings.HasSuffix(at, "/demo/owners/caigou.db")
	})
	reach = append(reach, o.file, strings.TrimPrefix(o.address, "http://"))
	if slices.Equal(s.Reach, reach) {
		return nil
	}
	s.Reach = reach
	return h.save(s)
}

func (o *owners) close() error {
	err := o.server.Close()
	<-o.ended
	return err
}

// meet makes both known to the node's sources, under the secret of this start.
func (o *owners) meet(ctx context.Context, p *Program) error {
	for _, c := range []struct {
		at     source.Connection
		owner  string
		secret string
	}{
		{source.Connection{ID: contractsLine, Sort: source.SQLite, Address: o.file}, "区财政局", ""},
		{source.Connection{ID: appealsLine, Sort: source.API, Address: o.address, TLS: "off"}, "区城市管理指挥中心", o.token},
	} {
		ids := p.chain.Find(mulu.KindOrg, "name/"+c.owner)
		if len(ids) != 1 {
			return fmt.Errorf("%d institutions go by the name %s", len(ids), c.owner)
		}
		c.at.Org = ids[0]
		if err := p.sources.Connect(ctx, c.at, c.secret); err != nil {
			return fmt.Errorf("connect %s: %w", c.at.ID, err)
		}
	}
	return nil
}

// appealsOf makes up what the interface tells, with the catalog's items in the order of the fields.
func appealsOf(town *madeup.Town) []appeal {
	var items []mulu.Item
	for _, name := range []string{"工单号", "姓名", "联系电话", "诉求内容", "问题分类", "所属街道", "所属社区", "办理结果", "三率(响应/解决/满意)"} {
		items = append(items, mulu.Item{Name: name})
	}
	t, err := town.Table(demoAppeals, items, time.Date(2026, 1, 1, 0, 0, 0, 0, mulu.Shanghai())) // no item of it tells a day
	if err != nil {
		panic(err) // a test makes it up
	}
	list := make([]appeal, t.Rows)
	for i := range list {
		v := t.Row(i)
		a := &list[i]
		a.OrderNo, a.Caller.Name, a.Caller.Phone, a.Content, a.Category, a.Area.Street, a.Area.Community, a.Result, a.Rates = v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8]
	}
	return list
}

// answer gives a page of appeals, of one street if that is asked for. page counts from 1.
func (o *owners) answer(w http.ResponseWriter, r *http.Request) {
	if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+o.token)) != 1 {
		http.Error(w, `{"code":401}`, http.StatusUnauthorized)
		return
	}
	page, e1 := strconv.Atoi(r.FormValue("page"))
	size, e2 := strconv.Atoi(r.FormValue("size"))
	if e1 != nil || e2 != nil || page < 1 || page > 1<<20 || size < 1 || size > 500 {
		http.Error(w, `{"code":400}`, http.StatusBadRequest)
		return
	}
	pass, orders := (page-1)*size, []appeal{}
	for _, a := range o.appeals() {
		if street, no := r.FormValue("street"), r.FormValue("orderNo"); street != "" && a.Area.Street != street || no != "" && a.OrderNo != no {
			continue
		}
		if pass--; pass >= 0 {
			continue
		}
		if orders = append(orders, a); len(orders) == size {
			break
		}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"code": 0, "data": map[string]any{"orders": orders}}) // who asked is gone otherwise
}

// contractColumns are the columns of the purchases' database, by the catalog's items.
var contractColumns = []source.Pair{{Item: "xmbh", Column: "PROJECT_NO"}, {Item: "cgr", Column: "BUYER"}, {Item: "gys", Column: "SUPPLIER"},
	{Item: "tyshxydm", Column: "SUPPLIER_CODE"}, {Item: "htje", Column: "AMOUNT"}, {Item: "qdrq", Column: "SIGNED_ON"}}

// keepContracts writes the purchases' database, with the columns of contractColumns.
func (o *owners) keepContracts(ctx context.Context, t *madeup.Table) error {
	db, err := store.Open(store.File{Path: o.file, What: "the sandbox's purchases", Mark: 0x63676874, Steps: []string{`CREATE TABLE CONTRACT (PROJECT_NO TEXT NOT NULL PRIMARY KEY,
		BUYER TEXT, SUPPLIER TEXT, SUPPLIER_CODE TEXT, AMOUNT NUMERIC, SIGNED_ON TEXT)`}})
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	for i := range t.Rows {
		v := t.Row(i)
		if _, err = tx.ExecContext(ctx, "INSERT INTO CONTRACT VALUES (?,?,?,?,?,?)", v[0], v[1], v[2], v[3], v[4], v[5]); err != nil {
			return errors.Join(fmt.Errorf("write the sandbox's purchases: %w", err), tx.Rollback(), db.Close())
		}
	}
	return errors.Join(tx.Commit(), db.Close())
}
