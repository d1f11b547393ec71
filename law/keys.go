package law

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"mulu"
)

// The state is one ordered space of keys:
//
//	n/<kind>/<id>                        a noun, its JSON
//	i/<kind>/<index>\x00<id>             an index line: under this index stands this noun
//	a/<unix nanoseconds>/<name>/<kind>/<id>  an alarm
//	q/<name>                             the last number given out of a sequence
//	g                                    the genesis
const (
	nounSpace     = "n/"
	indexSpace    = "i/"
	alarmSpace    = "a/"
	sequenceSpace = "q/"
	genesisKey    = "g"
)

// NounKey is where a noun stands.
func NounKey(kind mulu.Kind, id string) string { return nounSpace + string(kind) + "/" + id }

// NounPrefix is what the keys of all nouns of a kind begin with.
func NounPrefix(kind mulu.Kind) string { return nounSpace + string(kind) + "/" }

// IndexPrefix is what the index lines of one index begin with; the rest of the key is the noun's id.
func IndexPrefix(kind mulu.Kind, index string) string {
	return indexSpace + string(kind) + "/" + index + "\x00"
}

// After is the first key that does not begin with prefix.
func After(prefix string) string {
	b := []byte(prefix)
	b[len(b)-1]++
	return string(b)
}

func alarmKey(a Alarm) string {
	return fmt.Sprintf("%s%020d/%s/%s/%s", alarmSpace, a.At.UnixNano(), a.Name, a.Noun, a.ID)
}

func parseAlarm(key string) (Alarm, error) {
	p := strings.SplitN(strings.TrimPrefix(key, alarmSpace), "/", 4)
	if len(p) != 4 {
		return Alarm{}, fmt.Errorf("alarm key %q has %d parts", key, len(p))
	}
	n, err := strconv.ParseInt(p[0], 10, 64)
	if err != nil {
		return Alarm{}, fmt.Errorf("alarm key %q: %w", key, err)
	}
	return Alarm{At: time.Unix(0, n).In(mulu.Shanghai()), Name: p[1], Noun: mulu.Kind(p[2]), ID: p[3]}, nil
}
