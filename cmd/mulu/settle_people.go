package main

import (
	"fmt"

	"mulu/people"
	"mulu/web"
)

// demoPassword is the password of every sandbox account. A sandbox protects nothing and says so on every page.
const demoPassword = "yanlian-2026"

// demoPeople are the accounts of a sandbox: each role once in the bureau, and the people of the institutions that the
// visit leads through. The names are made up.
func demoPeople() []people.Account {
	bureau, civil, schools, police, street := "区数据局", "区民政局", "区教委", "西城公安分局", "月坛街道"
	labour, market := "区人力社保局", "区市场监管局"
	return []people.Account{
		{Login: "shuju-shenpi", Name: "周正平", Org: bureau, Roles: people.Roles{people.Approver}},
		{Login: "shuju-guanli", Name: "孙晓雯", Org: bureau, Roles: people.Roles{people.Steward}},
		{Login: "shuju-xitong", Name: "吴立群", Org: bureau, Roles: people.Roles{people.System}},
		{Login: "shuju-anquan", Name: "郑克明", Org: bureau, Roles: people.Roles{people.Security}},
		{Login: "shuju-shenji", Name: "冯雅琴", Org: bureau, Roles: people.Roles{people.Auditor}},
		{Login: "minzheng-guanli", Name: "陈思远", Org: civil, Roles: people.Roles{people.Steward}},
		{Login: "minzheng-shenpi", Name: "林国栋", Org: civil, Roles: people.Roles{people.Approver}},
		{Login: "minzheng-xitong", Name: "何小雨", Org: civil, Roles: people.Roles{people.System}},
		{Login: "minzheng-anquan", Name: "蒋文博", Org: civil, Roles: people.Roles{people.Security}},
		{Login: "jiaowei-guanli", Name: "韩梅", Org: schools, Roles: people.Roles{people.Steward, people.Approver}},
		{Login: "jiaowei-guancha", Name: "杨帆", Org: schools, Roles: people.Roles{people.Observer}},
		{Login: "gongan-guanli", Name: "许建军", Org: police, Roles: people.Roles{people.Steward, people.Approver}},
		{Login: "renshe-guanli", Name: "唐丽娜", Org: labour, Roles: people.Roles{people.Steward, people.Approver}},
		{Login: "shichang-guanli", Name: "罗志平", Org: market, Roles: people.Roles{people.Steward, people.Approver}},
		{Login: "yuetan-guanli", Name: "沈佳宁", Org: street, Roles: people.Roles{people.Steward, people.Approver}},
		{Login: "yuetan-liulan", Name: "曹颖", Org: street, Roles: people.Roles{people.Reader}},
	}
}

// accounts makes the sandbox's accounts and has the login page offer them.
func (s *settler) accounts() error {
	for _, a := range demoPeople() {
		short := a.Org
		if a.Org = s.ids[short]; a.Org == "" {
			return fmt.Errorf("account %s: no institution is called %s", a.Login, short)
		}
		_, token, err := s.p.people.Invite(s.ctx, people.Owner, a)
		if err != nil {
			return fmt.Errorf("invite %s: %w", a.Login, err)
		}
		if _, err := s.p.people.Redeem(s.ctx, token, demoPassword, people.Origin{}); err != nil {
			return fmt.Errorf("set up %s: %w", a.Login, err)
		}
	}
	return nil
}

// demoAccounts is what the login page of a sandbox offers.
func demoAccounts() []web.DemoAccount {
	var list []web.DemoAccount
	for _, a := range demoPeople() {
		d := web.DemoAccount{Login: a.Login, Password: demoPassword, Org: a.Org}
		for _, r := range a.Roles {
			d.Roles = append(d.Roles, r)
		}
		list = append(list, d)
	}
	return list
}
