package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"mulu"
)

// demoRows are the entries whose data the sandbox holds, and how many rows. What is missing here stays with its owner.
var demoRows = []struct {
	entry string
	rows  int
}{
	{demoConditional, 300},
	{"常住户籍人口基础信息", 600},
	{"持证残疾人信息", 160},
	{"低保对象分街道汇总", 120},
	{"养老机构基本信息", 40},
	{"社会组织登记信息", 120},
	{"学校基本信息", 90},
	{"校外培训机构信息", 110},
	{"企业登记信息", 400},
	{"食品经营许可信息", 300},
	{"行政处罚信息", 80},
	{"医疗机构信息", 150},
	{"公共厕所信息", 130},
	{"诉求分类汇总统计", 180},
}

// madeUp makes up rows for an entry as CSV. Nobody and no company in them exists; numbers have valid check digits
// (GB 11643, GB 32100). The same call gives the same bytes.
func madeUp(items []mulu.Item, n int, streets []byte) ([]byte, error) {
	list, err := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(streets, []byte("\uFEFF")))).ReadAll()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	line := make([]string, len(items))
	for k, item := range items {
		line[k] = item.Field
	}
	if err := w.Write(line); err != nil {
		return nil, err
	}
	for i := range n {
		r := row{i, list[1+i%(len(list)-1)]}
		for k, item := range items {
			if line[k] = r.value(item); line[k] == "" {
				return nil, fmt.Errorf("nothing is made up for %s", item.Name)
			}
		}
		if err := w.Write(line); err != nil {
			return nil, err
		}
	}
	w.Flush()
	return b.Bytes(), w.Error()
}

// row is what one made-up row is about: its number and its street.
type row struct {
	i      int
	street []string
}

// value gives what stands under an item, by the item's name, "" if that is not known.
func (r row) value(item mulu.Item) string {
	i := r.i
	if list := wordsOf[item.Name]; list != nil {
		return list[i*7%len(list)]
	}
	switch item.Name {
	case "姓名", "经营者", "法定代表人", "负责人":
		return r.person()
	case "公民身份号码":
		return citizenNumber("110102" + r.born("20060102") + fmt.Sprintf("%03d", i%500*2+i%2))
	case "出生日期":
		return r.born("2006-01-02")
	case "性别":
		return []string{"女", "男"}[i%2]
	case "家庭编号":
		return fmt.Sprintf("DB%06d", i/3)
	case "残疾证号":
		return citizenNumber("110102"+r.born("20060102")+fmt.Sprintf("%03d", i%500*2+i%2)) + strconv.Itoa(41+i%4)
	case "银行账号":
		return fmt.Sprintf("62170000%011d", i*7919)
	case "所属街道":
		return r.street[0]
	case "所属社区":
		return strings.TrimSuffix(r.street[2], "街道") + "第" + strconv.Itoa(1+i%6) + "社区"
	case "地址", "户籍地址", "居住地址", "住所":
		return fmt.Sprintf("北京市西城区%s%d号", strings.TrimSuffix(r.street[2], "街道")+[]string{"大街", "胡同", "路", "里"}[i%4], 1+i*13%200)
	case "单位名称":
		return "北京" + r.coined() + []string{"科技有限公司", "餐饮管理有限公司", "服务中心", "商贸有限公司"}[i%4]
	case "名称":
		return r.coined() + strconv.Itoa(1+i) + "号"
	case "统一社会信用代码":
		return mulu.CreditCode(fmt.Sprintf("91110102MA%06d", 100000+i*31%900000))
	case "业务主管单位":
		return "北京市西城区" + []string{"民政局", "教育委员会", "卫生健康委员会", "文化和旅游局"}[i%4]
	case "登记号", "许可证号", "许可证编号", "公厕编号", "处罚决定书文号":
		return fmt.Sprintf("XC%s%06d", strings.ToUpper(item.Field[:2]), i+1)
	case "服务电话", "招生电话", "联系电话":
		return fmt.Sprintf("010-%08d", 66000000+i*37)
	case "经度(CGCS2000)":
		return fmt.Sprintf("%.6f", 116.33+float64(i*37%70)/1000)
	case "纬度(CGCS2000)":
		return fmt.Sprintf("%.6f", 39.87+float64(i*53%80)/1000)
	case "统计月份":
		return fmt.Sprintf("2026-%02d-01", 1+i/15%10)
	}
	switch item.Type {
	case "D":
		return fmt.Sprintf("2026-%02d-%02d", 1+i%10, 1+i%28)
	case "T":
		return fmt.Sprintf("2026-%02d-%02d 09:%02d:00", 1+i%10, 1+i%28, i%60)
	case "N", "I":
		return strconv.Itoa(1 + i*17%90)
	}
	return ""
}

