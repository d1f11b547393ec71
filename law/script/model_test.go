package script

import (
	"time"

	"mulu/workday"
)

// A model is Art. 15, 16, 20 to 22 and 25 once more, written as plainly as possible and without the law's tables, ways and alarms:
// what an application, a grant, a coordination case and an objection are after each thing that is said or falls due. It
// scans everything, keeps no indexes, and knows two entries of one provider: one shared on conditions, one not.
type model struct {
	cal     *workday.Calendar
	now     time.Time
	edition string
	entries [2]mEntry // the first conditional
	closed  map[string]bool
	apps    []*mApp
	grants  []*mGrant
	cases   []*mCase
	objs    []*mObj

	findings map[string]int
}

type mEntry struct {
	version int       // the last that the platform had of its data
	where   string    // its data: "" nowhere yet, platform, owner, gone
	end     time.Time // of the term to bring it, or to update it; zero: none runs
	retired bool
}

type mApp struct {
	consumer, edition, status, decision, answeredBy string
	entry, days                                     int
	received, answerEnd                             time.Time
	grant                                           *mGrant
}

type mGrant struct {
	app                     *mApp
	status, heldBy          string
	from, until, deliverEnd time.Time
	overdue, delivered      bool
	ordered                 *mCase
}

type mCase struct {
	app                             *mApp
	obj                             *mObj
	opener, cause, status, decision string
	end                             time.Time
	overdue                         bool
}

type mObj struct {
	grant       *mGrant
	status      string
	filed, end  time.Time
	days, since int // since: the data version that is objected to
	overdue     bool
	ordered     *mCase
}

// The institutions of the model.
const (
	mBureau   = "001"
	mProvider = "002"
)

func newModel(begin time.Time, edition string) (*model, error) {
	notices, err := workday.Official()
	if err != nil {
		return nil, err
	}
	var years []workday.Year
	for _, n := range notices {
		years = append(years, n.Year)
	}
	cal, err := workday.New(years...)
	return &model{cal: cal, now: begin, edition: edition, closed: map[string]bool{}, findings: map[string]int{}}, err
}

func (m *model) term(from time.Time, days int) time.Time { return m.cal.Term(from, days).End }

func (a *mApp) waiting() bool { return a.status == "submitted" || a.status == "overdue" }
func (c *mCase) open() bool {
	return c.status == "opened" || c.status == "heard" || c.status == "concluded"
}
func (o *mObj) open() bool { return o.status == "filed" || o.status == "checking" }

func (c *mCase) consumer() string {
	if c.app != nil {
		return c.app.consumer
	}
	return c.obj.grant.app.consumer
}

func (c *mCase) entry() int {
	if c.app != nil {
		return c.app.entry
	}
	return c.obj.grant.app.entry
}

// submit: Art. 20, 21(1).
func (m *model) submit(by string, entry, days int) bool {
	if m.closed[by] || by == mProvider || m.entries[entry].retired {
		return false
	}
	if entry == 0 {
		for _, a := range m.apps {
			if a.consumer == by && a.entry == 0 && a.waiting() {
				return false
			}
		}
	}
	a := &mApp{consumer: by, edition: m.edition, status: "submitted", entry: entry, days: days, received: m.now}
	m.apps = append(m.apps, a)
	if entry == 1 {
		a.decision = "rule"
		m.grant(a, days, false)
		return true
	}
	a.answerEnd = m.term(m.now, map[string]int{"district-2023": 5, "state-council-809": 10}[m.edition])
	return true
}

func (m *model) grant(a *mApp, days int, ruling bool) {
	g := &mGrant{app: a, status: "delivering", from: m.now, until: m.now.AddDate(0, 0, days)}
	switch {
	case a.edition == "state-council-809":
		g.deliverEnd = m.term(m.now, 20)
	case ruling:
		g.deliverEnd = m.term(m.now, 10)
	default:
		g.deliverEnd = m.term(a.received, 10)
	}
	a.status, a.grant = "granted", g
	m.grants = append(m.grants, g)
	if e := m.entries[a.entry]; e.where == "platform" || e.where == "owner" {
		g.status, g.delivered = "active", true
	}
}

