package web

import (
	"mulu"
	"mulu/act"
)

// standardise publishes an element and a code set and files purchased data of an institution.
func (w *town) standardise(p places, mark, org string) error {
	for key, one := range map[string]struct {
		org  string
		a    act.Act
		kind mulu.Kind
	}{
		"element":      {townBureau, &act.PublishElement{Name: "数据元" + mark + org, Type: "C", Length: 20}, mulu.KindElement},
		"standards.id": {townBureau, &act.PublishCodeSet{Name: "代码集" + mark + org, Values: []mulu.CodeValue{{Code: "1", Name: "甲"}}}, mulu.KindCodeSet},
		"purchases.id": {org, &act.FilePurchase{Name: "采购" + mark, Content: "街道人流数量", Supplier: "某公司", From: "2026-01-01", Until: "2026-12-31", Cost: 480000, Fund: "2026年部门预算"}, mulu.KindPurchase},
	} {
		id, err := w.said(one.org, one.a, one.kind)
		if err != nil {
			return err
		}
		p.of[key] = id
	}
	return nil
}
