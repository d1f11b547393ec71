package notify

import (
	"context"
	"errors"
	"sync"
)

// hookLanes are the ways of webhooks, each its own: one that takes nothing holds no other up.
type hookLanes struct {
	woken chan struct{}
	mu    sync.Mutex        // guards of
	of    map[string]*pause // by the webhook's id
}

// lane gives the pause of one webhook.
func (l *hookLanes) lane(id string) *pause {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, ok := l.of[id]
	if !ok {
		p = &pause{}
		l.of[id] = p
	}
	return p
}

// callsAtOnce is how many webhooks are called side by side; one webhook is called one message after another.
const callsAtOnce = 8

// sendHooks sends the messages that are due.
func (n *Notify) sendHooks(ctx context.Context) error {
	ids, err := n.recipients(ctx, "hook")
	if err != nil {
		return err
	}
	slots, ended := make(chan struct{}, callsAtOnce), make(chan error, len(ids))
	for _, id := range ids {
		slots <- struct{}{}
		go func() {
			ended <- n.sendHook(ctx, id, n.hooks.lane(id))
			<-slots
		}()
	}
	for range ids {
		err = errors.Join(err, <-ended)
	}
	return err
}

// callsInARow is how many messages one webhook gets before others have their turn.
const callsInARow = 100

// sendHook sends one webhook what waits for it, the oldest first, until it takes nothing.
func (n *Notify) sendHook(ctx context.Context, id string, p *pause) error {
	if n.cfg.Now().Before(p.until) {
		return nil
	}
	batch, err := n.due(ctx, "hook", id, callsInARow)
	if err != nil {
		return err
	}
	for _, one := range batch {
		h, err := n.hook(ctx, id)
		if err == nil {
			err = n.call(ctx, h, messageOf(one.Notice))
		}
		if ctx.Err() != nil { // the program ends: the message is sent again at the next start
			return nil
		}
		if err == nil {
			n.cfg.Fault("after-sent")
		}
		p.after(err, n.cfg.Now())
		if err := n.settle(ctx, "hook", err, one); err != nil {
			return err
		}
		var u *Undelivered
		if !errors.As(err, &u) {
			continue
		}
		n.cfg.Log.Warn("a webhook could not be called", "hook", id, "why", u.Code, "notice", one.ID, "tries", one.tries+1)
		if u.Code == "gone" {
			if err := n.endHook(ctx, h.Org, id, "gone"); !errors.As(err, new(*Denied)) { // unless somebody has just ended it
				return err
			}
			return nil
		}
		if u.Lane {
			return n.giveUp(ctx, "hook", id, u.Code)
		}
	}
	if len(batch) == callsInARow {
		n.wake()
	}
	return nil
}
