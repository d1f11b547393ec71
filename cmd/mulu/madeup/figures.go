package madeup

import (
	"strconv"
	"time"
)

// months is over how many months monthly figures go back.
const months = 24

// The subjects of figures.
var (
	industries = []string{"农、林、牧、渔业", "工业", "建筑业", "批发和零售业", "交通运输、仓储和邮政业", "住宿和餐饮业", "金融业", "房地产业", "信息传输、软件和信息技术服务业",
		"租赁和商务服务业", "科学研究和技术服务业", "其他服务业"}
	shares = []int{2, 310, 280, 640, 160, 140, 7460, 620, 1480, 1260, 890, 1740} // added value of a quarter in 千万元
	// budget is revenue, then expenditure.
	budget = []string{"增值税", "企业所得税", "个人所得税", "房产税", "其他税收", "非税收入", "教育", "社会保障和就业", "卫生健康", "城乡社区", "公共安全", "一般公共服务", "其他支出"}
	volume = []int{118_000, 96_000, 41_000, 52_000, 33_000, 21_000, 74_000, 61_000, 38_000, 82_000, 29_000, 34_000, 47_000}
	appeal = []string{"物业管理", "市容环卫", "停车管理", "噪声扰民", "供暖", "违法建设", "交通出行", "社会保障"}
)

// days is over how many days daily figures go back, periods over how many quarters, years over how many years.
const (
	days    = 30
	periods = 8
	years   = 3
)

func (t *Town) reckoned(entry string) (subject, bool) {
	streets := len(t.Streets)
	switch entry {
	case "低保对象分街道汇总":
		return reckoned(months * streets)
	case "诉求分类汇总统计":
		return reckoned(days * streets * len(appeal))
	case "常住人口主要数据":
		return reckoned(years * streets)
	case "地区生产总值季度数据":
		return reckoned(periods * (len(industries) + 1))
	case "一般公共预算收支月报":
		return reckoned(months * (len(budget) + 2))
	case "空气质量小时数据":
		return reckoned(14 * 24 * streets)
	}
	return subject{}, false
}

// figures are the columns of entries of figures, by the items' names; nil for other entries. Months, quarters and days are the
// last ones before the day.
func (t *Town) figures(entry string, day time.Time) map[string]func(*row) string {
	month := func(back int) time.Time {
		return time.Date(day.Year(), day.Month()-time.Month(back), 1, 0, 0, 0, 0, day.Location())
	}
	streets := len(t.Streets)
	street := func(i int) int { return i % streets }
	written := func(when func(i int) time.Time) func(*row) string {
		return func(r *row) string { return when(r.i).Format(time.DateOnly) }
	}
	code := func(r *row) string { return t.Streets[street(r.i)].Code }
	count := func(f func(i int) int) func(*row) string { return func(r *row) string { return strconv.Itoa(f(r.i)) } }
	switch entry {
	case "低保对象分街道汇总":
		when := func(i int) time.Time { return month(months - i/streets) }
		persons := func(i int) int { return relieved(t, street(i), when(i)) }
		return map[string]func(*row) string{"所属街道": code, "统计月份": written(when), "人数": count(persons),
			"户数": count(func(i int) int { return persons(i) * 62 / 100 }), "发放金额(元)": count(func(i int) int { return persons(i) * 1450 })}
	case "诉求分类汇总统计":
		kinds := len(appeal)
		return map[string]func(*row) string{"统计日期": written(func(i int) time.Time { return day.AddDate(0, 0, i/(streets*kinds)-days) }),
			"所属街道": func(r *row) string { return t.Streets[r.i/kinds%streets].Code }, "问题分类": func(r *row) string { return appeal[r.i%kinds] },
			"受理量": count(func(i int) int { return 2 + chance(51, i, 40) }), "解决率(%)": count(func(i int) int { return 90 + chance(52, i, 10) }),
			"满意率(%)": count(func(i int) int { return 91 + chance(53, i, 9) })}
	case "常住人口主要数据":
		year := func(i int) int { return day.Year() - years + i/streets }
		people := func(i int) int {
			n := 0
			for _, c := range t.Communities {
				if c.Street == street(i) {
					n++
				}
			}
			return n*4_180 - (year(i)-2020)*n*12
		}
		return map[string]func(*row) string{"统计年度": written(func(i int) time.Time { return time.Date(year(i), 12, 31, 0, 0, 0, 0, day.Location()) }), "所属街道": code,
			"常住人口(人)": count(people), "户籍人口(人)": count(func(i int) int { return people(i) * 134 / 100 })}
	case "地区生产总值季度数据":
		return t.product(day)
	case "一般公共预算收支月报":
		return budgets(month)
	case "空气质量小时数据":
		hour := func(i int) time.Time { return day.Truncate(time.Hour).Add(time.Duration(i/streets-14*24) * time.Hour) }
		return map[string]func(*row) string{"站点编号": func(r *row) string { return "XC" + t.Streets[street(r.i)].Code[6:] }, "所属街道": code,
			"监测时间": func(r *row) string { return hour(r.i).Format(time.DateTime) }, "PM2.5": count(func(i int) int { return 12 + chance(55, i/streets, 60) + chance(56, i, 9) }),
			"PM10": count(func(i int) int { return 28 + chance(55, i/streets, 90) + chance(57, i, 12) }), "NO2": count(func(i int) int { return 14 + chance(58, i, 40) }),
			"O3": count(func(i int) int { return 30 + chance(59, i, 90) })}
	}
	return nil
}

