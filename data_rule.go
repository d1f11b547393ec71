package mulu

import (
	"strconv"
	"strings"
)

// Sound says whether a rule makes sense for the items of an entry: the code of a refusal and its values, "" if it does.
// It looks at the rule and the items only; whether the entry that a reference names exists is for the law to ask.
func (r DataRule) Sound(c *EntryContent) (code string, args []string) {
	for _, part := range []func(*EntryContent) (string, []string){r.soundShape, r.soundItems, r.soundOperands} {
		if code, args = part(c); code != "" {
			return code, args
		}
	}
	return "", nil
}

// soundShape: check and level are known, and nothing is filled in that the check does not take.
func (r DataRule) soundShape(*EntryContent) (string, []string) {
	if !hasCode(Checks, r.Check) {
		return "rule_check", []string{r.Check}
	}
	if !hasCode(RuleLevels, r.Level) {
		return "rule_level", []string{"@check." + r.Check, r.Level}
	}
	takes := map[string]string{"filled": "", "range": "low high", "values": "values", "format": "values", "compare": "op low", "reference": "entry item", "unique": ""}[r.Check]
	for _, o := range []struct {
		name   string
		filled bool
	}{{"op", r.Op != ""}, {"low", r.Low != ""}, {"high", r.High != ""}, {"values", len(r.Values) > 0}, {"entry", r.Entry != ""}, {"item", r.Item != ""}} {
		if o.filled && !containsString(strings.Fields(takes), o.name) {
			return "rule_stray", []string{"@check." + r.Check, "@rule_" + o.name}
		}
	}
	return "", nil
}

// soundItems: the items exist, each once, and so does that of the condition, whose values are of its type.
func (r DataRule) soundItems(c *EntryContent) (string, []string) {
	if len(r.Items) == 0 {
		return "rule_no_items", []string{"@check." + r.Check}
	}
	for i, field := range r.Items {
		if _, ok := c.Item(field); !ok {
			return "rule_item", []string{"@check." + r.Check, field}
		}
		if containsString(r.Items[:i], field) {
			return "rule_item_twice", []string{"@check." + r.Check, field}
		}
	}
	if r.When == "" {
		if len(r.Is) > 0 {
			return "rule_is_alone", []string{"@check." + r.Check}
		}
		return "", nil
	}
	when, ok := c.Item(r.When)
	if !ok {
		return "rule_item", []string{"@check." + r.Check, r.When}
	}
	return r.soundValues(when, r.Is)
}

func (r DataRule) soundOperands(c *EntryContent) (string, []string) {
	switch r.Check {
	case "range":
		return r.soundRange(c)
	case "values":
		if len(r.Values) == 0 {
			return "rule_operand", []string{"@check.values", "@rule_values"}
		}
		for _, field := range r.Items {
			item, _ := c.Item(field)
			if code, args := r.soundValues(item, r.Values); code != "" {
				return code, args
			}
		}
	case "format":
		return r.soundFormat(c)
	case "compare":
		return r.soundCompare(c)
	case "reference":
		if r.Entry == "" {
			return "rule_operand", []string{"@check.reference", "@rule_entry"}
		}
		if r.Item == "" {
			return "rule_operand", []string{"@check.reference", "@rule_item"}
		}
	}
	return "", nil
}

// soundRange: bounds of the items' type, the low one not above the high one.
func (r DataRule) soundRange(c *EntryContent) (string, []string) {
	if r.Low == "" && r.High == "" {
		return "rule_operand", []string{"@check.range", "@rule_low|rule_high"}
	}
	for _, field := range r.Items {
		item, _ := c.Item(field)
		if sort := TypeSort(item.Type); sort == "text" || sort == "logical" {
			return "rule_type", []string{"@check.range", field, "@type." + item.Type}
		}
		low, lowFits := NormalValue(item.Type, r.Low)
		high, highFits := NormalValue(item.Type, r.High)
		switch {
		case r.Low != "" && !lowFits:
			return "rule_value", []string{"@check.range", field, "@type." + item.Type, r.Low}
		case r.High != "" && !highFits:
			return "rule_value", []string{"@check.range", field, "@type." + item.Type, r.High}
		case r.Low != "" && r.High != "" && CompareValues(item.Type, low, high) > 0:
			return "rule_bounds", []string{r.Low, r.High}
		}
	}
	return "", nil
}

// soundFormat: one known format, on items that can hold it.
func (r DataRule) soundFormat(c *EntryContent) (string, []string) {
	if len(r.Values) != 1 {
		return "rule_operand", []string{"@check.format", "@rule_format"}
	}
	if !hasCode(ValueFormats, r.Values[0]) {
		return "rule_format", []string{r.Values[0]}
	}
	for _, field := range r.Items {
		item, _ := c.Item(field)
		number := r.Values[0] == "longitude" || r.Values[0] == "latitude" || r.Values[0] == "region" || r.Values[0] == "postcode"
		if sort := TypeSort(item.Type); sort != "text" && !(sort == "number" && number) {
			return "rule_type", []string{"@value_format." + r.Values[0], field, "@type." + item.Type}
		}
	}
	return "", nil
}

// soundCompare: two items of one sort, or one item with a constant of its type.
func (r DataRule) soundCompare(c *EntryContent) (string, []string) {
	if !hasCode(CompareOps, r.Op) {
		return "rule_op", []string{r.Op}
	}
	if len(r.Items) > 2 || len(r.Items) == 2 && r.Low != "" || len(r.Items) == 1 && r.Low == "" {
		return "rule_compare", []string{strconv.Itoa(len(r.Items))}
	}
	one, _ := c.Item(r.Items[0])
	sort := TypeSort(one.Type)
	if (sort == "text" || sort == "logical") && r.Op != "eq" && r.Op != "ne" {
		return "rule_order", []string{one.Field, "@type." + one.Type, "@op." + r.Op}
	}
	if len(r.Items) == 1 {
		return r.soundValues(one, []string{r.Low})
	}
	if other, _ := c.Item(r.Items[1]); TypeSort(other.Type) != sort {
		return "rule_two_types", []string{one.Field, "@type." + one.Type, other.Field, "@type." + other.Type}
	}
	return "", nil
}

// soundValues: each value is of the item's type and stands once.
func (r DataRule) soundValues(item Item, values []string) (string, []string) {
	seen := make(map[string]bool, len(values))
	for _, v := range values {
		n, ok := NormalValue(item.Type, v)
		if !ok || n == "" {
			return "rule_value", []string{"@check." + r.Check, item.Field, "@type." + item.Type, v}
		}
		if seen[n] {
			return "rule_value_twice", []string{"@check." + r.Check, v}
		}
		seen[n] = true
	}
	return "", nil
}

func hasCode(list []Code, code string) bool {
	for _, c := range list {
		if c.Code == code {
			return true
		}
	}
	return false
}