// answer: Art. 21(2), (3). A part is one day less.
func (m *model) answer(by string, a *mApp, decision string) bool {
	if by != mProvider || !a.waiting() {
		return false
	}
	late := a.status == "overdue"
	a.decision, a.answeredBy = decision, by
	switch decision {
	case "refused":
		a.status = "refused"
		return true
	case "part":
		m.grant(a, a.days-1, false)
	default:
		m.grant(a, a.days, false)
	}
	if late {
		m.settle(a, nil)
	}
	return true
}

func (m *model) withdraw(by string, a *mApp) bool {
	if m.closed[by] || by != a.consumer || !a.waiting() {
		return false
	}
	late := a.status == "overdue"
	a.status = "withdrawn"
	if late {
		m.settle(a, nil)
	}
	return true
}

func (m *model) deliver(by string, g *mGrant) bool {
	if by != mProvider || g.status == "ended" || g.delivered {
		return false
	}
	m.delivered(g)
	return true
}

func (m *model) delivered(g *mGrant) {
	g.delivered = true
	if g.status == "delivering" {
		g.status = "active"
	}
	for _, c := range m.cases {
		if c.app == g.app && c.status == "concluded" && c.decision == "deliver_by" {
			c.status = "executed"
		}
	}
	m.settle(g.app, nil)
}

func (m *model) publish(by string, entry int) bool {
	if by != mProvider || m.entries[entry].retired {
		return false
	}
	m.entries[entry].version++
	m.entries[entry].where = "platform"
	day := time.Date(m.now.Year(), m.now.Month()+1, m.now.Day(), 0, 0, 0, 0, m.now.Location())
	if day.Day() != m.now.Day() { // there is no such day
		day = day.AddDate(0, 0, -day.Day())
	}
	m.entries[entry].end = m.term(day, 5)
	m.arrived(entry)
	for _, c := range m.cases {
		if c.app != nil && c.entry() == entry && c.status == "concluded" && c.decision == "correct" {
			c.status = "executed"
		}
	}
	return true
}

func (m *model) connect(by string, entry int) bool {
	e := &m.entries[entry]
	if by != mProvider || e.retired || e.where == "owner" {
		return false
	}
	e.where, e.end = "owner", time.Time{}
	m.arrived(entry)
	return true
}

func (m *model) disconnect(by string, entry int) bool {
	e := &m.entries[entry]
	if by != mProvider || e.retired || e.where != "owner" {
		return false
	}
	e.where, e.end = "gone", m.term(m.now, 20)
	return true
}

func (m *model) arrived(entry int) {
	for _, g := range m.grants {
		if g.app.entry == entry && g.status != "ended" && !g.delivered {
			m.delivered(g)
		}
	}
}

func (m *model) suspend(by string, g *mGrant) bool {
	if by != mProvider && by != mBureau || g.status != "delivering" && g.status != "active" {
		return false
	}
	g.status, g.heldBy = "suspended", by
	return true
}

func (m *model) resume(by string, g *mGrant) bool {
	if by != mProvider && by != mBureau || g.status != "suspended" || g.heldBy == mBureau && by != mBureau {
		return false
	}
	m.resumed(g)
	return true
}

func (m *model) resumed(g *mGrant) {
	g.heldBy, g.status = "", "delivering"
	if g.delivered {
		g.status = "active"
	}
}

func (m *model) giveUp(by string, g *mGrant) bool {
	if m.closed[by] || by != g.app.consumer || g.status == "ended" {
		return false
	}
	m.end(g)
	m.settle(g.app, nil)
	return true
}

func (m *model) end(g *mGrant) { g.status, g.heldBy = "ended", "" }