// relieved is how many people of a street have a minimum living allowance in a month: slowly fewer.
func relieved(t *Town, street int, month time.Time) int {
	age := (month.Year()-2024)*12 + int(month.Month())
	return 420 + chance(50, street, 900) - age*2 + chance(54, street*1000+age, 7)
}

// product is the gross product by quarter: its total, then the added value by industry, which sums up to it. Quarters are
// cumulative within the year, as the statistics publish them.
func (t *Town) product(day time.Time) map[string]func(*row) string {
	lines := len(industries) + 1
	quarter := func(i int) int { return day.Year()*4 + (int(day.Month())-1)/3 - periods + i/lines } // number of the quarter since the year 0
	single := func(q, k int) int { return shares[k] * 1000 * (1000 + (q-8096)*12 + chance(60, q*100+k, 30)) / 1000 }
	upTo := func(q, k int) (sum int) {
		for one := q - q%4; one <= q; one++ {
			if k >= 0 {
				sum += single(one, k)
				continue
			}
			for k := range industries {
				sum += single(one, k)
			}
		}
		return sum
	}
	return map[string]func(*row) string{
		"统计期": func(r *row) string {
			q := quarter(r.i)
			return time.Date(q/4, time.Month(q%4*3+4), 0, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
		},
		"指标名称": func(r *row) string {
			if k := r.i % lines; k > 0 {
				return industries[k-1] + "增加值"
			}
			return "地区生产总值"
		},
		"指标值(万元)": func(r *row) string { return strconv.Itoa(upTo(quarter(r.i), r.i%lines-1)) },
		"同比增速(%)": func(r *row) string { return growth(upTo(quarter(r.i), r.i%lines-1), upTo(quarter(r.i)-4, r.i%lines-1)) },
		"口径说明":    func(*row) string { return "累计数，现价，示意数据" },
	}
}

// budgets are revenue and expenditure by month, each with its total: this month's, that of the year so far, and the growth of that.
func budgets(month func(back int) time.Time) map[string]func(*row) string {
	lines, revenue := len(budget)+2, 6
	of := func(when time.Time, k int) int {
		at := when.Year()*12 + int(when.Month()) - 1
		return volume[k] * (900 + chance(61, at*100+k, 200) + (when.Year()-2024)*30) / 1000
	}
	amount := func(when time.Time, line int) (sum int) {
		switch {
		case line == 0:
			for k := range revenue {
				sum += of(when, k)
			}
		case line <= revenue:
			return of(when, line-1)
		case line == revenue+1:
			for k := revenue; k < len(budget); k++ {
				sum += of(when, k)
			}
		default:
			return of(when, line-2)
		}
		return sum
	}
	soFar := func(when time.Time, line int) (sum int) {
		for m := time.January; m <= when.Month(); m++ {
			sum += amount(time.Date(when.Year(), m, 1, 0, 0, 0, 0, when.Location()), line)
		}
		return sum
	}
	when := func(i int) time.Time { return month(months - i/lines) }
	return map[string]func(*row) string{
		"月份": func(r *row) string { return when(r.i).Format(time.DateOnly) },
		"科目": func(r *row) string {
			switch line := r.i % lines; {
			case line == 0:
				return "一般公共预算收入合计"
			case line <= revenue:
				return budget[line-1]
			case line == revenue+1:
				return "一般公共预算支出合计"
			default:
				return budget[line-2]
			}
		},
		"本月数(万元)": func(r *row) string { return strconv.Itoa(amount(when(r.i), r.i%lines)) },
		"累计数(万元)": func(r *row) string { return strconv.Itoa(soFar(when(r.i), r.i%lines)) },
		"同比(%)": func(r *row) string {
			return growth(soFar(when(r.i), r.i%lines), soFar(when(r.i).AddDate(-1, 0, 0), r.i%lines))
		},
	}
}

// growth is by how much a figure is above another, in per cent with one decimal.
func growth(now, before int) string {
	tenths := (now*2000 + before) / (2 * before) // rounded
	tenths -= 1000
	sign := ""
	if tenths < 0 {
		sign, tenths = "-", -tenths
	}
	return sign + strconv.Itoa(tenths/10) + "." + strconv.Itoa(tenths%10)
}
