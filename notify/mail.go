package notify

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mulu/people"
	"mulu/sm"
)

// mailLane is the way of mail, which is one server: when it takes nothing, everything waits.
type mailLane struct {
	woken chan struct{}
	pause pause
}

// Few reminders are a letter each; from gatherFrom on that wait for one person they are gathered into one letter of at most
// gatherMost lines, so that ten thousand applications falling due at once fill nobody's box.
const (
	gatherFrom = 4
	gatherMost = 100
)

// sendMail sends what is to be mailed, person by person, until nothing is due or the server takes nothing.
func (n *Notify) sendMail(ctx context.Context) error {
	if n.cfg.Mail == nil || n.cfg.Now().Before(n.mail.pause.until) {
		return nil
	}
	ids, err := n.recipients(ctx, "mail")
	if err != nil {
		return err
	}
	post := &post{mail: n.cfg.Mail, roots: n.cfg.roots}
	defer post.close()
	for i := 0; i < len(ids) && ctx.Err() == nil; {
		waiting, err := n.due(ctx, "mail", ids[i], gatherMost)
		if err != nil {
			return err
		}
		if len(waiting) == 0 {
			i++
			continue
		}
		letters := [][]parcel{waiting}
		if len(waiting) < gatherFrom {
			letters = slices.Collect(slices.Chunk(waiting, 1))
		}
		for _, l := range letters {
			if on, err := n.sendLetter(ctx, post, l); err != nil || !on {
				return err
			}
		}
	}
	return nil
}

// sendLetter hands one letter over and notes what became of it; on tells whether the server takes more.
func (n *Notify) sendLetter(ctx context.Context, post *post, parcels []parcel) (on bool, err error) {
	parcels, unwanted, l, err := n.letter(ctx, parcels)
	if err == nil && len(unwanted) > 0 {
		err = n.settle(ctx, "mail", errNobody, unwanted...)
	}
	var u *Undelivered
	if err != nil && !errors.As(err, &u) || err == nil && len(parcels) == 0 {
		return true, err
	}
	if err == nil {
		if err = post.send(ctx, l); err == nil {
			n.cfg.Fault("after-sent")
		}
	}
	if ctx.Err() != nil { // the program ends: the letter is tried again at the next start
		return false, nil
	}
	n.mail.pause.after(err, n.cfg.Now())
	if err := n.settle(ctx, "mail", err, parcels...); err != nil {
		return false, err
	}
	if !errors.As(err, &u) {
		return true, nil
	}
	n.cfg.Log.Warn("a reminder could not be mailed", "why", u.Code, "notice", parcels[0].ID, "tries", parcels[0].tries+1)
	if u.Lane {
		return false, n.giveUp(ctx, "mail", "", u.Code)
	}
	return true, nil
}

// letter writes to somebody as they are known now: at the address of this moment, in the language of this moment, and not of
// what they lost the role for or do not wish any more. That is unwanted, and so is everything when they left.
func (n *Notify) letter(ctx context.Context, parcels []parcel) (wanted, unwanted []parcel, l letter, err error) {
	id := parcels[0].recipient
	who, err := n.cfg.People.Person(ctx, id)
	if errors.Is(err, people.ErrNoPerson) {
		return nil, parcels, letter{}, nil
	}
	var contact people.Contact
	if err == nil {
		contact, err = n.cfg.People.Contact(ctx, id)
	}
	if errors.Is(err, people.ErrForged) { // of one account; the others are written to
		return parcels, nil, letter{}, &Undelivered{Code: "forged", Final: true, Err: err}
	}
	if err != nil {
		return nil, nil, letter{}, err
	}
	for _, p := range parcels {
		if contact.Mail == "" || who.Status != people.Active || who.Org != p.Org || !who.Roles.Has(p.Roles...) || slices.Contains(contact.Off, p.Occasion) {
			unwanted = append(unwanted, p)
			continue
		}
		wanted = append(wanted, p)
	}
	if len(wanted) == 0 {
		return nil, unwanted, letter{}, nil
	}
	l = letter{to: contact.Mail, id: wanted[0].ID + "." + id, subject: wanted[0].Title(who.Lang), body: n.body(wanted[0].Notice, who.Lang), date: n.cfg.Now()}
	if len(wanted) > 1 {
		l = n.gathered(wanted, who.Lang, l)
	}
	return wanted, unwanted, l, nil
}

// gathered makes one letter of several notices. Its id is that of all of them together.
func (n *Notify) gathered(parcels []parcel, lang string, l letter) letter {
	var ids, lines strings.Builder
	for _, p := range parcels {
		ids.WriteString(p.ID)
		fmt.Fprintf(&lines, "- %s\n  %s\n", p.Title(lang), n.cfg.Pages+p.Path())
	}
	l.id = hex.EncodeToString(sm.MAC(n.keys.ids, []byte(ids.String()))[:16]) + "." + parcels[0].recipient
	l.subject = [2]string{fmt.Sprintf("目录链：%d 条提醒", len(parcels)), fmt.Sprintf("Catalog chain: %d reminders", len(parcels))}[at(lang)]
	l.body = lines.String() + "\n" + foot(lang)
	return l
}

// body is what a letter of one notice says below its subject.
func (n *Notify) body(m Notice, lang string) string {
	link := n.cfg.Pages + m.Path()
	if lang == "en" {
		return m.Text("en") + "\n\nWhere to see to it: " + link + "\nAs of: " + m.At.Format("2006-01-02 15:04") + " (Asia/Shanghai)\n\n" + foot(lang)
	}
	return m.Text("zh") + "\n\n办理页面：" + link + "\n时间：" + m.At.Format("2006-01-02 15:04") + "（北京时间）\n\n" + foot(lang)
}

// foot stands below every letter.
func foot(lang string) string {
	return [2]string{"本邮件由目录链自动发出，请勿回复。需要调整接收哪些提醒，请登录后打开“我的提醒”。\n",
		"This letter was written by the catalog chain; nobody reads answers to it. Which reminders you get by mail is set on your page “My reminders”.\n"}[at(lang)]
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
		body: "您的验证码是 " + code + "，15 分钟内有效。请在“提醒设置”页面输入。\n\n如果不是您本人操作，请忽略本邮件，该地址不会被使用。\n"}
	if lang == "en" {
		l.subject, l.body = "Catalog chain: your code is "+code, "Your code is "+code+". It holds for 15 minutes; enter it on your page “Reminder settings”.\n\nIf it was not you who asked for it, do nothing: the address will not be used.\n"
	}
	ctx, cancel := context.WithTimeout(ctx, 45*time.Second)
	defer cancel()
	post := &post{mail: n.cfg.Mail, roots: n.cfg.roots}
	defer post.close()
	return post.send(ctx, l)
}
