package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// maxInput is more than any document may have.
const maxInput = 2 << 20

// readInput reads what a command is given in a file; - is the standard input. Who
// writes there may never do so: it ends when the run is interrupted.
func readInput(ctx context.Context, file string) ([]byte, error) {
	type input struct {
		bytes []byte
		err   error
	}
	read := make(chan input, 1)
	go func() {
		b, err := readWhole(file)
		read <- input{b, err}
	}()
	select {
	case i := <-read:
		return i.bytes, i.err
	case <-ctx.Done():
		return nil, errors.New("interrupted before all of the input was there")
	}
}

func readWhole(file string) ([]byte, error) {
	in := os.Stdin
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			var path *fs.PathError
			if errors.As(err, &path) {
				err = path.Err
			}
			return nil, fmt.Errorf("%s cannot be read: %w", file, err)
		}
		defer f.Close()
		in = f
	}
	return io.ReadAll(io.LimitReader(in, maxInput))
}
