package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/law/script"
	"mulu/sm"
	"mulu/workday"
)

// The demo's consumer and the entries that its lines speak of.
const (
	demoConsumer    = "区教委"
	demoClient      = "学籍系统"
	demoStreets     = "街道名录"
	demoAtOnce      = "医疗机构信息"
	demoConditional = "低保对象信息"
)

// demo runs a sandbox district on real content: its institutions, catalogs, data and a gateway. A second start finds
// everything again.
func (m *Main) demo(ctx context.Context, args []string) error {
	f, dir := m.flags("demo")
	fresh := f.Bool("fresh", false, m.t("删除原有演练数据，从头开始", "remove the sandbox's data and begin anew"))
	address := f.String("gateway", "127.0.0.1:8480", m.t("网关地址", "address of the gateway"))
	pages := f.String("pages", "127.0.0.1:8400", m.t("页面地址", "address of the pages"))
	warehouse := f.String("warehouse", "", m.t("数据存放处：embedded（节点目录内）、postgres://…、env:变量名 或 file:文件；记入设置", "where rows are kept: embedded (in the home), postgres://…, env:NAME or file:PATH; it is kept in the settings"))
	if err := f.Parse(args); err != nil {
		return err
	}
	h := home(*dir)
	if *fresh {
		if err := removeSandbox(h); err != nil {
			return err
		}
	}
	if err := m.begin(h, *address, *pages); err != nil {
		return err
	}
	if err := m.keepWarehouse(h, *warehouse); err != nil {
		return err
	}
	d, err := readDistrict()
	if err != nil {
		return err
	}
	o, err := openOwners(h, d.town)
	if err != nil {
		return err
	}
	defer o.close()
	p, err := m.open(ctx, h, "", m.logger(false))
	if err != nil {
		return err
	}
	return p.end(m.live(ctx, p, d, o))
}

func (m *Main) live(ctx context.Context, p *Program, d district, o *owners) error {
	if !p.chain.Sandbox() {
		return errors.New(m.t("该目录是正式链，不能用于演练；请用 --home 另选目录", "this home holds a real chain, not a sandbox; choose another --home"))
	}
	s := &settler{m: m, p: p, ctx: ctx, ids: map[string]string{}, town: d.town, owners: o}
	if err := m.settle(s, d); err != nil {
		return err
	}
	offered := demoAccounts()
	p.demo.Store(&offered)
	if err := m.invite(p); err != nil {
		return err
	}
	aside, stop := context.WithCancel(ctx)
	s.ctx = aside
	var behind sync.WaitGroup
	behind.Go(func() {
		if err := s.residents(); err != nil && aside.Err() == nil {
			fmt.Fprintln(m.Out, m.t("后台装载未完成：", "what was being loaded is not complete: "), err)
		}
	})
	err := p.wait(ctx)
	stop()
	behind.Wait()
	return err
}

// removeSandbox clears a home, but only one that holds a sandbox.
func removeSandbox(h home) error {
	if _, err := os.Stat(string(h)); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if _, err := os.Stat(h.socket()); err == nil {
		if _, err := dial(context.Background(), h); err == nil {
			return fmt.Errorf("a node runs in %s; stop it first", string(h))
		}
	}
	g, _, err := chain.ReadGenesis(h.chain())
	if err != nil || !g.Sandbox {
		return fmt.Errorf("%s holds no sandbox, so it is not removed; choose another --home", string(h))
	}
	return os.RemoveAll(string(h))
}