// retire and closeOrg: Art. 16, 24: what hangs on it ends.
func (m *model) retire(by string, entry int) bool {
	if by != mProvider || m.entries[entry].retired {
		return false
	}
	m.entries[entry].retired = true
	m.endAll(func(a *mApp) bool { return a.entry == entry })
	return true
}

func (m *model) closeOrg(by, org string) bool {
	if by != mBureau || m.closed[org] {
		return false
	}
	m.closed[org] = true
	m.endAll(func(a *mApp) bool { return a.consumer == org })
	return true
}

func (m *model) endAll(of func(*mApp) bool) {
	for _, a := range m.apps {
		if of(a) && a.waiting() {
			a.status = "closed"
		}
	}
	for _, g := range m.grants {
		if of(g.app) && g.status != "ended" {
			m.end(g)
		}
	}
	for _, o := range m.objs {
		if of(o.grant.app) && o.open() {
			o.status = "closed"
		}
	}
	for _, c := range m.cases {
		about := c.app
		if about == nil {
			about = c.obj.grant.app
		}
		if of(about) && c.open() {
			c.status = "closed"
		}
	}
}

// pass lets time pass, moment by moment. What falls due at one moment goes by what it is: answers, corrections, deliveries,
// ends of grants, objections, each in the order of their numbers.
func (m *model) pass(to time.Time) {
	for {
		at, what := to, (func())(nil)
		m.fallDue(func(t time.Time, do func()) {
			if t.Before(at) || t.Equal(at) && what == nil {
				at, what = t, do
			}
		})
		if what == nil {
			m.now = to
			return
		}
		m.now = at
		what()
	}
}

func (m *model) fallDue(due func(time.Time, func())) {
	for _, a := range m.apps {
		if a.status == "submitted" {
			due(a.answerEnd, func() { m.unanswered(a) })
		}
	}
	for _, c := range m.cases {
		if c.app != nil && c.status == "concluded" && c.decision == "correct" && !c.overdue {
			due(c.end, func() { c.overdue = true; m.findings["ruling_missed"]++ })
		}
	}
	for i := range m.entries {
		e := &m.entries[i]
		if e.retired || e.end.IsZero() {
			continue
		}
		due(e.end, func() {
			e.end = time.Time{}
			if e.where == "platform" {
				m.findings["update_late"]++
			} else {
				m.findings["not_connected"]++
			}
		})
	}
	for _, g := range m.grants {
		if g.status != "ended" && !g.delivered && !g.overdue {
			due(g.deliverEnd, func() { m.undelivered(g) })
		}
	}
	for _, g := range m.grants {
		if g.status != "ended" {
			due(g.until, func() { m.end(g); m.settle(g.app, nil) })
		}
	}
	for _, o := range m.objs {
		if o.open() && !o.overdue {
			due(o.end, func() { m.unchecked(o) })
		}
	}
}

func (m *model) unanswered(a *mApp) {
	if a.edition == "district-2023" {
		a.decision = "deemed"
		m.grant(a, a.days, false)
		return
	}
	a.status = "overdue"
	m.cases = append(m.cases, &mCase{app: a, opener: "law", cause: "unanswered", status: "opened"})
	m.findings["answer_overdue"]++
}

func (m *model) undelivered(g *mGrant) {
	g.overdue = true
	if g.ordered != nil {
		g.ordered.overdue = true
		m.findings["ruling_missed"]++
		return
	}
	if m.openCase(g.app, nil) == nil {
		m.cases = append(m.cases, &mCase{app: g.app, opener: "law", cause: "undelivered", status: "opened"})
	}
	if g.heldBy != mBureau {
		m.findings["delivery_overdue"]++
	}
}

func (m *model) unchecked(o *mObj) {
	o.overdue = true
	if o.ordered != nil {
		o.ordered.overdue = true
		m.findings["ruling_missed"]++
		return
	}
	m.findings["objection_overdue"]++
}
