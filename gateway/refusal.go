package gateway

import (
	"net/http"
	"time"

	"mulu"
)

// Code names a reason for which the gateway refuses. Codes stand in receipts and are for ever.
type Code string

// The reasons, in the order of the stations.
const (
	tokenMissing   Code = "token_missing"
	tokenUnknown   Code = "token_unknown"
	clientRevoked  Code = "client_revoked"
	orgInactive    Code = "org_inactive"
	tooLarge       Code = "too_large"
	malformed      Code = "malformed"
	grantUnknown   Code = "grant_unknown"
	grantSuspended Code = "grant_suspended"
	grantEnded     Code = "grant_ended"
	grantWaiting   Code = "grant_not_delivered"
	grantEarly     Code = "grant_not_begun"
	grantMethod    Code = "grant_method"
	grantPush      Code = "grant_push"
	entryClosed    Code = "entry_closed"
	itemForeign    Code = "item_not_granted"
	itemUnshared   Code = "item_not_shared"
	filterForeign  Code = "filter_not_granted"
	checkNothing   Code = "check_names_nobody"
	tooMany        Code = "rate"
	volumeSpent    Code = "volume"
	gradeWithheld  Code = "grade_check_only"
	cursorStale    Code = "cursor_stale"
	noSource       Code = "source_missing"
	sourceFails    Code = "source_fails"
	ownerUnknown   Code = "owner_unknown" // of data that stays with its owner, as the next three
	ownerAway      Code = "owner_away"
	ownerDrift     Code = "owner_drift"
	ownerSlow      Code = "owner_slow"
	tooSlow        Code = "too_slow"
	fileLarge      Code = "file_too_large"
	filesBusy      Code = "files_busy"
	noReceipt      Code = "receipts_fail"   // never in a receipt: it says that none could be written
	ReceiptsBehind Code = "receipts_behind" // never in a receipt, nor is the next; Health names them as well
	CatchingUp     Code = "catching_up"
	strangers      Code = "strangers" // never in a receipt: such calls are not looked at
	notReceipt     Code = "receipt_unknown"
)

// Codes lists the reasons in the order of the stations.
func Codes() []Code {
	return []Code{tokenMissing, tokenUnknown, strangers, clientRevoked, orgInactive, tooLarge, malformed, grantUnknown, grantSuspended, grantEnded, grantWaiting,
		grantEarly, grantPush, grantMethod, entryClosed, itemForeign, itemUnshared, filterForeign, checkNothing, tooMany, volumeSpent, gradeWithheld, noSource, ownerUnknown,
		cursorStale, filesBusy, fileLarge, sourceFails, tooSlow, ownerAway, ownerDrift, ownerSlow, noReceipt, ReceiptsBehind, CatchingUp, notReceipt}
}

// ground is what a refusal rests on and says.
type ground struct {
	status         int
	art            mulu.Cite
	zh, en         string // title
	mendZh, mendEn string // what to do
}

