package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mulu/notify"
)

// What is wrong with the settings of mail and webhooks is said at the start, in a sentence, and the node does not start. What is
// right is said too, status counts, and a backup holds the reminders.
func TestSettingsOfReminders(t *testing.T) {
	w := newHouse(t)
	w.must("init", "--sandbox", "--gateway", "", "--pages", "")
	h := home(w.path("h"))
	was, err := h.load()
	if err != nil {
		t.Fatal(err)
	}
	password := w.path("password")
	if err := os.WriteFile(password, []byte("not-to-be-seen\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	good := notify.MailSettings{Server: "smtp://127.0.0.1:9", From: "mulu@example.gov.cn", User: "mulu", PasswordFile: password, Pages: "https://mulu.example.gov.cn"}
	for _, c := range []struct {
		change func(*Settings)
		says   string
	}{
		{func(s *Settings) { s.Mail.Server = "mail.example.gov.cn" }, "mail.server"},
		{func(s *Settings) { s.Mail.From = "目录链" }, "mail.from"},
		{func(s *Settings) { s.Mail.PasswordFile = w.path("nowhere") }, "mail.password_file"},
		{func(s *Settings) { s.Mail.Pages = "mulu.example.gov.cn" }, "mail.pages"},
		{func(s *Settings) { s.Hooks = []string{"https://hooks.example.gov.cn/in"} }, "hooks"},
	} {
		s, mail := was, good
		s.Mail = &mail
		c.change(&s)
		if err := h.save(s); err != nil {
			t.Fatal(err)
		}
		out, code := w.run("node")
		if code != 2 || !strings.Contains(out, "config.json") && !strings.Contains(out, "mail.password_file") || !strings.Contains(out, c.says) ||
			strings.Count(strings.TrimSpace(out), "\n") > 0 || strings.Contains(out, "not-to-be-seen") {
			t.Errorf("%s: exit %d\n%s", c.says, code, out)
		}
	}
	s := was
	s.Mail, s.Hooks = &good, []string{"hooks.example.gov.cn", "10.0.0.0/8"}
	if err := h.save(s); err != nil {
		t.Fatal(err)
	}
	w.start("提醒邮件经 127.0.0.1:9", "node")
	contains(t, "status", w.must("status"), "提醒邮件：已发 0，等待 0，放弃 0")
	w.must("backup", "b")
	w.stop()
	raw, err := os.ReadFile(filepath.Join(w.path("b"), "config.json"))
	if err != nil {
		t.Fatal(err)
	}
	var kept Settings
	if err := json.Unmarshal(raw, &kept); err != nil || kept.Mail == nil || *kept.Mail != good {
		t.Errorf("%v %s", err, raw)
	}
	if info, err := os.Stat(filepath.Join(w.path("b"), "notify.db")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup's reminders: %v %v", info, err)
	}
	if strings.Contains(w.said()+string(raw), "not-to-be-seen") {
		t.Error("the password stands in the log or in the settings")
	}
}
