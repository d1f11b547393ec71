package mulu

import _ "embed"

// ReadingsText is docs/law/readings.md: how the rules read the regulation where its text is silent or open.
//
//go:embed docs/law/readings.md
var ReadingsText string
