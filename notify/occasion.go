package notify

import (
	"slices"
	"strconv"
	"strings"

	"mulu/people"
)

// Occasion is something that people are reminded of (提醒事项): one of a closed list. Its sentences may hold the places of holes
// and nothing else that changes, so that no text typed by anybody and nobody's name leaves by a reminder.
type Occasion struct {
	Key    string
	Roles  people.Roles // of the institution that is told
	label  [2]string    // in Chinese and English, like those below: what it is called among somebody's wishes
	title  [2]string
	saying [2]string
}

// holes are the places that a sentence can have: the noun's number, the entry's name, the other institution's short name,
// what a term is for, its last day, and the working days left.
var holes = []string{"number", "entry", "org", "task", "date", "days"}

// Occasions lists all of them in the order pages show them.
func Occasions() []Occasion { return slices.Clone(occasions) }

// Label is what an occasion is called.
func (o Occasion) Label(lang string) string { return o.label[at(lang)] }

func at(lang string) int {
	if lang == "en" {
		return 1
	}
	return 0
}

// Who is told: answers and decisions are an approver's, what is entered and handed in a steward's (see desk/may.go).
var (
	both      = people.Roles{people.Steward, people.Approver}
	stewards  = people.Roles{people.Steward}
	approvers = people.Roles{people.Approver}
)

