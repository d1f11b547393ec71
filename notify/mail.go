package notify

import (
	"context"
	"errors"
	"time"

	"mulu/people"
)

// mailLane is the way of mail, which is one server: when it takes nothing, everything waits.
type mailLane struct {
	woken chan struct{}
	pause pause
}

// lettersAtOnce is how many letters are sent over one connection.
const lettersAtOnce = 50

// sendMail sends the letters that are due.
func (n *Notify) sendMail(ctx context.Context) error {
	if n.cfg.Mail == nil {
		return nil
	}
	for {
		if n.cfg.Now().Before(n.mail.pause.until) {
			return nil
		}
		batch, err := n.due(ctx, "mail", "", lettersAtOnce)
		if err != nil || len(batch) == 0 {
			return err
		}
		post := &post{mail: n.cfg.Mail, roots: n.cfg.roots}
		err = n.sendLetters(ctx, post, batch)
		post.close()
		if err != nil || ctx.Err() != nil {
			return err
		}
	}
}

// sendLetters hands letters over one after another, until the server takes none any more.
func (n *Notify) sendLetters(ctx context.Context, post *post, batch []parcel) error {
	for _, p := range batch {
		if ctx.Err() != nil {
			return nil
		}
		outcome := n.sendLetter(ctx, post, p)
		if ctx.Err() != nil { // the program ends: the letter is tried again at the next start
			return nil
		}
		n.mail.pause.after(outcome, n.cfg.Now())
		if err := n.settle(ctx, "mail", p, outcome); err != nil {
			return err
		}
		var u *Undelivered
		if !errors.As(outcome, &u) {
			continue
		}
		n.cfg.Log.Warn("a reminder could not be mailed", "why", u.Code, "notice", p.ID, "tries", p.tries+1)
		if u.Lane {
			return n.giveUp(ctx, "mail", "", u.Code)
		}
	}
	return nil
}

// sendLetter writes to somebody as they are known now: at the address of this moment, in the language of this moment, and not
// at all when they left, lost the role, or do not wish it any more.
func (n *Notify) sendLetter(ctx context.Context, post *post, p parcel) error {
	who, err := n.cfg.People.Person(ctx, p.recipient)
	if errors.Is(err, people.ErrNoPerson) {
		return errNobody
	}
	if err != nil {
		return err
	}
	contact, err := n.cfg.People.Contact(ctx, p.recipient)
	if err != nil {
		return err
	}
	if contact.Mail == "" || who.Status != people.Active || who.Org != p.Org || !who.Roles.Has(p.Roles...) || has(contact.Off, p.Occasion) {
		return errNobody
	}
	l := letter{to: contact.Mail, id: p.ID + "." + p.recipient, subject: p.Title(who.Lang), body: n.body(p.Notice, who.Lang), date: n.cfg.Now()}
	err = post.send(ctx, l)
	if err == nil {
		n.cfg.Fault("after-sent")
	}
	return err
}

// body is what a letter says below its subject.
func (n *Notify) body(m Notice, lang string) string {
	link := n.cfg.Pages + m.Path()
	if lang == "en" {
		s := m.Text("en") + "\n\nWhere to see to it: " + link + "\nAs of: " + m.At.Format("2006-01-02 15:04") + " (Asia/Shanghai)\n"
		return s + "\nThis letter was written by the catalog chain; nobody reads answers to it. Which reminders you get by mail is set on your page “Reminders”.\n"
	}
	s := m.Text("zh") + "\n\n办理页面：" + link + "\n时间：" + m.At.Format("2006-01-02 15:04") + "（北京时间）\n"
	return s + "\n本邮件由目录链自动发出，请勿回复。需要调整接收哪些提醒，请登录后打开“我的提醒”。\n"
}

// SendCode mails somebody the code that shows that an address is theirs, and returns when the server has taken the letter.
// An error of sending is *Undelivered.
func (n *Notify) SendCode(ctx context.Context, address, code, lang string) error {
	if n.cfg.Mail == nil {
		return &Undelivered{Code: "no_mail", Final: true}
	}
	id, err := n.random(16)
	if err != nil {
		return err
	}
	l := letter{to: address, id: id, subject: "目录链邮箱验证码：" + code, date: n.cfg.Now(),
		body: "您的验证码是 " + code + "，15 分钟内有效。请在“我的提醒”页面输入。\n\n如果不是您本人操作，请忽略本邮件，该地址不会被使用。\n"}
	if lang == "en" {
		l.subject, l.body = "Catalog chain: your code is "+code, "Your code is "+code+". It holds for 15 minutes; enter it on your page “Reminders”.\n\nIf it was not you who asked for it, do nothing: the address will not be used.\n"
	}
	ctx, cancel := context.WithTimeout(ctx, 45*time.Second)
	defer cancel()
	post := &post{mail: n.cfg.Mail, roots: n.cfg.roots}
	defer post.close()
	return post.send(ctx, l)
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
