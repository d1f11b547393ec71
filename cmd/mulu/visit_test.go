package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"mulu"
	"mulu/law/script"
)

// The test binary is the program as well: play starts nodes, and kills want processes of their own.
func TestMain(m *testing.M) {
	if os.Getenv("MULU_RUN") == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

// house is a temporary home with the program beside it.
type house struct {
	t    *testing.T
	dir  string
	node *exec.Cmd
	log  *bytes.Buffer
	mu   sync.Mutex // guards log
}

func newHouse(t *testing.T) *house {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "mulu-t-") // short: a socket stands in it
	if err != nil {
		t.Fatal(err)
	}
	w := &house{t: t, dir: dir, log: &bytes.Buffer{}}
	t.Cleanup(func() {
		w.kill()
		_ = os.RemoveAll(dir)
	})
	return w
}

func (w *house) path(name string) string { return filepath.Join(w.dir, name) }

func (w *house) command(args ...string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		w.t.Fatal(err)
	}
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "MULU_RUN=1", "MULU_LANG=zh", "MULU_HOME="+w.path("h"), "MULU_PASSPHRASE=")
	cmd.Dir = w.dir
	return cmd
}

// run runs a command to its end; code is its exit code.
func (w *house) run(args ...string) (out string, code int) {
	w.t.Helper()
	cmd := w.command(args...)
	b, err := cmd.CombinedOutput()
	if err != nil && cmd.ProcessState == nil {
		w.t.Fatal(err)
	}
	return string(b), cmd.ProcessState.ExitCode()
}

func (w *house) must(args ...string) string {
	w.t.Helper()
	out, code := w.run(args...)
	if code != 0 {
		w.t.Fatalf("mulu %s: exit %d\n%s\nnode:\n%s", strings.Join(args, " "), code, out, w.said())
	}
	return out
}

func (w *house) said() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.String()
}

// Write takes what the node prints.
func (w *house) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(b)
}

// start runs a node or demo in the background until it prints a sign of being ready.
func (w *house) start(sign string, args ...string) {
	w.t.Helper()
	w.mu.Lock()
	w.log.Reset()
	w.mu.Unlock()
	w.node = w.command(args...)
	w.node.Stdout, w.node.Stderr = w, w
	if err := w.node.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.until(func() bool { return strings.Contains(w.said(), sign) })
}

// until waits for a condition, at most five minutes: a sandbox of two months takes a while on a busy machine.
func (w *house) until(ok func() bool) {
	w.t.Helper()
	for end := time.Now().Add(5 * time.Minute); !ok(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			w.t.Fatalf("it did not come about; the node says:\n%s", w.said())
		}
	}
}

func (w *house) kill() {
	if w.node != nil && w.node.Process != nil {
		_ = w.node.Process.Kill()
		_ = w.node.Wait()
	}
	w.node = nil
}

func (w *house) stop() {
	w.t.Helper()
	if err := w.node.Process.Signal(os.Interrupt); err != nil {
		w.t.Fatal(err)
	}
	if err := w.node.Wait(); err != nil {
		w.t.Fatalf("the node ended with %v:\n%s", err, w.said())
	}
	w.node = nil
}

func (w *house) demo(args ...string) {
	w.t.Helper()
	w.start("Ctrl-C", append([]string{"demo", "--gateway", "127.0.0.1:0", "--pages", "127.0.0.1:0"}, args...)...)
}

// gateway gives the address that status tells.
func (w *house) gateway() string {
	w.t.Helper()
	_, rest, ok := strings.Cut(w.must("status"), "网关 http://")
	if !ok {
		w.t.Fatal("status tells no gateway")
	}
	address, _, ok := strings.Cut(rest, "：")
	if !ok {
		w.t.Fatal("status does not tell how the gateway does")
	}
	return address
}