// begin founds the sandbox where there is none. One whose first start was cut off holds nothing of anybody yet and is
// begun anew.
func (m *Main) begin(h home, gateway, pages string) error {
	begun, settled := exists(h.path("demo", "begun")), exists(h.path("demo", "settled"))
	switch {
	case begun && !settled:
		fmt.Fprintln(m.Out, m.t("上次启动未完成，重新建立演练区", "the last start was cut off; the sandbox is set up anew"))
		if err := removeSandbox(h); err != nil {
			return err
		}
	case settled:
		return nil
	case exists(h.settings()):
		return errors.New(m.t("该目录不是 demo 建立的，不能用于演练；请用 --home 另选目录", "this home was not made by demo; choose another --home"))
	}
	calendar, err := officialCalendar()
	if err != nil {
		return err
	}
	first, err := daysAgo(calendar, workday.DateOf(time.Now()), storyBegins, "09:00")
	if err != nil {
		return err
	}
	if _, err := m.found(h, founding{chain: "xicheng-demo", name: "北京市西城区数据局", short: script.Bureau, edition: "district-2023",
		sandbox: true, clock: first.Format(time.RFC3339), nodes: 1, gateway: gateway, pages: pages}); err != nil {
		return err
	}
	return mark(h, "begun")
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func mark(h home, name string) error {
	if err := os.MkdirAll(h.path("demo"), 0o700); err != nil {
		return err
	}
	return os.WriteFile(h.path("demo", name), nil, 0o600)
}

// settle brings the district to life, once; what visitors did since then stays as it is.
func (m *Main) settle(s *settler, d district) error {
	if exists(s.p.home.path("demo", "settled")) {
		return s.owners.meet(s.ctx, s.p)
	}
	if err := s.settle(d); err != nil {
		return err
	}
	return mark(s.p.home, "settled")
}

// invite prints what a visitor can do, line by line, with this sandbox's own names.
func (m *Main) invite(p *Program) error {
	token, err := filepath.Abs(p.home.path("demo", "token"))
	if err != nil {
		return err
	}
	ids := p.chain.Find(mulu.KindEntry, "title/"+demoConditional)
	if len(ids) == 0 {
		return fmt.Errorf("the entry %s is not there", demoConditional)
	}
	later := p.chain.Now().AddDate(0, 0, 21).Format("2006-01-02")
	say := "mulu say --home " + string(p.home)
	fmt.Fprintf(m.Out, m.t(`
演练区已就绪：链 %s，记录 %d。按 Ctrl-C 停止，数据保留。

  页面  http://%s   账号 %s、%s 等，密码 %s（登录页列出全部账号）
  网关  http://%s

在另一个终端中（mulu 即 go run ./cmd/mulu）：

  # 凭授权取数；没有令牌或授权则被拒绝
  curl -s -H "Authorization: Bearer $(cat %s)" -d '{"purpose":"学区划分","case":"2026-001","limit":3}' http://%s/gateway/G-000001/query | tee answer.json

  # 离线核验这次访问：由行的摘要到节点的签名
  mulu proof --home %s -o anchor.json anchor
  mulu proof --home %s -o receipt.json receipt "$(grep -o '"receipt":"[0-9a-f]*' answer.json | cut -d'"' -f4)"
  mulu verify --anchor anchor.json --rows answer.json receipt.json

  # 无条件共享：申请当即授权（第二十条）
  %s '%s 申请共享 目录=%s 应用场景=学校卫生对口服务 使用范围=本委体卫科 履职依据=学校卫生工作条例第二十条 方式=接口查询 天数=90'

  # 有条件共享：等待答复；五个工作日过后视为同意（第二十一条第四款）
  %s '%s 申请共享 目录=%s 应用场景=助学核对 使用范围=本委资助中心 履职依据=社会救助暂行办法 方式=接口查询 天数=90'
  %s '时间 %s 09:00'
`, `
The sandbox is ready: chain %s, %d records. Ctrl-C stops it; its data stays.

  pages    http://%s   accounts %s, %s and others, password %s (the login page lists them all)
  gateway  http://%s

In another terminal (mulu is go run ./cmd/mulu):

  # rows through a grant; refused without token or grant
  curl -s -H "Authorization: Bearer $(cat %s)" -d '{"purpose":"学区划分","case":"2026-001","limit":3}' http://%s/gateway/G-000001/query | tee answer.json

  # check this access offline, from the rows' digest to the nodes' signatures
  mulu proof --home %s -o anchor.json anchor
  mulu proof --home %s -o receipt.json receipt "$(grep -o '"receipt":"[0-9a-f]*' answer.json | cut -d'"' -f4)"
  mulu verify --anchor anchor.json --rows answer.json receipt.json

  # unconditional: granted in its block (Art. 20)
  %s '%s 申请共享 目录=%s 应用场景=学校卫生对口服务 使用范围=本委体卫科 履职依据=学校卫生工作条例第二十条 方式=接口查询 天数=90'

  # conditional: waits; silence for five working days is consent (Art. 21(4))
  %s '%s 申请共享 目录=%s 应用场景=助学核对 使用范围=本委资助中心 履职依据=社会救助暂行办法 方式=接口查询 天数=90'
  %s '时间 %s 09:00'
`), p.chain.ID(), p.chain.Size(), p.Pages, "shuju-shenpi", "minzheng-guanli", demoPassword, p.Gateway, token, p.Gateway, string(p.home), string(p.home),
		say, demoConsumer, demoAtOnce, say, demoConsumer, demoConditional, say, later)
	return nil
}

// registerClient makes the consumer's machine known and keeps its token where the visitor's curl reads it.
func (s *settler) registerClient() error {
	if err := os.WriteFile(s.p.home.path("demo", "token"), []byte(script.Token(demoConsumer, demoClient)), 0o600); err != nil {
		return err
	}
	return s.do(s.ids[demoConsumer], newClient(demoConsumer, demoClient))
}

// newClient is the act that makes a machine of an institution known; the chain holds the digest of its token only.
func newClient(org, name string) *act.RegisterClient {
	digest := sm.Sum([]byte(script.Token(org, name)))
	return &act.RegisterClient{Name: name, Digest: hex.EncodeToString(digest[:])}
}