func (r row) person() string {
	surnames, given := []rune("王李张刘陈杨赵黄周吴"), []rune("伟芳秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞")
	return string(surnames[r.i%len(surnames)]) + string(given[r.i*7%len(given)]) + string(given[r.i*3%len(given)])
}

func (r row) coined() string {
	a, b := []rune("华盛嘉鼎瑞宏德隆康泰"), []rune("源兴诚和达信安博通润")
	return string(a[r.i%len(a)]) + string(b[r.i/len(a)%len(b)])
}

func (r row) born(form string) string {
	year, month, day := 1940+r.i%60, 1+r.i%12, 1+r.i%28
	if form == "20060102" {
		return fmt.Sprintf("%d%02d%02d", year, month, day)
	}
	return fmt.Sprintf("%d-%02d-%02d", year, month, day)
}

// wordsOf are the words that stand under items which take one of a few.
var wordsOf = map[string][]string{
	"民族":              {"汉族", "回族", "满族", "汉族", "汉族"},
	"与户主关系":           {"户主", "配偶", "子", "女"},
	"救助状态":            {"在享", "在享", "停发"},
	"月保障金额(元)":        {"1395", "1405", "1415", "1425"},
	"家庭人口数":           {"1", "2", "3", "4"},
	"残疾类别":            {"肢体", "视力", "听力", "言语", "智力", "精神"},
	"残疾等级":            {"一级", "二级", "三级", "四级"},
	"机构性质":            {"公办", "公建民营", "民办"},
	"星级":              {"1", "2", "3"},
	"办学类型":            {"幼儿园", "小学", "完全中学"},
	"办别":              {"公办", "民办"},
	"培训类别":            {"艺术类", "体育类", "科技类"},
	"状态":              {"正常", "正常", "注销"},
	"登记状态":            {"正常", "正常", "注销"},
	"经营状态":            {"存续", "存续", "存续", "注销"},
	"企业类型":            {"有限责任公司", "个人独资企业", "股份有限公司"},
	"登记机关":            {"北京市西城区市场监督管理局"},
	"经营范围":            {"技术开发、技术咨询；销售电子产品", "餐饮服务", "零售日用品、文具用品"},
	"行业代码(GB/T 4754)": {"6510", "6210", "5211"},
	"主体业态":            {"餐饮服务经营者", "食品销售经营者", "单位食堂"},
	"经营项目":            {"热食类食品制售", "预包装食品销售", "糕点类食品制售"},
	"违法事实":            {"占用城市道路摆摊经营", "擅自在建筑物外立面张挂广告", "未按规定分类投放生活垃圾"},
	"处罚内容":            {"罚款", "警告并罚款"},
	"类别":              {"社区卫生服务站", "诊所", "二级医院", "三级医院"},
	"等级":              {"一类", "二类", "三类"},
	"诊疗科目":            {"全科医疗科", "中医科", "口腔科；内科"},
	"开放时间":            {"06:00-22:00", "全天"},
	"无障碍设施":           {"有", "有", "无"},
	"问题分类":            {"物业管理", "市容环卫", "停车管理", "噪声扰民", "供暖"},
	"解决率(%)":          {"93", "95", "97"},
	"满意率(%)":          {"94", "96", "98"},
}
