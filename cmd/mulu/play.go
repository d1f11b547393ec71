package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"

	"mulu"
	"mulu/act"
	"mulu/law/script"
)

func (m *Main) play(ctx context.Context, args []string) error {
	f, _ := m.flags("play")
	nodes := f.Int("nodes", 0, m.t("0 只用规则，1 一个节点，4 四个节点且每步之间杀死并重启其中一个", "0 bare law, 1 one node, 4 four nodes with one killed and restarted between steps"))
	quiet := f.Bool("q", false, m.t("只打印不一致之处", "print differences only"))
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() == 0 {
		return errors.New(m.t("请指定脚本文件，如 law/testdata/a21_4_deemed_consent.txt", "name a script, e.g. law/testdata/a21_4_deemed_consent.txt"))
	}
	if *nodes != 0 && *nodes != 1 && *nodes != 4 {
		return errors.New(m.t("--nodes 只能是 0、1 或 4", "--nodes is 0, 1 or 4"))
	}
	differs := false
	for _, name := range f.Args() {
		d, err := m.playFile(ctx, name, *nodes, *quiet)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		differs = differs || d
	}
	if differs {
		return errNo
	}
	return nil
}

func (m *Main) playFile(ctx context.Context, name string, nodes int, quiet bool) (differs bool, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return false, err
	}
	s, err := script.Parse(string(text))
	if err != nil {
		return false, err
	}
	if s.LawOnly && nodes > 0 {
		fmt.Fprintf(m.Out, "— %s：%s\n", s.Title, m.t("只在规则上演练（涉及并不存在的节点）", "plays on bare law only (it speaks of nodes that are not there)"))
		return false, nil
	}
	var stage script.Stage
	after := func() error { return nil }
	if nodes == 0 {
		if stage, err = script.NewBare(s); err != nil {
			return false, err
		}
	} else {
		t, err := m.openTheatre(ctx, s, nodes)
		if err != nil {
			return false, err
		}
		defer func() { err = errors.Join(err, t.close()) }()
		stage, after = t, t.shake
	}
	steps, wrong := 0, 0
	err = script.Play(s, stage, func(p script.Played) error {
		steps++
		if p.Differs() {
			wrong++
		}
		if !quiet || p.Differs() {
			m.show(s, p)
		}
		return after()
	})
	if err != nil {
		return false, err
	}
	if t, ok := stage.(*theatre); ok {
		if err := t.agree(); err != nil {
			return false, err
		}
	}
	mark := "✓"
	if wrong > 0 {
		mark = "✗"
	}
	fmt.Fprintf(m.Out, m.t("%s %s：%d 步，%d 处不一致\n", "%s %s: %d steps, %d differences\n"), mark, s.Title, steps, wrong)
	return wrong > 0, nil
}

// show prints a step and, where they differ, expected against got.
func (m *Main) show(s *script.Script, p script.Played) {
	fmt.Fprintln(m.Out, s.Lines[p.Step.Line-1])
	if !p.Differs() {
		for _, line := range p.Got {
			fmt.Fprintln(m.Out, "  "+line)
		}
		return
	}
	for _, line := range p.Step.Expect {
		fmt.Fprintln(m.Out, m.t("  预期 ", "  expected ")+line)
	}
	for _, line := range p.Got {
		fmt.Fprintln(m.Out, m.t("  实际 ", "  got      ")+line)
	}
}

// A theatre is a script's stage of real nodes, each a process of its own.
type theatre struct {
	m      *Main
	ctx    context.Context
	dir    string
	actors []*actor
	at     int // the actor that serves the next step
	size   uint64
	told   uint64
}

type actor struct {
	home home
	cmd  *exec.Cmd
}

func (m *Main) openTheatre(ctx context.Context, s *script.Script, nodes int) (t *theatre, err error) {
	dir, err := os.MkdirTemp("", "mulu-play-")
	if err != nil {
		return nil, err
	}
	t = &theatre{m: m, ctx: ctx, dir: dir}
	defer func() {
		if err != nil {
			err = errors.Join(err, t.close())
		}
	}()
	port, err := freePorts(nodes)
	if err != nil {
		return t, err
	}
	homes, err := m.found(home(dir), founding{chain: "play", name: "北京市西城区数据局", short: script.Bureau, edition: s.Edition,
		clock: s.Begin.Format(time.RFC3339), sandbox: true, nodes: nodes, port: port})
	if err != nil {
		return t, err
	}
	for _, h := range homes {
		t.actors = append(t.actors, &actor{home: h})
	}
	// A node is ready when it answers; with several, a block needs more than two thirds, so all begin together.
	lines := make([]io.Reader, len(t.actors))
	for i := range t.actors {
		if lines[i], err = t.start(i); err != nil {
			return t, err
		}
	}
	for i := range t.actors {
		if err := ready(lines[i]); err != nil {
			return t, err
		}
	}
	t.size, t.told = 1, 1
	return t, nil
}

