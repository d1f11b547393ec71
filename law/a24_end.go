package law

import "mulu"

// endSharing: what hangs on a retired entry or a closed consumer ends, with notice: waiting applications are closed, grants
// end, objections and cases are closed. What a closed consumer owed is owed no more. index is "entry/<code>" or
// "consumer/<institution>".
func (b *book) endSharing(index, why string, art mulu.Cite) *mulu.Refusal {
	for _, id := range b.named(mulu.KindApplication, index) {
		if no := b.closeApplication(load[mulu.Application](b, id), why, art); no != nil {
			return no
		}
	}
	for _, id := range b.named(mulu.KindGrant, index) {
		if no := b.end(load[mulu.Grant](b, id), why, "grant.ended", art); no != nil {
			return no
		}
	}
	for _, id := range b.named(mulu.KindObjection, index) {
		if no := b.endObjection(load[mulu.Objection](b, id), "closed", why, "objection.closed", art); no != nil {
			return no
		}
	}
	for _, id := range b.named(mulu.KindDispute, index) {
		if no := b.closeCase(load[mulu.Dispute](b, id), "closed", why, "case.closed", art); no != nil {
			return no
		}
	}
	return b.forgive(index, why, art)
}

func (b *book) closeApplication(p *mulu.Application, why string, art mulu.Cite) *mulu.Refusal {
	if p.Status == "submitted" {
		b.cancel(parseTime(p.AnswerBy.End), answerDue, p)
	}
	p.Status, p.Why = "closed", why
	return b.put(p, "application.closed", art)
}

// forgive closes the use reports and explanations that a closed consumer owed. Neither stands under an entry: of what was
// used while it was there an account is still due.
func (b *book) forgive(index, why string, art mulu.Cite) *mulu.Refusal {
	for _, id := range b.named(mulu.KindUseReport, index) {
		r := load[mulu.UseReport](b, id)
		b.cancelReport(r)
		r.Status, r.Why = "closed", why
		if no := b.put(r, "use_report.closed", art); no != nil {
			return no
		}
	}
	for _, id := range b.named(mulu.KindUseFlag, index) {
		f := load[mulu.UseFlag](b, id)
		f.Status, f.Why = "closed", why
		if no := b.put(f, "use_flag.closed", art); no != nil {
			return no
		}
	}
	return nil
}
