package main

import (
	"fmt"

	"mulu"
	"mulu/act"
	"mulu/platform/source"
)

// connected tells of two entries whose data stays with its owner: purchases, which anybody may have, and appeals, on a condition.
func (t *story) connected() {
	auditors, street, centre := "区审计局", "月坛街道", "区城市管理指挥中心"
	var purchases, appeals string
	t.plan(40, "10:20", t.connect)
	t.plan(33, "10:05", func() error { // Art. 20
		purchases = t.applies(auditors, demoContracts, mulu.Ask{Scenario: "政府采购专项审计", Scope: "本局经济责任审计科", Duty: "审计法第三十四条", Method: "query", Days: 365})
		t.client(auditors, "审计分析系统")
		t.uses(user{org: auditors, client: "审计分析系统", grant: t.grant(purchases), verb: "query", purpose: "政府采购专项审计", items: []string{"xmbh", "cgr", "gys", "htje"}, often: 1})
		return t.err
	})
	t.plan(33, "15:40", func() error { // Art. 21
		appeals = t.applies(street, demoAppeals, mulu.Ask{Scenario: "辖区诉求督办", Scope: "本街道市民诉求处置中心", Duty: "北京市接诉即办工作条例第十三条",
			Items: []string{"gdh", "wtfl", "ssjd", "sssq", "bljg"}, Rows: []mulu.Filter{{Item: "ssjd", Values: []string{"110102007"}}}, Method: "query", Days: 180})
		return t.err
	})
	t.plan(31, "09:30", func() error {
		t.does(centre, &act.AnswerApplication{Application: appeals, Decision: "full"})
		t.client(street, "街道综合平台")
		t.uses(user{org: street, client: "街道综合平台", grant: t.grant(appeals), verb: "query", purpose: "辖区诉求督办", items: []string{"gdh", "wtfl", "sssq", "bljg"}, often: 1})
		return t.err
	})
}

// connect has both institutions' systems reached: the connection, where the items stand there, and the act that says so.
func (t *story) connect() error {
	if err := t.owners.meet(t.ctx, t.p); err != nil {
		return err
	}
	contracts, e, err := t.table(demoContracts)
	if err != nil {
		return err
	}
	if err := t.owners.keepContracts(t.ctx, contracts); err != nil {
		return err
	}
	if err := t.binds(e, "database", source.Binding{Connection: contractsLine, Table: "CONTRACT", Keys: []string{"PROJECT_NO"}, Columns: contractColumns}); err != nil {
		return err
	}
	code, err := t.titled(demoAppeals)
	if err != nil {
		return err
	}
	var appeals mulu.Entry
	if _, err := t.p.noun(mulu.KindEntry, code, &appeals); err != nil {
		return err
	}
	return t.binds(appeals, "api", source.Binding{Connection: appealsLine, Call: &source.Call{Path: "/api/v1/orders", Rows: "data.orders", Page: "page", First: 1, Size: "size", Rate: 100,
		Asks: []source.Pair{{Item: "ssjd", Column: "street"}, {Item: "gdh", Column: "orderNo"}}},
		Columns: []source.Pair{{Item: "gdh", Column: "orderNo"}, {Item: "xm", Column: "caller.name"}, {Item: "lxdh", Column: "caller.phone"}, {Item: "sqnr", Column: "content"},
			{Item: "wtfl", Column: "category"}, {Item: "ssjd", Column: "area.street"}, {Item: "sssq", Column: "area.community"}, {Item: "bljg", Column: "result"}, {Item: "sl", Column: "rates"}}})
}

func (t *story) binds(e mulu.Entry, sort string, b source.Binding) error {
	b.Entry = e.Code
	if err := t.p.sources.Bind(t.ctx, b, e.Org, e.Now); err != nil {
		return fmt.Errorf("bind %s: %w", e.Now.Name, err)
	}
	if err := t.do(e.Org, &act.ConnectDataset{Entry: e.Code, Source: sort}); err != nil {
		return fmt.Errorf("connect %s: %w", e.Now.Name, err)
	}
	return nil
}