// freePorts finds n ports in a row that nobody listens on.
func freePorts(n int) (int, error) {
	for range 100 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return 0, err
		}
		first := l.Addr().(*net.TCPAddr).Port
		free := first+n < 65536
		for i := 1; i < n && free; i++ {
			next, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", first+i))
			if err != nil {
				free = false
				break
			}
			defer next.Close()
		}
		_ = l.Close()
		if free {
			return first, nil
		}
	}
	return 0, errors.New("no free ports in a row were found")
}

// start runs a node as a process of its own and gives what it prints.
func (t *theatre) start(i int) (io.Reader, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	a := t.actors[i]
	a.cmd = exec.CommandContext(t.ctx, program, "node", "--home", string(a.home))
	a.cmd.Env = append(os.Environ(), "MULU_RUN=1")
	a.cmd.Stderr = t.m.Err
	out, err := a.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return out, a.cmd.Start()
}

// ready waits for the line that a node prints once it answers.
func ready(out io.Reader) error {
	lines := bufio.NewReader(out)
	if _, err := lines.ReadString('\n'); err != nil {
		return fmt.Errorf("a node did not start: %w", err)
	}
	go func() { _, _ = io.Copy(io.Discard, lines) }()
	return nil
}

// remote speaks with the node that serves now, once it has what the others have.
func (t *theatre) remote() (*remote, error) {
	r, err := dial(t.ctx, t.actors[t.at].home)
	if err != nil {
		return nil, err
	}
	r.seen = t.told
	_, err = r.settle(t.size)
	return r, err
}

// Say has an act said on the node that serves now.
func (t *theatre) Say(by script.By, a act.Act) ([]mulu.Fact, *mulu.Refusal, error) {
	r, err := t.remote()
	if err != nil {
		return nil, nil, err
	}
	facts, no, err := r.Say(by, a)
	if err == nil {
		err = t.note(r)
	}
	return facts, no, err
}

// Advance moves the sandbox's clock.
func (t *theatre) Advance(to time.Time) ([]script.Happening, error) {
	r, err := t.remote()
	if err != nil {
		return nil, err
	}
	all, err := r.Advance(to)
	t.told = r.seen
	if err == nil {
		err = t.note(r)
	}
	return all, err
}

// note remembers how many records there are, so that the next node is asked only when it has them.
func (t *theatre) note(r *remote) error {
	s, err := r.settle(0)
	t.size = max(t.size, s.Size)
	return err
}

// Get and Find read the node that serves now.
func (t *theatre) Get(kind mulu.Kind, id string) ([]byte, bool) {
	r, err := t.remote()
	if err != nil {
		return nil, false
	}
	return r.Get(kind, id)
}

// Find gives the ids under an index.
func (t *theatre) Find(kind mulu.Kind, index string) []string {
	r, err := t.remote()
	if err != nil {
		return nil
	}
	return r.Find(kind, index)
}

// shake kills one node without warning and starts it again; another serves the next step. A single node is left alone.
func (t *theatre) shake() error {
	if len(t.actors) == 1 {
		return nil
	}
	victim := t.actors[t.at]
	if err := victim.cmd.Process.Kill(); err != nil {
		return err
	}
	_ = victim.cmd.Wait()
	out, err := t.start(t.at)
	if err != nil {
		return err
	}
	if err := ready(out); err != nil {
		return err
	}
	t.at = (t.at + 1) % len(t.actors)
	return nil
}

// agree checks that all nodes hold the same record tree.
func (t *theatre) agree() error {
	roots := map[string]bool{}
	var last []string
	for t.at = range t.actors {
		r, err := t.remote()
		if err != nil {
			return err
		}
		var s status
		for s.Health.Cosigned < t.size { // the quorum's signatures arrive a moment after the block
			if err := r.get("/status", &s); err != nil {
				return err
			}
			select {
			case <-t.ctx.Done():
				return t.ctx.Err()
			case <-time.After(10 * time.Millisecond):
			}
		}
		roots[s.Root] = true
		last = append(last, fmt.Sprintf("%s %d %s", s.Node, s.Health.Size, s.Root))
	}
	if len(roots) != 1 {
		return fmt.Errorf("the nodes do not agree:\n%s", strings.Join(last, "\n"))
	}
	fmt.Fprintf(t.m.Out, t.m.t("  %d 个节点一致：%d 条记录，树根 %s\n", "  %d nodes agree: %d records, root %s\n"), len(t.actors), t.size, last[0][strings.LastIndex(last[0], " ")+1:])
	return nil
}

func (t *theatre) close() error {
	for _, a := range t.actors {
		if a.cmd != nil && a.cmd.Process != nil {
			_ = a.cmd.Process.Kill()
			_ = a.cmd.Wait()
		}
	}
	return os.RemoveAll(t.dir)
}
