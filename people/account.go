package people

import (
	"context"
	"crypto/hmac"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"mulu/sm"
)

// What an account can be.
const (
	Invited = "invited" // 已邀请: there is no password yet
	Active  = "active"  // 在用
	Closed  = "closed"  // 已停用: kept, since records name it
)

// Person is an account (账号): who acts for an institution.
type Person struct {
	ID           string // "p-" and random; what records on the chain name
	Login        string // lower case, unique
	Name         string
	Org          string // id of the institution
	Roles        Roles  // in the order of All
	Status       string
	LockedUntil  time.Time // zero = not locked
	SecondFactor bool
	Lang         string // zh, en, or "" for the page's
	Elder        bool   // larger and simpler pages (适老化)
	Made, Seen   time.Time
}

// Filter chooses accounts. What is empty does not choose.
type Filter struct {
	Org    string
	Words  string // part of login or name; several words must all be in
	Status string
	After  string // id of the last one of the page before
	Limit  int    // 0 = 100, at most 1000
}

// account is a row: a Person, and what of it nobody is shown.
type account struct {
	Person
	name          []byte // sealed
	password      string // as hash makes it; "" = none
	factor, trial []byte // sealed secrets of the second factor in use and of one being set up; empty = none
	step          int64  // last step of time whose code was used
}

// loginKey is under what wrong attempts at a login are counted.
func (k *keys) loginKey(login string) []byte { return k.mark("login", []byte(login)) }

// rowMark is over everything of an account that decides what somebody may do.
func (k *keys) rowMark(a *account) []byte {
	return k.mark("account", []byte(a.ID), []byte(a.Login), []byte(a.Org), []byte(a.Roles.text()), []byte(a.Status), a.name,
		[]byte(a.password), a.factor, a.trial, number(nanos(a.Made)))
}

const accountColumns = `a.id, a.login, a.org, a.roles, a.status, a.name, a.password, a.factor, a.trial, a.made, a.mark, a.step, a.lang, a.elder, a.seen,
	coalesce((SELECT k.until FROM strike k WHERE k.login_key = a.login_key), 0)`

// scanAccount reads accountColumns, after those of first. A row that was altered is ErrForged.
func (p *People) scanAccount(row scanner, first ...any) (*account, error) {
	var a account
	var roles string
	var mark []byte
	var made, seen, locked int64
	err := row.Scan(append(first, &a.ID, &a.Login, &a.Org, &roles, &a.Status, &a.name, &a.password, &a.factor, &a.trial, &made, &mark, &a.step,
		&a.Lang, &a.Elder, &seen, &locked)...)
	if err != nil {
		return nil, err
	}
	a.Roles, a.Made, a.Seen, a.SecondFactor = rolesOf(roles), moment(made), moment(seen), len(a.factor) > 0
	if until := moment(locked); until.After(p.now()) {
		a.LockedUntil = until
	}
	if !hmac.Equal(mark, p.keys.rowMark(&a)) {
		return nil, fmt.Errorf("read the account %s: %w", a.ID, ErrForged)
	}
	name, err := sm.Open(p.keys.seal, a.name, []byte("name "+a.ID))
	if err != nil {
		return nil, fmt.Errorf("read the account %s: %w", a.ID, ErrForged)
	}
	a.Name = string(name)
	return &a, nil
}

