package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"

	"mulu"
	"mulu/act"
)

// spelled is one line of something as a page spells it out: a value, or lines below it.
type spelled struct {
	Label string
	Value string
	Below []spelled
	More  int // further ones of a list that are left out
}

// mostSpelled bounds how many elements of a list are spelled out.
const mostSpelled = 30

// speller puts the JSON of acts and nouns into words of a language.
type speller struct {
	s      *speakers
	labels map[string]string // by JSON name: what an act's own field is called
	lists  map[string]string // by JSON name: the code list of an act's own field
}

// spellAct spells out what an act says.
func (v *visit) spellAct(s *speakers, kind string, body json.RawMessage) ([]spelled, error) {
	p := &speller{s: s, labels: map[string]string{}, lists: map[string]string{}}
	if w, ok := act.Find(kind); ok {
		p.learn(reflect.TypeOf(w.New()), v.Lang)
	}
	return p.object(json.NewDecoder(bytes.NewReader(body)), "")
}

// spellNoun spells out how a noun stands.
func (v *visit) spellNoun(s *speakers, state json.RawMessage) ([]spelled, error) {
	return (&speller{s: s}).object(json.NewDecoder(bytes.NewReader(state)), "")
}

// learn takes labels and code lists from the tags of an act's fields, those of its parts included.
func (p *speller) learn(t reflect.Type, lang string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return
	}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		label := f.Tag.Get("zh")
		if lang == "en" {
			label = strings.ReplaceAll(f.Tag.Get("en"), "_", " ")
		}
		if _, known := p.labels[name]; !known && label != "" {
			p.labels[name] = label
		}
		if list := f.Tag.Get("enum"); list != "" {
			p.lists[name] = list
		}
		p.learn(f.Type, lang)
	}
}

func (p *speller) label(key string) string {
	if l, ok := p.labels[key]; ok {
		return l
	}
	if zh, ok := stateWords[key]; ok {
		return p.s.v.t(zh)
	}
	return mulu.Say(key, p.s.v.Lang)
}

// object reads the fields of an object whose beginning is the next token.
func (p *speller) object(d *json.Decoder, parent string) ([]spelled, error) {
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, fmt.Errorf("spell out: no object: %v %w", t, err)
	}
	return p.fields(d, parent)
}

func (p *speller) fields(d *json.Decoder, parent string) ([]spelled, error) {
	var list []spelled
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		key, _ := t.(string)
		one, err := p.value(d, key, parent)
		if err != nil {
			return nil, err
		}
		one.Label = p.label(key)
		list = append(list, one)
	}
	_, err := d.Token() // the end
	return list, err
}

func (p *speller) value(d *json.Decoder, key, parent string) (spelled, error) {
	d.UseNumber()
	t, err := d.Token()
	if err != nil {
		return spelled{}, err
	}
	switch t {
	case json.Delim('{'):
		below, err := p.fields(d, key)
		return spelled{Below: below}, err
	case json.Delim('['):
		return p.list(d, key, parent)
	}
	return spelled{Value: p.scalar(key, parent, t)}, nil
}

func (p *speller) list(d *json.Decoder, key, parent string) (spelled, error) {
	var one spelled
	var words []string
	for n := 1; d.More(); n++ {
		e, err := p.value(d, key, parent)
		if err != nil && err != io.EOF {
			return one, err
		}
		switch {
		case n > mostSpelled:
			one.More++
		case e.Below != nil:
			e.Label = fmt.Sprint(n)
			one.Below = append(one.Below, e)
		default:
			words = append(words, e.Value)
		}
	}
	between := "、"
	if p.s.v.Lang == "en" {
		between = ", "
	}
	one.Value = strings.Join(words, between)
	_, err := d.Token()
	return one, err
}

