package main

import (
	"errors"
	"fmt"
	"net/http"
	"syscall"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/desk"
	"mulu/notify"
	"mulu/platform"
	"mulu/read"
	"mulu/sm"
	"mulu/vault"
)

// noHome says that a folder is not a node's.
type noHome struct{ home home }

func (n *noHome) Error() string {
	return fmt.Sprintf("%s is no node's home: it has no config.json; make one with mulu init --home %s, or name another with --home", n.home, n.home)
}

// noNode says that nobody answers for a home.
type noNode struct{ home home }

func (n *noNode) Error() string {
	return fmt.Sprintf("no node runs in %s; start it with mulu node --home %s (or mulu demo)", n.home, n.home)
}

// exitOf gives the exit code that an error deserves. A disk without room has one of its own, whichever room ran into it.
func exitOf(err error) int {
	var fatal *chain.Fatal
	var broken *read.Broken
	switch {
	case errors.As(err, &fatal):
		return fatal.Code
	case isFull(err), errors.As(err, &broken) && broken.Why == "full":
		return chain.ExitDisk
	}
	return exitFailed
}

func isFull(err error) bool {
	return errors.As(err, new(*chain.DiskFull)) || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

// trouble says in the user's language why something could not be done. Rooms speak English among themselves; here what
// a person can do something about has its Chinese sentence. What the system or a library adds stays in its words.
func trouble(lang string, err error) string {
	var no *mulu.Refusal
	if errors.As(err, &no) && lang == "en" {
		return no.English()
	}
	if lang == "en" {
		return err.Error()
	}
	if s := troubleOfNode(err); s != "" {
		return s
	}
	if s := troubleOfRoom(err); s != "" {
		return s
	}
	var fatal *chain.Fatal
	if errors.As(err, &fatal) {
		return fmt.Sprintf("节点不能继续运行（%v）；请先看清原因，再启动节点或执行 mulu fsck", fatal)
	}
	return err.Error()
}

// troubleOfNode has the Chinese sentences for the chain and its home.
func troubleOfNode(err error) string {
	var (
		home    *noHome
		node    *noNode
		full    *chain.DiskFull
		stalled *chain.Stalled
		corrupt *chain.Corrupt
		locked  *chain.Locked
		wrong   *chain.WrongData
		pending *chain.Pending
		foreign *chain.ForeignAct
		bad     *act.Malformed
	)
	switch {
	case errors.As(err, &home):
		return fmt.Sprintf("%s 不是节点目录：其中没有 config.json；用 mulu init --home %s 新建，或以 --home 指定另一个目录", home.home, home.home)
	case errors.As(err, &node):
		return fmt.Sprintf("%s 中没有节点在运行；请先执行 mulu node --home %s（或 mulu demo）", node.home, node.home)
	case errors.As(err, &pending):
		return fmt.Sprintf("操作 %s 已受理并将执行，但没有及时等到结果（%s）；稍后可凭此编号查询", pending.ID, trouble("zh", pending.Err))
	case errors.As(err, &full):
		return fmt.Sprintf("磁盘已满（%v）；请腾出空间后重新启动，已受理的操作不会丢失", full.Err)
	case errors.As(err, &stalled):
		return fmt.Sprintf("共识停在高度 %d：有操作已等待 %s，而相连的节点足够；请重新启动节点", stalled.Height, stalled.Waiting.Round(time.Second))
	case errors.As(err, &corrupt):
		return fmt.Sprintf("数据损坏：%s（%v）；请先执行 mulu fsck，再从备份恢复，或以新节点重新加入", corrupt.What, corrupt.Err)
	case errors.As(err, &locked):
		return fmt.Sprintf("%s 正被另一个进程使用；请先停止那个进程，两个节点绝不能共用数据", locked.Path)
	case errors.As(err, &wrong):
		return fmt.Sprintf("%s 与本节点或本程序不符（%s）", wrong.Path, wrong.Why)
	case errors.As(err, &foreign):
		return fmt.Sprintf("该操作是为链“%s”签名的，本链是“%s”；请为本链重新签名", foreign.Act, foreign.Here)
	case errors.As(err, &bad):
		return "不是有效的操作（" + bad.Code + "）：" + malformed(bad)
	case errors.Is(err, chain.ErrNotCosigned):
		return "还没有经足够节点联签的检查点覆盖这条记录；其他节点连上后再试"
	case errors.Is(err, chain.ErrUnknown):
		return "没有这条记录"
	case errors.Is(err, chain.ErrClosed):
		return "节点正在关闭；已受理的操作会保留"
	}
	return ""
}

// malformed says in Chinese what is wrong with the bytes of an act, by its code.
func malformed(m *act.Malformed) string {
	say := map[string]string{
		"two-lines": "一个操作是两行，第一行陈述，第二行签名，各以换行结束",
		"too-large": fmt.Sprintf("超过 %d 字节；附件应放入保管库，以摘要指称", act.MaxBytes),
		"version":   "本程序只认第 1 版陈述",
		"nonce":     "随机数应为 16 字节的十六进制",
		"signature": "签名与陈述及其公钥不符",
	}
	if s, ok := say[m.Code]; ok {
		return s
	}
	return m.Detail
}

// troubleOfRoom has the Chinese sentences for keys, read model, vault and platform, and for a disk full anywhere.
func troubleOfRoom(err error) string {
	var broken *read.Broken
	var misset *notify.Misset
	switch {
	case errors.As(err, &broken):
		return troubleOfReads(broken)
	case errors.As(err, &misset):
		return misset.Text("zh")
	case isFull(err):
		return fmt.Sprintf("磁盘已满（%v）；请腾出空间后重新启动，已受理的操作不会丢失", err)
	case errors.Is(err, sm.ErrPassphrase):
		return "口令不对，打不开密钥"
	case errors.Is(err, desk.ErrNoKey):
		return "本节点没有该机构的签名密钥；请在持有密钥的节点上办理，或把密钥放到这里（mulu key）"
	case errors.Is(err, vault.ErrKey):
		return "保管库不是用这把密钥建立的；请给出建立时的密钥"
	case errors.Is(err, vault.ErrAltered):
		return "保管的内容被改动过，或被别的文件顶替；请从备份恢复"
	case errors.Is(err, platform.ErrNoVersion):
		return "本平台没有这一版数据；请在此装载，或等待复制完成"
	case errors.Is(err, platform.ErrAltered):
		return "这一版数据的文件在发布后被改动，不再提供；请从备份恢复，或重新装载"
	}
	return ""
}

func troubleOfReads(b *read.Broken) string {
	const again = "不会丢失任何内容：请停止节点，执行 mulu rebuild，由记录重建"
	say := map[string]string{
		"full":    "因磁盘已满而不能增长；请腾出空间后重新启动，若仍打不开，执行 mulu rebuild",
		"disk":    "因磁盘报错而不能读写；请检查磁盘，然后执行 mulu rebuild",
		"used":    "正被另一个进程使用；请先停止那个进程（mulu rebuild 也须先停止节点）",
		"foreign": "所读的不是本链的记录；" + again,
		"ahead":   "读过的记录比链上还多（例如恢复了较早的备份）；" + again,
	}[b.Why]
	if say == "" {
		say = "已损坏；" + again
	}
	if b.Err != nil {
		say += fmt.Sprintf("（%v）", b.Err)
	}
	return "查询库 " + b.Path + " " + say
}

// spoken is the language a command asked the node for over the control socket.
func spoken(r *http.Request) string { return r.Header.Get("Accept-Language") }
