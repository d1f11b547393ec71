package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"mulu"
	"mulu/act"
	"mulu/desk"
)

// Outcome is what came of an act.
type Outcome struct {
	Act      string      `json:"act,omitempty" zh:"操作编号" en:"id of the act"`
	Record   uint64      `json:"record" zh:"记录号" en:"number of its record"`
	Height   int64       `json:"height" zh:"区块高度" en:"block"`
	Facts    []mulu.Fact `json:"facts" zh:"发生的事实" en:"what happened"`
	Readable bool        `json:"readable" zh:"列表已能查到" en:"lists show it already"`
	Tried    bool        `json:"tried,omitempty" zh:"仅试办，未提交" en:"only tried, not submitted"`
}

// actOperations make one operation of each kind of act that an institution can say.
func actOperations() []operation {
	list := []operation{{id: "submitSigned", method: "POST", path: "/signed", tag: "acts", zh: "提交已签名的操作", en: "Submit an act that is signed already",
		moreZh: "正文为 JSON 字符串，内容是操作的两行原文（docs/formats.md）；密钥不在本节点的机构用它。", moreEn: "The body is a JSON string with the act's two lines (docs/formats.md); for institutions whose key is not on this node.",
		body: "", answer: Outcome{}, public: true, do: (*call).submitSigned}}
	for _, w := range act.Words() {
		if w.Retired || nodeSays(w.Kind) {
			continue
		}
		var roles, rolesEn []string
		for _, r := range desk.Wanted(w.Kind) {
			roles, rolesEn = append(roles, mulu.Say(string(r), "zh")), append(rolesEn, mulu.Say(string(r), "en"))
		}
		list = append(list, operation{id: "act_" + strings.ReplaceAll(w.Kind, ".", "_"), method: "POST", path: "/acts/" + w.Kind, tag: "acts",
			zh: w.Zh, en: w.En, moreZh: "由" + strings.Join(roles, "或") + "办理。", moreEn: "Said by " + strings.Join(rolesEn, " or ") + ".",
			params: []param{{name: "try", kind: "boolean", zh: "true 为试办：只问规则是否允许，不提交", en: "true only asks whether the law allows it, and submits nothing"}},
			body:   w.New(), answer: Outcome{}, do: func(c *call) (any, error) { return c.say(w) }})
	}
	return list
}

// nodeSays lists the acts that nodes say, not institutions.
func nodeSays(kind string) bool { return kind == "tick" || kind == "receipts.anchor" }

func (c *call) say(w act.Word) (any, error) {
	a := w.New()
	d := json.NewDecoder(strings.NewReader(string(c.body)))
	d.DisallowUnknownFields()
	if err := d.Decode(a); err != nil {
		return nil, &act.Malformed{Code: "body", Detail: err.Error()}
	}
	if c.r.URL.Query().Get("try") == "true" {
		facts, no := c.Desk.Preview(c.by, a)
		if no != nil {
			return nil, no
		}
		return Outcome{Facts: facts, Tried: true}, nil
	}
	done, err := c.do(a)
	if err != nil {
		return nil, err
	}
	return outcome(done), nil
}

func outcome(done desk.Done) Outcome {
	return Outcome{Act: done.ID, Record: done.Outcome.N, Height: done.Outcome.Height, Facts: done.Outcome.Facts, Readable: done.Readable}
}

func (c *call) submitSigned() (any, error) {
	var lines string
	if err := json.Unmarshal(c.body, &lines); err != nil {
		return nil, &badRequest{"body_form", []string{err.Error()}}
	}
	signed, err := act.Parse([]byte(lines))
	if err != nil {
		return nil, err
	}
	done, err := c.Desk.Submit(c.r.Context(), signed)
	var malformed *act.Malformed
	if err != nil && !errors.As(err, &malformed) {
		return nil, fmt.Errorf("submit the signed act: %w", err)
	}
	if err != nil {
		return nil, err
	}
	return outcome(done), nil
}