func (w *house) query(grant, token, body string) (int, []byte) {
	w.t.Helper()
	q, err := http.NewRequestWithContext(context.Background(), "POST", "http://"+w.gateway()+"/gateway/"+grant+"/query", strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if token != "" {
		q.Header.Set("Authorization", "Bearer "+token)
	}
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		w.t.Fatal(err)
	}
	defer a.Body.Close()
	b, err := io.ReadAll(a.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return a.StatusCode, b
}

// owners asks for rows that stay with their owners, a file and an interface.
func (w *house) owners() {
	w.t.Helper()
	for grant, c := range map[string]struct{ org, client, row string }{
		"G-000002": {"区审计局", "审计分析系统", `"xmbh":"XCZFCG-`}, "G-000005": {"月坛街道", "街道综合平台", `"ssjd":"110102007"`},
	} {
		status, b := w.query(grant, script.Token(c.org, c.client), `{"purpose":"核对","case":"2026-004","limit":1}`)
		if status != http.StatusOK || !bytes.Contains(b, []byte(`"version":0`)) || !bytes.Contains(b, []byte(c.row)) {
			w.t.Errorf("rows of their owner under %s: %d %s", grant, status, b)
		}
	}
}

func contains(t *testing.T, what, out string, all ...string) {
	t.Helper()
	for _, s := range all {
		if !strings.Contains(out, s) {
			t.Errorf("%s does not say %q:\n%s", what, s, out)
		}
	}
}

// number finds what a command says by a pattern with one group.
func number(t *testing.T, out, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("%s is not said:\n%s", pattern, out)
	}
	return m[1]
}

const (
	applyClinics = "区教委 申请共享 目录=医疗机构信息 应用场景=学校卫生对口服务 使用范围=本委体卫科 履职依据=学校卫生工作条例第二十条 方式=接口查询 天数=90"
	applyHelp    = "区教委 申请共享 目录=低保对象信息 应用场景=助学核对 使用范围=本委资助中心 履职依据=社会救助暂行办法 方式=接口查询 天数=90"
)

