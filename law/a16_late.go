package law

import (
	"time"

	"mulu"
	"mulu/workday"
)

// The alarms of datasets: at the end of the internal term to aggregate or connect an entry's data, and at the end of the
// grace after an update was due.
const (
	gatherDue = "dataset.gather_due"
	updateDue = "dataset.update_due"
)

// dueAfter is by when a cycle asks for the next update of what was loaded at t: 24:00 of the day that lies one cycle after
// the day of loading; "" where it asks for none. What is updated in real time is asked for every day.
func dueAfter(t time.Time, cycle string) string {
	day := workday.DateOf(t).Start()
	switch cycle {
	case "realtime", "daily":
		day = day.AddDate(0, 0, 1)
	case "weekly":
		day = day.AddDate(0, 0, 7)
	case "monthly":
		day = sameDay(day, 1)
	case "quarterly":
		day = sameDay(day, 3)
	case "halfyearly":
		day = sameDay(day, 6)
	case "yearly":
		day = sameDay(day, 12)
	default:
		return ""
	}
	return day.AddDate(0, 0, 1).Format(timeLayout)
}

// sameDay is the same day so many months later, the last of the month where it has no such day.
func sameDay(day time.Time, months int) time.Time {
	month := time.Date(day.Year(), day.Month()+time.Month(months), 1, 0, 0, 0, 0, day.Location())
	return month.AddDate(0, 0, min(day.Day(), month.AddDate(0, 1, -1).Day())-1)
}

// awaits gives the alarm of what an entry's data has to do next, "" if nothing. Art. 15(1): the four base databases are
// aggregated on the platform; other data is had through the catalog chain, so where nothing of an entry is shared with
// anybody nothing is asked. What is on the platform is updated (Art. 16).
func awaits(e *mulu.Entry, d *mulu.Dataset) string {
	switch {
	case d.Status == "retired":
		return ""
	case d.OnPlatform() && d.Due == "":
		return ""
	case d.OnPlatform():
		return updateDue
	case e.Now.Base != "":
		return gatherDue
	case d.Held() || !shares(e.Now):
		return ""
	}
	return gatherDue
}

// lay begins the term of what is awaited, if anything is; lift takes a running one back. Both leave the finding alone that
// a term may have become. The dataset is put afterwards.
func (b *book) lay(d *mulu.Dataset, e *mulu.Entry) {
	name := awaits(e, d)
	switch name {
	case gatherDue:
		d.Since = b.stamp()
		d.By = b.deadline(d.Since, b.term("gather_finish"))
	case updateDue:
		from := parseTime(d.Due).AddDate(0, 0, -1) // the last day of the cycle; its grace begins the day after
		if from.Before(b.now) {
			from = b.now
		}
		d.Since = from.Format(timeLayout)
		d.By = b.deadline(d.Since, b.term("update_grace"))
	default:
		return
	}
	b.alarm(parseTime(d.By.End), name, d)
}

func (b *book) lift(d *mulu.Dataset) {
	if d.By != nil && d.Late == "" {
		b.cancel(parseTime(d.By.End), alarmOf(d), d)
	}
	d.By, d.Since = nil, ""
}

func alarmOf(d *mulu.Dataset) string {
	if d.OnPlatform() {
		return updateDue
	}
	return gatherDue
}

// expectData lays down what a published version of an entry asks of its data. What was laid down before stays, unless
// nothing is asked any more or the cycle is another one.
func (b *book) expectData(e *mulu.Entry, old *mulu.EntryContent) *mulu.Refusal {
	d := load[mulu.Dataset](b, e.Code)
	if d == nil {
		d = &mulu.Dataset{Entry: e.Code, Org: e.Org, Status: "awaited"}
		if awaits(e, d) == "" {
			return nil
		}
		b.lay(d, e)
		return b.put(d, "dataset.awaited", cite(15, 1))
	}
	switch {
	case d.OnPlatform():
		return b.recycle(e, d, old)
	case awaits(e, d) == "":
		if d.By == nil {
			return nil
		}
		b.lift(d)
		d.Late = ""
		return b.put(d, "dataset.term_lifted", cite(15, 1))
	case d.By == nil:
		b.lay(d, e)
		return b.put(d, "dataset.term_set", cite(15, 1))
	}
	return nil
}

// recycle: another update cycle holds at once, from the last loading; what is late already stays so until data comes.
func (b *book) recycle(e *mulu.Entry, d *mulu.Dataset, old *mulu.EntryContent) *mulu.Refusal {
	if d == nil || !d.OnPlatform() || old.Cycle == e.Now.Cycle || d.Late != "" {
		return nil
	}
	b.lift(d)
	d.Due = dueAfter(parseTime(d.Loaded), e.Now.Cycle)
	b.lay(d, e)
	return b.put(d, "dataset.due_set", cite(16))
}

// resumeData: a term that rested while its entry was suspended begins anew.
func (b *book) resumeData(e *mulu.Entry) *mulu.Refusal {
	d := load[mulu.Dataset](b, e.Code)
	if d == nil || d.By != nil || awaits(e, d) == "" {
		return nil
	}
	b.lay(d, e)
	return b.put(d, "dataset.term_set", cite(16))
}

// retireData: with its entry an entry's data is no longer asked for.
func (b *book) retireData(e *mulu.Entry) *mulu.Refusal {
	d := load[mulu.Dataset](b, e.Code)
	if d == nil {
		return nil
	}
	b.lift(d)
	d.Due, d.Late, d.Low, d.Status = "", "", "", "retired"
	return b.put(d, "dataset.retired", cite(16))
}

// ungathered is woken at the end of the term to aggregate or connect: base data is a matter of Art. 41(1)(3), other data of
// (4).
func ungathered(b *book, entry string) *mulu.Refusal {
	if e := load[mulu.Entry](b, entry); e.Now.Base != "" {
		return b.lapse(entry, "dataset.gather_late", "not_gathered", cite(41, 1, 3), cite(15, 1))
	}
	return b.lapse(entry, "dataset.gather_late", "not_connected", cite(41, 1, 4), cite(15, 1))
}

// notUpdated is woken at the end of the grace after an update was due.
func notUpdated(b *book, entry string) *mulu.Refusal {
	return b.lapse(entry, "dataset.update_late", "update_late", cite(41, 1, 3), cite(16))
}

// lapse turns a term that ended into a finding, once: the next one needs data to have come. While the entry is suspended
// nothing can be loaded, so the term rests.
func (b *book) lapse(entry, fact, rule string, point, art mulu.Cite) *mulu.Refusal {
	d := load[mulu.Dataset](b, entry)
	if load[mulu.Entry](b, entry).Status == "suspended" {
		d.By, d.Since = nil, ""
		return b.put(d, "dataset.term_rests", art)
	}
	d.Late = b.serial("F", "finding")
	if no := b.put(d, fact, art); no != nil {
		return no
	}
	return b.putFinding(&mulu.Finding{ID: d.Late, Org: d.Org, Rule: rule, By: "law", On: []mulu.Ref{{Noun: d.Kind(), ID: d.Entry, Fact: fact}}}, point)
}
