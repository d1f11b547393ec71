package main

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"runtime/debug"

	"mulu/chain"
	"mulu/gateway"
)

func (m *Main) node(ctx context.Context, args []string) error {
	f, dir := m.flags("node")
	pass := f.String("passphrase-file", "", m.t("密钥口令文件", "file with the passphrase of the keys"))
	warehouse := f.String("warehouse", "", m.t("数据存放处：embedded（节点目录内）、postgres://…、env:变量名 或 file:文件；记入设置", "where rows are kept: embedded (in the home), postgres://…, env:NAME or file:PATH; it is kept in the settings"))
	verbose := f.Bool("v", false, m.t("详细日志", "a detailed log"))
	if err := f.Parse(args); err != nil {
		return err
	}
	if err := m.keepWarehouse(home(*dir), *warehouse); err != nil {
		return err
	}
	p, err := m.open(ctx, home(*dir), *pass, m.logger(*verbose))
	if err != nil {
		return err
	}
	fmt.Fprintf(m.Out, m.t("节点 %s 已启动，链 %s，高度 %d", "node %s runs, chain %s, height %d"), p.settings.Node, p.chain.ID(), p.chain.Height())
	if p.Gateway != "" {
		fmt.Fprintf(m.Out, m.t("，网关 http://%s", ", gateway http://%s"), p.Gateway)
	}
	if p.Pages != "" {
		fmt.Fprintf(m.Out, m.t("，页面 %s", ", pages %s"), p.base())
	}
	if p.Mail != "" {
		fmt.Fprintf(m.Out, m.t("，提醒邮件经 %s", ", reminders by mail through %s"), p.Mail)
	}
	fmt.Fprintln(m.Out)
	if err := m.firstLink(ctx, p); err != nil {
		return p.end(err)
	}
	return p.end(p.wait(ctx))
}

// firstLink prints the one-time link that makes the first account, as long as there is none.
func (m *Main) firstLink(ctx context.Context, p *Program) error {
	if p.Pages == "" {
		return nil
	}
	token, needed, err := p.people.FirstLink(ctx)
	if err != nil || !needed {
		return err
	}
	fmt.Fprintf(m.Out, m.t("首次使用：请系统管理员打开以下一次性链接，建立第一个账号（重启后更换）：\n  %s/start/%s\n",
		"First use: the system administrator opens this one-time link to make the first account (each start gives a new one):\n  %s/start/%s\n"), p.base(), token)
	return nil
}

// logger writes to standard error: warnings, or everything with -v.
func (m *Main) logger(verbose bool) *slog.Logger {
	level := slog.LevelWarn
	if verbose {
		level = slog.LevelDebug
	}
	return slog.New(slog.NewTextHandler(m.Err, &slog.HandlerOptions{Level: level}))
}

func (m *Main) status(ctx context.Context, args []string) error {
	f, dir := m.flags("status")
	if err := f.Parse(args); err != nil {
		return err
	}
	r, err := m.dial(ctx, home(*dir))
	if err != nil {
		return err
	}
	var s status
	if err := r.get("/status", &s); err != nil {
		return err
	}
	h := s.Health
	fmt.Fprintf(m.Out, m.t("链 %s%s\n节点 %s：%s\n连接编号 %s\n规则时间 %s\n高度 %d，记录 %d，已联签 %d\n查询库已读到记录 %d，落后 %d\n相连节点 %v，待入块 %d\n",
		"chain %s%s\nnode %s: %s\nconnection id %s\nlaw's time %s\nheight %d, records %d, co-signed %d\npages have read up to record %d, %d behind\nconnected nodes %v, waiting for a block %d\n"),
		s.Chain, map[bool]string{true: m.t("（演练）", " (sandbox)")}[s.Sandbox], s.Node, m.state(h), s.Connection, h.LawTime.Format("2006-01-02 15:04:05"),
		h.Height, h.Size, h.Cosigned, s.Read.Next, h.Size-s.Read.Next, h.Peers, h.Pending)
	if s.Gateway != "" {
		fmt.Fprintf(m.Out, "%s http://%s%s\n", m.t("网关", "gateway"), s.Gateway, m.serving(s.Receipts))
	}
	fmt.Fprint(m.Out, m.reminding(s))
	if s.Root != "" {
		fmt.Fprintf(m.Out, "%s %s\n", m.t("联签树根", "co-signed root"), s.Root)
	}
	return nil
}

// state says how a node is.
func (m *Main) state(h chain.Health) string {
	switch h.State {
	case "ok":
		return m.t("正常", "ok")
	case "waiting for quorum":
		return m.t("等待足够的节点连接", "waiting for quorum")
	case "catching up":
		return fmt.Sprintf(m.t("正在追上最新区块，还差 %d 个", "catching up, %d blocks behind"), h.Behind)
	case "stalled":
		return m.t("共识停滞", "stalled")
	case "failed":
		return m.t("已失败", "failed")
	}
	return h.State
}

// serving says how a gateway does.
func (m *Main) serving(h *gateway.Health) string {
	if h == nil {
		return ""
	}
	if h.OK {
		return fmt.Sprintf(m.t("：回执 %d 份，已锚定 %d", ": %d receipts, %d anchored"), h.Receipts, h.Anchored)
	}
	switch h.Code {
	case gateway.CatchingUp:
		return m.t("：正在追上最新区块，暂停提供数据", ": catching up, nothing is served yet")
	case gateway.ReceiptsBehind:
		return fmt.Sprintf(m.t("：本节点只有 %d 份回执，不是链上已锚定的那一份，暂停提供数据；恢复最新的回执，或以新的节点编号另设（docs/operating.md）",
			": the %d receipts of this node are not those anchored on the chain, nothing is served; restore the newest receipts, or go on as a new node (docs/operating.md)"), h.Receipts)
	}
	return m.t("：暂停提供数据（", ": nothing is served (") + h.Why + m.t("）", ")")
}

func (m *Main) version(_ context.Context, args []string) error {
	f, _ := m.flags("version")
	if err := f.Parse(args); err != nil {
		return err
	}
	fmt.Fprintf(m.Out, "mulu %s (%s)\n", version(), runtime.Version())
	return nil
}

// version is the revision this program was built from, "dev" where the build does not know.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "dev"
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return "dev"
}