// occasions is read only. A key, once released, keeps its meaning.
var occasions = []Occasion{
	{"application.received", both, [2]string{"收到共享申请", "application received"},
		[2]string{"收到共享申请 {number}：{entry}", "Application {number} received: {entry}"},
		[2]string{"{org}申请共享“{entry}”。请在 {date} 24:00 前答复，还剩 {days} 个工作日。", "{org} applies for “{entry}”. The answer is due by the end of {date}; working days left: {days}."}},
	{"application.agreed", both, [2]string{"申请获得同意", "application agreed"},
		[2]string{"申请 {number} 已获同意：{entry}", "Application {number} agreed: {entry}"},
		[2]string{"{org}已同意贵单位对“{entry}”的共享申请，授权已生成。", "{org} agreed to your application for “{entry}”; the grant is made."}},
	{"application.deemed", both, [2]string{"申请视为同意", "application deemed agreed"},
		[2]string{"申请 {number} 视为同意：{entry}", "Application {number} deemed agreed: {entry}"},
		[2]string{"对“{entry}”的申请 {number} 至 {date} 未获答复，依规则视为同意，授权已自动生成。",
			"Application {number} for “{entry}” was not answered by {date}. It is deemed agreed, and the grant is made by the rules."}},
	{"application.refused", both, [2]string{"申请未获同意", "application refused"},
		[2]string{"申请 {number} 未获同意：{entry}", "Application {number} refused: {entry}"},
		[2]string{"{org}未同意贵单位对“{entry}”的共享申请。事由和说明见办理页面；有不同意见的，可以提请主管部门协调。",
			"{org} did not agree to your application for “{entry}”. Ground and explanation stand on its page; coordination can be asked for there."}},
	{"grant.due", stewards, [2]string{"数据待交付", "delivery due"},
		[2]string{"待交付 {number}：{entry}", "Delivery due {number}: {entry}"},
		[2]string{"已同意{org}共享“{entry}”。请在 {date} 24:00 前完成交付，还剩 {days} 个工作日。",
			"{org} has been granted “{entry}”. It is to be delivered by the end of {date}; working days left: {days}."}},
	{"grant.delivered", both, [2]string{"数据已交付", "delivered"},
		[2]string{"数据已交付 {number}：{entry}", "Delivered {number}: {entry}"},
		[2]string{"{org}已交付“{entry}”，可以按授权范围使用。", "{org} delivered “{entry}”; it can be used within its grant."}},
	{"grant.overdue", both, [2]string{"交付逾期", "delivery overdue"},
		[2]string{"交付逾期 {number}：{entry}", "Delivery overdue {number}: {entry}"},
		[2]string{"“{entry}”最迟应在 {date} 交付，现已逾期，依规则转入协调。另一方：{org}。",
			"“{entry}” should have been delivered by {date}; coordination was opened by the rules. The other party: {org}."}},
	{"objection.filed", both, [2]string{"收到数据异议", "objection filed"},
		[2]string{"收到数据异议 {number}：{entry}", "Objection {number} filed: {entry}"},
		[2]string{"{org}对“{entry}”的共享数据提出异议。请在 {date} 24:00 前核查并答复，还剩 {days} 个工作日。",
			"{org} objects to data of “{entry}”. It is to be checked and answered by the end of {date}; working days left: {days}."}},
	{"objection.copied", approvers, [2]string{"异议抄告主管部门", "objection copied to the bureau"},
		[2]string{"异议抄告 {number}：{entry}", "Objection {number} copied to you: {entry}"},
		[2]string{"对{org}提供的“{entry}”有异议提出，提供单位应在 {date} 24:00 前答复。",
			"An objection was filed to “{entry}” of {org}, who is to answer by the end of {date}."}},
	{"objection.answered", both, [2]string{"异议已答复", "objection answered"},
		[2]string{"异议 {number} 已答复：{entry}", "Objection {number} answered: {entry}"},
		[2]string{"{org}已答复贵单位对“{entry}”的数据异议，结果见办理页面。", "{org} answered your objection to “{entry}”; the result stands on its page."}},
	{"objection.extended", both, [2]string{"异议办理延期", "objection extended"},
		[2]string{"异议 {number} 延期办理：{entry}", "Objection {number} extended: {entry}"},
		[2]string{"主管部门已同意延长“{entry}”数据异议的办理时间，新的期限是 {date} 24:00，还剩 {days} 个工作日。",
			"The bureau extended the term of the objection to “{entry}” to the end of {date}; working days left: {days}."}},
	{"case.opened", both, [2]string{"协调启动", "coordination opened"},
		[2]string{"协调启动 {number}：{entry}", "Coordination {number} opened: {entry}"},
		[2]string{"关于“{entry}”的协调已启动，涉及{org}。请查看并准备意见。", "Coordination about “{entry}” was opened; it concerns {org}. Look at it and prepare your statement."}},
	{"case.concluded", both, [2]string{"协调有结论", "coordination concluded"},
		[2]string{"协调 {number} 已有结论：{entry}", "Coordination {number} concluded: {entry}"},
		[2]string{"关于“{entry}”的协调已有结论，涉及{org}，内容见办理页面。", "Coordination about “{entry}” was concluded; it concerns {org}. What it says stands on its page."}},
	{"review.due", both, [2]string{"共享属性待研究", "review of sharing attribute due"},
		[2]string{"共享属性待研究 {number}：{entry}", "Review due {number}: {entry}"},
		[2]string{"请研究“{entry}”的共享属性并确认或调整，内部时限至 {date}，还剩 {days} 个工作日。",
			"Study the sharing attribute of “{entry}”, and confirm or change it. The internal term ends on {date}; working days left: {days}."}},
	{"report.due", stewards, [2]string{"使用情况待报告", "use report due"},
		[2]string{"使用情况待报告 {number}：{entry}", "Use report due {number}: {entry}"},
		[2]string{"请报告{org}所提供“{entry}”的使用情况，内部时限至 {date}，还剩 {days} 个工作日。",
			"Report the use of “{entry}” of {org}. The internal term ends on {date}; working days left: {days}."}},
	{"flag.raised", both, [2]string{"异常使用待说明", "unusual use to be explained"},
		[2]string{"异常使用待说明 {number}：{entry}", "Unusual use {number}: {entry}"},
		[2]string{"贵单位对{org}所提供“{entry}”的使用触发了异常提示，请核实并说明。", "Your use of “{entry}” of {org} was flagged as unusual. Look into it and explain it."}},
	{"entry.returned", stewards, [2]string{"目录被退回", "entry returned"},
		[2]string{"目录退回：{entry}", "Entry returned: {entry}"},
		[2]string{"主管部门退回了“{entry}”（{number}），原因见办理页面，请修改后重新提交。", "The bureau returned “{entry}” ({number}). The reasons stand on its page; mend it and hand it in again."}},
	{"entry.verified", stewards, [2]string{"目录核定发布", "entry verified"},
		[2]string{"目录已核定发布：{entry}", "Entry verified: {entry}"},
		[2]string{"“{entry}”（{number}）已核定发布。", "“{entry}” ({number}) was verified and published."}},
	{"data.low", both, [2]string{"数据质量低于下限", "quality below the floor"},
		[2]string{"数据质量低于下限：{entry}", "Quality below the floor: {entry}"},
		[2]string{"“{entry}”（{number}）新版本的得分低于主管部门设定的下限，规则已记为问题。请查看质量报告，改正后重新装载。",
			"The new version of “{entry}” ({number}) scores below the bureau's floor, which the rules raised as a finding. Look at the quality report, mend the data and load it again."}},
	{"deadline.near", both, [2]string{"期限前一个工作日", "the working day before a last day"},
		[2]string{"即将到期：{task} {number}", "Nearly due: {task} {number}"},
		[2]string{"{task}（{number}，{entry}）的最后一日是 {date}，还剩 {days} 个工作日。", "To do by the end of {date}: {task} ({number}, {entry}); working days left: {days}."}},
	{"deadline.last", both, [2]string{"期限最后一日", "a last day"},
		[2]string{"今日到期：{task} {number}", "Due today: {task} {number}"},
		[2]string{"{task}（{number}，{entry}）今日 24:00 到期（{date}）。", "To do today, {date}, by 24:00: {task} ({number}, {entry})."}},
	{"deadline.passed", both, [2]string{"期限已过", "a term has passed"},
		[2]string{"已逾期：{task} {number}", "Overdue: {task} {number}"},
		[2]string{"{task}（{number}，{entry}）最迟应在 {date} 完成，现已逾期，请尽快办理。", "This should have been done by {date} and was not: {task} ({number}, {entry}). See to it soon."}},
}

