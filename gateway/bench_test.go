package gateway

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"mulu"
	"mulu/platform"
)

// BenchmarkGoverned and BenchmarkBare ask the same keyed lookup over HTTP from 16 sides: through the gateway with
// permission, receipt and disk, and from a server that only looks up. Their ratio is the cost of governing.
func BenchmarkGoverned(b *testing.B) {
	w := benchTown(b)
	lookups(b, w.server, w.consumer.token, "/gateway/"+w.grant+"/query")
	b.ReportMetric(float64(w.gateway.Health().Receipts), "receipts")
}

func BenchmarkBare(b *testing.B) {
	w := benchTown(b)
	var d mulu.Dataset
	raw, _ := w.chain.Get(mulu.KindDataset, w.entry)
	if err := json.Unmarshal(raw, &d); err != nil {
		b.Fatal(err)
	}
	v := platform.Version{Entry: w.entry, Number: d.Version, Digest: d.Digest}
	s := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		q, f := decodeRequest(query, body)
		if f != nil {
			b.Error(f.en)
		}
		page, err := w.engine.Query(r.Context(), v, platform.Query{Items: q.Items, Filters: q.Filters, Limit: q.Limit})
		if err != nil {
			b.Error(err)
		}
		p := permit{fields: q.Items, masks: make([]mask, len(q.Items))}
		_, _ = rw.Write(p.encode(page.Rows))
	}))
	defer s.Close()
	lookups(b, s, "", "/")
}

// BenchmarkReceipts gives receipts written per second from 64 sides.
func BenchmarkReceipts(b *testing.B) {
	r, err := openReceipts(bareConfig(b, b.TempDir(), newKey(b)))
	if err != nil {
		b.Fatal(err)
	}
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := r.add(Receipt{Grant: "G-1", Consumer: "002", Entry: "101110102001/000001", Items: []string{"code", "name"}, Purpose: "窗口核验"}); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "receipts/s")
	if err := r.close(); err != nil {
		b.Fatal(err)
	}
}

func benchTown(b *testing.B) *town {
	w := newTown(b, nil)
	rows := make([][]string, 20_000)
	for i := range rows {
		rows[i] = []string{fmt.Sprintf("%018d", i), "张三", "110102199003070018", "13800001234", "110102001", "7"}
	}
	w.load(2, rows)
	return w
}

func lookups(b *testing.B, s *httptest.Server, token, path string) {
	c := s.Client()
	c.Transport.(*http.Transport).MaxIdleConnsPerHost = 64
	var n atomic.Int64
	b.SetParallelism(8)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			body := fmt.Sprintf(`{"items":["code","name","number"],"filters":[{"item":"code","values":["%018d"]}],%s}`, n.Add(1)*7919%20_000, purpose)
			req, err := http.NewRequest("POST", s.URL+path, strings.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			req.Header.Set("Authorization", "Bearer "+token)
			resp, err := c.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			got, _ := io.ReadAll(resp.Body)
			resp.Body.Close()
			if resp.StatusCode != 200 || !strings.Contains(string(got), `"number":`) {
				b.Errorf("%d %s", resp.StatusCode, got)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "lookups/s")
}
