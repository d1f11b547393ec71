package gateway

import (
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"testing"

	"mulu"
	"mulu/act"
	"mulu/proof"
	"mulu/sm"
)

func TestChecks(t *testing.T) {
	w := newTown(t, nil)
	grant := w.agreeTo(check, w.other, []mulu.Filter{{Item: "street", Values: []string{"110102001", "110102003"}}}, "name", "number", "score")
	for name, c := range map[string]struct {
		filters string
		want    string
	}{
		"there is one":             {`{"item":"number","values":["110102199003070018"]}`, "true"},
		"both hold":                {`{"item":"number","values":["110102199003070018"]},{"item":"name","values":["张三"]}`, "true"},
		"one does not":             {`{"item":"number","values":["110102199003070018"]},{"item":"name","values":["李四"]}`, "false"},
		"nobody":                   {`{"item":"number","values":["110102199003079999"]}`, "false"},
		"outside the rows granted": {`{"item":"number","values":["11010219601111005X"]}`, "false"},
		"no SQL":                   {`{"item":"number","values":["' OR '1'='1"]}`, "false"},
	} {
		r := w.call(check, w.other.token, grant, `{"filters":[`+c.filters+`],`+purpose+`}`)
		if r.status != http.StatusOK || string(r.Match) != c.want || r.Rows != nil || r.Next != "" || r.Entry != w.entry {
			t.Errorf("%s: %d %s", name, r.status, r.body)
			continue
		}
		sum := sm.Sum([]byte(c.want))
		if x := w.receiptOf(r); x.Method != check || x.Rows != 1 || x.RowsDigest != hex.EncodeToString(sum[:]) || len(x.KeyDigests) == 0 || !slices.Contains(x.Items, "number") {
			t.Errorf("%s: the receipt says %+v", name, x)
		}
		file := w.proofOf(r.Receipt)
		if err := proof.VerifyRows(file, []byte(c.want)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		body string
		code Code
	}{
		"no filter":           {`{` + purpose + `}`, malformed},
		"two values":          {`{"filters":[{"item":"number","values":["1","2"]}],` + purpose + `}`, malformed},
		"items":               {`{"items":["number"],"filters":[{"item":"number","values":["1"]}],` + purpose + `}`, malformed},
		"names nobody":        {`{"filters":[{"item":"score","values":["7"]}],` + purpose + `}`, checkNothing},
		"an item not granted": {`{"filters":[{"item":"phone","values":["13800001234"]}],` + purpose + `}`, filterForeign},
	} {
		r := w.call(check, w.other.token, grant, c.body)
		if x := w.receiptOf(r); r.Code != string(c.code) || x.Refused != c.code || x.Rows != 0 || r.Match != nil || r.Title == "" || strings.Contains(r.Detail, "{") {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}

// Items of grade 4 are compared and never given.
func TestChecksOfGradeFour(t *testing.T) {
	w := newTown(t, nil)
	raised := w.content
	raised.Items = slices.Clone(raised.Items)
	raised.Items[2].Grade, raised.Grade = 4, 4
	w.say(w.provider, &act.ChangeEntry{Entry: w.entry, From: 1, Content: raised})
	w.say(w.bureau, &act.VerifyEntry{Entry: w.entry})
	grant := w.agreeTo(check, w.other, nil, "name", "number")
	body := `{"filters":[{"item":"number","values":["110102199003070018"]}],` + purpose + `}`
	if r := w.call(check, w.other.token, grant, body); r.status != http.StatusOK || string(r.Match) != "true" {
		t.Fatalf("%d %s", r.status, r.body)
	}
	if r := w.call(query, w.consumer.token, w.grant, body); r.Code != string(gradeWithheld) {
		t.Fatalf("%d %s", r.status, r.body)
	}
}

// Each grant is called by its own method only, and the refusal says where.
func TestMethodsOfGrants(t *testing.T) {
	w := newTown(t, nil)
	bodies := map[string]string{query: `{` + purpose + `}`, batch: `{` + purpose + `}`,
		check: `{"filters":[{"item":"code","values":["000000000000000001"]}],` + purpose + `}`}
	for _, granted := range []string{query, check, batch, push} {
		p := w.join()
		grant := w.agreeTo(granted, p, nil, "code", "name")
		for called, body := range bodies {
			r := w.call(called, p.token, grant, body)
			switch {
			case called == granted && r.status != http.StatusOK:
				t.Errorf("%s: %d %s", granted, r.status, r.body)
			case granted == push && (r.status != http.StatusForbidden || r.Code != string(grantPush)),
				called != granted && granted != push && (r.status != http.StatusForbidden || r.Code != string(grantMethod) || !strings.Contains(r.Detail, verb(granted))):
				t.Errorf("%s called by %s: %d %s", granted, called, r.status, r.body)
			}
			if x := w.receiptOf(r); x.Method != called || x.Grant != grant {
				t.Errorf("the receipt says %+v", x)
			}
		}
	}
}
