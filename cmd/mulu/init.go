package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"mulu"
	"mulu/chain"
	"mulu/law/script"
	"mulu/sm"

	"crypto/rand"
)

// founding is what a new chain is made of.
type founding struct {
	chain, name, short, code, edition, clock string
	sandbox                                  bool
	nodes, port                              int
	gateway, pages                           string
	passFile                                 string
}

func (m *Main) init(_ context.Context, args []string) error {
	f, dir := m.flags("init")
	var n founding
	f.StringVar(&n.chain, "chain", "xicheng-1", m.t("链的标识", "the chain's id"))
	f.StringVar(&n.name, "bureau", "北京市西城区数据局", m.t("主管部门名称", "name of the competent bureau"))
	f.StringVar(&n.short, "short", script.Bureau, m.t("主管部门简称", "its short name"))
	f.StringVar(&n.code, "credit-code", "", m.t("主管部门统一社会信用代码（正式链必填）", "its unified social credit code (required for a real chain)"))
	f.StringVar(&n.edition, "edition", "district-2023", m.t("规则版本：district-2023 或 state-council-809", "edition of the terms: district-2023 or state-council-809"))
	f.BoolVar(&n.sandbox, "sandbox", false, m.t("演练链：时钟可以拨快，密钥不保护任何东西", "a sandbox: its clock can be moved and its keys protect nothing"))
	f.StringVar(&n.clock, "clock", "", m.t("演练链的起始时刻，如 2026-09-24T10:00:00+08:00", "a sandbox's first moment, e.g. 2026-09-24T10:00:00+08:00"))
	f.IntVar(&n.nodes, "nodes", 1, m.t("节点数；多于一个时建在 DIR/node-1 …", "how many nodes; more than one go into DIR/node-1 …"))
	f.IntVar(&n.port, "port", 26656, m.t("多节点时第一个节点的端口，其余依次加一", "port of the first of several nodes, the others follow"))
	f.StringVar(&n.gateway, "gateway", "127.0.0.1:8480", m.t("网关地址，空为不开放", "address of the gateway, empty for none"))
	f.StringVar(&n.pages, "pages", "127.0.0.1:8400", m.t("页面和机器接口的地址，空为不开放", "address of the pages and of the interface for machines, empty for none"))
	f.StringVar(&n.passFile, "passphrase-file", "", m.t("密钥口令文件", "file with the passphrase of the keys"))
	join := f.String("join", "", m.t("加入已有的链：其 genesis.json", "join a chain: its genesis.json"))
	node := f.String("node", "", m.t("加入时本节点的编号，如 node-5", "when joining, this node's id, e.g. node-5"))
	listen := f.String("listen", "0.0.0.0:26656", m.t("加入时的监听地址", "when joining, the address to listen on"))
	peers := f.String("peers", "", m.t("加入时的其他节点，逗号分隔，各为 编号@主机:端口", "when joining, the other nodes, comma-separated id@host:port"))
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() > 0 {
		return fmt.Errorf("%s: %s", m.t("多余的参数", "unexpected argument"), f.Arg(0))
	}
	if *join != "" {
		return m.join(home(*dir), *join, *node, *listen, *peers, n)
	}
	homes, err := m.found(home(*dir), n)
	if err != nil {
		return err
	}
	for _, h := range homes {
		id, err := chain.Keys(h.chain())
		if err != nil {
			return err
		}
		fmt.Fprintf(m.Out, m.t("已建立节点目录 %s；启动：mulu node --home %[1]s\n  连接编号 %s\n",
			"made the node's home %s; start it with mulu node --home %[1]s\n  connection id %s\n"), string(h), id.NodeID)
	}
	return nil
}

