package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// metrics are the node's figures for Prometheus. They hold no names and nothing of what people do.
func (p *Program) metrics() http.Handler {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	gauge := func(name, help string, value func() float64) {
		r.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "mulu", Name: name, Help: help}, value))
	}
	gauge("height", "Height of the newest block.", func() float64 { return float64(p.chain.Height()) })
	gauge("records", "Records on the chain.", func() float64 { return float64(p.chain.Size()) })
	gauge("records_cosigned", "Records covered by the newest checkpoint that a quorum signed.", func() float64 { return float64(p.chain.Health().Cosigned) })
	gauge("records_unread", "Records that the read model does not show yet.", func() float64 { return float64(p.reads.Lag(p.chain)) })
	gauge("acts_pending", "Acts accepted that no block holds yet.", func() float64 { return float64(p.chain.Health().Pending) })
	gauge("acts_pending_seconds", "How long the oldest of them has waited.", func() float64 { return p.chain.Health().OldestPending.Seconds() })
	gauge("peers", "Connected nodes.", func() float64 { return float64(len(p.chain.Health().Peers)) })
	gauge("ok", "1 while the chain is well, else 0.", func() float64 {
		if p.chain.Health().State == "ok" {
			return 1
		}
		return 0
	})
	gauge("loads_waiting", "Loads of data that wait or are under way.", func() float64 {
		f, _ := p.loads.Figures(context.Background()) // what cannot be counted ends the program elsewhere
		return float64(f.Waiting)
	})
	gauge("loads_failed", "Loads of data that could not be carried out.", func() float64 {
		f, _ := p.loads.Figures(context.Background())
		return float64(f.Failed)
	})
	p.reminderFigures(r)
	if p.gateway != nil {
		gauge("gateway_ok", "1 while the gateway serves, else 0.", func() float64 {
			if p.gateway.Health().OK {
				return 1
			}
			return 0
		})
	}
	return promhttp.HandlerFor(r, promhttp.HandlerOpts{})
}

// openMetrics serves the figures on the address of the settings.
func (p *Program) openMetrics(ctx context.Context) error {
	if p.settings.Metrics == "" {
		return nil
	}
	l, err := net.Listen("tcp", p.settings.Metrics)
	if err != nil {
		return fmt.Errorf("open the metrics: %w", err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", p.metrics())
	p.serveOn(ctx, l, mux, "metrics")
	return nil
}

// serveOn serves a handler until the context ends. A listener that fails ends the program.
func (p *Program) serveOn(ctx context.Context, l net.Listener, h http.Handler, what string) {
	// WriteTimeout stays open for downloads; what a client may send is bounded by each handler.
	s := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return ctx }}
	p.running.Go(func() {
		if err := s.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			p.failed <- fmt.Errorf("the %s stopped: %w", what, err)
		}
	})
	p.running.Go(func() {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_ = s.Shutdown(last)
		_ = s.Close()
	})
}
