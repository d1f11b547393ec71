package madeup

import (
	"strconv"
	"strings"
)

var grades = []string{"小学一年级", "小学二年级", "小学三年级", "小学四年级", "小学五年级", "小学六年级", "初中一年级", "初中二年级", "初中三年级", "高中一年级", "高中二年级", "高中三年级"}

// spread turns "A 3 B 1" into A three times and B once.
func spread(s string) (list []string) {
	parts := strings.Fields(s)
	for i := 0; i+1 < len(parts); i += 2 {
		n, err := strconv.Atoi(parts[i+1])
		if err != nil {
			panic(err) // the program's own text
		}
		for range n {
			list = append(list, parts[i])
		}
	}
	return list
}

// words are what stands under items that take one of a few, some of them more often than others.
func words(entry, item string) []string {
	switch entry + "/" + item {
	case "医疗机构信息/类别":
		return spread("社区卫生服务站 4 诊所 6 门诊部 3 一级医院 2 二级医院 1 三级医院 1")
	case "定点医药机构名录/类别":
		return spread("定点零售药店 1")
	case "医疗机构信息/等级":
		return spread("未定级 8 一级 3 二级甲等 1 三级甲等 1")
	case "公共厕所信息/等级":
		return spread("一类 2 二类 5 三类 3")
	case "古树名木信息/级别":
		return spread("一级 1 二级 4")
	case "不可移动文物信息/级别":
		return spread("全国重点文物保护单位 1 市级文物保护单位 2 区级文物保护单位 3 尚未核定公布为文物保护单位 4")
	case "校外培训机构信息/状态":
		return spread("正常 9 注销 1")
	case "个体工商户登记信息/状态":
		return spread("存续 9 注销 1")
	case "固定资产投资项目备案信息/状态":
		return spread("已备案 3 已开工 4 已竣工 2 已撤销 1")
	case "严重精神障碍患者管理信息/风险等级":
		return spread("0级 6 1级 3 2级 1")
	case "重点监管企业信息/风险等级":
		return spread("一般 5 较大 3 重大 1")
	}
	switch item {
	case "救助状态":
		return spread("在享 9 停发 1")
	case "婚姻状况":
		return spread("结婚 8 离婚 2")
	case "残疾类别":
		return spread("肢体 5 视力 1 听力 2 言语 1 智力 1 精神 1 多重 1")
	case "残疾等级":
		return spread("一级 1 二级 3 三级 3 四级 4")
	case "失业原因":
		return spread("合同到期 4 单位裁员 2 个人辞职 4 单位破产 1 毕业未就业 2")
	case "技能等级":
		return spread("无 5 初级工 3 中级工 3 高级工 1 技师 1")
	case "优抚类别":
		return spread("在乡复员军人 1 残疾军人 2 烈属 1 参战退役人员 3 带病回乡退役军人 1")
	case "诊断":
		return spread("精神分裂症 6 双相情感障碍 2 偏执性精神病 1 癫痫所致精神障碍 1")
	case "健康情况":
		return spread("良好 5 慢性病 4 行动不便 2")
	case "巡视频次":
		return spread("每周一次 3 每周两次 2 每日一次 1")
	case "机构性质":
		return spread("公办 1 公建民营 3 民办 2")
	case "星级":
		return spread("一星级 2 二星级 3 三星级 1 四星级 1")
	case "业务主管单位":
		return spread("北京市西城区民政局 3 北京市西城区教育委员会 2 北京市西城区卫生健康委员会 1 北京市西城区文化和旅游局 1")
	case "登记状态":
		return spread("正常 9 注销 1")
	case "经营状态":
		return spread("存续 18 注销 1 吊销 1")
	case "企业类型":
		return spread("有限责任公司(自然人投资或控股) 5 有限责任公司(法人独资) 2 其他有限责任公司 2 股份有限公司 1")
	case "登记机关":
		return spread("北京市西城区市场监督管理局 1")
	case "办学类型":
		return spread("幼儿园 3 小学 3 初级中学 1 完全中学 2")
	case "办别":
		return spread("公办 4 民办 1")
	case "培训类别":
		return spread("艺术类 3 体育类 2 科技类 1")
	case "主体业态":
		return spread("餐饮服务经营者 4 食品销售经营者 4 单位食堂 1")
	case "经营项目":
		return spread("热食类食品制售 4 预包装食品销售 4 糕点类食品制售 1 自制饮品制售 1")
	case "列入原因":
		return spread("通过登记的住所或者经营场所无法联系 3 未依照规定的期限公示年度报告 5 公示企业信息隐瞒真实情况、弄虚作假 1")
	case "作出决定机关":
		return spread("北京市西城区市场监督管理局 1")
	case "执业状态":
		return spread("正常 1")
	case "违法事实":
		return spread("占用城市道路摆摊经营 3 擅自在建筑物外立面张挂广告 2 未按规定分类投放生活垃圾 4 施工工地未采取防尘措施 1")
	case "处罚内容":
		return spread("罚款 3 警告并罚款 2")
	case "诊疗科目":
		return spread("全科医疗科 4 中医科 3 口腔科；内科 2 内科；外科；妇产科；儿科 1")
	case "协议状态":
		return spread("有效 9 中止 1")
	case "开放时间":
		return spread("06:00-22:00 3 全天 2")
	case "无障碍设施":
		return spread("有 3 无 1")
	case "收费标准":
		return spread("小型车白天每15分钟2.5元，夜间每2小时1元 2 小型车每小时6元 1 小型车每小时8元 1")
	case "树种":
		return spread("国槐 5 侧柏 3 桧柏 3 银杏 1 枣树 1")
	case "年代":
		return spread("明 2 清 5 民国 3 辽 1")
	case "保护范围":
		return spread("以公布的保护范围图为准 1")
	case "权利类型":
		return spread("国有建设用地使用权/房屋所有权 9 抵押权 2")
	case "用途":
		return spread("住宅 8 办公 1 商业 1")
	case "问题分类":
		return appeal
	case "诉求内容":
		return spread("反映小区停车秩序混乱，希望尽快处理 2 反映楼道堆放杂物，存在隐患 2 咨询供暖温度不达标如何申请测温 2 反映夜间施工噪声扰民 2 希望增设无障碍坡道 1")
	case "办理结果":
		return spread("已现场处理并电话回复 4 已协调物业整改 3 已解释相关政策 2")
	case "三率(响应/解决/满意)":
		return spread("响应/解决/满意 8 响应/解决/不满意 1 响应/未解决/不满意 1")
	case "采购人":
		return spread("北京市西城区机关事务服务中心 2 北京市西城区教育委员会 3 北京市西城区卫生健康委员会 2 北京市西城区城市管理委员会 3")
	}
	return nil
}