// scalar says a plain value: a code by its word, an institution by its name, a moment as a date and time.
func (p *speller) scalar(key, parent string, t json.Token) string {
	lang := p.s.v.Lang
	if b, ok := t.(bool); ok {
		if b {
			return p.s.v.t("是")
		}
		return p.s.v.t("否")
	}
	text := fmt.Sprint(t)
	list := p.lists[key]
	switch {
	case key == "type" && (parent == "sharing" || parent == "opening"):
		list = parent
	case list == "" && mulu.CodeList(key) != nil:
		list = key
	}
	if list != "" {
		return mulu.Word(mulu.CodeList(list), text, lang)
	}
	switch key {
	case "status", "decision", "effect":
		return mulu.Say(text, lang)
	case "org", "consumer", "provider", "owner", "operator", "opener", "party", "by":
		if text == "law" {
			return mulu.Say(text, lang)
		}
		return p.s.short(text)
	}
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return stamp(at, "2006-01-02 15:04")
	}
	return text
}

// stateWords are the names of a noun's fields that the words of the domain do not have, or have for something else.
var stateWords = map[string]string{
	"about": "所涉事项", "answer": "答复", "answer_by": "答复期限", "answered": "答复时间", "application": "所涉申请", "args": "参数", "ask": "申请内容",
	"assessment": "影响评估摘要", "at": "时间", "bad": "剔除行数", "check": "检查", "checked": "检查行数", "high": "上限", "is": "前提取值", "late": "逾期的问题", "low_quality": "质量低的问题", "op": "比较", "quality": "质量", "when": "前提信息项", "bound": "应当执行", "bureau": "主管部门", "by": "作出者", "calendars": "依据的日历", "case": "所涉协调",
	"cause": "事由", "chain": "链", "checking": "开始核查", "claim": "诉求", "column": "列", "concluded": "结论时间", "connection": "连接",
	"consumer": "申请单位", "corrected": "更正版本", "cosign_key": "联签公钥", "counted": "已计", "credit_code": "统一社会信用代码", "data_version": "数据版本",
	"day": "日期", "deliver_by": "交付期限", "deliver_from": "交付起算", "delivered": "交付时间", "digest": "摘要值", "due": "期限", "duty": "职责",
	"edition": "规则版本", "effect": "效果", "end": "截止时刻", "entry": "数据目录", "error": "错误说明", "examples": "示例", "executed": "执行时间",
	"explained": "说明时间", "extended": "延期", "fact": "事实", "field": "字段名", "file_by": "提交期限", "filed": "提出时间", "final": "终结", "finish_by": "完成期限",
	"finished": "完成时间", "flagged": "提示时间", "former": "曾用名", "from": "自", "grant": "授权", "ground": "事由", "hearings": "协调会", "height": "区块高度",
	"id": "编号", "item": "信息项", "joined": "参照执行", "key": "公钥", "kind": "种类", "last": "最后一个工作日", "length": "长度", "level": "等保级别",
	"loaded": "装载时间", "make_up": "调休上班日", "n": "序号", "necessity": "必要性", "next": "待核定内容", "node": "节点", "nodes": "节点", "note": "说明",
	"now": "现行内容", "nullable": "可空", "number": "文号", "of": "目录版本", "off": "休息日", "on": "依据事项", "opened": "启动时间", "opener": "提起者",
	"opening": "开放", "operator": "运行机构", "ordered": "责令时间", "org": "机构", "outcome": "结论", "override": "例外理由", "overdue": "逾期", "owner": "所有者",
	"party": "另一方", "personal": "个人信息", "point": "项", "provider": "提供单位", "provisional": "暂定", "purpose": "用途", "raised": "提出时间",
	"rate": "每分钟次数", "received": "收到时间", "record": "材料摘要值", "refused": "拒绝次数", "reports": "使用报告", "review": "下次研究", "root": "树根",
	"rule": "规则", "sandbox": "演练", "scanned": "探查时间", "sensitive": "敏感", "sharing": "共享", "shift": "时钟偏移（纳秒）", "signing_key": "签名密钥",
	"since": "自", "size": "数量", "split_of": "拆分自", "split_to": "拆分为", "standard": "数据元", "state": "状态", "statements": "各方意见", "status": "状态",
	"suspended_by": "暂停者", "system": "系统", "table": "库表", "text": "内容", "time": "时间", "to": "至", "type": "类型", "until": "至", "use": "使用情况",
	"usual": "通常值", "validator": "共识公钥", "value": "值", "values": "取值", "version": "版本", "volume": "每日条数", "was": "原为", "wrong": "问题说明",
}
