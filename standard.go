package mulu

// Element (数据元) is a data element of the district's standard (Art. 13): what an item that follows it must look like.
// The bureau keeps it; an item is bound to it by naming its ID in Item.Standard.
type Element struct {
	ID         string `json:"id"` // DE-<sequence>
	Name       string `json:"name"`
	Definition string `json:"definition,omitempty"`
	Type       string `json:"type"`               // letter of ItemTypes
	Length     int    `json:"length,omitempty"`   // characters or digits; 0: no bound
	Format     string `json:"format,omitempty"`   // see ValueFormats; "" none
	CodeSet    string `json:"code_set,omitempty"` // ID of a code set
	Low        string `json:"low,omitempty"`      // lowest value, "" no bound
	High       string `json:"high,omitempty"`
	Source     string `json:"source,omitempty"` // the standard it is taken from
	Version    int    `json:"version"`
	Next       string `json:"next,omitempty"` // ID of the element that replaces an abolished one
	Status     string `json:"status"`         // active | abolished
	Since      string `json:"since"`          // RFC 3339, of this version
	Why        string `json:"why,omitempty"`
}

// CodeSet (代码集) is a list of codes that items may take, with its versions (Art. 13).
type CodeSet struct {
	ID      string      `json:"id"` // CS-<sequence>
	Name    string      `json:"name"`
	Source  string      `json:"source,omitempty"` // e.g. GB/T 2261.1
	Values  []CodeValue `json:"values"`
	Version int         `json:"version"`
	Status  string      `json:"status"` // active | abolished
	Since   string      `json:"since"`  // RFC 3339, of this version
	Why     string      `json:"why,omitempty"`
}

// CodeValue is one code of a set and what it means.
type CodeValue struct {
	Code string `json:"code" zh:"代码" en:"code"`
	Name string `json:"name" zh:"名称" en:"name"`
}

func (*Element) Kind() Kind         { return KindElement }
func (e *Element) Key() string      { return e.ID }
func (e *Element) Standing() string { return e.Status }

// Indexes finds an element by its name and by its code set; an abolished one frees both.
func (e *Element) Indexes() []string {
	switch {
	case e.Status == "abolished":
		return nil
	case e.CodeSet == "":
		return []string{"name/" + e.Name}
	}
	return []string{"name/" + e.Name, "codes/" + e.CodeSet}
}

// Fits tells how an item that is bound to the element departs from it: "type", "length", or "" where it agrees. An item
// without a length has the element's.
func (e *Element) Fits(i Item) string {
	switch {
	case i.Type != e.Type:
		return "type"
	case e.Length > 0 && i.Length > e.Length:
		return "length"
	}
	return ""
}

func (*CodeSet) Kind() Kind         { return KindCodeSet }
func (c *CodeSet) Key() string      { return c.ID }
func (c *CodeSet) Standing() string { return c.Status }

// Indexes finds a code set by its name; an abolished one frees it.
func (c *CodeSet) Indexes() []string {
	if c.Status == "abolished" {
		return nil
	}
	return []string{"name/" + c.Name}
}

// Value gives what a code means, and whether the set has it.
func (c *CodeSet) Value(code string) (CodeValue, bool) {
	for _, v := range c.Values {
		if v.Code == code {
			return v, true
		}
	}
	return CodeValue{}, false
}
