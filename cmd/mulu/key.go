package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/chain"
	"mulu/sm"
)

// key keeps the signing keys of institutions in a home: makes one, lists them, changes the passphrase of all.
func (m *Main) key(ctx context.Context, args []string) error {
	f, dir := m.flags("key")
	pass := f.String("passphrase-file", "", m.t("密钥口令文件", "file with the passphrase of the keys"))
	to := f.String("new-passphrase-file", "", m.t("passphrase：新口令文件", "passphrase: file with the new one"))
	if err := f.Parse(args); err != nil {
		return err
	}
	h := home(*dir)
	words := f.Args()
	switch {
	case len(words) == 2 && words[0] == "new":
		return m.newKey(h, *pass, words[1])
	case len(words) == 1 && words[0] == "list":
		return m.listKeys(ctx, h)
	case len(words) == 1 && words[0] == "passphrase":
		return m.changePassphrase(ctx, h, *pass, *to)
	}
	return errors.New(m.t("用法：mulu key [--home DIR] [--passphrase-file 文件] new 名称 | list | --new-passphrase-file 文件 passphrase",
		"usage: mulu key [--home DIR] [--passphrase-file FILE] new NAME | list | --new-passphrase-file FILE passphrase"))
}

// newKey makes a key, seals it in the home, and prints its public half with what to do next. A running node signs with
// it as soon as the chain knows it.
func (m *Main) newKey(h home, passFile, name string) error {
	if _, err := h.load(); err != nil {
		return err
	}
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != "" {
		return errors.New(m.t("密钥名称只用字母、数字和 -，如 jiaowei", "a key's name has letters, digits and - only, e.g. jiaowei"))
	}
	keys, pass, err := m.openKeys(h, passFile)
	if err != nil {
		return err
	}
	if _, err := keys.Signer("node"); err != nil { // a key under another passphrase than the rest would not be found
		return err
	}
	made, err := keys.Create(orgKey + name)
	if errors.Is(err, fs.ErrExist) {
		return errors.New(m.t("已有名为“"+name+"”的密钥；每把密钥另取一个名称", "there is a key called "+name+" already; give each key a name of its own"))
	}
	if err != nil {
		return err
	}
	if pass == sandboxPassphrase {
		fmt.Fprintln(m.Err, m.t("提醒：演练链的密钥不受口令保护", "note: the keys of a sandbox are not protected by a passphrase"))
	}
	fmt.Fprintf(m.Out, m.t(`✓ 密钥 %s 已生成，以口令密封于 %s
公钥 %s
登记新机构：mulu say '区数据局 登记机构 … 公钥=%[3]s'
更换密钥：  mulu say '机构简称 更换密钥 公钥=%[3]s'（以旧密钥签名）
补发密钥：  mulu say '区数据局 补发密钥 机构=… 公钥=%[3]s 理由=…'
上链后运行中的节点即可用它签名，无需重启。请备份 keys 目录。
`, `✓ key %s is made, sealed under the passphrase in %s
public key %s
a new institution:  mulu say '区数据局 登记机构 … 公钥=%[3]s'
rotate a key:       mulu say 'INSTITUTION 更换密钥 公钥=%[3]s' (signed with the old one)
replace a lost one: mulu say '区数据局 补发密钥 机构=… 公钥=%[3]s 理由=…'
Once the chain knows it, the running node signs with it, without a restart. Back up the folder keys.
`), name, h.path("keys", orgKey+name+".key"), made.Public())
	return nil
}

// listKeys names the keys of a home, and whose each is, as far as a running node tells. It needs no passphrase.
func (m *Main) listKeys(ctx context.Context, h home) error {
	if _, err := h.load(); err != nil {
		return err
	}
	keys, err := sm.FileKeys(h.keys(), "", rand.Reader)
	if err != nil {
		return err
	}
	names, err := keys.Names()
	if err != nil {
		return err
	}
	r, err := m.dial(ctx, h)
	if err != nil {
		r = nil
		fmt.Fprintln(m.Err, m.t("节点未运行，不能说明密钥归谁所有", "no node runs, so whose keys these are is not known"))
	}
	for _, name := range names {
		public, err := keys.Public(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(m.Out, "%-12s %s", strings.TrimPrefix(name, orgKey), public)
		if r != nil {
			fmt.Fprint(m.Out, "  ", m.owner(r, public))
		}
		fmt.Fprintln(m.Out)
	}
	return nil
}

// owner says whose a key is and how it stands.
func (m *Main) owner(r *remote, public string) string {
	var k mulu.SigningKey
	if raw, ok := r.Get(mulu.KindKey, public); !ok || act.DecodeCanonical(raw, &k) != nil {
		return m.t("链上尚未登记", "not on the chain yet")
	}
	owner := k.Owner
	var o mulu.Org
	if raw, ok := r.Get(mulu.KindOrg, k.Owner); ok && act.DecodeCanonical(raw, &o) == nil {
		owner += " " + o.Short
	}
	how := map[string]string{"active": m.t("在用", "in force"), "rotated": m.t("已更换", "rotated"), "revoked": m.t("已吊销", "revoked")}[k.Status]
	return owner + " " + how
}

// changePassphrase seals all keys of a stopped node anew.
func (m *Main) changePassphrase(ctx context.Context, h home, from, to string) error {
	if _, err := h.load(); err != nil {
		return err
	}
	if _, err := m.dial(ctx, h); err == nil {
		return errors.New(m.t("节点正在运行；请先停止，再更改口令", "the node is running; stop it first"))
	}
	if to == "" {
		return errors.New(m.t("请用 --new-passphrase-file 指定新口令文件", "name a file with the new passphrase: --new-passphrase-file"))
	}
	g, _, err := chain.ReadGenesis(h.chain())
	if err != nil {
		return err
	}
	old, err := m.passphrase(from, g.Sandbox)
	if err != nil {
		return err
	}
	fresh, err := m.passphrase(to, false)
	if err != nil {
		return err
	}
	n, err := sm.ChangePassphrase(h.keys(), old, fresh, rand.Reader)
	if err != nil {
		return err
	}
	fmt.Fprintf(m.Out, m.t("✓ %d 个密钥文件已改用新口令密封。更改之前的备份仍用旧口令打开。\n", "✓ %d key files are sealed under the new passphrase. Backups made before still open under the old one.\n"), n)
	return nil
}
