package mulu

// refusalWords gives the sentences of a refusal: Chinese, English, and how to mend it in Chinese and English.
// {0}, {1} … stand for the refusal's values; a value that begins with @ is a word of words.go and is said in the language.
func refusalWords(code string) (words [4]string, ok bool) {
	words, ok = refusals[code]
	return words, ok
}

// refusals is read only. A code that was ever used keeps its line, because records name it.
var refusals = map[string][4]string{
	// who speaks
	"key_unknown": {"签名密钥未在本链登记。", "The signing key is not known to this chain.",
		"请使用本机构已登记的密钥；新机构请先由主管部门登记。", "Sign with your institution's recorded key; a new institution is registered by the bureau first."},
	"key_of_another": {"签名密钥不属于“{0}”。", "The signing key does not belong to {0}.",
		"请以密钥所属机构的名义操作。", "Act in the name of the institution that holds the key."},
	"key_rotated": {"该密钥已更换，不再有效。", "This key was replaced by a newer one.",
		"请使用更换后的密钥。", "Sign with the newer key."},
	"key_revoked": {"该密钥已吊销。", "This key was revoked.",
		"请联系主管部门核实身份后补发密钥。", "Ask the bureau to record a new key after checking who you are."},
	"role_missing": {"您的角色不能办理“{0}”，须由{1}办理。", "Your role does not allow “{0}”; it takes {1}.",
		"请由有此角色的同事办理，或请安全管理员调整您的角色。", "Ask a colleague with that role, or have the security administrator change yours."},
	"key_form": {"公钥格式不正确。", "This is not a public key.",
		"公钥为 SM2 压缩点（33 字节）的 base64，共 44 个字符。", "A key is the base64 of a compressed SM2 point: 44 characters."},
	"key_used": {"该公钥曾经登记过。", "This key was recorded before.",
		"密钥不得重复使用，请重新生成。", "A key never serves twice: make a new one."},
	"bureau_key_stays": {"主管部门的密钥不能吊销，否则无人可以补发。", "The bureau's key cannot be revoked: nobody could record a new one.",
		"请用“更换密钥”换成新的密钥。", "Rotate it to a new key instead."},
	"node_may_not": {"链节点不能作“{0}”。", "A node may not say {0}.",
		"该操作应由机构以自己的密钥签名。", "An institution must sign this with its own key."},
	"not_yours": {"“{0}”应由{1}作出。", "“{0}” is for {1} to say.",
		"请由有权的一方操作。", "Let the party who may do it act."},
	"no_way": {"{0} {1} 现为“{2}”，不能“{3}”。", "{0} {1} is “{2}”; “{3}” is not possible from there.",
		"请先查看其当前状态和办理过程。", "Look at its present state and story first."},
	"no_rule":     {"没有适用于“{0}”的规则。", "There is no rule for {0}.", "", ""},
	"nothing_due": {"目前没有到期事项。", "Nothing is due.", "", ""},
	"nothing_changed": {"没有任何变化。", "Nothing would change.",
		"请核对要变更的内容。", "Check what you meant to change."},
	"token_used": {"该令牌摘要已登记。", "This token is registered already.",
		"请生成新的令牌。", "Make a new token."},

	// form
	"unknown": {"没有编号为“{1}”的{0}。", "There is no {0} {1}.",
		"请核对编号，或先登记。", "Check the id, or register it first."},
	"text_missing": {"“{0}”未填写或过短。", "“{0}” is missing or too short.", "请填写。", "Fill it in."},
	"text_long":    {"“{0}”最多 {1} 个字，现有 {2} 个。", "“{0}” has at most {1} characters, not {2}.", "请缩短，详细材料可作为附件。", "Shorten it; put details into an attachment."},
	"text_form":    {"“{0}”首尾有空格或含有不可见字符。", "“{0}” has spaces around it or invisible characters.", "请删除后重试。", "Remove them."},
	"not_in_list":  {"“{0}”的取值“{1}”不在代码表中。", "“{0}”: the value {1} is not in the code list.", "可选：{2}。", "One of: {2}."},
	"out_of_range": {"“{0}”为 {1}，应在 {2} 至 {3} 之间。", "“{0}” is {1}; it must lie between {2} and {3}.", "请更正。", "Correct it."},
	"digest_form":  {"“{0}”不是 64 位小写十六进制的 SM3 摘要。", "“{0}” is not an SM3 digest in 64 lower-case hex digits.", "请重新计算。", "Compute it again."},
	"time_form":    {"“{0}”不是有效的时间。", "{0} is not a time.", "写法如 2026-10-10T00:00:00+08:00。", "Write it like 2026-10-10T00:00:00+08:00."},
	"doubled":      {"{0}“{1}”重复。", "The {0} {1} stands twice.", "请删除重复项或改名。", "Remove or rename one."},
	"name_taken":   {"已有同名的{0}“{1}”。", "There already is a {0} named {1}.", "请更换名称，或在原有记录上变更。", "Choose another name, or change the existing one."},
	"field_form":   {"信息项“{0}”的字段名“{1}”不正确。", "Item {0}: the field name {1} is not usable.", "字段名以字母或下划线开头，只含字母、数字、下划线。", "Begin with a letter or underscore; use letters, digits and underscores."},

	// the register
	"credit_code_length":       {"统一社会信用代码“{0}”应为 18 位，现为 {1} 位。", "The credit code {0} must have 18 characters, it has {1}.", "请核对登记证照。", "Check the certificate."},
	"credit_code_alphabet":     {"统一社会信用代码“{0}”含有不允许的字符“{1}”。", "The credit code {0} has the character {1}, which does not occur in such codes.", "代码只用数字和大写字母，不含 I、O、S、V、Z。", "Digits and capital letters without I, O, S, V, Z."},
	"credit_code_organisation": {"统一社会信用代码“{0}”第 17 位校验不符，应为“{1}”。", "The credit code {0}: character 17 does not check, it should be {1}.", "请核对第 9 至 17 位（组织机构代码）。", "Check characters 9 to 17 (the organisation code)."},
	"credit_code_check":        {"统一社会信用代码“{0}”末位校验不符，应为“{1}”。", "The credit code {0}: the last character does not check, it should be {1}.", "请逐位核对。", "Compare it character by character."},
	"credit_code_taken":        {"统一社会信用代码“{0}”已登记。", "The credit code {0} is registered already.", "请在已有机构上变更。", "Amend the institution that has it."},
	"bound_anyway":             {"“{0}”是行政机关，应当按目录链管理，无须选择。", "{0} is an administrative organ and bound anyway.", "", ""},
	"not_joined":               {"本机构尚未选择参照目录链管理。", "Your institution has not chosen to follow the catalog chain.", "请先办理“参照执行”。", "Say “follow the catalog chain” first."},
	"bureau_stays":             {"主管部门不能撤销。", "The bureau cannot be closed.", "机构改革时请变更名称并更换密钥。", "Amend its name and rotate its key instead."},
	"org_has_entries":          {"“{0}”名下还有数据目录（如 {1}）。", "{0} still has entries, such as {1}.", "请先注销其目录。", "Retire them first."},
	"last_node":                {"“{0}”是最后一个节点，不能移除。", "{0} is the last node.", "请先接纳其他节点。", "Admit another node first."},
	"validator_form":           {"共识公钥应为 32 字节 ed25519 公钥的 base64。", "The consensus key is the base64 of a 32-byte ed25519 key.", "请用新节点上 mulu init 打印的值。", "Use the value that mulu init printed on the new node."},
	"validator_used":           {"该共识公钥已属于另一个节点。", "Another node has this consensus key.", "请为新节点生成新的密钥。", "Make a new key for the new node."},
	"receipts_shrink":          {"回执数量 {0} 不多于已锚定的 {1}。", "{0} receipts are not more than the {1} anchored before.", "", ""},

	// calendar, editions, clock
	"calendar_date":   {"日期“{0}”不能用于 {1} 年的安排。", "The date {0} cannot stand in the arrangement of {1}.", "请逐日核对：日期存在、属于该年度、不重复，调休上班日只能是周末。", "Check that it exists, lies in the year, stands once, and that make-up days are weekend days."},
	"calendar_empty":  {"{0} 年的安排没有休息日。", "The arrangement of {0} has no days off.", "请按国务院办公厅通知录入。", "Enter it from the State Council's notice."},
	"edition_unknown": {"没有名为“{0}”的规则版本。", "There is no edition {0}.", "可用：district-2023、state-council-809。", "Use district-2023 or state-council-809."},
	"clock_real":      {"正式链按实际时间运行，时钟不能拨动。", "A real chain runs on real time; its clock cannot be moved.", "请在演练链上操作。", "Use a sandbox."},
	"clock_back":      {"时钟只能向前，现为 {0}。", "The clock only goes forward; it is {0} now.", "请选择更晚的时间。", "Choose a later time."},
	"clock_far":       {"一次最多拨快十年。", "At most ten years at once.", "", ""},

	// duties, systems, tables
	"duty_unknown":      {"本机构没有职责“{0}”。", "Your institution has no duty {0}.", "数据目录必须挂在本机构的职责下，请先登记职责。", "An entry hangs on a duty of its institution: register the duty first."},
	"duty_no_data":      {"职责“{0}”已声明不产生数据。", "The duty {0} was declared to give no data.", "请先变更职责。", "Amend the duty first."},
	"duty_retired":      {"职责“{0}”已撤销。", "The duty {0} is retired.", "请挂到现行职责下。", "Choose a duty in force."},
	"duty_has_entries":  {"职责“{0}”下还有数据目录（如 {1}）。", "The duty {0} still has entries, such as {1}.", "请先注销或改挂这些目录。", "Retire them or move them first."},
	"connection_form":   {"连接只能写成“secret:名称”，指向本机构的密钥库。", "A connection is written secret:<name> and points into your own secret store.", "地址、账号和口令不得上链。", "No address, account or password goes on the chain."},
	"system_retired":    {"系统“{0}”已停用。", "The system {0} is out of use.", "请选择在用系统。", "Choose a system in use."},
	"system_has_tables": {"系统“{0}”还有 {1} 张库表。", "The system {0} still has {1} tables.", "请先撤销库表。", "Retire them first."},
	"still_linked":      {"“{0}”仍有关联（{1}）。", "{0} is still linked ({1}).", "请先解除。", "Cut the link first."},
	"linked_already":    {"关联“{0}”已存在。", "The link {0} exists already.", "", ""},
	"entry_retired":     {"数据目录“{0}”已注销。", "The entry {0} is retired.", "", ""},

	// entries
	"class_fixed":                {"数据目录“{0}”的代码由分类生成，分类不能变更。", "The code of entry {0} is made of its class, which cannot change.", "请注销后按新分类重新提交。", "Retire it and submit a new one."},
	"version_moved":              {"您修改的是第 {0} 版，现行为第 {1} 版。", "You changed version {0}; version {1} is in force now.", "请在现行版本上重新修改。", "Start again from the version in force."},
	"conditions_missing":         {"有条件共享应写明共享条件。", "Conditional sharing states its conditions.", "请填写。", "Fill them in."},
	"conditions_idle":            {"无条件共享不附条件。", "Unconditional sharing has no conditions.", "请删除条件，或改为有条件共享。", "Remove them, or make it conditional."},
	"basis_missing":              {"不予共享应当有法律法规等依据。", "Not sharing needs a legal basis.", "请写明法律名称和条款；确无依据的写明例外理由，由主管部门核定时决定。", "Name law and article; where there is none give reasons for an exception, which the bureau decides on."},
	"basis_idle":                 {"可以共享的目录不写不予共享依据。", "An entry that is shared has no basis for not sharing.", "请删除依据，或改为不予共享。", "Remove it, or make the entry not shared."},
	"exception_idle":             {"信息项“{0}”的例外与目录的共享类型相同。", "Item {0}: the exception equals the entry's own type.", "请删除该例外。", "Remove the exception."},
	"exception_of_unshared":      {"目录不予共享时，信息项“{0}”不能例外共享。", "Item {0} cannot be shared out of an entry that is not.", "请为可共享的信息项另立目录。", "Make an entry of its own for what can be shared."},
	"override_missing":           {"该目录不予共享而未写明法律依据，核定须记录例外理由。", "This entry is not shared and names no legal basis; verifying it needs recorded reasons.", "请退回补充依据，或写明例外理由。", "Return it for a basis, or state the reasons."},
	"override_idle":              {"该目录无须例外理由。", "This entry needs no exception.", "请删除例外理由。", "Remove the reasons."},
	"personal_open":              {"含有个人信息项，能够识别特定自然人，不得无条件开放。", "It has personal items and can identify a person, so it does not open unconditionally.", "请改为不予开放，或在去标识化条件下有条件开放。", "Do not open it, or open it conditionally after de-identification."},
	"unshared_open":              {"不予共享的数据不得无条件开放。", "What is not shared does not open unconditionally.", "请改为不予开放。", "Make it not open."},
	"opening_idle":               {"开放类型与所填渠道、条件或理由不一致。", "Channel, conditions or ground do not fit the opening type.", "请只保留与类型相符的内容。", "Keep only what fits the type."},
	"opening_conditions_missing": {"有条件开放应写明条件。", "Conditional opening states its conditions.", "请填写。", "Fill them in."},
	"ground_missing":             {"不予开放应写明属于哪一种情形（1、2 或 3）。", "Not opening names its ground (1, 2 or 3).", "1 法律法规禁止；2 危及安全稳定；3 能识别特定自然人。", "1 forbidden by law; 2 endangers security; 3 can identify a person."},
	"grade_low":                  {"目录为 {0} 级，低于信息项的最高级 {1} 级。", "The entry has grade {0}, below its items' highest, {1}.", "就高从严，请调高目录级别。", "Raise it: the highest counts."},
	"grade_sharing":              {"{0} 级数据不能{1}。", "Data of grade {0} cannot be “{1}”.", "请调整共享类型，或重新定级。", "Change the sharing type, or grade it anew."},
	"grade_opening":              {"{0} 级数据不能{1}。", "Data of grade {0} cannot be “{1}”.", "请调整开放类型，或重新定级。", "Change the opening type, or grade it anew."},
	"grade_method":               {"信息项“{0}”的级别不允许以“{1}”方式提供。", "Item {0}: its grade does not allow “{1}”.", "请改用核验方式，或不申请该信息项。", "Ask for a yes/no check, or leave the item out."},
	"data_version":               {"数据版本 {0} 不连续，应为 {1}。", "Data version {0} does not follow; {1} is next.", "请重新装载。", "Load again."},

	// sharing
	"entry_not_published":  {"数据目录“{0}”现为“{1}”，不能申请或发布数据。", "The entry {0} is “{1}”: it can neither be applied for nor loaded.", "请待其发布或恢复。", "Wait until it is published or resumed."},
	"own_entry":            {"这是本机构自己的数据，无须申请共享。", "This is your own data; no application is needed.", "", ""},
	"already_waiting":      {"本机构对该目录已有待办申请 {0}。", "Your application {0} for this entry is still waiting.", "请等待答复，或先撤回。", "Wait for the answer, or withdraw it."},
	"nothing_shared":       {"“{0}”没有可按此方式共享的信息项。", "{0} has no items that can be had this way.", "不予共享依据：{1}", "Basis for not sharing: {1}"},
	"not_shared":           {"信息项“{0}”不予共享。", "The item {0} is not shared.", "请从申请中去掉。依据：{1}", "Leave it out. Basis: {1}"},
	"answer_late":          {"答复期限（{0}）已过，逾期未答复视为同意。", "The term to answer ended with {0}; silence is consent.", "如有争议，请提请主管部门协调。", "Ask the bureau to coordinate if you dispute it."},
	"full_is_full":         {"全部同意不得缩小信息项、范围或期限。", "A full consent narrows nothing.", "请改选“部分同意”。", "Choose “agree in part”."},
	"part_is_full":         {"部分同意没有缩小任何内容。", "This partial consent narrows nothing.", "请改选“同意”，或写明缩小之处。", "Agree in full, or say what is narrower."},
	"not_asked":            {"信息项“{0}”不在申请之内。", "The item {0} was not asked for.", "请从答复中去掉。", "Leave it out."},
	"ground_idle":          {"同意时不写不同意的事由。", "A consent has no ground of refusal.", "请删除。", "Remove it."},
	"ground_not_statutory": {"“{0}”不是法定事由。非因法定事由不得拒绝共享。", "“{0}” is no statutory ground; sharing is not refused without one.", "请写明法律法规名称和第几条。", "Name the law and its article (第…条)."},
	"refusal_with_scope":   {"不同意时不写信息项、范围或期限。", "A refusal names no items, rows or period.", "请删除，或改选“部分同意”。", "Remove them, or agree in part."},
	"nothing_disputed":     {"申请 {0} 现为“{1}”，没有可协调的争议。", "Application {0} is “{1}”: there is nothing to coordinate.", "请待答复或期限届满。", "Wait for the answer or the end of the term."},
	"case_open":            {"该申请已有协调事项 {0}。", "Coordination {0} is open on this application.", "", ""},
}
