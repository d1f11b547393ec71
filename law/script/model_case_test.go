package script

import "time"

// The model's part for Art. 22 and 25.

func (m *model) openCase(a *mApp, o *mObj) *mCase {
	for _, c := range m.cases {
		if c.app == a && c.obj == o && c.open() {
			return c
		}
	}
	return nil
}

func (m *model) party(by, consumer string) bool {
	return by == mBureau || by == mProvider || by == consumer && !m.closed[by]
}

func (m *model) dispute(by string, a *mApp) bool {
	if !m.party(by, a.consumer) || m.closed[a.consumer] || m.entries[a.entry].retired || m.openCase(a, nil) != nil {
		return false
	}
	cause := "other"
	switch a.status {
	case "refused":
		cause = "refused"
	case "overdue":
		cause = "unanswered"
	case "granted":
		switch g := a.grant; {
		case g.status == "suspended":
			cause = "suspended"
		case g.status == "delivering" && g.overdue:
			cause = "undelivered"
		case a.decision == "part":
			cause = "part"
		}
	default:
		return false
	}
	m.cases = append(m.cases, &mCase{app: a, opener: by, cause: cause, status: "opened"})
	return true
}

func (m *model) disputeObjection(by string, o *mObj) bool {
	a := o.grant.app
	if !m.party(by, a.consumer) || m.closed[a.consumer] || m.entries[a.entry].retired || m.openCase(nil, o) != nil {
		return false
	}
	if o.status != "unfounded" && o.status != "corrected" && !(o.open() && o.overdue) {
		return false
	}
	m.cases = append(m.cases, &mCase{obj: o, opener: by, cause: "objection", status: "opened"})
	return true
}

func (m *model) hear(by string, c *mCase) bool {
	if by != mBureau || c.status != "opened" && c.status != "heard" {
		return false
	}
	c.status = "heard"
	return true
}

func (m *model) withdrawCase(by string, c *mCase) bool {
	if m.closed[by] || by != c.opener || c.status != "opened" && c.status != "heard" || by != c.consumer() && !c.moot() {
		return false
	}
	c.status = "withdrawn"
	return true
}

// moot: nothing is left to decide.
func (c *mCase) moot() bool {
	if c.obj != nil {
		return c.obj.status == "corrected" || c.obj.status == "withdrawn" || c.obj.status == "closed"
	}
	a := c.app
	if a.status == "withdrawn" || a.status == "closed" {
		return true
	}
	if a.status != "granted" {
		return false
	}
	g := a.grant
	switch c.cause {
	case "unanswered", "refused":
		return true
	case "undelivered":
		return g.delivered || g.status == "ended"
	case "suspended":
		return g.status != "suspended"
	}
	return g.status == "ended"
}

func (m *model) settle(a *mApp, o *mObj) {
	if c := m.openCase(a, o); c != nil && (c.opener == "law" || c.status == "concluded") && c.moot() {
		c.status = "settled"
	}
}

// conclude: end is the end of the day that an order sets.
func (m *model) conclude(by string, c *mCase, decision string, end time.Time) bool {
	if by != mBureau || !c.open() || c.status == "concluded" && !c.overdue {
		return false
	}
	executed, ok := m.rule(c, decision, end)
	if !ok {
		return false
	}
	c.decision, c.overdue, c.end, c.status = decision, false, end, "concluded"
	if executed {
		c.status = "executed"
	}
	return true
}

func (m *model) rule(c *mCase, decision string, end time.Time) (executed, ok bool) {
	if c.obj != nil {
		return m.ruleObjection(c, decision, end)
	}
	a, g := c.app, c.app.grant
	switch decision {
	case "uphold":
		if a.status == "overdue" {
			a.status, a.decision, a.answeredBy = "refused", "refused", mBureau
		}
		return true, true
	case "grant":
		return true, m.orderSharing(a, g)
	case "deliver_by":
		if g == nil || g.status != "delivering" {
			return false, false
		}
		g.deliverEnd, g.overdue, g.ordered = end, false, c
		return false, true
	}
	return false, g != nil && g.status != "ended" && g.delivered && m.entries[a.entry].where == "platform"
}

func (m *model) orderSharing(a *mApp, g *mGrant) bool {
	switch {
	case a.status == "refused" || a.status == "overdue":
		if a.status == "refused" && a.answeredBy == mProvider {
			m.findings["refusal_overruled"]++
		}
		m.grant(a, a.days, true)
	case g != nil && g.status == "suspended":
		m.resumed(g)
	case g != nil && (g.status == "active" || g.status == "delivering") && a.decision == "part":
		g.until = g.from.AddDate(0, 0, a.days)
	default:
		return false
	}
	return true
}

func (m *model) ruleObjection(c *mCase, decision string, end time.Time) (executed, ok bool) {
	o := c.obj
	if decision == "uphold" {
		if o.open() {
			o.ordered = nil
		}
		return true, true
	}
	if decision != "correct" || o.status == "withdrawn" || o.status == "closed" {
		return false, false
	}
	o.status, o.end, o.overdue, o.ordered, o.since = "checking", end, false, c, m.entries[o.grant.app.entry].version
	return false, true
}

// fileObjection: Art. 25.
func (m *model) fileObjection(by string, g *mGrant) bool {
	if m.closed[by] || by != g.app.consumer || !g.delivered || m.entries[g.app.entry].retired {
		return false
	}
	o := &mObj{grant: g, status: "filed", filed: m.now, days: 5, since: m.entries[g.app.entry].version}
	if m.edition == "state-council-809" {
		o.days = 10
	}
	o.end = m.term(m.now, o.days)
	m.objs = append(m.objs, o)
	return true
}

func (m *model) checkObjection(by string, o *mObj) bool {
	if by != mProvider || o.status != "filed" {
		return false
	}
	o.status = "checking"
	return true
}

func (m *model) answerObjection(by string, o *mObj, result string, version int) bool {
	if by != mProvider || !o.open() {
		return false
	}
	held := 0
	if e := m.entries[o.grant.app.entry]; e.where == "platform" {
		held = e.version
	}
	if result == "unfounded" {
		if o.ordered != nil || version != 0 {
			return false
		}
	} else if held == 0 && version != 0 || held > 0 && (version <= o.since || version > held) {
		return false
	}
	o.status = result
	if o.ordered != nil {
		o.ordered.status = "executed"
	}
	return true
}

func (m *model) extendObjection(by string, o *mObj, days int) bool {
	if by != mBureau || !o.open() || o.ordered != nil || o.overdue {
		return false
	}
	o.days += days
	o.end = m.term(o.filed, o.days)
	return true
}

func (m *model) withdrawObjection(by string, o *mObj) bool {
	if m.closed[by] || by != o.grant.app.consumer || !o.open() {
		return false
	}
	o.status = "withdrawn"
	if o.ordered != nil {
		m.settle(nil, o)
	}
	return true
}