// found makes a new chain with its nodes' homes.
func (m *Main) found(dir home, n founding) ([]home, error) {
	if n.nodes < 1 || n.nodes > 50 {
		return nil, errors.New(m.t("节点数应在 1 至 50 之间", "the number of nodes must lie between 1 and 50"))
	}
	if n.code == "" && n.sandbox {
		n.code = mulu.CreditCode("1111010299999999")
	}
	if err := mulu.CheckCreditCode(n.code); err != nil {
		return nil, fmt.Errorf("--credit-code: %w", err)
	}
	pass, err := m.passphrase(n.passFile, n.sandbox)
	if err != nil {
		return nil, err
	}
	calendars, err := script.Calendars()
	if err != nil {
		return nil, err
	}
	g := mulu.Genesis{Chain: n.chain, Sandbox: n.sandbox, Clock: n.clock, Edition: n.edition, Calendars: calendars,
		Bureau: mulu.Bureau{Name: n.name, Short: n.short, CreditCode: n.code}}
	if n.sandbox {
		g.Bureau.Key = script.Key(script.Bureau, 1).Public().String()
	}
	homes := []home{dir}
	if n.nodes > 1 {
		homes = nil
		for i := range n.nodes {
			homes = append(homes, home(dir.path(fmt.Sprintf("node-%d", i+1))))
		}
	}
	var ids []chain.Identity
	for i, h := range homes {
		id, key, err := m.makeKeys(h, pass)
		if err != nil {
			return nil, err
		}
		ids = append(ids, id)
		g.Nodes = append(g.Nodes, mulu.Node{ID: fmt.Sprintf("node-%d", i+1), Validator: id.Validator, CosignKey: key.Public().String(), Power: 1})
		if i == 0 && !n.sandbox {
			keys, err := sm.FileKeys(h.keys(), pass, rand.Reader)
			if err != nil {
				return nil, err
			}
			bureau, err := keys.Create("org-001")
			if err != nil {
				return nil, err
			}
			g.Bureau.Key = bureau.Public().String()
		}
	}
	at := time.Now()
	for i, h := range homes {
		if err := chain.WriteGenesis(h.chain(), g, at); err != nil {
			return nil, err
		}
		s := Settings{Node: g.Nodes[i].ID, Gateway: n.gateway, Pages: n.pages}
		if len(homes) > 1 {
			s.Listen = fmt.Sprintf("127.0.0.1:%d", n.port+i)
			if i > 0 {
				s.Gateway, s.Pages = "", ""
			}
			for j, id := range ids {
				if j != i {
					s.Peers = append(s.Peers, fmt.Sprintf("%s@127.0.0.1:%d", id.NodeID, n.port+j))
				}
			}
		}
		if err := h.save(s); err != nil {
			return nil, err
		}
	}
	return homes, nil
}

// makeKeys makes a new home with the keys of its node.
func (m *Main) makeKeys(h home, pass string) (chain.Identity, sm.Signer, error) {
	id, err := chain.MakeKeys(h.chain())
	if err != nil {
		return id, nil, err
	}
	keys, err := sm.FileKeys(h.keys(), pass, rand.Reader)
	if err != nil {
		return id, nil, err
	}
	key, err := keys.Create("node")
	return id, key, err
}

// join makes the home of a node that joins a chain. It catches up by replaying the blocks; it votes and co-signs once
// the bureau has admitted it with the values printed here.
func (m *Main) join(h home, genesis, node, listen, peers string, n founding) error {
	if node == "" || peers == "" {
		return errors.New(m.t("加入时需要 --node 和 --peers", "joining needs --node and --peers"))
	}
	raw, err := os.ReadFile(genesis)
	if err != nil {
		return fmt.Errorf("read the genesis: %w", err)
	}
	g, err := chain.ParseGenesis(raw)
	if err != nil {
		return err
	}
	pass, err := m.passphrase(n.passFile, g.Sandbox)
	if err != nil {
		return err
	}
	id, key, err := m.makeKeys(h, pass)
	if err != nil {
		return err
	}
	if err := os.WriteFile(home(h.chain()).path("genesis.json"), raw, 0o600); err != nil {
		return fmt.Errorf("write the genesis: %w", err)
	}
	if err := h.save(Settings{Node: node, Listen: listen, Peers: strings.Split(peers, ","), Gateway: n.gateway, Pages: n.pages}); err != nil {
		return err
	}
	fmt.Fprintf(m.Out, "%s\n  %s 接纳节点 节点=%s 运行机构=… 票数=1 共识公钥=%s 联签公钥=%s\n  %s: %s\n",
		m.t("节点目录已建立。请主管部门办理：", "The home is made. The bureau now says:"), g.Bureau.Short, node, id.Validator, key.Public(),
		m.t("其他节点以此连接本节点", "other nodes connect to this one as"), id.NodeID+"@"+listen)
	return nil
}
