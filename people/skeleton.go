package people

import (
	"context"
	"time"
)

type Person struct {
	ID, Login, Name, Org string
	Roles                Roles
	Status               string
	LockedUntil          time.Time
	SecondFactor         bool
	Lang                 string
	Elder                bool
	Made, Seen           time.Time
}

type Session struct {
	ID                string
	Person            Person
	CSRF              string
	Made, Seen, Until time.Time
	From              string
	Agent             string
	Fresh             time.Time
}

type Account struct {
	Login, Name, Org string
	Roles            Roles
}

type Origin struct{ Address, Agent string }

type Filter struct {
	Org, Words, Status string
	After              string
	Limit              int
}

type Event struct {
	N                                 int64
	Time                              time.Time
	Person, Org, Kind, Target, Detail string
	OK                                bool
	From                              string
}

type EventFilter struct {
	Person, Org, Kind string
	OK                *bool
	From, To          time.Time
	Before            int64
	Limit             int
}

type Tampered struct{ N int64 }

func (t *Tampered) Error() string { return "tampered" }

type Denied struct {
	Code  string
	Until time.Time
	Args  []string
}

func (d *Denied) Error() string           { return d.Code }
func (d *Denied) Text(lang string) string { return d.Code }

func (p *People) FirstLink(ctx context.Context) (token string, needed bool, err error) {
	return "", false, errSkeleton
}
func (p *People) Found(ctx context.Context, token string, a Account, password string, from Origin) (Person, error) {
	return Person{}, errSkeleton
}
func (p *People) Invite(ctx context.Context, by string, a Account) (Person, string, error) {
	return Person{}, "", errSkeleton
}
func (p *People) Invitation(ctx context.Context, token string) (Person, error) {
	return Person{}, errSkeleton
}
func (p *People) Redeem(ctx context.Context, token, password string, from Origin) (Person, error) {
	return Person{}, errSkeleton
}
func (p *People) Reset(ctx context.Context, by, id string) (token string, err error) {
	return "", errSkeleton
}
func (p *People) Login(ctx context.Context, login, password, code string, from Origin) (cookie string, s Session, err error) {
	return "", Session{}, errSkeleton
}
func (p *People) Session(ctx context.Context, cookie string) (Session, error) {
	return Session{}, errSkeleton
}
func (p *People) Confirm(ctx context.Context, cookie, password string) error { return errSkeleton }
func (p *People) Logout(ctx context.Context, cookie string) error            { return errSkeleton }
func (p *People) Sessions(ctx context.Context, person string) ([]Session, error) {
	return nil, errSkeleton
}
func (p *People) EndSession(ctx context.Context, by, person, id string) error { return errSkeleton }
func (p *People) Accounts(ctx context.Context, f Filter) ([]Person, error)    { return nil, errSkeleton }
func (p *People) Person(ctx context.Context, id string) (Person, error) {
	return Person{}, errSkeleton
}
func (p *People) Amend(ctx context.Context, by, id, name string, roles Roles) error {
	return errSkeleton
}
func (p *People) CloseAccount(ctx context.Context, by, id, why string) error { return errSkeleton }
func (p *People) Reopen(ctx context.Context, by, id string) error            { return errSkeleton }
func (p *People) Unlock(ctx context.Context, by, id string) error            { return errSkeleton }
func (p *People) ChangePassword(ctx context.Context, cookie, old, new string) error {
	return errSkeleton
}
func (p *People) BeginSecondFactor(ctx context.Context, id string) (secret, uri string, err error) {
	return "", "", errSkeleton
}
func (p *People) ConfirmSecondFactor(ctx context.Context, id, code string) (recovery []string, err error) {
	return nil, errSkeleton
}
func (p *People) EndSecondFactor(ctx context.Context, by, id string) error { return errSkeleton }
func (p *People) Prefer(ctx context.Context, id, lang string, elder bool) error {
	return errSkeleton
}
func (p *People) Names(ctx context.Context, ids ...string) (map[string]string, error) {
	return nil, errSkeleton
}
func (p *People) Note(ctx context.Context, e Event) error                    { return errSkeleton }
func (p *People) Events(ctx context.Context, f EventFilter) ([]Event, error) { return nil, errSkeleton }
func (p *People) CheckEvents(ctx context.Context) (n int64, err error)       { return 0, errSkeleton }
func (p *People) LinkIdentity(ctx context.Context, by, id, provider, subject string) error {
	return errSkeleton
}
func (p *People) UnlinkIdentity(ctx context.Context, by, id, provider string) error {
	return errSkeleton
}
func (p *People) Arrive(ctx context.Context, provider, subject string, from Origin) (cookie string, s Session, err error) {
	return "", Session{}, errSkeleton
}
