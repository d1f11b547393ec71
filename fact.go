package mulu

import (
	"encoding/json"
	"time"
)

// Kind names a sort of noun. Kinds are for ever: a retired one stays listed.
type Kind string

// The sorts of nouns. The Chinese word is what officials say.
const (
	KindOrg         Kind = "org"         // 公共机构
	KindKey         Kind = "key"         // 签名密钥
	KindNode        Kind = "node"        // 链节点
	KindCalendar    Kind = "calendar"    // 工作日历（年度）
	KindClock       Kind = "clock"       // 演练时钟
	KindProfile     Kind = "profile"     // 规则版本
	KindDuty        Kind = "duty"        // 职责
	KindEntry       Kind = "entry"       // 数据目录
	KindSystem      Kind = "system"      // 系统目录
	KindTable       Kind = "table"       // 库表目录
	KindLink        Kind = "link"        // 目录关联
	KindApplication Kind = "application" // 共享申请
	KindGrant       Kind = "grant"       // 共享授权
	KindDispute     Kind = "case"        // 协调事项
	KindDataset     Kind = "dataset"     // 平台数据集
	KindClient      Kind = "client"      // 系统对接
	KindReceipts    Kind = "receipts"    // 访问回执锚定
	KindObjection   Kind = "objection"   // 共享数据异议
	KindReview      Kind = "review"      // 共享属性研究
	KindFinding     Kind = "finding"     // 问题发现
	KindUseReport   Kind = "use_report"  // 使用情况报告
	KindUseFlag     Kind = "use_flag"    // 异常使用提示
	KindTerm        Kind = "term"        // 内部时限
	KindLoadTerms   Kind = "load_terms"  // 装载约定
	KindElement     Kind = "element"     // 数据元
	KindCodeSet     Kind = "code_set"    // 代码集
	KindPurchase    Kind = "purchase"    // 采购数据
)

// Noun is anything the law keeps. Its JSON form is its state.
type Noun interface {
	Kind() Kind
	Key() string       // identifies it among its kind; never reused
	Standing() string  // its state in the sense of the ways, e.g. "published"
	Indexes() []string // further names "index/value" under which the law finds it again
}

// Fact is one thing that happened: what, under which provision, and the noun as it now stands.
type Fact struct {
	Kind  string          `json:"kind"` // e.g. "entry.published"; titles in facts.go
	Noun  Kind            `json:"noun"`
	ID    string          `json:"id"`
	Art   []Cite          `json:"art"`
	State json.RawMessage `json:"state"`
}

// Outcome is the third line of a record: what the law made of the act. Exactly one of Facts and Refused is set.
// N is the record number (leaf index, from 0), Height the block, Time the law's time of that block.
type Outcome struct {
	N       uint64    `json:"n"`
	Height  int64     `json:"height"`
	Time    time.Time `json:"time"`
	Facts   []Fact    `json:"facts,omitempty"`
	Refused *Refusal  `json:"refused,omitempty"`
}

// Shanghai is the zone in which the regulation's days begin and end. China keeps no summer time, so a fixed zone is exact.
func Shanghai() *time.Location { return time.FixedZone("CST", 8*3600) }
