package act

import "mulu"

// PublishDataset announces that a version of an entry's data serves on the platform: how it was made, counts, digest and
// quality, never rows.
type PublishDataset struct {
	Entry   string       `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Version int          `json:"version" zh:"数据版本" en:"version"`
	Rows    int64        `json:"rows" zh:"行数" en:"rows"`
	Digest  string       `json:"digest" zh:"摘要" en:"digest"`
	Mode    string       `json:"mode,omitempty" zh:"装载方式" en:"mode" enum:"mode"` // "" as replace
	Quality mulu.Quality `json:"quality,omitzero" zh:"质量" en:"quality"`
}

// ConnectDataset says that an entry's data stays with its owner and is had from there through the catalog chain (Art. 15).
// It names the sort of source only: addresses and secrets stay with the owner's node.
type ConnectDataset struct {
	Entry  string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Source string `json:"source" zh:"来源" en:"source" enum:"source"` // database | api
}

// DisconnectDataset says that connected data cannot be had from its owner any more, and why.
type DisconnectDataset struct {
	Entry string `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Why   string `json:"why" zh:"理由" en:"why"`
}

// SetLoadTerms sets by which rules the rows of an entry are checked, and what a load must keep to be published (Art. 7, 16).
type SetLoadTerms struct {
	Entry  string          `json:"entry" zh:"目录" en:"entry" ref:"entry"`
	Rules  []mulu.DataRule `json:"rules,omitempty" zh:"质量规则" en:"rules"`
	MaxBad int             `json:"max_bad" zh:"剔除上限" en:"max_bad"`       // ‰
	Shrink int             `json:"max_shrink" zh:"减少上限" en:"max_shrink"` // %
	Least  int             `json:"min_score" zh:"得分下限" en:"min_score"`   // ‰
}

func (*PublishDataset) Kind() string    { return "dataset.publish" }
func (*ConnectDataset) Kind() string    { return "dataset.connect" }
func (*DisconnectDataset) Kind() string { return "dataset.disconnect" }
func (*SetLoadTerms) Kind() string      { return "load_terms.set" }
