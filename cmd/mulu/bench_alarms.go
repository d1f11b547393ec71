package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"mulu"
	"mulu/act"
	"mulu/chain"
)

// alarms measures silence: applications that no provider answers fall due at one instant of a sandbox's clock, and the
// chain grants them all. Time runs from the moment the clock's act is submitted until the last grant is a record.
func (b *bench) alarms() error {
	n := b.size(10_000, 100_000)
	entries := min(n, 250)
	_, err := b.withTown(1, 1+(n+entries-1)/entries, true, func(t *town, cs []*chain.Chain) error {
		c := cs[0]
		codes, err := t.publish(c, t.parties[0], entries)
		if err != nil {
			return err
		}
		acts, err := t.sign(t.applications(n, codes))
		if err != nil {
			return err
		}
		begin := time.Now()
		outcomes, err := submitAll(b.ctx, c, acts)
		if err != nil {
			return err
		}
		applied := perSecond(n, time.Since(begin))
		due, err := lastDay(outcomes)
		if err != nil {
			return err
		}
		from := c.Size() + 1 // the first record after the clock's
		begin = time.Now()
		if err := t.advance(c, due); err != nil {
			return err
		}
		if err := c.Wait(b.ctx, from+uint64(n)); err != nil {
			return err
		}
		took := time.Since(begin)
		blocks, err := granted(c, from)
		if err != nil {
			return err
		}
		b.say("同时到期", "due at one instant", fmt.Sprintf(b.m.t("%d 件申请全部默认同意用时 %.2f 秒，每秒 %.0f 件", "all %d applications granted in %.2f s, %.0f per second"), n, took.Seconds(), perSecond(n, took)))
		b.against("同一批申请的提交（签名、验签、办理）", "handing in the same applications (signed, verified, executed)", perSecond(n, took), applied, b.m.t("每秒 %.0f 件", "%.0f/s"))
		most, bytes := blocks.largest()
		b.say("区块", "blocks", fmt.Sprintf(b.m.t("%d 个，最大的办理 %d 件、写入记录 %.1f MB", "%d, the largest executes %d and writes %.1f MB of records"), len(blocks), most, float64(bytes)/1e6))
		return nil
	})
	return err
}

// publish hands in entries that are shared conditionally and has them verified. It gives their codes.
func (t *town) publish(c *chain.Chain, by party, n int) ([]string, error) {
	var list []said
	for i := range n {
		list = append(list, t.entry(by, t.conditional(i)))
	}
	codes, err := t.have(c, list, mulu.KindEntry)
	if err != nil {
		return nil, err
	}
	list = nil
	for _, code := range codes {
		list = append(list, said{t.chief(), &act.VerifyEntry{Entry: code}})
	}
	_, err = t.have(c, list, mulu.KindEntry)
	return codes, err
}

// conditional gives one of the demonstration contents that a provider must be asked for and a gateway may answer.
func (t *town) conditional(i int) mulu.EntryContent {
	var fit []mulu.EntryContent
	for _, c := range t.model {
		if c.Sharing.Type == "conditional" && c.Grade < 4 {
			fit = append(fit, c)
		}
	}
	return fit[i%len(fit)]
}

// applications gives n applications, each for another pair of consumer and entry; the first institution is the provider.
func (t *town) applications(n int, codes []string) []said {
	var list []said
	for i := range n {
		list = append(list, said{t.parties[1+i/len(codes)], ask(codes[i%len(codes)])})
	}
	return list
}

func ask(code string) *act.Apply {
	return &act.Apply{Entry: code, Ask: mulu.Ask{Scenario: "办理行政许可时核验申请材料", Scope: "仅限本单位审批窗口在办事项",
		Duty: "《行政许可法》第三十四条：审查申请材料", Method: "query", Days: 15}}
}

// lastDay gives the moment at which the terms to answer end; all must end together.
func lastDay(outcomes []mulu.Outcome) (time.Time, error) {
	end := ""
	for _, o := range outcomes {
		var a mulu.Application
		if err := json.Unmarshal(o.Facts[0].State, &a); err != nil {
			return time.Time{}, err
		}
		if a.AnswerBy == nil {
			return time.Time{}, fmt.Errorf("application %s has no term to answer: %s", a.ID, a.Status)
		}
		if end != "" && end != a.AnswerBy.End {
			return time.Time{}, fmt.Errorf("the terms end at %s and at %s", end, a.AnswerBy.End)
		}
		end = a.AnswerBy.End
	}
	return time.Parse(time.RFC3339, end)
}

// advance moves the sandbox's clock.
func (t *town) advance(c *chain.Chain, to time.Time) error {
	_, err := t.have(c, []said{{t.chief(), &act.AdvanceClock{To: to.Format(time.RFC3339)}}}, mulu.KindClock)
	return err
}

// A tally is what blocks executed: by height, how many records and how many bytes of them.
type tally map[int64]struct{ records, bytes int }

// granted counts the records from number from on, and wants each to grant an application.
func granted(c *chain.Chain, from uint64) (tally, error) {
	blocks := tally{}
	for {
		records, err := c.Records(from, 1000)
		if err != nil || len(records) == 0 {
			return blocks, err
		}
		for _, r := range records {
			o, err := outcome(r)
			if err != nil {
				return nil, fmt.Errorf("record %d: %w", from, err)
			}
			if len(o.Facts) == 0 || o.Facts[0].Kind != "application.granted" {
				return nil, fmt.Errorf("record %d grants no application", from)
			}
			t := blocks[o.Height]
			t.records, t.bytes = t.records+1, t.bytes+len(r)
			blocks[o.Height] = t
			from++
		}
	}
}

// largest gives the most records and the most bytes that one block made.
func (t tally) largest() (records, bytes int) {
	for _, b := range t {
		records, bytes = max(records, b.records), max(bytes, b.bytes)
	}
	return records, bytes
}

// outcome reads the third line of a record.
func outcome(record []byte) (o mulu.Outcome, err error) {
	lines := bytes.SplitN(record, []byte{'\n'}, 3)
	if len(lines) != 3 {
		return o, errors.New("it has not three lines")
	}
	return o, json.Unmarshal(lines[2], &o)
}
