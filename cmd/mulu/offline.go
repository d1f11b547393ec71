package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mulu/chain"
	"mulu/read"
)

// fsck derives everything on disk again from the blocks. The node must be stopped.
func (m *Main) fsck(ctx context.Context, args []string) error {
	f, dir := m.flags("fsck")
	pass := f.String("passphrase-file", "", m.t("密钥口令文件", "file with the passphrase of the keys"))
	if err := f.Parse(args); err != nil {
		return err
	}
	h := home(*dir)
	if _, err := h.load(); err != nil {
		return err
	}
	sum, err := chain.Fsck(ctx, chain.Config{Home: h.chain(), Log: m.logger(false)})
	if err != nil {
		fmt.Fprintln(m.Out, "✗ "+err.Error())
		return errNo
	}
	fmt.Fprintf(m.Out, m.t("✓ 区块 %d，记录 %d，状态键 %d，联签检查点 %d：与磁盘逐字节一致\n", "✓ %d blocks, %d records, %d keys of state, %d co-signed checkpoints: the disk holds exactly that\n"),
		sum.Blocks, sum.Records, sum.Keys, sum.Checkpoints)
	return errors.Join(m.sameReads(ctx, h, *pass), m.sameRows(ctx, h, *pass))
}

// sameReads compares the read model with one rebuilt from the records.
func (m *Main) sameReads(ctx context.Context, h home, pass string) error {
	return m.offline(ctx, h, pass, func(c *chain.Chain) error {
		live, err := read.Open(readConfig(h))
		if err != nil {
			return err
		}
		defer live.Close()
		if live.Lag(c) > 0 {
			fmt.Fprintf(m.Out, m.t("  查询库落后 %d 条记录，启动节点后会跟上\n", "  the read model is %d records behind; it catches up when the node runs\n"), live.Lag(c))
			return nil
		}
		mine, err := live.Digest(ctx)
		if err != nil {
			return err
		}
		tmp, err := os.MkdirTemp("", "mulu-fsck-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(tmp)
		cfg := readConfig(home(tmp))
		if _, err := read.Rebuild(ctx, cfg, c); err != nil {
			return err
		}
		fresh, err := read.Open(cfg)
		if err != nil {
			return err
		}
		defer fresh.Close()
		theirs, err := fresh.Digest(ctx)
		if err != nil {
			return err
		}
		if mine != theirs {
			fmt.Fprintln(m.Out, m.t("✗ 查询库与记录不一致，请执行 mulu rebuild", "✗ the read model differs from the records; run mulu rebuild"))
			return errNo
		}
		fmt.Fprintln(m.Out, m.t("✓ 查询库与由记录重建的一致", "✓ the read model equals one rebuilt from the records"))
		return nil
	})
}

// offline opens the chain of a stopped node to read it. It takes no connections and says nothing.
func (m *Main) offline(ctx context.Context, h home, pass string, do func(*chain.Chain) error) (err error) {
	s, err := h.load()
	if err != nil {
		return err
	}
	keys, _, err := m.openKeys(h, pass)
	if err != nil {
		return err
	}
	key, err := keys.Signer("node")
	if err != nil {
		return err
	}
	c, err := chain.Open(ctx, chain.Config{Home: h.chain(), Key: key, NodeName: s.Node, Log: m.logger(false)})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	return do(c)
}

// rebuild makes the read model anew from the records. The node must be stopped.
func (m *Main) rebuild(ctx context.Context, args []string) error {
	f, dir := m.flags("rebuild")
	pass := f.String("passphrase-file", "", m.t("密钥口令文件", "file with the passphrase of the keys"))
	if err := f.Parse(args); err != nil {
		return err
	}
	h := home(*dir)
	return m.offline(ctx, h, *pass, func(c *chain.Chain) error {
		at, err := read.Rebuild(ctx, readConfig(h), c)
		if err != nil {
			return err
		}
		fmt.Fprintf(m.Out, m.t("✓ 查询库已由 %d 条记录重建（高度 %d）\n", "✓ the read model was rebuilt from %d records (height %d)\n"), at.Next, at.Height)
		return nil
	})
}

// backup copies a node: through its socket while it runs, directly when it is stopped.
func (m *Main) backup(ctx context.Context, args []string) error {
	f, dir := m.flags("backup")
	pass := f.String("passphrase-file", "", m.t("密钥口令文件", "file with the passphrase of the keys"))
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return errors.New(m.t("用法：mulu backup [--home DIR] 备份目录", "usage: mulu backup [--home DIR] FOLDER"))
	}
	to, err := filepath.Abs(f.Arg(0))
	if err != nil {
		return err
	}
	if left, err := os.ReadDir(to); err == nil && len(left) > 0 {
		return errors.New(m.t("备份目录不是空的："+to, "the backup folder is not empty: "+to))
	}
	h := home(*dir)
	r, err := m.dial(ctx, h)
	if err == nil {
		_, err = r.fetch("POST", "/backup?dir="+to, nil)
	} else {
		err = m.offline(ctx, h, *pass, func(c *chain.Chain) error {
			if err := os.MkdirAll(to, 0o700); err != nil {
				return err
			}
			if err := c.Backup(ctx, home(to).chain()); err != nil {
				return err
			}
			if err := copyLedgers(ctx, h, home(to)); err != nil {
				return err
			}
			return copyHome(h, home(to), besideChain...)
		})
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(m.Out, m.t("✓ 已备份到 ", "✓ backed up to ")+to+m.t("（含密钥，请妥善保管）", " (it holds keys: keep it safe)"))
	return nil
}

// restore puts a backup into a new home.
func (m *Main) restore(_ context.Context, args []string) error {
	f, dir := m.flags("restore")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() != 1 {
		return errors.New(m.t("用法：mulu restore --home 新目录 备份目录", "usage: mulu restore --home NEW BACKUP"))
	}
	h, from := home(*dir), home(f.Arg(0))
	if _, err := from.load(); err != nil {
		return err
	}
	if _, err := os.Stat(h.settings()); err == nil {
		return errors.New(m.t("目标目录已有节点："+string(h), "there is a node already in "+string(h)))
	}
	if err := os.MkdirAll(string(h), 0o700); err != nil {
		return err
	}
	if err := chain.Restore(from.chain(), h.chain()); err != nil {
		return err
	}
	if err := copyHome(from, h, slices.Concat(ledgers, besideChain)...); err != nil {
		return err
	}
	fmt.Fprintf(m.Out, m.t("✓ 已恢复到 %s；查询库在启动后自动重建。恢复的节点与原节点不得同时运行。\n", "✓ restored into %s; the read model is rebuilt when it runs. Never run the restored node and the old one at the same time.\n"), string(h))
	return nil
}

// besideChain is what of a home is neither the chain nor can be derived from it, and can be copied file by file.
var besideChain = []string{"keys", "vault", "platform", "uploads", "receipts", "sources.json", "config.json"}

// copyHome copies parts of a home. Files of keys, vault and platform never change once they have their name, so they can
// be copied while the node runs; receipts only when it is stopped.
func copyHome(from, to home, parts ...string) error {
	for _, part := range parts {
		err := filepath.WalkDir(from.path(part), func(path string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && path == from.path(part) {
				return nil
			}
			if errors.Is(err, fs.ErrNotExist) { // a version that serves no more was dropped meanwhile
				return nil
			}
			if err != nil {
				return err
			}
			if strings.HasPrefix(d.Name(), ".part-") { // being made, and swept where it is found
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil
			}
			rel, err := filepath.Rel(string(from), path)
			if err != nil {
				return err
			}
			if d.IsDir() {
				return os.MkdirAll(to.path(rel), 0o700)
			}
			if !d.Type().IsRegular() || d.Name() == "LOCK" {
				return nil
			}
			if err := copyFile(path, to.path(rel)); !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("copy %s: %w", part, err)
		}
	}
	return nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, in); err == nil {
		err = out.Sync()
	}
	if closing := out.Close(); err == nil {
		err = closing
	}
	return err
}