// grounds holds each code's words. {0} is filled by the refusal's detail, if it has one.
func grounds(c Code) ground {
	switch c {
	case tokenMissing:
		return ground{http.StatusUnauthorized, "38.2", "没有访问令牌", "no access token", "请在请求头 Authorization: Bearer 中提供对接令牌。", "Send the client's token in the header Authorization: Bearer."}
	case tokenUnknown:
		return ground{http.StatusUnauthorized, "38.2", "访问令牌未登记", "the access token is not registered", "请由本机构登记该系统对接，或核对令牌。", "Register the client for your institution, or check the token."}
	case clientRevoked:
		return ground{http.StatusForbidden, "38.2", "该系统对接已被撤销", "this client is revoked", "请由本机构登记新的系统对接。", "Register a new client for your institution."}
	case orgInactive:
		return ground{http.StatusForbidden, "38.2", "机构目前不能办理", "the institution cannot act at present", "机构没有有效密钥或已撤销，请联系主管部门。", "It has no valid key or is closed; ask the bureau."}
	case tooLarge:
		return ground{http.StatusRequestEntityTooLarge, "24", "请求过大", "the request is too large", "请求正文最多 1 MiB，请分次查询。", "A request body has at most 1 MiB; ask in several queries."}
	case malformed:
		return ground{http.StatusBadRequest, "24", "请求格式不正确", "the request is malformed", "请更正：{0}。", "Correct it: {0}."}
	case grantUnknown:
		return ground{http.StatusNotFound, "24", "本机构没有此共享授权", "your institution has no such grant", "请核对授权编号，或就该目录提出共享申请。", "Check the number of the grant, or apply for the entry."}
	case grantSuspended:
		return ground{http.StatusForbidden, "24", "共享授权已暂停", "the grant is suspended", "理由见授权记录，请与提供方联系。", "The grant's record gives the reason; contact the provider."}
	case grantEnded:
		return ground{http.StatusForbidden, "24", "共享授权已终止或到期", "the grant has ended or expired", "如仍需要，请重新申请。", "Apply again if the data is still needed."}
	case grantWaiting:
		return ground{http.StatusConflict, "21.2", "数据尚未交付", "the data is not delivered yet", "提供方应在期限内完成共享，逾期进入协调。", "The provider delivers within the term; what is late goes to coordination."}
	case grantEarly:
		return ground{http.StatusForbidden, "24", "共享授权尚未开始", "the grant has not begun", "请在授权期限内访问。", "Call within the period of the grant."}
	case grantMethod:
		return ground{http.StatusForbidden, "24", "调用方式与共享授权不符", "the grant is for another method", "该授权应调用 {0}；需要其他方式请另行申请。", "This grant is called at {0}; apply for other methods."}
	case grantPush:
		return ground{http.StatusForbidden, "24", "库表交换的授权不通过网关调用", "a grant for table push is not called through the gateway", "数据由提供方与本机构直接交换，请与提供方联系；需要接口的，请另行申请查询、核验或者文件方式。", "The provider and your institution exchange the tables directly; contact the provider, or apply for queries, checks or batch files."}
	case entryClosed:
		return ground{http.StatusForbidden, "16", "数据目录已暂停或注销", "the entry is suspended or retired", "请待其恢复，或与提供方联系。", "Wait until it is resumed, or contact the provider."}
	case itemForeign:
		return ground{http.StatusForbidden, "24", "信息项不在授权范围内", "an item is not within the grant", "只能查询授权的信息项：{0}。", "Ask only for items of the grant: {0}."}
	case itemUnshared:
		return ground{http.StatusForbidden, "19", "信息项现已不予共享", "an item is no longer shared", "请从查询中去掉：{0}。", "Leave it out: {0}."}
	case filterForeign:
		return ground{http.StatusForbidden, "24", "筛选条件使用了授权以外的信息项", "a filter uses an item that is not within the grant", "只能按授权的信息项筛选：{0}。", "Filter only by items of the grant: {0}."}
	case tooMany:
		return ground{http.StatusTooManyRequests, "24", "访问过于频繁", "too many calls", "该授权每分钟最多调用 {0} 次，请稍后再试。", "The grant allows {0} calls a minute; try again later."}
	case checkNothing:
		return ground{http.StatusBadRequest, "24", "核验没有指明对象", "the check does not say whom or what it is about", "筛选条件应包括下列信息项之一：{0}。", "Filter by at least one of these items: {0}."}
	case volumeSpent:
		return ground{http.StatusTooManyRequests, "24", "超出授权的每日条数", "more rows than the grant allows a day", "该授权每日最多 {0} 条，次日零时起重新计算；确需更多的，请重新申请。", "The grant allows {0} rows a day, counted anew from midnight; apply again if more is needed."}
	case gradeWithheld:
		return ground{http.StatusForbidden, "38.1", "四级信息项只供核验，不予提供", "items of grade 4 are for checks only and are not given out", "请从查询中去掉，或申请核验方式：{0}。", "Leave it out, or apply for a yes/no check: {0}."}
	case cursorStale:
		return ground{http.StatusConflict, "24", "翻页游标不适用于当前数据版本", "the cursor does not fit the present version of the data", "数据已更新，请从第一页重新查询。", "The data has been renewed; begin again at the first page."}
	case noSource:
		return ground{http.StatusServiceUnavailable, "15.1", "平台上没有该版本的数据", "the platform does not hold this version of the data", "请稍后再试；如持续出现，请联系平台运行方。", "Try again later; if it stays so, tell the platform's operator."}
	case sourceFails:
		return ground{http.StatusServiceUnavailable, "15.1", "数据暂时不能读取", "the data cannot be read at present", "请稍后再试；如持续出现，请把回执编号告知平台运行方。", "Try again later; if it stays so, give the operator the receipt's id."}
	case tooSlow:
		return ground{http.StatusGatewayTimeout, "15.1", "查询超时", "the query took too long", "请增加主键等筛选条件，缩小范围。", "Narrow it with filters, best on the key."}
	case fileLarge:
		return ground{http.StatusRequestEntityTooLarge, "24", "文件过大", "the file would be too large", "一个文件最多 {0}，请增加筛选条件分次获取。", "One file has at most {0}; narrow it with filters and ask in several calls."}
	case filesBusy:
		return ground{http.StatusTooManyRequests, "15.1", "正在生成或者传送的文件过多", "too many files are being made or sent", "同一授权同时只能获取一个文件，请稍后再试。", "Of one grant one file is had at a time; try again in a moment."}
	case ownerUnknown:
		return ground{http.StatusServiceUnavailable, "15.1", "本节点没有登记该目录的数据源", "this node knows no way to the owner's data", "数据由提供方保存，请联系平台运行方登记数据源连接。", "The data stays with its owner; ask the operator to register the connection here."}
	case ownerAway:
		return ground{http.StatusServiceUnavailable, "15.1", "提供方的数据源暂时不能连接", "the owner's source cannot be reached at present", "数据由提供方保存，请稍后再试；如持续出现，请联系提供方。", "The data stays with its owner; try again later, and contact the provider if it stays so."}
	case ownerDrift:
		return ground{http.StatusServiceUnavailable, "15.1", "提供方的数据源与目录不再一致", "the owner's source is no longer as the catalog says", "库表或者接口已变动，请联系提供方更新目录或者重新绑定。", "The table or interface has changed; the provider brings the entry up to date or binds it anew."}
	case ownerSlow:
		return ground{http.StatusGatewayTimeout, "15.1", "提供方的数据源未在时限内应答", "the owner's source did not answer in time", "请增加主键等筛选条件，缩小范围；如持续出现，请联系提供方。", "Narrow it with filters, best on the key; contact the provider if it stays so."}
	case noReceipt:
		return ground{http.StatusServiceUnavailable, "3.3", "回执不能写入，暂停提供数据", "receipts cannot be written, so nothing is served", "请联系平台运行方。", "Tell the platform's operator."}
	case ReceiptsBehind:
		return ground{http.StatusServiceUnavailable, "3.3", "本节点的回执不是链上已锚定的那一份，暂停提供数据", "the receipts of this node are not those anchored on the chain, so nothing is served", "请联系平台运行方。", "Tell the platform's operator."}
	case CatchingUp:
		return ground{http.StatusServiceUnavailable, "15.1", "本节点正在追上最新区块，暂停提供数据", "this node is catching up with the newest blocks, so nothing is served yet", "请稍后再试；如持续出现，请联系平台运行方。", "Try again in a moment; if it stays so, tell the platform's operator."}
	case strangers:
		return ground{http.StatusTooManyRequests, "38.2", "未登记的访问过于频繁", "too many calls with unregistered tokens", "请稍后再试。", "Try again later."}
	default:
		return ground{http.StatusNotFound, "3.3", "没有此回执", "there is no such receipt", "请核对回执编号。", "Check the receipt's id."}
	}
}

// refusal is a call refused: the reason, what its words may need (names of items, a sentence on the body; in English too
// where it differs), and after which time it makes sense to call again (0 = it does not depend on time).
type refusal struct {
	code             Code
	detail, detailEn string
	after            time.Duration
}

func refuse(c Code) *refusal { return &refusal{code: c} }