// account reads one; none is ErrNoPerson.
func (p *People) account(ctx context.Context, from asker, id string) (*account, error) {
	a, err := p.scanAccount(from.QueryRowContext(ctx, "SELECT "+accountColumns+" FROM account a WHERE a.id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNoPerson
	}
	return a, err
}

// byLogin reads the account of a login; none is nil.
func (p *People) byLogin(ctx context.Context, from asker, login string) (*account, error) {
	a, err := p.scanAccount(from.QueryRowContext(ctx, "SELECT "+accountColumns+" FROM account a WHERE a.login = ?", login))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return a, err
}

// add makes an account that is invited, if its particulars are in order.
func (t *tx) add(a Account) (*account, error) {
	a = a.tidy()
	if err := a.check(); err != nil {
		return nil, err
	}
	if other, err := t.byLogin(t.ctx, t, a.Login); err != nil || other != nil {
		if err == nil {
			err = deny("login_taken")
		}
		return nil, err
	}
	id, err := t.random(12)
	if err != nil {
		return nil, err
	}
	row := &account{Person: Person{ID: "p-" + id, Login: a.Login, Org: a.Org, Roles: a.Roles, Status: Invited, Made: t.at}}
	if err := t.rename(row, a.Name); err != nil {
		return nil, err
	}
	return row, t.exec(`INSERT INTO account (id, login, login_key, org, roles, status, name, password, factor, trial, made, mark)
		VALUES (?, ?, ?, ?, ?, ?, ?, '', x'', x'', ?, ?)`,
		row.ID, row.Login, t.keys.loginKey(row.Login), row.Org, row.Roles.text(), row.Status, row.name, nanos(row.Made), t.keys.rowMark(row))
}

// rename seals a name into an account.
func (t *tx) rename(a *account, name string) (err error) {
	a.Name = name
	if a.name, err = sm.Seal(t.keys.seal, []byte(name), []byte("name "+a.ID), t.cfg.Rand); err != nil {
		return fmt.Errorf("seal a name: %w", err)
	}
	return nil
}

// save keeps what was changed of an account.
func (t *tx) save(a *account) error {
	for _, b := range []*[]byte{&a.factor, &a.trial} {
		if *b == nil {
			*b = []byte{}
		}
	}
	return t.exec(`UPDATE account SET roles = ?, status = ?, name = ?, password = ?, factor = ?, trial = ?, mark = ?, step = ?, lang = ?, elder = ?, seen = ?
		WHERE id = ?`, a.Roles.text(), a.Status, a.name, a.password, a.factor, a.trial, t.keys.rowMark(a), a.step, a.Lang, a.Elder, nanos(a.Seen), a.ID)
}

// Person gives an account. None is ErrNoPerson.
func (p *People) Person(ctx context.Context, id string) (Person, error) {
	a, err := p.account(ctx, p.readers, id)
	if err != nil {
		return Person{}, fmt.Errorf("read an account: %w", err)
	}
	return a.Person, nil
}

// Accounts lists accounts in the order of their logins.
func (p *People) Accounts(ctx context.Context, f Filter) ([]Person, error) {
	q := "SELECT " + accountColumns + " FROM account a WHERE (? = '' OR a.org = ?) AND (? = '' OR a.status = ?)"
	args := []any{f.Org, f.Org, f.Status, f.Status}
	if f.After != "" {
		q, args = q+" AND a.login > (SELECT login FROM account WHERE id = ?)", append(args, f.After)
	}
	rows, err := p.readers.QueryContext(ctx, q+" ORDER BY a.login", args...)
	if err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	defer rows.Close()
	var out []Person
	words := strings.Fields(strings.ToLower(folded(f.Words)))
	for most := limit(f.Limit); len(out) < most && rows.Next(); {
		a, err := p.scanAccount(rows)
		if err != nil {
			return nil, fmt.Errorf("list accounts: %w", err)
		}
		if a.matches(words) {
			out = append(out, a.Person)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return out, nil
}

// matches looks in what is opened: names are sealed, so the database cannot search them.
func (a *account) matches(words []string) bool {
	in := a.Login + "\n" + strings.ToLower(folded(a.Name))
	for _, w := range words {
		if !strings.Contains(in, w) {
			return false
		}
	}
	return true
}

// Names gives the names of people by their ids, for pages. Ids that nobody here has are left out.
func (p *People) Names(ctx context.Context, ids ...string) (map[string]string, error) {
	out := map[string]string{}
	if len(ids) == 0 {
		return out, nil
	}
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("ask for names: %w", err)
	}
	rows, err := p.readers.QueryContext(ctx, "SELECT id, name FROM account WHERE id IN (SELECT value FROM json_each(?))", string(list))
	if err != nil {
		return nil, fmt.Errorf("ask for names: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var sealed []byte
		if err := rows.Scan(&id, &sealed); err != nil {
			return nil, fmt.Errorf("ask for names: %w", err)
		}
		name, err := sm.Open(p.keys.seal, sealed, []byte("name "+id))
		if err != nil {
			return nil, fmt.Errorf("read the account %s: %w", id, ErrForged)
		}
		out[id] = string(name)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("ask for names: %w", err)
	}
	return out, nil
}

// Prefer keeps how somebody wants the pages: lang zh, en or "", and whether for the elderly.
func (p *People) Prefer(ctx context.Context, id, lang string, elder bool) error {
	if lang != "" && lang != "zh" && lang != "en" {
		return deny("lang_form")
	}
	return p.change(ctx, "keep preferences", Event{Person: id, Kind: "account.prefer", Target: id}, func(t *tx, e *Event) error {
		a, err := t.account(t.ctx, t, id)
		if err != nil {
			return err
		}
		e.Org = a.Org
		a.Lang, a.Elder = lang, elder
		return t.save(a)
	})
}

// Account is what somebody says of an account to be made.
type Account struct {
	Login, Name string
	Org         string
	Roles       Roles
}

var (
	loginForm = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{2,63}$`)
	orgForm   = regexp.MustCompile(`^[0-9A-Za-z-]{1,64}$`)
)

// tidy writes a login as it is compared: narrow, lower case, without spaces around.
func tidy(login string) string { return strings.ToLower(strings.TrimSpace(folded(login))) }

func (a Account) tidy() Account {
	a.Login, a.Name, a.Org, a.Roles = tidy(a.Login), strings.TrimSpace(a.Name), strings.TrimSpace(a.Org), a.Roles.ordered()
	return a
}

func (a Account) check() error {
	if !loginForm.MatchString(a.Login) {
		return deny("login_form")
	}
	if err := checkName(a.Name); err != nil {
		return err
	}
	if !orgForm.MatchString(a.Org) {
		return deny("org_form")
	}
	return a.Roles.check()
}

func checkName(name string) error {
	if n := utf8.RuneCountInString(name); n < 1 || n > 60 || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return deny("name_form")
	}
	return nil
}
