package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"mulu/law/script"
)

// say does one thing in words on a running node: the line a script would have, and what came of it.
func (m *Main) say(ctx context.Context, args []string) error {
	f, dir := m.flags("say")
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() == 0 {
		return errors.New(m.t("请写明机构、操作和内容，如：mulu say “区教委 申请共享 目录=西城区街道名录 …”；各项见 docs/law/scripts.md",
			"say who does what: mulu say “区教委 申请共享 目录=…”; docs/law/scripts.md lists the words"))
	}
	r, err := m.dial(ctx, home(*dir))
	if err != nil {
		return err
	}
	text := strings.Join(f.Args(), "\n")
	got, err := script.Say(text, r, r.sandbox)
	for _, line := range got {
		fmt.Fprintln(m.Out, line)
		if strings.HasPrefix(line, "✗") {
			err = errNo
		}
	}
	return err
}