// task is what a term is for, who sees to it, and what it is called. Keys are those of read.Deadline.
type task struct {
	key   string
	roles people.Roles
	word  [2]string
}

// tasks is read only.
var tasks = []task{
	{"answer", both, [2]string{"答复共享申请", "answer an application"}},
	{"deliver", stewards, [2]string{"交付共享数据", "deliver shared data"}},
	{"check", both, [2]string{"答复数据异议", "answer an objection"}},
	{"review", both, [2]string{"研究共享属性", "review a sharing attribute"}},
	{"report", stewards, [2]string{"报告使用情况", "report use"}},
	{"ruling", both, [2]string{"按协调结论更正", "correct as concluded"}},
	{"purchase", both, [2]string{"提供采购数据的接口或依据", "serve purchased data or give the ground against it"}},
	{"update", stewards, [2]string{"更新目录数据", "update an entry's data"}},
	{"gather", stewards, [2]string{"汇聚或者汇通数据", "aggregate or connect data"}},
}

func occasionOf(key string) (Occasion, bool) {
	for _, o := range occasions {
		if o.Key == key {
			return o, true
		}
	}
	return Occasion{}, false
}

func taskOf(key string) (task, bool) {
	for _, t := range tasks {
		if t.key == key {
			return t, true
		}
	}
	return task{}, false
}

// turns are the roles as bits, in the order of people.All: part of what the file keeps, never to be reordered.
var turns = people.Roles{people.Steward, people.Approver, people.Observer, people.Reader, people.System, people.Security, people.Auditor}

func turnOf(roles people.Roles) (bits int) {
	for i, r := range turns {
		if roles.Has(r) {
			bits |= 1 << i
		}
	}
	return bits
}

// rolesIn is the opposite of turnOf.
func rolesIn(bits int) (roles people.Roles) {
	for i, r := range turns {
		if bits&(1<<i) != 0 {
			roles = append(roles, r)
		}
	}
	return roles
}

// Title is a notice's subject.
func (n Notice) Title(lang string) string {
	return n.fill(lang, func(o Occasion) [2]string { return o.title })
}

// Text is what a notice says, in a sentence or two.
func (n Notice) Text(lang string) string {
	return n.fill(lang, func(o Occasion) [2]string { return o.saying })
}

// fill puts the values into a sentence, all at once: what a value holds is never taken for a place.
func (n Notice) fill(lang string, which func(Occasion) [2]string) string {
	o, ok := occasionOf(n.Occasion)
	if !ok {
		return n.Occasion
	}
	t, _ := taskOf(n.Task)
	values := map[string]string{"number": n.Number, "entry": n.name(), "org": n.party(lang), "task": t.word[at(lang)], "date": n.Due, "days": strconv.Itoa(n.Days)}
	var pairs []string
	for _, h := range holes {
		pairs = append(pairs, "{"+h+"}", plain(values[h]))
	}
	return strings.NewReplacer(pairs...).Replace(which(o)[at(lang)])
}

// name is the entry's, or its code where the name is not known.
func (n Notice) name() string {
	if n.Name != "" {
		return n.Name
	}
	return n.Entry
}

func (n Notice) party(lang string) string {
	if n.Party != "" {
		return n.Party
	}
	return [2]string{"有关机构", "an institution"}[at(lang)]
}

// plain makes one line of a value: control characters, among them line ends, become spaces.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r < ' ' || r >= 0x7f && r <= 0x9f, r == '\u2028', r == '\u2029', r >= '\u202a' && r <= '\u202e', r >= '\u2066' && r <= '\u2069':
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
}

// Path is where a notice leads on the pages.
func (n Notice) Path() string { return "/see/" + string(n.Noun) + "/" + n.Number }
