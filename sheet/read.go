package sheet

import (
	"context"
	"errors"

	"mulu"
)

// Read plans the import of files for an institution. A file that cannot be imported gives Problems, never an error; the error
// is for a cancelled context or a file that cannot be read at all. progress, which may be nil, hears the rows read so far.
func Read(ctx context.Context, kind Kind, org mulu.Org, files []File, known Known, progress func(rows int)) (Plan, error) {
	return Plan{}, errors.ErrUnsupported
}
