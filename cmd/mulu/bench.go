package main

import (
	"context"
	"errors"
)

func (m *Main) bench(_ context.Context, _ []string) error { return errors.New("todo") }
