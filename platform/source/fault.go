package source

import (
	"fmt"
	"strings"
)

// Fault says what is wrong with a connection, a binding or a list of addresses that somebody set.
type Fault struct {
	Code  string // names the sentence, for programs
	about []string
}

func fault(code string, about ...string) *Fault { return &Fault{code, about} }

func (f *Fault) Error() string { return f.Text("en") }

// Text is a sentence in lang ("zh" or "en") that says what is wrong and what to do.
func (f *Fault) Text(lang string) string {
	words := faultWords(f.Code)
	s := words[0]
	if lang == "en" {
		s = words[1]
	}
	for i, a := range f.about {
		s = strings.ReplaceAll(s, fmt.Sprintf("{%d}", i), a)
	}
	return s
}

func faultWords(code string) [2]string {
	switch code {
	case "reach":
		return [2]string{"“{0}”不是可访问范围：请写“主机:端口”“地址:端口”“网段”或者文件夹的绝对路径", "{0} says nothing that may be reached: write host:port, address:port, a range, or the absolute path of a folder"}
	case "id":
		return [2]string{"连接的名称用 1 至 40 个小写字母、数字或者连字符，以字母开头", "a connection is called by 1 to 40 small letters, digits or hyphens, a letter first"}
	case "sort":
		return [2]string{"不支持“{0}”这种数据源；可用 postgres、mysql、sqlite、api", "{0} is no sort of source; there are postgres, mysql, sqlite and api"}
	case "address":
		return [2]string{"地址应写“主机:端口”", "the address is host:port"}
	case "file":
		return [2]string{"SQLite 数据源的地址是文件的绝对路径", "the address of a SQLite source is the absolute path of its file"}
	case "url":
		return [2]string{"接口地址应以 https:// 开头，只含主机、端口和路径；确无加密的，请把 tls 设为 off", "the address of an interface begins with https:// and holds host, port and path only; where there is no encryption, set tls to off"}
	case "database":
		return [2]string{"请写明数据库名和用户名", "name the database and the user"}
	case "tls":
		return [2]string{"tls 只能为空（校验证书）或者 off（不加密）", "tls is empty (certificates are checked) or off (no encryption)"}
	case "ca":
		return [2]string{"ca 不是 PEM 格式的证书", "ca is no certificate in PEM"}
	case "header":
		return [2]string{"请求头的名称只能含字母、数字和连字符", "the name of the header has letters, digits and hyphens only"}
	case "org":
		return [2]string{"请写明数据源属于哪个机构", "say which institution the source is of"}
	case "connection":
		return [2]string{"没有“{0}”这个连接", "there is no connection {0}"}
	case "taken":
		return [2]string{"名称“{0}”已被使用，请换一个", "the name {0} is taken, choose another"}
	case "operator":
		return [2]string{"文件数据库没有口令，只能由系统管理员在节点上登记（mulu source add）", "a database file has no password; only the node's operator registers it (mulu source add)"}
	case "reach_home":
		return [2]string{"可访问范围“{0}”包含节点自己的数据目录，其中有密钥和账号，不能列入", "the listed folder {0} contains the node's own home, where keys and accounts are; it cannot be reached"}
	case "bound":
		return [2]string{"目录 {0} 还绑定在这个连接上，请先解除绑定", "the entry {0} is still bound to this connection; take the binding away first"}
	case "other_org":
		return [2]string{"连接属于机构 {0}，不能用于其他机构的目录", "the connection is of institution {0} and not for entries of others"}
	case "entry":
		return [2]string{"没有写明目录编码", "the entry's code is missing"}
	case "table":
		return [2]string{"没有写明表名", "the table's name is missing"}
	case "name":
		return [2]string{"“{0}”不能作为库表或者列的名称", "{0} is no name of a table or column"}
	case "item":
		return [2]string{"目录没有信息项 {0}", "the entry has no item {0}"}
	case "item_twice":
		return [2]string{"信息项 {0} 绑定了两次", "the item {0} is bound twice"}
	case "item_unbound":
		return [2]string{"信息项 {0} 没有绑定到列", "the item {0} is bound to no column"}
	case "keys":
		return [2]string{"请写明能够区分每一行的列（主键或者唯一索引），翻页要用", "name the columns that tell rows apart (the primary key or a unique index); paging needs them"}
	case "key_type":
		return [2]string{"列 {0} 的类型是 {1}，不能用来区分行", "the column {0} is of type {1} and cannot tell rows apart"}
	case "mark_type":
		return [2]string{"列 {0} 的类型是 {1}，不随新数据增大，不能用作增量标记", "the column {0} is of type {1} and does not grow with new data, so it cannot be the mark"}
	case "schedule":
		return [2]string{"取数计划写“每隔多少分钟”（5 至 10080）或者“每日 hh:mm”，只写一种", "the schedule is every so many minutes (5 to 10080) or daily at hh:mm, one of them"}
	case "api":
		return [2]string{"接口的绑定要写明路径，以 / 开头，不含主机", "a binding to an interface names the path, which begins with / and names no host"}
	case "path":
		return [2]string{"“{0}”不是取值路径：用点号连接的字段名，如 data.list", "{0} is no way to a value: names joined by dots, such as data.list"}
	case "paging":
		return [2]string{"翻页方式只能写一种：页码、偏移量、下一页", "there is one way of paging: by page, by offset, or by what comes next"}
	case "parameter":
		return [2]string{"“{0}”不能作为参数名", "{0} is no name of a parameter"}
	}
	return [2]string{code, code}
}