// The whole visit: grant at once, grant by silence, rows through the grant, refusals, receipts proved offline, and the
// sandbox found again after a stop and after a kill.
func TestVisit(t *testing.T) {
	w := newHouse(t)
	w.demo()
	said := w.must("say", applyClinics)
	contains(t, "say", said, "规则直接授权", "授权已交付 G-")
	clinics := number(t, said, "授权已交付 (G-[0-9]+)")
	said = w.must("say", applyHelp)
	contains(t, "say", said, "申请已收到 A-", "答复期限")
	help := number(t, said, "申请已收到 (A-[0-9]+)")
	now := time.Now().In(mulu.Shanghai()) // dates are the law's, wherever the test runs
	later := now.AddDate(0, 0, 25).Format("2006-01-02")
	said = w.must("say", "时间 "+later+" 09:00")
	contains(t, "the clock", said, "逾期未答复视为同意 〔第二十一条第四款〕")
	bySilence := number(t, w.must("story", "application", help), "(G-[0-9]+)")
	contains(t, "the clock", said, "授权已交付 "+bySilence)

	token, err := os.ReadFile(w.path("h/demo/token"))
	if err != nil {
		t.Fatal(err)
	}
	status, answer := w.query("G-000001", string(token), `{"purpose":"学区划分","case":"2026-001","limit":3}`)
	if status != http.StatusOK || !bytes.Contains(answer, []byte("西长安街街道")) {
		t.Fatalf("rows: %d %s", status, answer)
	}
	if status, b := w.query(clinics, string(token), `{"purpose":"学校卫生对口服务","case":"2026-003","limit":1}`); status != http.StatusOK || !bytes.Contains(b, []byte(`"djh"`)) {
		t.Errorf("rows of what was granted at once: %d %s", status, b)
	}
	if status, masked := w.query(bySilence, string(token), `{"purpose":"助学核对","case":"2026-002","limit":1}`); status != http.StatusOK || !bytes.Contains(masked, []byte("110102********")) {
		t.Errorf("masked rows: %d %s", status, masked)
	}
	w.owners()
	for name, c := range map[string]struct {
		grant, token, body string
		status             int
	}{
		"no token":      {"G-000001", "", `{"purpose":"学区划分","case":"2026-001"}`, 401},
		"wrong token":   {"G-000001", "x", `{"purpose":"学区划分","case":"2026-001"}`, 401},
		"no such grant": {"G-000999", string(token), `{"purpose":"学区划分","case":"2026-001"}`, 404},
		"no purpose":    {"G-000001", string(token), `{}`, 400},
	} {
		status, b := w.query(c.grant, c.token, c.body)
		if status != c.status || !bytes.Contains(b, []byte(`"receipt":"`)) {
			t.Errorf("%s: %d %s", name, status, b)
		}
	}

	var got struct{ Receipt string }
	if err := json.Unmarshal(answer, &got); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.path("answer.json"), answer, 0o600); err != nil {
		t.Fatal(err)
	}
	w.must("proof", "-o", "anchor.json", "anchor")
	w.must("proof", "-o", "receipt.json", "receipt", got.Receipt)
	contains(t, "verify", w.must("verify", "--rows", "answer.json", "receipt.json"), "答复中的行与回执的摘要一致", "✓ 核验通过")
	if err := os.WriteFile(w.path("altered.json"), bytes.Replace(answer, []byte("西长安街"), []byte("东长安街"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := w.run("verify", "--rows", "altered.json", "receipt.json"); code != 1 || !strings.Contains(out, "✗ 数据行与回执不符") {
		t.Errorf("altered rows: exit %d\n%s", code, out)
	}
	raw, err := os.ReadFile(w.path("receipt.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(w.path("forged.json"), bytes.Replace(raw, []byte("G-000001"), []byte("G-000002"), 1), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := w.run("verify", "forged.json"); code != 1 || !strings.Contains(out, "✗") {
		t.Errorf("forged receipt: exit %d\n%s", code, out)
	}
	w.must("proof", "-o", "record.json", "export", "20")
	w.must("verify", "record.json")
	w.must("proof", "-o", "older.json", "consistency", "5")
	w.must("verify", "older.json")

	contains(t, "story", w.must("story", "application", help), "申请已收到", "到期自动执行", "第二十一条第四款")
	day := now.AddDate(0, 0, -1).Format("2006-01-02")
	contains(t, "difference", w.must("story", "--from", now.Format("2006-01-02"), "--to", later, "application", help), `status: "submitted" → "granted"`)
	if _, code := w.run("story", "--from", day, "--to", later, "application", "A-000099"); code == 0 {
		t.Error("the difference of nothing is told")
	}

	w.until(func() bool { return strings.Contains(w.said(), demoResidents+"已装载") })
	w.stop()
	w.demo()
	contains(t, "the sandbox started again", w.said(), "演练区已就绪")
	w.owners()
	contains(t, "what a visitor did before", w.must("story", "application", help), "授权已交付")
	again, code := w.run("say", applyHelp)
	if code != 0 {
		t.Fatalf("after a restart: %s", again)
	}
	w.kill()
	w.demo()
	contains(t, "after a kill", w.must("story", "application", number(t, again, "申请已收到 (A-[0-9]+)")), "申请已收到")
	if out, code := w.run("demo", "--fresh"); code == 0 || !strings.Contains(out, "stop it first") {
		t.Errorf("--fresh under a running node: %s", out)
	}
	w.stop()
	contains(t, "fsck", w.must("fsck"), "与磁盘逐字节一致", "查询库与由记录重建的一致")
}

// Everything said and answered before a kill is there after it, and nothing twice.
func TestKilledWhileSaying(t *testing.T) {
	w := newHouse(t)
	w.must("init", "--sandbox", "--gateway", "", "--pages", "")
	said := map[string]bool{}
	for round := range 5 {
		w.start("已启动", "node")
		var wait sync.WaitGroup
		var mu sync.Mutex
		for side := range 4 {
			wait.Go(func() {
				for i := range 6 {
					name := fmt.Sprintf("职责%d-%d-%d", round, side, i)
					out, code := w.run("say", "区数据局 登记职责 名称="+name+" 依据=三定")
					if code == 0 && strings.Contains(out, "职责已登记") {
						mu.Lock()
						said[name] = true
						mu.Unlock()
					}
				}
			})
		}
		w.until(func() bool {
			mu.Lock()
			defer mu.Unlock()
			return len(said) >= (round+1)*8
		})
		w.kill()
		wait.Wait()
	}
	w.start("已启动", "node")
	for name := range said {
		if out, code := w.run("say", "区数据局 登记职责 名称="+name+" 依据=三定"); code != 1 || !strings.Contains(out, "已有同名的职责") {
			t.Errorf("%s was answered and is not there: %s", name, out)
		}
	}
	w.stop()
	contains(t, "fsck", w.must("fsck"), "与磁盘逐字节一致")
}
