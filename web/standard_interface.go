package web

import (
	"errors"

	"mulu"
	"mulu/gateway"
)

func interfaceRoutes() []Route {
	return []Route{
		{"GET", "/entries/{class}/{seq}/interface", Members, false, (*visit).interfacePage},
		{"GET", "/entries/{class}/{seq}/interface.json", Members, false, (*visit).interfaceFile},
	}
}

// interfacePage describes the interface through which a published entry is had.
type interfacePage struct {
	gateway.Interface
	Code     string
	Content  *mulu.EntryContent
	Shown    []gateway.InterfaceItem
	Ways     []interfaceWay
	Dataset  *mulu.Dataset
	MayApply bool
}

// interfaceWay is one way of calling.
type interfaceWay struct{ Method, Path string }

func (v *visit) interfaceOf() (*interfacePage, error) {
	e, err := v.entryOf()
	if err != nil {
		return nil, err
	}
	if e.Version == 0 || e.Now == nil || e.Status == "retired" {
		return nil, errAbsent
	}
	p := &interfacePage{Code: e.Code, Content: e.Now, Interface: gateway.Interface{Entry: e, Provider: v.speakers().short(e.Org),
		Elements: map[string]*mulu.Element{}, Codes: map[string]*mulu.CodeSet{}}}
	if v.Calls != nil {
		p.Address = v.Calls.Address()
	}
	for _, g := range v.Law.Protections() {
		if g.Grade == e.Now.Grade {
			p.Methods = g.Methods
		}
	}
	for _, i := range e.Now.Items {
		if i.Standard == "" || p.Elements[i.Standard] != nil {
			continue
		}
		x, set := &mulu.Element{}, &mulu.CodeSet{}
		if err := v.noun(mulu.KindElement, i.Standard, x); errors.Is(err, errAbsent) {
			continue // a name from before there were elements
		} else if err != nil {
			return nil, err
		}
		p.Elements[i.Standard] = x
		if x.CodeSet == "" || p.Codes[x.CodeSet] != nil {
			continue
		}
		if err := v.noun(mulu.KindCodeSet, x.CodeSet, set); err != nil {
			return nil, err
		}
		p.Codes[x.CodeSet] = set
	}
	return p, nil
}

func (v *visit) interfacePage() error {
	p, err := v.interfaceOf()
	if err != nil {
		return err
	}
	if !v.own(p.Entry.Org) {
		v.under = "/search"
	}
	p.Shown = p.Items()
	for _, m := range p.Calls() {
		p.Ways = append(p.Ways, interfaceWay{m, "/gateway/{grant}/" + verbOf(m)})
	}
	p.Dataset = &mulu.Dataset{}
	if err := v.noun(mulu.KindDataset, p.Code, p.Dataset); errors.Is(err, errAbsent) {
		p.Dataset = nil
	} else if err != nil {
		return err
	}
	p.MayApply = v.may("application.submit") && !v.own(p.Entry.Org)
	return v.show("entry-interface", p)
}

// interfaceFile is the description as an OpenAPI document.
func (v *visit) interfaceFile() error {
	p, err := v.interfaceOf()
	if err != nil {
		return err
	}
	doc, err := p.Document()
	if err != nil {
		return err
	}
	v.download(p.Content.Name+" "+v.t("接口说明")+".json", "application/json; charset=utf-8")
	_, _ = v.W.Write(doc) // who left needs no answer
	return nil
}
