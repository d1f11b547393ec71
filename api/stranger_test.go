package api

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/errors"
)

// A stranger's reading of the document: a library that shares nothing with this room.
var stranger = sync.OnceValues(func() (validator.Validator, error) {
	raw, err := json.Marshal(document(operations(), "test"))
	if err != nil {
		return nil, err
	}
	doc, err := libopenapi.NewDocument(raw)
	if err != nil {
		return nil, err
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return v, nil
})

// The document is valid by the specification's own schema.
func TestStrangerTakesTheDocument(t *testing.T) {
	v, err := stranger()
	if err != nil {
		t.Fatal(err)
	}
	if ok, errs := v.ValidateDocument(); !ok {
		told(t, "the document", errs)
	}
}

// strangerReads has the stranger hold an answer against the document: its status, its kind and its content.
func strangerReads(t *testing.T, r *http.Request, got *http.Response, body []byte) {
	t.Helper()
	v, err := stranger()
	if err != nil {
		t.Fatal(err)
	}
	seen := *got
	seen.Body = io.NopCloser(bytes.NewReader(body))
	if ok, errs := v.ValidateHttpResponse(r, &seen); !ok {
		told(t, r.Method+" "+r.URL.Path+": "+got.Status+": "+string(body), errs)
	}
}

func told(t *testing.T, what string, errs []*errors.ValidationError) {
	t.Helper()
	for _, e := range errs {
		t.Errorf("%.300s\n  %s: %s", what, e.Message, e.Reason)
		for _, s := range e.SchemaValidationErrors {
			t.Errorf("    %s: %s", s.FieldPath, s.Reason)
		}
	}
}
